"""What a span can have waited for: each span's window within its parent's, and the time that is its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mesh_graph.traces.clocks import Timeline
from mesh_graph.traces.model import SpanKind

__all__ = ["Windows", "self_times_us", "windows_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The part of each span that its root can have waited for.

    Attributes
    ----------
    starts_us, ends_us : tuple of int
        By span, on the root's clock: the span's time, cut at its parent's window.
    children : tuple of tuple of int
        Children with a window, in order of its start, then of its end. Consumers have none, as nobody waits
        until a message is taken, nor have spans that ran wholly outside their parent's window, or took no
        time in it.
    """

    starts_us: tuple[int, ...]
    ends_us: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]


def windows_of(timeline: Timeline, root: int | None = None) -> Windows:
    """Windows of all spans of a trace; of a root all of its time.

    Parameters
    ----------
    timeline : Timeline
    root : int or None
        A span that is looked at as if it were a root, too.

    Notes
    -----
    A child that ended after its parent is cut at the parent's end, as in Jaeger's critical path: until then
    the parent may have waited for it, and after it did not.
    """
    tree = timeline.tree
    starts, ends = list(timeline.starts_us), list(timeline.ends_us)
    children: list[tuple[int, ...]] = [()] * len(tree.spans)
    for place in tree.order:
        inside = []
        for child in tree.children[place]:
            if child == root:
                continue
            starts[child] = max(starts[child], starts[place])
            ends[child] = max(min(ends[child], ends[place]), starts[child])
            if ends[child] > starts[child] and tree.spans[child].kind != SpanKind.CONSUMER:
                inside.append(child)
        inside.sort(key=lambda child: (starts[child], ends[child], tree.spans[child].span_id))
        children[place] = tuple(inside)
    return Windows(tuple(starts), tuple(ends), tuple(children))


def self_times_us(timeline: Timeline) -> tuple[int, ...]:
    """Microseconds of each span in which none of the children ran that it can have waited for."""
    return tuple(
        timeline.ends_us[place] - timeline.starts_us[place] - sum(_covered(timeline, place))
        for place in range(len(timeline.tree.spans))
    )


def _covered(timeline: Timeline, place: int) -> Iterator[int]:
    """Lengths of the disjoint stretches of a span in which children ran."""
    tree, reached = timeline.tree, timeline.starts_us[place]
    for child in sorted(tree.children[place], key=timeline.starts_us.__getitem__):
        if tree.spans[child].kind != SpanKind.CONSUMER:
            start = max(timeline.starts_us[child], reached)
            end = min(timeline.ends_us[child], timeline.ends_us[place])
            if end > start:
                yield end - start
                reached = end
