"""Traces by hand: spans as short rows, times in microseconds from one instant."""

from collections.abc import Sequence

from mesh_graph.traces.calls import calls_of
from mesh_graph.traces.clocks import Timeline, timeline_of
from mesh_graph.traces.critical_path import critical_path
from mesh_graph.traces.model import Span, SpanKind, Trace
from mesh_graph.traces.tree import span_tree

BEGIN_US = 1_795_230_000_000_000
TRACE_ID = f"{1:032x}"


def span(name, start, end, parent="", **more):
    """A span whose id and operation are its name; ``service`` is the name too, unless it is given."""
    about = {"service": name, "name": name, "kind": SpanKind.INTERNAL, "trace_id": TRACE_ID, "span_id": name}
    return Span(**(about | more), parent_id=parent, start_us=BEGIN_US + start, duration_us=end - start)


def trace(*spans: Span) -> Trace:
    return Trace(spans[0].trace_id if spans else TRACE_ID, tuple(spans))


def timeline(spans: Sequence[Span]) -> Timeline:
    tree = span_tree(trace(*spans))
    return timeline_of(tree, calls_of(tree))


def path(spans: Sequence[Span], root: int = 0) -> list[tuple[str, int, int]]:
    """Segments of a trace's critical path: span id, from, to."""
    found = timeline(spans)
    top = found.tree.roots[root]
    return [
        (spans[part.span].span_id, part.start_us - BEGIN_US, part.end_us - BEGIN_US)
        for part in critical_path(found, top)
    ]
