"""The protocol that every metrics source implements, and the one shape of its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import pandas as pd

from mesh_graph.scope import Scope
from mesh_graph.sources.promql_template import FreeQuery
from mesh_graph.sources.query import Matcher, MetricQuery

__all__ = ["AsksFreely", "AsksTogether", "MetricsSource", "NamedForScope", "Reply", "name_for"]


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """A source's answer to one query.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per series (instant) or per series and step (range). Columns: the labels of the query's ``by``
        in order (str; a label that a series lacks is ``""``), then ``value : float64`` and, of a range,
        ``time : float64`` (Unix seconds). Of raw samples one row per series and sample: ``by``, ``value``,
        ``time`` and ``series : int64``, the same number for the same series in every answer of a source.
        No row order is promised. The empty table keeps its columns.
    promql : str
        The query as Prometheus reads it, scope included; to show and to copy.
    warnings : tuple of str
        What the source said about a partial answer, in its words.
    series : int
        Series in the answer.
    received_bytes : int
        Size of the answer on the wire after decompression; 0 for a source without a wire.
    seconds : float
        Time from asking to the table.
    clock_offset_s : float or None
        The source's clock less ours; None if it did not tell.
    """

    table: pd.DataFrame
    promql: str
    warnings: tuple[str, ...] = ()
    series: int = 0
    received_bytes: int = 0
    seconds: float = 0.0
    clock_offset_s: float | None = None


class MetricsSource(Protocol):
    """Anything that holds Istio's metrics over time. Thread-safe; every call may raise ``SourceError``."""

    @property
    def name(self) -> str:
        """Who answers, for people: a URL without credentials, or "demo mesh"."""
        ...

    @property
    def is_demo(self) -> bool:
        """Whether the mesh is simulated; every page says so."""
        ...

    def now(self) -> float:
        """Present instant by the source's time, Unix seconds."""
        ...

    def instant(self, query: MetricQuery, at: float) -> Reply:
        """Answer at one instant (Unix seconds)."""
        ...

    def range(self, query: MetricQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers at ``start``, ``start + step_s`` … up to ``end``, both ends included."""
        ...

    def label_values(
        self, label: str, matchers: tuple[Matcher, ...], start: float, end: float
    ) -> tuple[str, ...]:
        """Values of a label on the requests and TCP families between two instants, sorted."""
        ...

    def promql(self, query: MetricQuery) -> str:
        """The query as Prometheus reads it, scope included."""
        ...

    def close(self) -> None:
        """Release connections; the source answers no more."""
        ...


@runtime_checkable
class AsksFreely(Protocol):
    """What a source can do beside that reads PromQL itself."""

    def free_range(self, query: FreeQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers at ``start``, ``start + step_s`` … up to ``end``, both ends included.

        The table has the columns ``labels`` (each series' own, a JSON object sorted by name), ``value`` and
        ``time``.
        """
        ...


@runtime_checkable
class NamedForScope(Protocol):
    """A source whose name tells of namespaces."""

    def name_for(self, scope: Scope) -> str:
        """Who answers, without namespaces that may not be seen."""
        ...


@runtime_checkable
class AsksTogether(Protocol):
    """What a source can do beside where a request costs more than its answer."""

    def together(self, queries: Sequence[MetricQuery], at: float) -> list[Reply]:
        """Answers to several queries at one instant, in their order, from as few requests as will do.

        Each is what ``instant`` would have given, but for the warnings, which are those of all. None of the
        queries may ask for raw samples.
        """
        ...


def name_for(source: MetricsSource, scope: Scope) -> str:
    """Who answers, for somebody with that scope."""
    return source.name_for(scope) if isinstance(source, NamedForScope) else source.name
