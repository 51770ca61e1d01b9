"""The times of a trace's spans on one clock, and how far the clocks of its services differ.

A server works while its client waits. Of a server span outside its client span one of the two clocks is
wrong; how far, only a range can be told, as the way there and the way back are seen together only. Times on
the spans stay as reported: what is said here is for drawing and for the critical path, which need one clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from mesh_graph.traces.calls import Call
from mesh_graph.traces.model import Attribute, SpanProblem
from mesh_graph.traces.tree import NO_PARENT, SpanTree

__all__ = ["CLOCK_SKEW", "TOLERANCE_US", "Timeline", "timeline_of"]

CLOCK_SKEW = "clock-skew"
TOLERANCE_US = 1_000
"""Synchronised hosts differ by less, and less is not worth a mark."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """When the spans of a tree ran, by the clock of their root.

    Attributes
    ----------
    tree : SpanTree
    starts_us, ends_us : tuple of int
        By span, Unix microseconds.
    offsets_us : tuple of int
        What was added to the times as reported; 0 where nothing shows that a clock differs from its root's.
    skewed : frozenset of int
        Server spans that were reported outside their client span by more than ``TOLERANCE_US``.
    problems : tuple of SpanProblem
        One per client and server service of skewed spans, with the median offset.
    """

    tree: SpanTree
    starts_us: tuple[int, ...]
    ends_us: tuple[int, ...]
    offsets_us: tuple[int, ...]
    skewed: frozenset[int]
    problems: tuple[SpanProblem, ...]


def timeline_of(tree: SpanTree, calls: Sequence[Call]) -> Timeline:
    """Times of all spans of a tree by their root's clock.

    Parameters
    ----------
    tree : SpanTree
    calls : sequence of Call
        Its calls, as ``calls_of`` gives them.

    Notes
    -----
    A server span fits into its client span if its clock is behind by anything from ``client.start -
    server.start`` to ``client.end - server.end``. The calls of one client service to one server service share
    their clocks: where those ranges have a part in common, its middle is the offset of all of them; where
    they have none, as with several pods behind a service, each call outside has the middle of its own. Within
    a service the clock is the parent's. A server that worked longer than its client waited is a time-out, not
    skew; only where it began before its client, or after it had ended, is its start moved to the client's.
    Source: the clock skew adjuster of Jaeger, which takes the middle of each call by itself.
    """
    by_pair: dict[Pair, list[Call]] = defaultdict(list)
    for call in calls:
        by_pair[tree.spans[call.client].service, tree.spans[call.server].service].append(call)
    offsets: dict[int, int] = {}
    skewed: set[int] = set()
    problems = []
    for pair, its_calls in sorted(by_pair.items()):
        ranges = {call.server: _range(tree, call) for call in its_calls}
        outside = {server for server, (low, high) in ranges.items() if max(low, -high) > TOLERANCE_US}
        if outside:
            found = _offsets(ranges, outside)
            offsets |= found
            skewed |= outside
            problems.append(_problem(tree, pair, {server: found[server] for server in sorted(outside)}))
    return _moved(tree, offsets, frozenset(skewed), tuple(problems))


def _range(tree: SpanTree, call: Call) -> tuple[float, float]:
    """From the least to the most that the server's clock may be behind its client's, microseconds."""
    client, server = tree.spans[call.client], tree.spans[call.server]
    low, high = client.start_us - server.start_us, client.end_us - server.end_us
    if low <= high:
        return low, high
    is_in_time = low <= TOLERANCE_US and server.start_us <= client.end_us
    return (-inf, inf) if is_in_time else (low, low)


def _offsets(ranges: Mapping[int, tuple[float, float]], outside: set[int]) -> dict[int, int]:
    low = max(low for low, _ in ranges.values())
    high = min(high for _, high in ranges.values())
    if low <= high:
        return dict.fromkeys(ranges, int((low + high) // 2))
    return {server: int(sum(ranges[server]) // 2) for server in outside}


def _problem(tree: SpanTree, pair: Pair, offsets: Mapping[int, int]) -> SpanProblem:
    middle = sorted(offsets.values())[len(offsets) // 2]
    first = tree.spans[next(iter(offsets))]
    about: dict[str, Attribute] = {
        "client": pair[0],
        "server": pair[1],
        "offset_us": middle,
        "spans": len(offsets),
    }
    return SpanProblem(CLOCK_SKEW, first.span_id, about)


def _moved(
    tree: SpanTree, offsets: Mapping[int, int], skewed: frozenset[int], problems: tuple[SpanProblem, ...]
) -> Timeline:
    total = [0] * len(tree.spans)
    for place in tree.order:
        above = tree.parents[place]
        if above != NO_PARENT:
            total[place] = total[above] + offsets.get(place, 0)
    return Timeline(
        tree,
        tuple(span.start_us + offset for span, offset in zip(tree.spans, total, strict=True)),
        tuple(span.end_us + offset for span, offset in zip(tree.spans, total, strict=True)),
        tuple(total),
        skewed,
        problems,
    )
