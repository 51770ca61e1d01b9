"""The time that is a span's own."""

import pytest
from hypothesis import given

from mesh_graph.traces.model import SpanKind
from mesh_graph.traces.waits import self_times_us, windows_of
from tests.traces.hand import BEGIN_US, span, timeline
from tests.traces.test_critical_path import traces


@pytest.mark.parametrize(
    ("children", "own"),
    [
        ([], 100),
        ([(10, 40), (60, 90)], 40),
        ([(10, 60), (40, 90)], 20),
        ([(10, 90), (20, 30)], 20),
        ([(60, 150)], 60),
        ([(-50, 30)], 70),
        ([(150, 200)], 100),
        ([(0, 100)], 0),
    ],
)
def test_self_time_is_what_no_child_covers(children, own):
    spans = [span("a", 0, 100)] + [span(f"c{n}", *times, "a") for n, times in enumerate(children)]
    assert self_times_us(timeline(spans))[0] == own


def test_consumer_takes_nothing_of_its_parents_own_time():
    spans = [span("a", 0, 100), span("b", 10, 90, "a", kind=SpanKind.CONSUMER)]
    assert self_times_us(timeline(spans)) == (100, 80)


@given(traces())
def test_windows_lie_within_their_parents_and_spans(spans):
    found = timeline(spans)
    windows = windows_of(found)
    for place, children in enumerate(windows.children):
        for child in children:
            assert windows.starts_us[place] <= windows.starts_us[child] < windows.ends_us[child]
            assert windows.ends_us[child] <= windows.ends_us[place]
            assert found.starts_us[child] <= windows.starts_us[child]
            assert windows.ends_us[child] <= found.ends_us[child]


def test_window_of_an_overflowing_child_ends_with_its_parent():
    windows = windows_of(timeline([span("a", 0, 100), span("b", 60, 150, "a")]))
    assert (windows.starts_us[1] - BEGIN_US, windows.ends_us[1] - BEGIN_US) == (60, 100)
