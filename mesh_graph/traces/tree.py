"""Spans of a trace → their tree: parents, children, roots; what does not fit together is cut and said.

Spans are known by their place in ``Trace.spans``, not by their ids, which reports may repeat. Nothing here
recurses: a chain of ten thousand spans is walked like any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mesh_graph.traces.model import Span, SpanKind, SpanProblem, Trace

__all__ = [
    "DUPLICATE_ID",
    "NO_PARENT",
    "PARENT_CYCLE",
    "PARENT_MISSING",
    "SEVERAL_ROOTS",
    "SpanTree",
    "span_tree",
]

NO_PARENT = -1
DUPLICATE_ID = "duplicate-span-id"
PARENT_CYCLE = "parent-cycle"
PARENT_MISSING = "parent-missing"
SEVERAL_ROOTS = "several-roots"

MOST_TWINS = 8
"""Of more spans with one id, the first so many are looked at for whose parent they are."""

_CALLING = (SpanKind.CLIENT, SpanKind.PRODUCER)
_CALLED = (SpanKind.SERVER, SpanKind.CONSUMER)
_UNSEEN, _WALKING, _DONE = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class SpanTree:
    """Who called whom within a trace; a forest where parents are missing.

    Attributes
    ----------
    spans : tuple of Span
        The trace's; every number below is a place in it.
    parents : tuple of int
        ``NO_PARENT`` for a root.
    children : tuple of tuple of int
        In order of start, then of end.
    roots : tuple of int
        Spans without a parent here: those that name none first, the rest are orphans; then in order of start.
    orphans : frozenset of int
        Roots that name a parent which is not here.
    order, depths : tuple of int
        All spans, every parent before its children; by span, the number of its ancestors.
    problems : tuple of SpanProblem
    """

    spans: tuple[Span, ...]
    parents: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    roots: tuple[int, ...]
    orphans: frozenset[int]
    order: tuple[int, ...]
    depths: tuple[int, ...]
    problems: tuple[SpanProblem, ...]

    def parent(self, place: int) -> Span | None:
        """The span that a span is a child of."""
        above = self.parents[place]
        return None if above == NO_PARENT else self.spans[above]


def span_tree(trace: Trace) -> SpanTree:
    """The tree of a trace's spans; of no spans, one without roots.

    Notes
    -----
    A server span that has the id of a client span is its child, as Zipkin shares ids. Of several spans with
    the id that a child names as its parent, the parent is the one of the child's own service, else a server
    span, else the first. A cycle of parents is cut above its earliest span.
    """
    spans = trace.spans
    by_id: dict[str, list[int]] = defaultdict(list)
    for place, span in enumerate(spans):
        by_id[span.span_id].append(place)
    twins = {span_id: places[:MOST_TWINS] for span_id, places in by_id.items()}
    parents = [_parent_of(spans, place, twins) for place in range(len(spans))]
    cut = _cut_cycles(spans, parents)
    orphans = frozenset(
        place for place, above in enumerate(parents) if above == NO_PARENT and spans[place].parent_id
    ) - frozenset(cut)
    children, roots = _children_of(spans, parents, orphans)
    order, depths = _walk(children, roots)
    problems = (
        *(SpanProblem(PARENT_CYCLE, spans[place].span_id) for place in cut),
        *_duplicates(spans, by_id),
        *(
            SpanProblem(PARENT_MISSING, spans[place].span_id, {"parent": spans[place].parent_id})
            for place in sorted(orphans)
        ),
        *([SpanProblem(SEVERAL_ROOTS, parameters={"roots": len(roots)})] if len(roots) > 1 else []),
    )
    return SpanTree(spans, tuple(parents), children, roots, orphans, order, depths, problems)


def _parent_of(spans: Sequence[Span], place: int, by_id: Mapping[str, Sequence[int]]) -> int:
    span = spans[place]
    if span.kind in _CALLED:
        for other in by_id[span.span_id]:
            if spans[other].kind in _CALLING:
                return other
    if not span.parent_id:
        return NO_PARENT
    named = by_id.get(span.parent_id, ())
    if len(named) < 2:
        return named[0] if named else NO_PARENT
    others = [other for other in named if other != place]
    return min(others, key=lambda other: _distance(span, spans[other]))


def _distance(child: Span, parent: Span) -> tuple[bool, bool]:
    return (parent.service != child.service, parent.kind not in _CALLED)


def _time(span: Span) -> tuple[int, int, str]:
    """Order of spans, the same however they were reported."""
    return span.start_us, span.end_us, span.span_id


def _cut_cycles(spans: Sequence[Span], parents: list[int]) -> list[int]:
    """Places whose parent was taken from them so that every walk upwards ends."""
    cut: list[int] = []
    state = [_UNSEEN] * len(spans)
    for start in range(len(spans)):
        path: list[int] = []
        place = start
        while place != NO_PARENT and state[place] == _UNSEEN:
            state[place] = _WALKING
            path.append(place)
            place = parents[place]
        if place != NO_PARENT and state[place] == _WALKING:
            cycle = path[path.index(place) :]
            first = min(cycle, key=lambda member: _time(spans[member]))
            parents[first] = NO_PARENT
            cut.append(first)
        for walked in path:
            state[walked] = _DONE
    return cut


def _children_of(
    spans: Sequence[Span], parents: Sequence[int], orphans: frozenset[int]
) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    children: list[list[int]] = [[] for _ in spans]
    roots: list[int] = []
    for place in sorted(range(len(spans)), key=lambda place: _time(spans[place])):
        above = parents[place]
        (roots if above == NO_PARENT else children[above]).append(place)
    return tuple(map(tuple, children)), tuple(sorted(roots, key=lambda place: place in orphans))


def _walk(children: Sequence[Sequence[int]], roots: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    order: list[int] = []
    depths = [0] * len(children)
    waiting = list(reversed(roots))
    while waiting:
        place = waiting.pop()
        order.append(place)
        for child in reversed(children[place]):
            depths[child] = depths[place] + 1
            waiting.append(child)
    return tuple(order), tuple(depths)


def _duplicates(spans: Sequence[Span], by_id: Mapping[str, Sequence[int]]) -> list[SpanProblem]:
    """Ids of several spans, but for the two ends of one call, which may share theirs."""
    found = []
    for span_id, places in by_id.items():
        kinds = [spans[place].kind for place in places]
        are_ends = len(kinds) == 2 and any(k in _CALLING for k in kinds) and any(k in _CALLED for k in kinds)
        if len(kinds) > 1 and not are_ends:
            found.append(SpanProblem(DUPLICATE_ID, span_id, {"spans": len(places)}))
    return found
