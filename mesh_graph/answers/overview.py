"""The whole mesh on one page: how every namespace fares and why, the totals, the extremes, what changed.

A fixed number of queries, whatever the number of namespaces: the traffic plan now and earlier, two of
response times, two over the last hour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from mesh_graph import fields
from mesh_graph.answers.changes import Change, Moment, changes_between
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.earlier import EARLIER_FAILED, earlier_instant
from mesh_graph.answers.figures import NO_FIGURES, Figures, mtls_shares
from mesh_graph.answers.latencies import fetch_latencies
from mesh_graph.answers.sparklines import STEP_S, STEPS, Sparkline, fetch_sparklines, grid_end
from mesh_graph.answers.state import MeshState
from mesh_graph.errors import SourceError
from mesh_graph.health import Assessment
from mesh_graph.health.facts import KINDS
from mesh_graph.model import Direction, NodeKey, NodeKind, Status, View
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.outcome import Outcome

__all__ = ["TOP", "NamespaceRow", "Overview", "TopRow", "Totals", "overview_of"]

TOP = 6
"""Entries of a list of extremes."""
QUANTILE = 0.95


@dataclass(frozen=True, slots=True)
class NamespaceRow:
    """One namespace in one cluster.

    Attributes
    ----------
    key : NodeKey
    assessment : Assessment
    counts : mapping of NodeKind to Counter of Status
        How many of its applications, workloads and services have which status.
    figures : Figures
    p95_ms : float or None
        Of what came in, milliseconds; +inf is above the top bucket.
    mtls_share : float or None
        0..1 of what came in; None where no proxy knew.
    came_in, went_out : Sparkline
        Requests per second over the last hour; empty where nothing was counted.
    """

    key: NodeKey
    assessment: Assessment
    counts: Mapping[NodeKind, Counter[Status]]
    figures: Figures
    p95_ms: float | None = None
    mtls_share: float | None = None
    came_in: Sparkline = ()
    went_out: Sparkline = ()


@dataclass(frozen=True, slots=True)
class TopRow:
    """An entry of a list of extremes: a service, and its number."""

    key: NodeKey
    value: float
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Totals:
    """The mesh (or the view) as a whole.

    Attributes
    ----------
    statuses : Counter of Status
        Of namespaces.
    objects : mapping of NodeKind to Counter of Status
    request_rate, error_rate : float
        Each request once, per second.
    tcp_rate : float
        Bytes per second.
    """

    statuses: Counter[Status]
    objects: Mapping[NodeKind, Counter[Status]]
    request_rate: float
    error_rate: float
    tcp_rate: float


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Answer of ``overview_of``; shared, not to be modified.

    Attributes
    ----------
    view : View
        With its instant.
    namespaces : tuple of NamespaceRow
        Worst and surest first, then by the rate of errors.
    totals : Totals
    top_errors, top_latency, top_rate : tuple of TopRow
        Services: error ratio 0..1 (of firm assessments alone), p95 in milliseconds, requests per second.
    changes : tuple of Change
        Against ``earlier_at``.
    earlier_at : float or None
        Unix seconds; None where nothing is compared.
    steps : tuple of float
        Instants of the sparklines, Unix seconds.
    gaps : tuple of Gap
    """

    view: View
    namespaces: tuple[NamespaceRow, ...]
    totals: Totals
    top_errors: tuple[TopRow, ...]
    top_latency: tuple[TopRow, ...]
    top_rate: tuple[TopRow, ...]
    changes: tuple[Change, ...]
    earlier_at: float | None
    steps: tuple[float, ...]
    gaps: tuple[Gap, ...] = field(default=())


def overview_of(desk: Desk, view: View, state: Callable[[View], MeshState]) -> Overview:
    """Overview of a view with its instant.

    Parameters
    ----------
    desk : Desk
    view : View
    state : callable
        Gives the state of a view with its instant.

    Raises
    ------
    SourceError
        If the source did not answer for the requests; what else fails is a gap.
    """
    kinds = ((NodeKind.NAMESPACE, QUANTILE), (NodeKind.SERVICE, QUANTILE))
    ways = tuple((NodeKind.NAMESPACE, direction) for direction in Direction)
    with ThreadPoolExecutor(3, thread_name_prefix="overview") as pool:
        waiting = pool.submit(fetch_latencies, desk, view, kinds)
        lines = pool.submit(fetch_sparklines, desk, view, ways)
        compared = pool.submit(_earlier, view, state)
        now = state(view)
        figures, shown = now.figures, _shown(now, NodeKind.NAMESPACE)
        (namespace_p95, service_p95), latency_gaps = waiting.result()
        (came_in, went_out), line_gaps = lines.result()
        earlier, earlier_gaps = compared.result()
    mtls = mtls_shares(now.counted)
    rows = [
        NamespaceRow(
            key,
            assessment,
            now.health.counts.get(key, {}),
            figures.get(key, NO_FIGURES),
            namespace_p95.get(key),
            mtls.get(key),
            came_in.get(key, ()),
            went_out.get(key, ()),
        )
        for key, assessment in shown
    ]
    rows.sort(key=_row_order)
    services = dict(_shown(now, NodeKind.SERVICE))
    end = grid_end(view.at or 0.0)
    return Overview(
        view=view,
        namespaces=tuple(rows),
        totals=_totals(now),
        top_errors=_top(services, {key: _firm_ratio(one, figures[key]) for key, one in services.items()}),
        top_latency=_top(services, service_p95),
        top_rate=_top(services, {key: figures[key].in_rate for key in services}),
        changes=() if earlier is None else _changes(earlier, now),
        earlier_at=None if earlier is None else earlier_instant(view),
        steps=tuple(end - (STEPS - step) * STEP_S for step in range(STEPS + 1)),
        gaps=(*now.gaps, *latency_gaps, *line_gaps, *earlier_gaps),
    )


def _shown(state: MeshState, kind: NodeKind) -> Iterable[tuple[NodeKey, Assessment]]:
    return [
        (key, one) for key, one in state.health.assessments.items() if key.kind is kind and state.shows(key)
    ]


def _row_order(row: NamespaceRow) -> tuple[object, ...]:
    severity, is_firm = row.assessment.rank
    errors = row.figures.in_error_rate + row.figures.out_error_rate
    return -severity, not is_firm, -errors, -row.figures.in_rate, row.key


def _firm_ratio(assessment: Assessment, figures: Figures) -> float:
    return (figures.in_error_ratio or 0.0) if assessment.is_firm else 0.0


def _top(services: Mapping[NodeKey, Assessment], values: Mapping[NodeKey, float]) -> tuple[TopRow, ...]:
    """The services with the largest values above 0."""
    found = [(value, key) for key, value in values.items() if value > 0 and key in services]
    found.sort(key=lambda one: (-one[0], one[1]))
    return tuple(TopRow(key, value, services[key]) for value, key in found[:TOP])


def _totals(state: MeshState) -> Totals:
    flows, tcp = state.counted.flows, state.counted.tcp
    objects = {kind: Counter(one.status for _, one in _shown(state, kind)) for kind in KINDS}
    return Totals(
        Counter(one.status for _, one in _shown(state, NodeKind.NAMESPACE)),
        objects,
        float(flows[fields.RATE].sum()),
        float(flows.loc[flows[fields.OUTCOME] == Outcome.ERROR, fields.RATE].sum()),
        float(tcp[[fields.SENT_BYTES_RATE, fields.RECEIVED_BYTES_RATE]].to_numpy().sum()),
    )


def _earlier(view: View, state: Callable[[View], MeshState]) -> tuple[Moment | None, tuple[Gap, ...]]:
    """What is compared with; None where there is nothing, or no traffic in it."""
    if not view.compare_s:
        return None, ()
    try:
        earlier = state(replace(view, at=earlier_instant(view), compare_s=0))
    except SourceError as error:
        return None, (Gap(EARLIER_FAILED, (("reason", str(error)),)),)
    return (_moment(earlier) if len(earlier.facts.subject) else None), ()


def _moment(state: MeshState) -> Moment:
    return Moment(state.facts, state.statuses, state.versions)


def _changes(earlier: Moment, now: MeshState) -> tuple[Change, ...]:
    return tuple(change for change in changes_between(earlier, _moment(now)) if now.shows(change.subject))
