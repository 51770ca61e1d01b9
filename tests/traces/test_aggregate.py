"""Whose time the median and the slowest traces are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.traces.aggregate import MOST_OWNERS, aggregate
from mesh_graph.traces.model import Trace
from tests.traces.hand import span, trace
from tests.traces.test_critical_path import traces as any_trace

MS = 1_000


def request(db_ms, total_ms=None):
    """A request that works 10 ms by itself and waits for its database."""
    whole = total_ms or db_ms + 10
    return trace(
        span("get", 0, whole * MS, service="shop"),
        span("query", 5 * MS, (5 + db_ms) * MS, "get", service="db"),
    )


def owners(found):
    return {(row.service, row.operation): row for row in found.owners}


def test_no_traces_have_no_owners():
    found = aggregate([])
    assert (found.traces, found.around, found.owners) == (0, (), ())


def test_traces_without_time_are_left_out():
    found = aggregate([request(90), trace(), trace(span("get", 0, 0)), trace(span("get", 0, -5))])
    assert (found.traces, found.left_out) == (1, 3)


def test_bands_are_the_traces_around_their_quantile():
    found = aggregate([request(n) for n in range(1, 1001)])
    assert [(one.quantile, one.traces, one.duration_us) for one in found.around] == [
        (0.5, 100, 510 * MS),
        (0.95, 100, 960 * MS),
        (0.99, 20, 1000 * MS),
    ]


def test_quantile_is_bounded_by_traces():
    found = aggregate([request(n) for n in range(1, 101)])
    # Places 39 and 60, from 0, of 100: P(X <= 39) = 0.018 and P(X <= 59) = 0.972, of 1/2.
    assert (found.around[0].low_us, found.around[0].high_us) == (50 * MS, 71 * MS)
    assert found.around[2].high_us is None


def test_few_traces_fill_their_bands_with_the_nearest():
    assert [one.traces for one in aggregate([request(n) for n in range(1, 21)]).around] == [5, 5, 5]
    assert [one.traces for one in aggregate([request(n) for n in range(1, 4)]).around] == [3, 3, 3]


def test_share_is_the_mean_over_the_band():
    # In the slowest 5 of 20 the database takes 90 of 100 ms, in all others 10 of 20.
    found = aggregate([request(90)] * 5 + [request(10)] * 15)
    db = owners(found)["db", "query"]
    assert db.shares == (pytest.approx(0.5), pytest.approx(0.9), pytest.approx(0.9))
    assert (db.traces, found.owners[0]) == (20, db)
    assert (db.intervals[1].low, db.intervals[1].high) == (pytest.approx(0.9), pytest.approx(0.9))


def test_share_of_one_trace_has_no_interval():
    assert aggregate([request(90)]).owners[0].intervals == (None, None, None)


def test_saving_is_worked_out_on_the_traces():
    found = aggregate([request(90)] * 5 + [request(10)] * 15)
    # Half of the database's 10 and 90 ms; half of the shop's 10.
    assert owners(found)["db", "query"].saved_us == (5 * MS, 45 * MS, 45 * MS)
    assert owners(found)["shop", "get"].saved_us == (5 * MS, 5 * MS, 5 * MS)


def test_saving_is_less_than_half_where_something_else_is_waited_for_then():
    both = trace(
        span("get", 0, 100 * MS, service="shop"),
        span("query", 0, 100 * MS, "get", service="db"),
        span("look", 0, 80 * MS, "get", service="cache"),
    )
    assert owners(aggregate([both] * 5))["db", "query"].saved_us == (20 * MS,) * 3


def test_route_within_the_traces_is_its_own_root():
    found = aggregate([request(90)] * 5, route=("db", "query"))
    assert [one.duration_us for one in found.around] == [90 * MS] * 3
    assert [(row.service, row.shares) for row in found.owners] == [("db", (1, 1, 1))]


def test_route_counts_in_full_though_it_overflows_its_parent():
    late = trace(
        span("get", 0, 100 * MS, service="shop"), span("log", 60 * MS, 160 * MS, "get", service="db")
    )
    assert aggregate([late] * 5, route=("db", "")).around[0].duration_us == 100 * MS
    assert aggregate([late] * 5, route=("db", "log")).owners[0].saved_us == (50 * MS,) * 3


def test_traces_without_the_route_are_left_out():
    found = aggregate([request(90), request(80)], route=("db", "no such operation"))
    assert (found.traces, found.left_out) == (0, 2)


def test_saving_of_the_many_small_is_not_worked_out():
    wide = trace(
        span("get", 0, 100 * MS, service="shop"),
        *(span(f"q{n}", n * MS, (n + 1) * MS, "get", service="db") for n in range(40)),
    )
    saved = [row.saved_us for row in aggregate([wide] * 3).owners]
    assert [one is not None for one in saved] == [True] * MOST_OWNERS + [False] * (len(saved) - MOST_OWNERS)


@given(st.lists(any_trace().map(lambda spans: Trace("t", tuple(spans))), max_size=12))
def test_shares_of_every_quantile_add_up_to_one(found):
    told = aggregate(found)
    assert told.traces + told.left_out == len(found)
    for place, _ in enumerate(told.around):
        assert sum(row.shares[place] for row in told.owners) == pytest.approx(1)


@given(st.lists(any_trace().map(lambda spans: Trace("t", tuple(spans))), min_size=1, max_size=8))
def test_nobody_saves_more_than_half_or_less_than_nothing(found):
    told = aggregate(found)
    for row in told.owners:
        for around, saved in zip(told.around, row.saved_us or (), strict=False):
            assert -1e-6 <= saved <= around.duration_us / 2 + 1e-6


def test_route_of_an_edge_is_what_its_caller_called():
    """The cart is asked by the till first, and by the page for longer."""
    asked_by_both = trace(
        span("root", 0, 100 * MS, service="front"),
        span("till", 0, 20 * MS, "root"),
        span("quick", 5 * MS, 10 * MS, "till", service="cart"),
        span("page", 20 * MS, 90 * MS, "root"),
        span("slow", 30 * MS, 80 * MS, "page", service="cart"),
    )
    by_page = aggregate([asked_by_both], ("cart", ""), caller="page")
    assert by_page.around[0].duration_us == 50 * MS
    assert aggregate([asked_by_both], ("cart", "")).around[0].duration_us == 5 * MS
    assert aggregate([asked_by_both], ("cart", ""), caller="front").left_out == 1


def test_route_with_a_plain_name_is_that_of_the_long_one():
    tags = {"istio.namespace": "shop"}
    plain = trace(span("get", 0, 10 * MS, service="cart", attributes=tags))
    assert aggregate([plain], ("cart.shop", "")).around[0].duration_us == 10 * MS
    assert aggregate([plain], ("cart.bank", "")).left_out == 1
