"""What a subject's containers use over time: lines by container, and response times beside throttling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.metric_panels import Panel
from mesh_graph.answers.metric_queries import Span, span_of
from mesh_graph.answers.pod_names import own_pods
from mesh_graph.detail.lines import LINE, sum_lines
from mesh_graph.detail.pod_notes import Slowness, slowness_of
from mesh_graph.detail.pods import PAUSE, WHOLE_POD
from mesh_graph.detail.subject import own_matchers
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.model import Direction, NodeKey, Reporter, View
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, PodFamily

__all__ = ["pod_panels", "slow_while_throttled"]

KUBELET_WINDOW_S = 240
"""Of rates at least: kubelets are scraped every minute or more often."""
P99 = 0.99
_CONTAINERS = (Matcher(fields.CONTAINER, "!=", WHOLE_POD), Matcher(fields.CONTAINER, "!=", PAUSE))
_CPU, _PERIODS, _HALTED = PodFamily.CPU_USAGE, PodFamily.CFS_PERIODS, PodFamily.CFS_THROTTLED
PANELS = {"pods_cpu": (_CPU,), "pods_throttled": (_HALTED, _PERIODS), "pods_memory": (PodFamily.MEMORY,)}
Queries = Mapping[PodFamily, MetricQuery]


def pod_panels(desk: Desk, subject: NodeKey, span: Span) -> list[Panel]:
    """Charts of CPU, throttling and memory by container; without data where nobody tells.

    CPU is added up over pods, memory is that of the pod with most; throttled is the share of all periods.
    """
    pods = own_pods(desk, subject, span.end)
    if pods is None:
        return []
    queries = _queries(subject, pods, span)
    answers = desk.over(queries.values(), span.start, span.end, span.step_s)
    panels = []
    for name, families in PANELS.items():
        asked = [queries[family] for family in families]
        problem = next((error for query in asked if isinstance(error := answers[query], SourceError)), None)
        told = [_lines(query, answers[query], span, subject.cluster) for query in asked]
        lines = pd.DataFrame() if problem else _shares(told)
        panels.append(Panel(name, lines, desk.promql(asked), problem=problem, has_own_lines=True))
    return panels


def slow_while_throttled(desk: Desk, view: View, subject: NodeKey, container: str) -> Slowness | None:
    """Response times while a container was throttled beside others, as far as charts look back.

    None where they do not differ, were not both seen, or a source does not answer.
    """
    pods = own_pods(desk, subject, view.at or 0.0)
    if pods is None:
        return None
    span = span_of(desk, view, subject)
    queries = _queries(subject, pods, span)
    reported = Matcher(fields.REPORTER, "=", Reporter.DESTINATION.value)
    own = (*own_matchers(subject, Direction.INBOUND), reported)
    p99 = MetricQuery(Family.REQUEST_DURATION, Function.QUANTILE, (), own, span.window_s, quantile=P99)
    asked = (queries[_HALTED], queries[_PERIODS], p99)
    answers = desk.over(asked, span.start, span.end, span.step_s)
    halted, periods, times = (_lines(query, answers[query], span, subject.cluster) for query in asked)
    line = (container, "")
    if line not in halted or line not in periods or times.empty:
        return None
    return slowness_of(times.iloc[:, 0], _shares([halted, periods])[line], float(view.span_s))


def _queries(subject: NodeKey, pods: str, span: Span) -> Queries:
    matchers = (
        Matcher(fields.NAMESPACE, "=", subject.namespace),
        Matcher(fields.POD, "=~", pods),
        *_CONTAINERS,
    )
    window_s = max(span.window_s, KUBELET_WINDOW_S)
    by = (fields.CLUSTER, fields.CONTAINER)
    rates = {
        family: MetricQuery(family, Function.RATE, by, matchers, window_s, idle=True)
        for family in (_CPU, _PERIODS, _HALTED)
    }
    return {**rates, PodFamily.MEMORY: MetricQuery(PodFamily.MEMORY, Function.MAX, by, matchers)}


def _lines(query: MetricQuery, answer: Answer, span: Span, cluster: str) -> pd.DataFrame:
    """A line a container; one alone where nothing tells them apart."""
    if isinstance(answer, SourceError):
        return pd.DataFrame()
    rows = answer.table
    if fields.CONTAINER not in rows:
        return sum_lines(_named(rows, [""] * len(rows)), span.times)
    others = set(rows[fields.CLUSTER]) - {"", cluster}
    if cluster and others:
        own = rows[rows[fields.CLUSTER].isin(("", cluster))]
        # A label of other names is of use as long as there is one alone.
        rows = own if len(own) or len(others) > 1 else rows
    if query.function is Function.MAX:
        rows = rows.groupby([fields.CONTAINER, fields.TIME], as_index=False).agg({fields.VALUE: "max"})
    return sum_lines(_named(rows, rows[fields.CONTAINER]), span.times)


def _named(rows: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    lines = np.empty(len(rows), dtype=object)
    lines[:] = [(str(name), "") for name in names]
    return rows.assign(**{LINE: lines})


def _shares(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The one table, or of two the share that the first has of the second, line by line; NaN of nothing."""
    if len(tables) == 1:
        return tables[0]
    parts, wholes = tables
    shared = [line for line in parts.columns if line in wholes]
    return parts[shared] / wholes[shared].where(wholes[shared] > 0)
