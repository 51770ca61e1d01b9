"""Who held the root up at each moment; expected segments were found by hand from the definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.traces.critical_path import critical_path, critical_us
from mesh_graph.traces.model import SpanKind
from tests.traces.hand import path, span, timeline

CLIENT, SERVER = SpanKind.CLIENT, SpanKind.SERVER
PRODUCER, CONSUMER = SpanKind.PRODUCER, SpanKind.CONSUMER

CASES = {
    "a span alone is all of its path": (
        [span("a", 0, 100)],
        [("a", 0, 100)],
    ),
    "one child after the other": (
        [span("a", 0, 100), span("b", 10, 40, "a"), span("c", 50, 90, "a")],
        [("a", 0, 10), ("b", 10, 40), ("a", 40, 50), ("c", 50, 90), ("a", 90, 100)],
    ),
    "of parallel children the one that ended last": (
        [span("a", 0, 100), span("b", 10, 60, "a"), span("c", 10, 90, "a")],
        [("a", 0, 10), ("c", 10, 90), ("a", 90, 100)],
    ),
    "what overlaps the child that was waited for ran beside it": (
        [span("a", 0, 100), span("b", 10, 60, "a"), span("c", 50, 90, "a")],
        [("a", 0, 50), ("c", 50, 90), ("a", 90, 100)],
    ),
    "a child before an overlapping one is come back to": (
        [span("a", 0, 100), span("b", 5, 20, "a"), span("c", 10, 60, "a"), span("d", 50, 90, "a")],
        [("a", 0, 5), ("b", 5, 20), ("a", 20, 50), ("d", 50, 90), ("a", 90, 100)],
    ),
    "a child that ends as the next begins came before it": (
        [span("a", 0, 100), span("b", 10, 50, "a"), span("c", 50, 100, "a")],
        [("a", 0, 10), ("b", 10, 50), ("c", 50, 100)],
    ),
    "grandchildren are gone into": (
        [span("a", 0, 100), span("b", 10, 90, "a"), span("c", 20, 80, "b"), span("d", 30, 50, "c")],
        [("a", 0, 10), ("b", 10, 20), ("c", 20, 30), ("d", 30, 50), ("c", 50, 80),
         ("b", 80, 90), ("a", 90, 100)],
    ),
    "a child that overflows is cut at its parent's end": (
        [span("a", 0, 100), span("b", 60, 130, "a"), span("c", 70, 120, "b")],
        [("a", 0, 60), ("b", 60, 70), ("c", 70, 100)],
    ),
    "a child that began before its parent is cut at its start": (
        [span("a", 0, 100), span("b", -20, 30, "a")],
        [("b", 0, 30), ("a", 30, 100)],
    ),
    "a child after its parent was not waited for": (
        [span("a", 0, 100), span("b", 100, 300, "a"), span("c", 150, 250, "b")],
        [("a", 0, 100)],
    ),
    "a message sent was waited for, its consumer was not": (
        [
            span("a", 0, 100),
            span("send", 20, 30, "a", kind=PRODUCER),
            span("take", 25, 95, "send", kind=CONSUMER),
        ],
        [("a", 0, 20), ("send", 20, 30), ("a", 30, 100)],
    ),
    "nor is a consumer right below the root": (
        [span("a", 0, 100), span("take", 25, 95, "a", kind=CONSUMER)],
        [("a", 0, 100)],
    ),
    "a server whose clock is 40 ms ahead is put into its client": (
        [
            span("root", 0, 20_000),
            span("out", 2_000, 18_000, "root", service="root", kind=CLIENT),
            span("in", 44_000, 56_000, "out", kind=SERVER),
        ],
        [("root", 0, 2_000), ("out", 2_000, 4_000), ("in", 4_000, 16_000), ("out", 16_000, 18_000),
         ("root", 18_000, 20_000)],
    ),
    "a cycle is cut above its earliest span": (
        [span("a", 0, 100, "c"), span("b", 10, 90, "a"), span("c", 20, 80, "b")],
        [("a", 0, 10), ("b", 10, 20), ("c", 20, 80), ("b", 80, 90), ("a", 90, 100)],
    ),
    "a span that is its own parent is a root": (
        [span("a", 0, 100, "a")],
        [("a", 0, 100)],
    ),
    "what hangs from a missing parent is not on the root's path": (
        [span("a", 0, 100), span("b", 10, 90, "lost")],
        [("a", 0, 100)],
    ),
    "an orphan is the root where there is no other": (
        [span("b", 10, 90, "lost"), span("c", 20, 30, "b")],
        [("b", 10, 20), ("c", 20, 30), ("b", 30, 90)],
    ),
    "a negative duration takes no time": (
        [span("a", 0, 100), span("b", 50, 20, "a")],
        [("a", 0, 100)],
    ),
    "a root without duration has no path": (
        [span("a", 0, 0), span("b", 0, 10, "a")],
        [],
    ),
    "of two reports of one span one is on the path": (
        [span("a", 0, 100), span("b", 10, 90, "a"), span("b", 10, 90, "a")],
        [("a", 0, 10), ("b", 10, 90), ("a", 90, 100)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spans", "expected"), CASES.values(), ids=CASES)
def test_path_by_hand(spans, expected):
    assert path(spans) == expected


@st.composite
def traces(draw):
    """Any spans at all: parents may be missing, later, or the span itself; durations may be negative."""
    count = draw(st.integers(1, 12))
    names = [f"s{number}" for number in range(count)]
    parents = st.sampled_from(["", "lost", *names])
    return [
        span(
            name,
            start := draw(st.integers(0, 100)) * 1000,
            start + draw(st.integers(-5, 100)) * 1000,
            draw(parents),
            service=draw(st.sampled_from(["x", "y"])),
            kind=draw(st.sampled_from(list(SpanKind))),
        )
        for name in names
    ]


@given(traces())
def test_segments_meet_and_add_up_to_their_roots_duration(spans):
    found = timeline(spans)
    for root in found.tree.roots:
        segments = critical_path(found, root)
        assert sum(part.duration_us for part in segments) == max(found.tree.spans[root].duration_us, 0)
        assert all(part.duration_us > 0 for part in segments)
        ends = [found.starts_us[root], *(part.end_us for part in segments)]
        assert [part.start_us for part in segments] == ends[:-1]


@given(traces())
def test_each_segment_lies_within_its_span(spans):
    found = timeline(spans)
    for root in found.tree.roots:
        for part in critical_path(found, root):
            assert found.starts_us[part.span] <= part.start_us
            assert part.end_us <= found.ends_us[part.span]


@given(traces(), st.randoms())
def test_order_of_reports_does_not_matter(spans, random):
    assert path(random.sample(spans, len(spans))) == path(spans)


def test_chain_of_ten_thousand_is_walked():
    spans = [span("0", 0, 20_000)]
    spans += [span(str(n), n, 20_000 - n, str(n - 1)) for n in range(1, 10_000)]
    found = timeline(spans)
    segments = critical_path(found, found.tree.roots[0])
    assert len(segments) == 19_999
    assert critical_us(segments)[5_000] == 2


def test_ten_thousand_children_are_each_waited_for():
    spans = [span("root", 0, 10_000)] + [span(str(n), n, n + 1, "root") for n in range(10_000)]
    found = timeline(spans)
    assert len(critical_path(found, found.tree.roots[0])) == 10_000
