"""Many traces at once: who owns their time, who calls whom, and where they fall apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from mesh_graph.answers.state import MeshState
from mesh_graph.answers.trace_coverage import SampledShare, sampled_share
from mesh_graph.answers.trace_edges import metric_edges
from mesh_graph.answers.trace_list import Found, TraceAsk, fetch_traces
from mesh_graph.answers.trace_sampling import DeclaredSampling, declared_sampling
from mesh_graph.errors import MeshGraphError, SourceError
from mesh_graph.model import View
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.sources.cluster import Snapshot
from mesh_graph.sources.trace_source import TraceSource
from mesh_graph.topology.attributes import Gap
from mesh_graph.traces.aggregate import Aggregate, aggregate
from mesh_graph.traces.audit import Audit, audit_traces
from mesh_graph.traces.dependencies import Dependency, MetricEdge, dependencies
from mesh_graph.traces.model import Trace
from mesh_graph.traces.sight import may_see_service

__all__ = [
    "DependencyRow",
    "TraceAudit",
    "TraceDependencies",
    "TracePaths",
    "known_edges",
    "trace_audit",
    "trace_dependencies",
    "trace_paths",
]

METRICS_FAILED = "trace-metrics-failed"
SERVICE_FAILED = "trace-service-failed"
AUDITED = 500
"""Traces asked for at once, of any service."""
PER_SERVICE = 50
"""Traces asked for of a service that those have hardly any of."""
FEW_TRACES = 20
MOST_SERVICES = 40
"""Services that are asked for by themselves, at most."""
WORKERS = 4

State = Callable[[View], MeshState]


@dataclass(frozen=True, slots=True, eq=False)
class TracePaths:
    """Who owns the time of the traces that answer a question.

    Attributes
    ----------
    view : View
    ask : TraceAsk
        Its service and operation are the route whose duration it is about.
    aggregate : Aggregate
    was_cut : bool
        Whether there are, or may be, more traces than were counted.
    from_s : float
        Since when they are all, Unix seconds.
    gaps : tuple of Gap
    """

    view: View
    ask: TraceAsk
    aggregate: Aggregate
    was_cut: bool
    from_s: float
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class DependencyRow:
    """One service calling another, by traces and by metrics.

    Attributes
    ----------
    source, destination : str
    traced : Dependency or None
        None where no trace has such a call.
    counted : MetricEdge or None
        None where the mesh counts none.
    """

    source: str
    destination: str
    traced: Dependency | None
    counted: MetricEdge | None


@dataclass(frozen=True, slots=True, eq=False)
class TraceDependencies:
    """Who calls whom, by traces beside metrics; rows by calls, then by rate, then by name."""

    view: View
    ask: TraceAsk
    rows: tuple[DependencyRow, ...]
    traces: int
    was_cut: bool
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TraceAudit:
    """Where traces fall apart.

    Attributes
    ----------
    view : View
    audit : Audit
    sampled : SampledShare or None
        Estimated; None where the mesh counts no requests.
    declared : tuple of DeclaredSampling
        What the clusters declare; empty where nobody tells.
    was_cut : bool
        Whether there are, or may be, more traces than were looked at.
    gaps : tuple of Gap
    """

    view: View
    audit: Audit
    sampled: SampledShare | None
    declared: tuple[DeclaredSampling, ...]
    was_cut: bool
    gaps: tuple[Gap, ...]


def trace_paths(source: TraceSource, view: View, ask: TraceAsk, scope: Scope = EVERYTHING) -> TracePaths:
    """Aggregated critical path of the traces that answer; errors as of ``fetch_traces``."""
    found = fetch_traces(source, view, ask, scope)
    told = aggregate(found.traces, (ask.service, ask.operation))
    return TracePaths(view, ask, told, found.was_cut, found.from_s, found.gaps)


def known_edges(
    state: State, view: View, services: Iterable[str]
) -> tuple[tuple[MetricEdge, ...], tuple[Gap, ...]]:
    """Edges that the mesh counts at a view's instant, and why there are none."""
    try:
        flows = state(View(at=view.at, window_s=view.window_s, compare_s=0)).traffic.flows
    except MeshGraphError as error:
        return (), (Gap(METRICS_FAILED, (("reason", str(error)),)),)
    return metric_edges(flows, frozenset(services)), ()


def trace_dependencies(
    source: TraceSource, state: State, view: View, ask: TraceAsk, *, scope: Scope = EVERYTHING
) -> TraceDependencies:
    """Dependencies of the traces that answer, beside the mesh's; errors as of ``fetch_traces``."""
    found = fetch_traces(source, view, ask, scope)
    edges, gaps = known_edges(state, view, _services(found.traces))
    traced = {(row.source, row.destination): row for row in reversed(dependencies(found.traces))}
    counted = {(edge.source, edge.destination): edge for edge in edges if edge.source}
    rows = [
        DependencyRow(*ends, traced.get(ends), counted.get(ends))
        for ends in traced.keys() | counted.keys()
        if not ask.service or ask.service in ends
    ]
    rows.sort(key=_by_traffic)
    return TraceDependencies(view, ask, tuple(rows), len(found.traces), found.was_cut, (*found.gaps, *gaps))


def _by_traffic(row: DependencyRow) -> tuple[float, float, str, str]:
    calls, rate = (row.traced.calls if row.traced else 0), (row.counted.rate if row.counted else 0.0)
    return -calls, -rate, row.source, row.destination


def trace_audit(
    source: TraceSource,
    state: State,
    view: View,
    declared: Snapshot | None,
    *,
    scope: Scope = EVERYTHING,
) -> TraceAudit:
    """Audit of the newest traces of all services, joined with what the mesh counts and declares.

    The newest traces of any service are asked for at once, then those of the services that they have hardly
    any of, each by itself. Of services that may not be seen no row is given.

    Raises
    ------
    SourceError
        If the backend did not answer at all.
    """
    first = fetch_traces(source, view, TraceAsk(limit=AUDITED), scope)
    more, failed = _of_rare_services(source, view, first, scope)
    traces = {trace.trace_id: trace for found in (first, *more) for trace in found.traces}
    edges, gaps = known_edges(state, view, _services(traces.values()))
    audit = audit_traces([*traces.values()], edges)
    if not scope.is_whole:
        seen = tuple(row for row in audit.services if may_see_service(row.service, scope))
        audit = replace(audit, services=seen)
    return TraceAudit(
        view,
        audit,
        sampled_share(first.traces, edges, (view.at or 0.0) - first.from_s),
        declared_sampling(declared, scope) if declared else (),
        first.was_cut or any(found.was_cut for found in more),
        (*first.gaps, *failed, *gaps),
    )


def _services(traces: Iterable[Trace]) -> set[str]:
    return {span.service for trace in traces for span in trace.spans}


def _of_rare_services(
    source: TraceSource, view: View, first: Found, scope: Scope
) -> tuple[list[Found], tuple[Gap, ...]]:
    """Traces of services that a list that was cut has hardly any of."""
    if not first.was_cut:
        return [], ()
    counts: dict[str, int] = dict.fromkeys(source.services(), 0)
    for trace in first.traces:
        for service in {span.service for span in trace.spans}:
            counts[service] = counts.get(service, 0) + 1
    rare = [name for name, count in sorted(counts.items(), key=lambda row: row[1]) if count < FEW_TRACES]

    def ask(service: str) -> Found | Gap:
        try:
            return fetch_traces(source, view, TraceAsk(service=service, limit=PER_SERVICE), scope)
        except SourceError as error:
            return Gap(SERVICE_FAILED, (("service", service), ("reason", str(error))))

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="traces") as pool:
        told = list(pool.map(ask, rare[:MOST_SERVICES]))
    return [one for one in told if isinstance(one, Found)], tuple(one for one in told if isinstance(one, Gap))
