"""Many traces at once: who owns their time, who calls whom, and where they fall apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from mesh_graph.answers.state import MeshState
from mesh_graph.answers.trace_coverage import SampledShare, pooled_share
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
SERVICES_LEFT_OUT = "trace-services-left-out"
PER_SERVICE = 50
"""Traces asked for of each service: what is said of it rests on its own newest."""
MOST_SERVICES = 100
"""Services that are asked for, those that call others first."""
WORKERS = 4
LONGEST_WINDOW_S = 3600

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
    told = aggregate(found.traces, (ask.service, ask.operation), caller=ask.caller)
    return TracePaths(view, ask, told, found.was_cut, found.from_s, found.gaps)


def known_edges(
    state: State, view: View, services: Iterable[str], window_s: int = 0
) -> tuple[tuple[MetricEdge, ...], tuple[Gap, ...]]:
    """Edges that the mesh counts up to a view's instant, and why there are none.

    Parameters
    ----------
    state : callable
    view : View
    services : iterable of str
        Names that traces know.
    window_s : int
        Range of the rates; 0 is the view's.
    """
    try:
        flows = state(View(at=view.at, window_s=window_s or view.window_s, compare_s=0)).traffic.flows
    except MeshGraphError as error:
        return (), (Gap(METRICS_FAILED, (("reason", str(error)),)),)
    return metric_edges(flows, frozenset(services)), ()


def trace_dependencies(
    source: TraceSource, state: State, view: View, ask: TraceAsk, *, scope: Scope = EVERYTHING
) -> TraceDependencies:
    """Dependencies of the traces that answer, beside the mesh's; errors as of ``fetch_traces``."""
    found = fetch_traces(source, view, ask, scope)
    edges, gaps = known_edges(state, view, _services(found.traces), _window_s(view))
    traced = {(row.source, row.destination): row for row in dependencies(found.traces)}
    counted = {(edge.source, edge.destination): edge for edge in edges if edge.source}
    rows = [
        DependencyRow(*ends, traced.get(ends), counted.get(ends))
        for ends in traced.keys() | counted.keys()
        if ask.service in ("", *ends) and any(may_see_service(end, scope) for end in ends)
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
    """Audit of the newest traces of each service, joined with what the mesh counts and declares.

    Every service is asked for by itself, so that a busy one does not push a rare one out of the list. Of
    services that may not be seen nothing is asked.

    Raises
    ------
    SourceError
        If the backend did not name its services.
    """
    names = [name for name in source.services() if may_see_service(name, scope)]
    edges, gaps = known_edges(state, view, names, _window_s(view))
    calling = {edge.source for edge in edges}
    names.sort(key=lambda name: name not in calling)
    if len(names) > MOST_SERVICES:
        left_out = ("count", str(len(names) - MOST_SERVICES))
        gaps = (*gaps, Gap(SERVICES_LEFT_OUT, (left_out,)))
    found, failed = _of_each(source, view, names[:MOST_SERVICES], scope)
    traces = {trace.trace_id: trace for one in found.values() for trace in one.traces}
    audit = audit_traces([*traces.values()], edges)
    seen = tuple(row for row in audit.services if may_see_service(row.service, scope))
    unseen = tuple(
        edge
        for edge in audit.unseen
        if may_see_service(edge.source, scope) and may_see_service(edge.destination, scope)
    )
    complete = {name: (one.traces, (view.at or 0.0) - one.from_s) for name, one in found.items()}
    return TraceAudit(
        view,
        replace(audit, services=seen, unseen=unseen),
        pooled_share(complete, edges),
        declared_sampling(declared, scope) if declared else (),
        any(one.was_cut for one in found.values()),
        (*dict.fromkeys(gap for one in found.values() for gap in one.gaps), *failed, *gaps),
    )


def _window_s(view: View) -> int:
    """The time that is looked at, as far as rates of so long a range are cheap."""
    return max(view.window_s, min(view.span_s, LONGEST_WINDOW_S))


def _services(traces: Iterable[Trace]) -> set[str]:
    return {span.service for trace in traces for span in trace.spans}


def _of_each(
    source: TraceSource, view: View, names: Sequence[str], scope: Scope
) -> tuple[dict[str, Found], tuple[Gap, ...]]:
    """Newest traces by service, several asked for at a time; those that could not be had are gaps."""

    def ask(service: str) -> Found | Gap:
        try:
            return fetch_traces(source, view, TraceAsk(service=service, limit=PER_SERVICE), scope)
        except SourceError as error:
            return Gap(SERVICE_FAILED, (("service", service), ("reason", str(error))))

    with ThreadPoolExecutor(WORKERS, thread_name_prefix="traces") as pool:
        told = dict(zip(names, pool.map(ask, names), strict=True))
    found = {name: one for name, one in told.items() if isinstance(one, Found)}
    return found, tuple(one for one in told.values() if isinstance(one, Gap))
