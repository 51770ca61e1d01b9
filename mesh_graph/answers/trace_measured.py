"""What the mesh measured on the edges that a trace went over, to hold its spans against."""

from __future__ import annotations

from collections.abc import Collection

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.observe import shortfall
from mesh_graph.answers.trace_edges import traced_name
from mesh_graph.answers.trace_view import EdgeTimes, Ends, Measured
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.model import Reporter
from mesh_graph.sources.query import Family, Function, MetricQuery, any_of
from mesh_graph.topology.attributes import Gap
from mesh_graph.traces.model import SpanKind, Trace
from mesh_graph.traces.place import place_of

__all__ = ["MEASURED_S", "measured_edges"]

MEASURED_S = 3600
"""How far before a trace's end response times are taken from, seconds: a p99 wants many requests."""
_STEP_S = 60
_QUANTILES = (0.5, 0.99)
_ENDS = (
    fields.SOURCE_CANONICAL_SERVICE,
    fields.SOURCE_WORKLOAD_NAMESPACE,
    fields.DESTINATION_CANONICAL_SERVICE,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
)
_KINDS = {Reporter.SOURCE: SpanKind.CLIENT, Reporter.DESTINATION: SpanKind.SERVER}


def measured_edges(desk: Desk, trace: Trace) -> tuple[Measured, tuple[Gap, ...]]:
    """Response times of the requests between the trace's services in the hour up to its end.

    Returns
    -------
    dict
        Median and p99 by the names of both services and the end that measured: a client's proxy waits for
        the network as well, a server's does not.
    tuple of Gap
        What could not be had; the trace is shown without it.
    """
    namespaces = {place_of(span).namespace for span in trace.spans} - {""}
    if not namespaces:
        return {}, ()
    # Of the minute after the trace, so that traces of one minute ask for the same.
    end = max(span.end_us for span in trace.spans) / 1e6
    at = min((end // _STEP_S + 1) * _STEP_S, desk.source.now())
    matchers = (any_of(fields.DESTINATION_WORKLOAD_NAMESPACE, namespaces),)
    queries = [
        MetricQuery(
            Family.REQUEST_DURATION,
            Function.QUANTILE,
            (*_ENDS, fields.REPORTER),
            matchers,
            MEASURED_S,
            quantile=quantile,
        )
        for quantile in _QUANTILES
    ]
    services = {span.service for span in trace.spans}
    answers = desk.fetcher.at(queries, at)
    found = [_by_edge(answers[query], services) for query in queries]
    keys = {key for values in found for key in values}
    times = {key: EdgeTimes(*(values.get(key) for values in found)) for key in keys}
    return times, shortfall(queries, answers)[0]


def _by_edge(answer: Answer, services: Collection[str]) -> dict[tuple[Ends, SpanKind], float]:
    """Milliseconds by edge; of several applications of one name the slowest."""
    values: dict[tuple[Ends, SpanKind], float] = {}
    if isinstance(answer, SourceError):
        return values
    for *labels, reporter, value in answer.table.itertuples(index=False, name=None):
        kind = _KINDS.get(reporter)
        source, source_namespace, destination, namespace = labels
        ends = (
            traced_name(source, "", source_namespace, services),
            traced_name(destination, "", namespace, services),
        )
        if kind is not None and all(ends) and value >= 0:
            values[ends, kind] = max(values.get((ends, kind), 0.0), float(value))
    return values
