"""What halving someone's work would save; expected durations were laid out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.traces.critical_path import critical_path, critical_us
from mesh_graph.traces.model import SpanKind
from mesh_graph.traces.saving import duration_if_us
from mesh_graph.traces.waits import windows_of
from tests.traces.hand import span, timeline
from tests.traces.test_critical_path import traces

A = span("a", 0, 100)


def duration_if(spans, quicker, factor=0.5):
    found = timeline(spans)
    places = {place for place, one in enumerate(found.tree.spans) if one.name in quicker}
    return duration_if_us(windows_of(found), found.tree.roots[0], places, factor)


@pytest.mark.parametrize(
    ("spans", "quicker", "expected"),
    [
        ([A], "a", 50),
        # 30 of b and 40 of c; a works 30 by itself.
        ([A, span("b", 10, 40, "a"), span("c", 50, 90, "a")], "b", 85),
        ([A, span("b", 10, 40, "a"), span("c", 50, 90, "a")], "a", 85),
        ([A, span("b", 10, 40, "a"), span("c", 50, 90, "a")], "bc", 65),
        # c ends at 50, then b is what is waited for.
        ([A, span("b", 10, 60, "a"), span("c", 10, 90, "a")], "c", 70),
        ([A, span("b", 10, 60, "a"), span("c", 10, 90, "a")], "b", 100),
        ([A, span("b", 10, 60, "a"), span("c", 10, 90, "a")], "bc", 60),
        # c began while b ran, so it begins no sooner for b being quicker.
        ([A, span("b", 10, 60, "a"), span("c", 50, 90, "a")], "b", 100),
        # d waited for both b and c.
        ([A, span("b", 0, 40, "a"), span("c", 0, 50, "a"), span("d", 50, 100, "a")], "c", 90),
        # b works 20 before and 20 after its child, which keeps its 40.
        ([A, span("b", 10, 90, "a"), span("c", 30, 70, "b")], "b", 80),
        ([A, span("b", 10, 90, "a"), span("c", 30, 70, "b")], "c", 80),
        # Only what is within the parent counts.
        ([A, span("b", 60, 140, "a")], "b", 80),
        ([A, span("b", 10, 90, "a", kind=SpanKind.CONSUMER)], "b", 100),
    ],
)
def test_duration_by_hand(spans, quicker, expected):
    assert duration_if(spans, quicker) == expected


def test_work_that_takes_no_time_leaves_the_rest():
    assert duration_if([A, span("b", 10, 90, "a")], "b", factor=0.0) == 20


@given(traces())
def test_nothing_quicker_changes_nothing(spans):
    found = timeline(spans)
    windows = windows_of(found)
    for root in found.tree.roots:
        assert duration_if_us(windows, root, (), 1.0) == windows.ends_us[root] - windows.starts_us[root]


@given(traces(), st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)))
def test_the_more_is_quicker_the_shorter(spans, some, more):
    found = timeline(spans)
    windows, root = windows_of(found), found.tree.roots[0]
    few = duration_if_us(windows, root, some, 0.5)
    many = duration_if_us(windows, root, some | more, 0.5)
    whole = windows.ends_us[root] - windows.starts_us[root]
    assert whole / 2 <= many <= few <= whole


@given(traces())
def test_all_quicker_halves_the_whole(spans):
    found = timeline(spans)
    windows, root = windows_of(found), found.tree.roots[0]
    whole = windows.ends_us[root] - windows.starts_us[root]
    assert duration_if_us(windows, root, range(len(spans)), 0.5) == pytest.approx(whole / 2)


@given(traces())
def test_who_is_not_on_the_critical_path_saves_nothing(spans):
    found = timeline(spans)
    windows, root = windows_of(found), found.tree.roots[0]
    on_it = critical_us(critical_path(found, root, windows))
    others = set(range(len(spans))) - set(on_it)
    assert duration_if_us(windows, root, others, 0.5) == windows.ends_us[root] - windows.starts_us[root]


def test_chain_of_ten_thousand_is_laid_out():
    spans = [span("0", 0, 20_000)]
    spans += [span(str(n), n, 20_000 - n, str(n - 1)) for n in range(1, 10_000)]
    assert duration_if(spans, {"0"}) == 19_999
