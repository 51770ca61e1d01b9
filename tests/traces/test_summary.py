"""A trace as a row, and how the durations of many spread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.traces.model import TraceSummary
from mesh_graph.traces.summary import MOST_BINS, spread_of, summary_of
from tests.traces.hand import BEGIN_US, TRACE_ID, span, trace


def row(duration_us, errors=0):
    return TraceSummary(TRACE_ID, "a", "get", BEGIN_US, duration_us, 1, errors, (("a", 1),))


def test_summary_is_from_first_start_to_last_end():
    found = summary_of(
        trace(
            span("late", 20, 400, "get", service="b", is_error=True),
            span("get", 0, 100, service="a"),
            span("more", 30, 40, "get", service="b"),
        )
    )
    expected = TraceSummary(TRACE_ID, "a", "get", BEGIN_US, 400, 3, 1, (("b", 2), ("a", 1)))
    assert found == expected


def test_services_with_as_many_spans_are_in_order_of_name():
    found = summary_of(trace(span("x", 0, 9, service="b"), span("y", 1, 2, "x", service="a")))
    assert found.services == (("a", 1), ("b", 1))


def test_root_of_a_cycle_is_its_earliest_span():
    found = summary_of(trace(span("x", 5, 9, "y"), span("y", 1, 9, "x")))
    assert found.root_name == "y"


def test_trace_without_spans_is_no_row():
    assert summary_of(trace()) is None


def test_no_traces_have_no_quantiles():
    spread = spread_of([])
    assert (spread.quantiles_us, spread.bins) == ((), ())


def test_quantiles_are_durations_of_traces():
    spread = spread_of([row(n * 10) for n in range(1, 101)])
    assert spread.quantiles_us == ((0.5, 500), (0.95, 950), (0.99, 990))


@pytest.mark.parametrize("durations", [[0], [7], [100] * 5, [1, 10**9]])
def test_odd_durations_are_in_a_bin(durations):
    assert sum(one.traces for one in spread_of([row(d) for d in durations]).bins) == len(durations)


def test_failed_traces_are_counted_in_their_bins():
    spread = spread_of([row(10), row(10, errors=3), row(10**6, errors=1)])
    assert [(one.traces, one.with_errors) for one in (spread.bins[0], spread.bins[-1])] == [(2, 1), (1, 1)]


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 2)), min_size=1, max_size=50))
def test_bins_hold_every_trace_once(found):
    bins = spread_of([row(*one) for one in found]).bins
    assert len(bins) <= MOST_BINS
    assert sum(one.traces for one in bins) == len(found)
    assert sum(one.with_errors for one in bins) == sum(errors > 0 for _, errors in found)
    assert [one.low_us for one in bins[1:]] == [one.high_us for one in bins[:-1]]
