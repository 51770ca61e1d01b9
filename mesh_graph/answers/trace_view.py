"""One trace in full: its spans as the rows of a tree, who held it up, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.topology.attributes import Gap
from mesh_graph.traces.calls import Call, calls_of, network_us
from mesh_graph.traces.clocks import Timeline, timeline_of
from mesh_graph.traces.critical_path import Segment, critical_path
from mesh_graph.traces.dependencies import called_host
from mesh_graph.traces.model import Span, SpanKind, SpanProblem, Trace, TraceSummary
from mesh_graph.traces.sight import is_foreign, seen_trace
from mesh_graph.traces.summary import summary_of
from mesh_graph.traces.tree import NO_PARENT, SpanTree, span_tree
from mesh_graph.traces.waits import self_times_us

__all__ = ["CriticalPart", "EdgeTimes", "TraceRow", "TraceView", "edges_of", "trace_view"]


@dataclass(frozen=True, slots=True)
class EdgeTimes:
    """What the mesh measured of one service calling another around a trace's time, milliseconds.

    Attributes
    ----------
    p50_ms, p99_ms : float or None
        +inf is above the top bucket; None is not known.
    """

    p50_ms: float | None
    p99_ms: float | None


Ends = tuple[str, str]
"""Names of the calling and of the called service."""


@dataclass(frozen=True, slots=True)
class CriticalPart:
    """A stretch that the root waited for one span's own work, microseconds from the trace's start."""

    row: int
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One span in its place.

    Attributes
    ----------
    span : Span
        As reported; of a foreign namespace without name, attributes and events.
    parent : int
        Row of its parent, which comes before it; -1 for a root.
    depth : int
        Number of its ancestors.
    children, below : int
        Its children; all spans below it, which are the rows that follow it.
    offset_us : int
        Start by the root's clock, microseconds from the trace's start.
    skew_us : int
        What was added to its time as reported, because its clock differs.
    is_skewed : bool
        Whether it was reported outside its client span.
    self_us : int
        In which none of its children ran that it can have waited for.
    network_us : int or None
        Of a client span: what it lasted longer than its one server span.
    critical : tuple of (int, int)
        When the root waited for its own work: from, to, as ``offset_us``.
    errors_below : int
        Spans below it that failed.
    measured : EdgeTimes or None
        Of a client or server span: of all requests from that service to that one, at that end.
    is_orphan : bool
        A root that names a parent which is not here.
    is_foreign : bool
        Its details may not be seen.
    """

    span: Span
    parent: int
    depth: int
    children: int
    below: int
    offset_us: int
    skew_us: int
    is_skewed: bool
    self_us: int
    network_us: int | None
    critical: tuple[tuple[int, int], ...]
    errors_below: int
    measured: EdgeTimes | None
    is_orphan: bool
    is_foreign: bool

    @property
    def critical_us(self) -> int:
        """Microseconds that the root waited for its own work."""
        return sum(end - start for start, end in self.critical)


@dataclass(frozen=True, slots=True, eq=False)
class TraceView:
    """Answer of ``trace_view``; shared, not to be modified.

    Attributes
    ----------
    trace_id : str
    summary : TraceSummary
    duration_us : int
        From the trace's start to its last end, by the root's clock: what a timeline has to hold.
    rows : tuple of TraceRow
        Depth first: a parent, then all that is below it; siblings in order of start.
    critical : tuple of CriticalPart
        Critical path of the first row, in order of time; together that span's duration.
    problems : tuple of SpanProblem
        What is wrong with the spans, or odd.
    gaps : tuple of Gap
        What else could not be had.
    """

    trace_id: str
    summary: TraceSummary
    duration_us: int
    rows: tuple[TraceRow, ...]
    critical: tuple[CriticalPart, ...]
    problems: tuple[SpanProblem, ...]
    gaps: tuple[Gap, ...] = ()


Measured = Mapping[tuple[Ends, SpanKind], EdgeTimes]
"""By calling and called service and the end that measured (client or server)."""
NOT_MEASURED: Measured = MappingProxyType({})


def trace_view(
    trace: Trace,
    measured: Measured = NOT_MEASURED,
    scope: Scope = EVERYTHING,
    gaps: tuple[Gap, ...] = (),
) -> TraceView | None:
    """The trace as somebody with that scope may see it; None where it has no span that they may.

    Parameters
    ----------
    trace : Trace
    measured : mapping
        Response times by edge and end, of the edges that are known.
    scope : Scope
    gaps : tuple of Gap
        What of those could not be had.
    """
    seen = seen_trace(trace, scope)
    summary = summary_of(seen) if seen is not None else None
    if seen is None or summary is None:
        return None
    tree = span_tree(seen)
    calls = calls_of(tree)
    timeline = timeline_of(tree, calls)
    begin = min(timeline.starts_us)
    path = critical_path(timeline, tree.roots[0])
    facts = _Facts(timeline, path, calls, measured, [is_foreign(span, scope) for span in trace.spans])
    row_of = {place: row for row, place in enumerate(tree.order)}
    problems = (*tree.problems, *timeline.problems, *seen.problems)
    return TraceView(
        seen.trace_id,
        summary,
        max(timeline.ends_us) - begin,
        _rows(facts, row_of),
        tuple(CriticalPart(row_of[part.span], part.start_us - begin, part.end_us - begin) for part in path),
        tuple({(problem.id, problem.span_id): problem for problem in problems}.values()),
        gaps,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Facts:
    timeline: Timeline
    path: Sequence[Segment]
    calls: Sequence[Call]
    measured: Measured
    foreign: Sequence[bool]


def edges_of(tree: SpanTree, calls: Sequence[Call]) -> dict[int, tuple[Ends, SpanKind]]:
    """Which service calls which, and which end of it that is, by client and server span with a known peer.

    Of a client span without a server's the peer is who it says that it called.
    """
    edges = {
        place: ((span.service, host), SpanKind.CLIENT)
        for place, span in enumerate(tree.spans)
        if span.kind == SpanKind.CLIENT and (host := called_host(span))
    }
    for call in calls:
        ends = tree.spans[call.client].service, tree.spans[call.server].service
        edges[call.client], edges[call.server] = (ends, SpanKind.CLIENT), (ends, SpanKind.SERVER)
    return edges


def _rows(facts: _Facts, row_of: Mapping[int, int]) -> tuple[TraceRow, ...]:
    timeline = facts.timeline
    tree, begin = timeline.tree, min(timeline.starts_us)
    below, errors = _totals_below(tree)
    own, network, edges = self_times_us(timeline), network_us(tree, facts.calls), edges_of(tree, facts.calls)
    parts: dict[int, list[tuple[int, int]]] = {}
    for part in facts.path:
        parts.setdefault(part.span, []).append((part.start_us - begin, part.end_us - begin))
    return tuple(
        TraceRow(
            span=tree.spans[place],
            parent=row_of.get(tree.parents[place], NO_PARENT),
            depth=tree.depths[place],
            children=len(tree.children[place]),
            below=below[place],
            offset_us=timeline.starts_us[place] - begin,
            skew_us=timeline.offsets_us[place],
            is_skewed=place in timeline.skewed,
            self_us=own[place],
            network_us=network.get(place),
            critical=tuple(parts.get(place, ())),
            errors_below=errors[place],
            measured=_measured(facts, edges, place),
            is_orphan=place in tree.orphans,
            is_foreign=facts.foreign[place],
        )
        for place in tree.order
    )


def _measured(facts: _Facts, edges: Mapping[int, tuple[Ends, SpanKind]], place: int) -> EdgeTimes | None:
    if place not in edges or facts.foreign[place]:
        return None
    return facts.measured.get(edges[place])


def _totals_below(tree: SpanTree) -> tuple[list[int], list[int]]:
    """Spans below each span, and how many of them failed."""
    below, errors = [0] * len(tree.spans), [0] * len(tree.spans)
    for place in reversed(tree.order):
        above = tree.parents[place]
        if above != NO_PARENT:
            below[above] += below[place] + 1
            errors[above] += errors[place] + tree.spans[place].is_error
    return below, errors
