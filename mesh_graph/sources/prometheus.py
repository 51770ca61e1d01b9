"""Prometheus, or anything with its query API, as a metrics source.

Asks ``/query``, ``/query_range`` and ``/label/…/values`` only, so that Thanos, Mimir and VictoriaMetrics will
do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd
from prometheus_api_client import PrometheusConnect
from urllib3 import Retry

from mesh_graph import fields
from mesh_graph.errors import QueryRejected, SourceUnreachable
from mesh_graph.sources.answer import Answer
from mesh_graph.sources.base import Reply
from mesh_graph.sources.naming import APP_LABELS, CANONICAL_LABELS, Detector, Stored, store
from mesh_graph.sources.options import LabelNaming, PrometheusOptions
from mesh_graph.sources.promql import MetricKind, render, require_label, selector
from mesh_graph.sources.promql_template import FreeQuery
from mesh_graph.sources.query import AnyFamily, Family, Function, Matcher, MetricQuery
from mesh_graph.sources.rows import free_table, matrix_table, samples_table, vector_table
from mesh_graph.sources.seam import asking
from mesh_graph.sources.session import open_session
from mesh_graph.sources.together import joined, packs, split
from mesh_graph.sources.transport import PrometheusAdapter

__all__ = ["PrometheusSource"]

OFFSET_NOISE_S = 0.5
"""The server tells whole seconds: so far from the truth may a measured offset be."""
TRAFFIC_FAMILIES = (
    Family.REQUESTS,
    Family.TCP_SENT,
    Family.TCP_RECEIVED,
    Family.TCP_OPENED,
    Family.TCP_CLOSED,
)
EPOCH = datetime.fromtimestamp(0, UTC)
NO_CACHE = {"nocache": "1"}
"""Keeps VictoriaMetrics from moving the instants asked for: to multiples of the step, or before now."""

Read = Callable[[Answer, tuple[str, ...], tuple[str, ...]], pd.DataFrame]


class PrometheusSource:
    """A ``MetricsSource`` over prometheus-api-client.

    Parameters
    ----------
    options : PrometheusOptions
    clock : function
        Our clock, Unix seconds.

    Notes
    -----
    Where a mesh lacks the canonical labels, app and version labels are asked for in their place; the columns
    of a reply keep the canonical names, its PromQL shows what was asked.

    Prometheus looks up label values by whole blocks: ``label_values`` may hold values from up to some hours
    around the range.
    """

    is_demo = False

    def __init__(self, options: PrometheusOptions, clock: Callable[[], float] = time.time) -> None:
        self._options = options
        self._clock = clock
        self._offset_s = 0.0
        self._closed = False
        self._client = _client(options, clock)
        self._detector = Detector(self._stored_label_values, time.monotonic)

    @property
    def name(self) -> str:
        """The URL, without credentials."""
        return self._options.name

    def __repr__(self) -> str:
        return f"PrometheusSource({self.name})"

    def now(self) -> float:
        """Our present instant, corrected by as much as the source's clock is known to differ."""
        return self._clock() + self._offset_s

    def instant(self, query: MetricQuery, at: float) -> Reply:
        """Answer at one instant (Unix seconds)."""
        read = samples_table if query.function.is_raw else vector_table
        return self._reply(query, at, lambda promql: self._ask_instant(promql, at), read)

    def together(self, queries: Sequence[MetricQuery], at: float) -> list[Reply]:
        """Answers to several queries at one instant, in their order, from one request or a few."""
        stored = [self._stored(_labels(query), at) for query in queries]
        texts = [self._render(query, names) for query, names in zip(queries, stored, strict=True)]
        replies: list[Reply] = []
        for pack in packs(texts):
            began = time.monotonic()
            request = joined(texts[pack])
            with asking(self.name, request):
                answer = self._answer(partial(self._ask_instant, request, at), request)
                parts = split(answer, len(texts[pack]))
                replies += [
                    self._told(part, _vector(part, query, names), text, began)
                    for part, query, names, text in zip(
                        parts, queries[pack], stored[pack], texts[pack], strict=True
                    )
                ]
        return replies

    def _ask_instant(self, promql: str, at: float) -> Any:
        return self._client.custom_query(promql, params=self._with_limits({"time": _seconds(at)}))

    def range(self, query: MetricQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers at ``start``, ``start + step_s`` … up to ``end``, both ends included."""
        read = samples_table if query.function.is_raw else matrix_table
        return self._reply(query, end, lambda promql: self._ask_range(promql, (start, end), step_s), read)

    def free_range(self, query: FreeQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers over a range to a query that people wrote, with this source's scope in it."""
        began = time.monotonic()
        promql = query.text(self._options.scope)
        with asking(self.name, promql):
            answer = self._answer(lambda: self._ask_range(promql, (start, end), step_s), promql)
            return self._told(answer, free_table(answer), promql, began)

    def _ask_range(self, promql: str, ends: tuple[float, float], step_s: float) -> Any:
        # The client takes dates and rounds them to seconds; parameters go over them.
        exact = {"start": _seconds(ends[0]), "end": _seconds(ends[1])}
        return self._client.custom_query_range(
            promql, EPOCH, EPOCH, step=_seconds(step_s), params=self._with_limits(exact)
        )

    def label_values(
        self, label: str, matchers: tuple[Matcher, ...], start: float, end: float
    ) -> tuple[str, ...]:
        """Values of a label on the requests and TCP families between two instants, sorted."""
        stored = self._stored((label, *(m.label for m in matchers)), end)
        named = tuple(Matcher(stored.get(m.label, m.label), m.op, m.value) for m in matchers)
        return self._stored_label_values(stored.get(label, label), start, end, named)

    def promql(self, query: MetricQuery) -> str:
        """The query as Prometheus reads it, scope included."""
        return self._render(query, self._stored(_labels(query), None))

    def close(self) -> None:
        """Release connections; the source answers no more."""
        self._closed = True
        self._client.close()

    def _reply(self, query: MetricQuery, at: float, ask: Callable[[str], Any], read: Read) -> Reply:
        began = time.monotonic()
        stored = self._stored(_labels(query), at)
        promql = self._render(query, stored)
        if query.function.is_raw and self._holds_rates(query.family):
            raise QueryRejected(self.name, promql, "It holds rates, not counters: nothing can be counted.")
        with asking(self.name, promql):
            answer = self._answer(lambda: ask(promql), promql)
            table = read(answer, store(query, stored).by, query.by)
        return self._told(answer, _defined(table, query), promql, began)

    def _told(self, answer: Answer, table: pd.DataFrame, promql: str, began: float) -> Reply:
        return Reply(
            table=table,
            promql=promql,
            warnings=answer.warnings,
            series=len(answer.rows),
            received_bytes=answer.received_bytes,
            seconds=time.monotonic() - began,
            clock_offset_s=answer.clock_offset_s,
        )

    def _answer(self, ask: Callable[[], Any], request: str) -> Answer:
        if self._closed:
            raise SourceUnreachable(self.name, request, "The source was closed.")
        answer: Answer = ask()
        if (offset := answer.clock_offset_s) is not None:
            # Moves only where it must, so that the present does not jitter with the answers.
            self._offset_s = min(max(self._offset_s, offset - OFFSET_NOISE_S), offset + OFFSET_NOISE_S)
        return answer

    def _stored_label_values(
        self, label: str, start: float, end: float, matchers: tuple[Matcher, ...] = ()
    ) -> tuple[str, ...]:
        names = self._options.names
        metrics = [names[f].name if f in names else f.value for f in TRAFFIC_FAMILIES]
        selectors = [selector(metric, (*matchers, *self._options.scope)) for metric in metrics]
        params = {"match[]": selectors, "start": _seconds(start), "end": _seconds(end)}
        request = f"/api/v1/label/{require_label(label)}/values"
        with asking(self.name, request):
            answer = self._answer(lambda: self._client.get_label_values(label, params=params), request)
        return tuple(sorted(map(str, answer.rows)))

    def _stored(self, labels: Iterable[str], at: float | None) -> Stored:
        """What the labels are stored as; without an instant, as far as is known."""
        if self._options.labels is LabelNaming.APP:
            return APP_LABELS
        if self._options.labels is LabelNaming.CANONICAL or APP_LABELS.keys().isdisjoint(labels):
            return CANONICAL_LABELS
        return self._detector.latest if at is None else self._detector.around(at)

    def _render(self, query: MetricQuery, stored: Stored) -> str:
        return render(store(query, stored), self._options.names, self._options.scope)

    def _holds_rates(self, family: AnyFamily) -> bool:
        name = self._options.names.get(family)
        return name is not None and name.kind is MetricKind.GAUGE

    def _with_limits(self, params: dict[str, str]) -> dict[str, str]:
        # The server gives up when we do.
        return {**params, **NO_CACHE, "timeout": _seconds(self._options.limits.timeout_s)}


def _client(options: PrometheusOptions, clock: Callable[[], float]) -> Any:
    session = open_session(options)
    client = PrometheusConnect(options.name, session=session, method="POST", retry=Retry(0, read=False))
    # The client has just mounted an adapter of its own there; the last one stays.
    session.mount(options.name, PrometheusAdapter(options.limits, clock))
    return client


def _vector(answer: Answer, query: MetricQuery, stored: Stored) -> pd.DataFrame:
    return _defined(vector_table(answer, store(query, stored).by, query.by), query)


def _defined(table: pd.DataFrame, query: MetricQuery) -> pd.DataFrame:
    """Without the rows of 0/0."""
    if query.function not in (Function.MEAN, Function.QUANTILE) or table[fields.VALUE].notna().all():
        return table
    return table[table[fields.VALUE].notna()].reset_index(drop=True)


def _labels(query: MetricQuery) -> Iterator[str]:
    yield from query.by
    yield from (matcher.label for matcher in query.matchers)


def _seconds(instant: float) -> str:
    return f"{instant:.3f}"
