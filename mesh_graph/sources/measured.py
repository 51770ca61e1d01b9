"""A source whose answers are counted: how many, how long, how large, and what failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from mesh_graph.errors import MeshGraphError
from mesh_graph.scope import Scope
from mesh_graph.sources.base import AsksFreely, AsksTogether, MetricsSource, Reply, name_for
from mesh_graph.sources.promql_template import FreeQuery
from mesh_graph.sources.query import Matcher, MetricQuery

__all__ = ["ANSWERED", "Measured", "Meter", "measured"]

ANSWERED = "ok"
"""Outcome of a request that was answered; of another it is the ``kind`` of its error."""

T = TypeVar("T")


class Meter(Protocol):
    """Who counts; called from many threads."""

    def source_asked(self, what: str, outcome: str, seconds: float, received_bytes: int) -> None:
        """One request to the source: ``what`` is ``instant``, ``range`` or ``labels``."""
        ...


class Measured:
    """Implements ``MetricsSource`` over another one, and tells a meter of each request.

    Parameters
    ----------
    source : MetricsSource
    meter : Meter
    clock : callable
        Seconds from any origin.
    """

    def __init__(
        self, source: MetricsSource, meter: Meter, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._source = source
        self._meter = meter
        self._clock = clock

    @property
    def name(self) -> str:
        """Who answers."""
        return self._source.name

    def name_for(self, scope: Scope) -> str:
        """Who answers, without namespaces that may not be seen."""
        return name_for(self._source, scope)

    @property
    def is_demo(self) -> bool:
        """Whether the mesh is simulated."""
        return self._source.is_demo

    def now(self) -> float:
        """Present instant by the source's time, Unix seconds."""
        return self._source.now()

    def instant(self, query: MetricQuery, at: float) -> Reply:
        """Answer at one instant."""
        return self._told("instant", lambda: self._source.instant(query, at), lambda reply: [reply])

    def range(self, query: MetricQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers over a range."""
        ask = lambda: self._source.range(query, start, end, step_s)  # noqa: E731
        return self._told("range", ask, lambda reply: [reply])

    def label_values(
        self, label: str, matchers: tuple[Matcher, ...], start: float, end: float
    ) -> tuple[str, ...]:
        """Values of a label."""
        ask = lambda: self._source.label_values(label, matchers, start, end)  # noqa: E731
        return self._told("labels", ask, lambda _: [])

    def promql(self, query: MetricQuery) -> str:
        """The query as Prometheus reads it."""
        return self._source.promql(query)

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    def _told(self, what: str, ask: Callable[[], T], replies: Callable[[T], Sequence[Reply]]) -> T:
        began, outcome, received = self._clock(), "internal", 0
        try:
            answer = ask()
            outcome, received = ANSWERED, sum(reply.received_bytes for reply in replies(answer))
        except MeshGraphError as error:
            outcome = error.kind
            raise
        else:
            return answer
        finally:
            self._meter.source_asked(what, outcome, self._clock() - began, received)


class _MeasuredTogether(Measured):
    """The same over a source that can be asked for several queries at once."""

    def __init__(self, source: MetricsSource, together: AsksTogether, meter: Meter) -> None:
        super().__init__(source, meter)
        self._together = together

    def together(self, queries: Sequence[MetricQuery], at: float) -> list[Reply]:
        """Answers to several queries at one instant; counted as one request."""
        return self._told("instant", lambda: self._together.together(queries, at), lambda replies: replies)


class _MeasuredServer(_MeasuredTogether):
    """The same over a source that reads PromQL besides."""

    def __init__(
        self, source: MetricsSource, together: AsksTogether, freely: AsksFreely, meter: Meter
    ) -> None:
        super().__init__(source, together, meter)
        self._freely = freely

    def free_range(self, query: FreeQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers over a range to a query that people wrote."""
        ask = lambda: self._freely.free_range(query, start, end, step_s)  # noqa: E731
        return self._told("range", ask, lambda reply: [reply])


def measured(source: MetricsSource, meter: Meter) -> MetricsSource:
    """The source with its requests counted; it can do what the source can."""
    if isinstance(source, AsksTogether) and isinstance(source, AsksFreely):
        return _MeasuredServer(source, source, source, meter)
    if isinstance(source, AsksTogether):
        return _MeasuredTogether(source, source, meter)
    return Measured(source, meter)
