"""Asking a source with the evidence kept, and the queries that touch a view."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from mesh_graph import fields
from mesh_graph.diagnosis.report import Evidence
from mesh_graph.errors import SourceError
from mesh_graph.model import View
from mesh_graph.sources.base import MetricsSource, Reply
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, any_of

__all__ = ["Ask", "AskMany", "Case", "touching"]

Scope = tuple[Matcher, ...]
AskMany = Callable[[Iterable[MetricQuery], float], Mapping[MetricQuery, Reply | SourceError]]


class Ask:
    """Asks a source at one instant, nothing twice, and keeps questions and answers as evidence.

    Parameters
    ----------
    source : MetricsSource
    at : float
        Unix seconds.
    many : callable, optional
        Asks several queries at an instant at the same time; a failure is a value.
    """

    def __init__(self, source: MetricsSource, at: float, many: AskMany | None = None) -> None:
        self.source = source
        self.at = at
        self._many = many
        self.replies: dict[tuple[MetricQuery, float], Reply] = {}
        self._evidence: list[Evidence] = []

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What was asked since ``begin``, in order, each once."""
        return tuple(dict.fromkeys(self._evidence))

    def begin(self) -> None:
        """Start evidence anew; answers that were given are still known."""
        self._evidence = []

    def ahead(self, queries: Iterable[MetricQuery]) -> None:
        """Ask all at the same time, where that can be done; what fails is asked again when it is wanted."""
        if self._many is None:
            return
        for query, answer in self._many(queries, self.at).items():
            if isinstance(answer, Reply):
                self.replies[query, self.at] = answer

    def add_evidence(self, other: Ask) -> None:
        """Take in what was asked of another source."""
        self._evidence += other.evidence

    def tables(self, queries: Iterable[MetricQuery], at: float | None = None) -> pd.DataFrame:
        """Rows of all answers below each other.

        Parameters
        ----------
        queries : iterable of MetricQuery
            At least one; all with the same ``by``.
        at : float or None
            Another instant, Unix seconds.

        Raises
        ------
        SourceError
            If one is not answered; the evidence then ends with it.
        """
        when = self.at if at is None else at
        return pd.concat([self._table(query, when) for query in queries], ignore_index=True)

    def total(self, queries: Iterable[MetricQuery], at: float | None = None) -> float:
        """Sum over the rows of all answers; 0 without rows. Raises as ``tables``."""
        return float(self.tables(queries, at)[fields.VALUE].sum())

    def labels(self, label: str, queries: Iterable[MetricQuery]) -> tuple[str, ...]:
        """Values of one label of ``by``, sorted, without the empty one. Raises as ``tables``."""
        return tuple(sorted(set(self.tables(queries)[label]) - {""}))

    def _table(self, query: MetricQuery, at: float) -> pd.DataFrame:
        asked = (query, at)
        try:
            reply = self.replies.get(asked) or self.source.instant(query, at)
        except SourceError as error:
            self._evidence.append(Evidence(error.request, error=error.problem))
            raise
        self.replies[asked] = reply
        total = float(reply.table[fields.VALUE].sum())
        self._evidence.append(Evidence(reply.promql, len(reply.table), total))
        return reply.table


@dataclass(frozen=True, slots=True)
class Case:
    """What is examined.

    Attributes
    ----------
    view : View
    at : float
        Evaluation instant, Unix seconds.
    interval_s : float or None
        Scrape interval of Istio's metrics; None where it is not known.
    unscoped : MetricsSource or None
        The same source without its query scope; None where it has none.
    """

    view: View
    at: float
    interval_s: float | None = None
    unscoped: MetricsSource | None = None

    def queries(
        self,
        family: Family,
        function: Function,
        by: tuple[str, ...] = (),
        *matchers: Matcher,
        window_s: int | None = None,
    ) -> tuple[MetricQuery, ...]:
        """One query per way in which a row can touch the view's namespaces; no row answers two of them."""
        window = self.view.window_s if window_s is None else window_s
        return tuple(
            MetricQuery(family, function, by, (*scope, *matchers), window_s=window)
            for scope in touching(self.view.namespaces)
        )


def touching(namespaces: Collection[str]) -> tuple[Scope, ...]:
    """Disjoint sets of matchers, of which every row that touches the namespaces satisfies one.

    A row goes into them, out of them, or to one of their services from elsewhere without reaching a workload;
    without namespaces, every row touches.
    """
    if not namespaces:
        return ((),)
    into, source, service = (
        fields.DESTINATION_WORKLOAD_NAMESPACE,
        fields.SOURCE_WORKLOAD_NAMESPACE,
        fields.DESTINATION_SERVICE_NAMESPACE,
    )
    elsewhere = any_of(into, namespaces, negate=True)
    return (
        (any_of(into, namespaces),),
        (any_of(source, namespaces), elsewhere),
        (any_of(service, namespaces), any_of(source, namespaces, negate=True), elsewhere),
    )
