"""Clocks that differ are told from time-outs, and times brought to the root's clock."""

from mesh_graph.traces.clocks import CLOCK_SKEW
from mesh_graph.traces.model import SpanKind
from tests.traces.hand import BEGIN_US, span, timeline

MS = 1_000


def call(name, client, server, parent="", below=""):
    """A call from service ``a`` to ``b``: its client span and its server span, in milliseconds."""
    return [
        span(f"{name}-out", *(MS * t for t in client), parent, service="a", kind=SpanKind.CLIENT),
        span(f"{name}-in", *(MS * t for t in server), f"{name}-out", service="b", kind=SpanKind.SERVER),
    ]


def offsets(spans):
    return [offset / MS for offset in timeline(spans).offsets_us]


def test_server_within_its_client_is_left_where_it_is():
    found = timeline(call("x", (0, 10), (2, 9)))
    assert (found.offsets_us, found.skewed, found.problems) == ((0, 0), frozenset(), ())


def test_server_outside_its_client_is_put_in_its_middle():
    spans = [*call("x", (0, 10), (100, 106)), span("work", 101 * MS, 105 * MS, "x-in", service="b")]
    found = timeline(spans)
    # It fits if its clock is 96 to 100 ms ahead.
    assert offsets(spans) == [0, -98, -98]
    assert found.starts_us[1] == BEGIN_US + 2 * MS
    assert found.skewed == {1}
    (problem,) = found.problems
    assert (problem.id, problem.span_id) == (CLOCK_SKEW, "x-in")
    assert problem.parameters == {"client": "a", "server": "b", "offset_us": -98 * MS, "spans": 1}


def test_calls_between_two_services_narrow_each_others_range():
    spans = [
        span("root", 0, 100 * MS, service="a"),
        *call("x", (0, 10), (100, 106), "root"),  # 96 to 100 ms ahead
        *call("y", (20, 40), (118, 137), "root"),  # 97 to 98 ms ahead
    ]
    assert offsets(spans) == [0, 0, -97.5, 0, -97.5]


def test_calls_with_no_range_in_common_have_their_own():
    spans = [
        span("root", 0, 100 * MS, service="a"),
        *call("x", (0, 10), (100, 106), "root"),
        *call("y", (20, 40), (22, 38), "root"),
    ]
    assert offsets(spans) == [0, 0, -98, 0, 0]


def test_offset_is_handed_on_to_what_the_server_called():
    spans = [
        *call("x", (0, 10), (100, 106)),
        span("out", 101 * MS, 105 * MS, "x-in", service="b", kind=SpanKind.CLIENT),
        span("in", 202 * MS, 204 * MS, "out", service="c", kind=SpanKind.SERVER),
    ]
    assert offsets(spans) == [0, -98, -98, -198]


def test_server_that_goes_on_after_its_client_gave_up_is_no_skew():
    found = timeline(call("x", (0, 10), (2, 60)))
    assert (found.offsets_us, found.skewed) == ((0, 0), frozenset())


def test_server_that_took_longer_and_began_too_early_is_moved_to_its_clients_start():
    assert offsets(call("x", (0, 10), (-30, 20))) == [0, 30]


def test_difference_below_a_millisecond_is_not_told():
    found = timeline(call("x", (0, 10), (-0.9, 5)))
    assert (found.offsets_us, found.problems) == ((0, 0), ())


def test_parent_and_child_of_other_kinds_say_nothing_of_clocks():
    spans = [span("a", 0, 10 * MS), span("b", 100 * MS, 106 * MS, "a")]
    assert timeline(spans).skewed == frozenset()
