"""Answers of a metrics tab → its panels; a family that failed is a panel that says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.metric_queries import Asked, Span
from mesh_graph.answers.metric_requests import RequestRows, is_merged, merged_rows, raw_rows
from mesh_graph.detail.choice import Choice, Group, Told
from mesh_graph.detail.lines import (
    Heat,
    Line,
    busiest,
    heat,
    lines_of,
    mean,
    named,
    nearest,
    quantiles,
    sum_lines,
    table_of,
)
from mesh_graph.detail.outcomes import request_lines
from mesh_graph.detail.outliers import outliers
from mesh_graph.detail.reporters import differences
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.model import NodeKey, Protocol
from mesh_graph.sources.query import Family, Function, MetricQuery
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.outcome import Outcome, outcome, split_flags

__all__ = ["Panel", "Panels"]

SHOWN_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
ERRORS_THAT_MATTER = 0.01
"""Error ratio below which no pod is an outlier."""
Answers = Mapping[MetricQuery, Answer]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One chart.

    Attributes
    ----------
    name : str
        What is measured: ``errors``, ``requests``, ``duration`` …
    lines : pandas.DataFrame
        Index ``time`` : Unix seconds; a column per ``Line``; NaN where there is no data.
    promql : tuple of str
        The queries that it is made of.
    heat : Heat or None
    problem : SourceError or None
        Why there is nothing to draw.
    hidden : int
        Lines left out, the least busy.
    outliers : tuple of Line
        Lines far above the others, worst first.
    title, unit : str
        Of a panel that a team added; empty for ours, whose words go by the name.
    has_own_lines : bool
        Whether its lines stand for something else than those of the tab.
    """

    name: str
    lines: pd.DataFrame
    promql: tuple[str, ...]
    heat: Heat | None = None
    problem: SourceError | None = None
    hidden: int = 0
    outliers: tuple[Line, ...] = ()
    title: str = ""
    unit: str = ""
    has_own_lines: bool = False

    @property
    def has_data(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.lines.notna().to_numpy().any()) if self.lines.size else False


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """Answers to panels: what a family's rows say, line by line."""

    desk: Desk
    subject: NodeKey
    choice: Choice
    span: Span
    asked: Asked
    request_queries: tuple[MetricQuery, ...]
    answers: Answers

    def all(self) -> list[Panel]:
        """Every panel in the order of the page, those without data too."""
        return [
            *self._requests(),
            self._guarded("duration", (Family.REQUEST_DURATION,), self._histogram),
            self._guarded("request_size", (Family.REQUEST_BYTES,), self._histogram),
            self._guarded("response_size", (Family.RESPONSE_BYTES,), self._histogram),
            self._guarded("throughput", (Family.REQUEST_BYTES, Family.RESPONSE_BYTES), self._throughput),
            self._guarded(
                "messages", (Family.GRPC_REQUEST_MESSAGES, Family.GRPC_RESPONSE_MESSAGES), self._both_ways
            ),
            self._guarded("tcp_bytes", (Family.TCP_RECEIVED, Family.TCP_SENT), self._both_ways),
            self._guarded("tcp_connections", (Family.TCP_OPENED, Family.TCP_CLOSED), self._connections),
        ]

    def differences(self) -> tuple[Gap, ...]:
        """In what the reports of both ends differ over the whole span."""
        answer = self.answers[self.request_queries[0]]
        if self.choice.told is not Told.BOTH or isinstance(answer, SourceError) or answer.table.empty:
            return ()
        return differences(self._raw().rows)

    def _requests(self) -> list[Panel]:
        promql = self.desk.promql(self.request_queries)
        empty = pd.DataFrame()
        try:
            rows = self._merged() if is_merged(self.choice) else self._raw()
        except SourceError as error:
            return [Panel(name, empty, promql, problem=error) for name in ("errors", "requests")]
        if rows.rows.empty:
            zero = pd.Series(np.where(rows.known, 0.0, np.nan), index=self.span.times)
            idle = table_of({(Outcome.OK.value, ""): zero}, zero.index)
            return [Panel("errors", empty, promql), Panel("requests", idle, promql)]
        volume, ratios = request_lines(rows.rows, rows.known, self.choice, self.span.times)
        errors, hidden = busiest(ratios, volume) if not self.choice.is_plain else (ratios, 0)
        shown, _ = busiest(volume, volume) if not self.choice.is_plain else (volume, 0)
        return [
            Panel("errors", errors, promql, hidden=hidden, outliers=self._odd(errors, ERRORS_THAT_MATTER)),
            Panel("requests", shown, promql, hidden=hidden),
        ]

    def _merged(self) -> RequestRows:
        scrapes = self.desk.scrapes_per_window(self.span.window_s, (), self.span.end)
        answers = [self.answers[query] for query in self.request_queries]
        return merged_rows(answers, self.subject, self.choice, self.span, scrapes_per_window=scrapes)

    def _raw(self) -> RequestRows:
        answer = self.answers[self.request_queries[0]]
        found = raw_rows(answer, self.subject, self.choice, self.span, labels=self.asked.labels)
        return RequestRows(self._nearest(found.rows), found.known)

    def _guarded(
        self, name: str, families: tuple[Family, ...], make: Callable[[str, tuple[Family, ...]], Panel]
    ) -> Panel:
        try:
            return make(name, families)
        except SourceError as error:
            return Panel(name, pd.DataFrame(), self._promql(families), problem=error)

    def _promql(self, families: tuple[Family, ...]) -> tuple[str, ...]:
        asked = self.asked
        return self.desk.promql(
            query
            for family in families
            for query in (asked.buckets.get(family), asked.sums.get(family), asked.counters.get(family))
            if query is not None
        )

    def _rows(self, query: MetricQuery) -> pd.DataFrame:
        answer = self.answers[query]
        if isinstance(answer, SourceError):
            raise answer
        table = answer.table
        if fields.APP in table:
            is_tunnel = table[fields.APP] == fields.ZTUNNEL
            table = table if is_tunnel.all() else table[~is_tunnel]
        told = named(table, self.asked.labels, self.choice.told, self.subject.namespace)
        return self._nearest(told)

    def _nearest(self, rows: pd.DataFrame) -> pd.DataFrame:
        # Only the server's proxy knows how a connection was secured: what callers say is no line beside it.
        return nearest(rows, self.choice.told, by_line=self.choice.group is not Group.SECURITY)

    def _histogram(self, name: str, families: tuple[Family, ...]) -> Panel:
        (family,) = families
        rows, totals = self._rows(self.asked.buckets[family]), self._rows(self.asked.sums[family])
        promql = (*self._quantile_promql(family), *self._promql(families))
        times = self.span.times
        if rows.empty:
            return Panel(name, pd.DataFrame(), promql)
        average = mean(rows, totals, times)
        if self.choice.is_plain:
            tables = {"avg": average, **{n: quantiles(rows, times, q) for n, q in SHOWN_QUANTILES.items()}}
            columns: dict[Line, pd.Series[float]] = {(n, ""): table.iloc[:, 0] for n, table in tables.items()}
            lines = table_of(columns, average.index)
            return Panel(name, lines, promql, heat=heat(rows, times) if name == "duration" else None)
        wanted = self.choice.quantile
        table = average if wanted is None else quantiles(rows, times, wanted)
        weight = sum_lines(rows[rows[fields.LE].map(float) == np.inf], times)
        shown, hidden = busiest(table, weight)
        odd = self._odd(shown, 0.0) if name == "duration" else ()
        return Panel(name, shown, promql, hidden=hidden, outliers=odd)

    def _quantile_promql(self, family: Family) -> tuple[str, ...]:
        bucket = self.asked.buckets[family]
        by = tuple(label for label in bucket.by if label != fields.LE)
        shown = SHOWN_QUANTILES.values() if self.choice.is_plain else [self.choice.quantile or 0.95]
        queries = (replace(bucket, function=Function.QUANTILE, by=by, quantile=q) for q in shown)
        return self.desk.promql(queries)

    def _throughput(self, name: str, families: tuple[Family, ...]) -> Panel:
        return self._summed(name, families, [self.asked.sums[family] for family in families])

    def _both_ways(self, name: str, families: tuple[Family, ...]) -> Panel:
        return self._summed(name, families, [self.asked.counters[family] for family in families])

    def _summed(self, name: str, families: tuple[Family, ...], queries: list[MetricQuery]) -> Panel:
        """Two rates: side by side in a plain chart, else their sum per line."""
        promql = self.desk.promql(queries)
        rows = [self._rows(query) for query in queries]
        if self.choice.is_plain:
            return Panel(name, self._side_by_side(dict(zip(("sent", "received"), rows, strict=True))), promql)
        together = pd.concat([row[row.columns.intersection(rows[0].columns)] for row in rows])
        table = sum_lines(together, self.span.times)
        shown, hidden = busiest(table, table)
        return Panel(name, shown, promql, hidden=hidden)

    def _side_by_side(self, rows: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        times = self.span.times
        found: dict[Line, pd.Series[float]] = {
            (name, ""): sum_lines(told, times).sum(axis=1, min_count=1)
            for name, told in rows.items()
            if len(told)
        }
        return table_of(found, pd.Index(times, name=fields.TIME))

    def _connections(self, name: str, families: tuple[Family, ...]) -> Panel:
        opened, closed = (self._rows(self.asked.counters[family]) for family in families)
        promql = self._promql(families)
        if not self.choice.is_plain:
            table = sum_lines(opened, self.span.times)
            shown, hidden = busiest(table, table)
            return Panel(name, shown, promql, hidden=hidden)
        is_failed = [
            outcome(Protocol.TCP, "", split_flags(flags)) is Outcome.ERROR
            for flags in closed[fields.RESPONSE_FLAGS]
        ]
        failed = closed[np.array(is_failed, dtype=np.bool_)]
        return Panel(name, self._side_by_side({"opened": opened, "closed": closed, "failed": failed}), promql)

    def _odd(self, table: pd.DataFrame, floor: float) -> tuple[Line, ...]:
        """Outliers among the places, by the median of each."""
        if not self.choice.group.is_place:
            return ()
        middles = zip(lines_of(table), table.median(), strict=True)
        return outliers({line: float(value) for line, value in middles}, floor)
