"""Who loses the trace of its caller: found at any sampling, and nobody else accused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.demo.story import DROPS_TRACE_HEADERS, story
from mesh_graph.demo.tracer import Tracer
from mesh_graph.sources.demo_traces import DemoTraces
from mesh_graph.traces.audit import BrokenPath, Propagation, audit_traces
from mesh_graph.traces.dependencies import MetricEdge
from mesh_graph.traces.model import SpanKind, SpanProblem, Trace
from mesh_graph.traces.question import TraceQuestion
from tests.traces.hand import span
from tests.traces.test_critical_path import traces as any_spans

AT = 1_795_230_000.0
CLIENT, SERVER = SpanKind.CLIENT, SpanKind.SERVER
ROUTER = {"node_id": "router~10.0.0.1~gate-1.edge~edge.svc.cluster.local"}


def numbered(number, *spans, short=False):
    return Trace(f"{number + 1:0>32x}" if short else f"{(number + 1) << 64:0>32x}", spans)


def whole(number):
    """Web is asked, and asks api for it."""
    return numbered(
        number,
        span("get", 0, 100, service="web", kind=SERVER),
        span("out", 10, 90, "get", service="web", kind=CLIENT),
        span("in", 20, 80, "out", service="api", kind=SERVER),
    )


def asked(number):
    """Web is asked, and nothing more is seen of it."""
    return numbered(number, span("get", 0, 100, service="web", kind=SERVER))


def begun(number):
    """Web asks api, nobody knows for whom."""
    return numbered(
        number,
        span("out", 10, 90, service="web", kind=CLIENT),
        span("in", 20, 80, "out", service="api", kind=SERVER),
    )


def verdicts(traces, edges=()):
    return {row.service: row.propagation for row in audit_traces([*traces], edges).services}


def test_nothing_is_said_of_no_traces():
    found = audit_traces([])
    assert (found.services, found.traces, found.unseen) == ((), 0, ())


def test_service_that_is_asked_and_begins_all_its_calls_drops_headers():
    found = audit_traces([*map(asked, range(20)), *map(begun, range(20, 40))])
    (accused,) = found.accused
    assert (accused.service, accused.joined, accused.unjoined) == ("web", 0, 20)
    # Clopper and Pearson of 20 out of 20.
    assert accused.unjoined_share.low == pytest.approx(0.8316, abs=1e-4)
    assert set(accused.examples) <= {begun(number).trace_id for number in range(20, 40)}


def test_service_whose_calls_are_all_joined_hands_them_on():
    assert verdicts(map(whole, range(20))) == {"web": Propagation.FORWARDS, "api": Propagation.NOT_ASKED}


def test_five_calls_accuse_nobody_and_six_do():
    assert verdicts([asked(0), *map(begun, range(1, 6))])["web"] is Propagation.SOMETIMES
    assert verdicts([asked(0), *map(begun, range(1, 7))])["web"] is Propagation.DROPS


def test_one_call_is_too_few():
    assert verdicts([asked(0), begun(1)])["web"] is Propagation.TOO_FEW


def test_service_that_nobody_calls_may_begin_traces():
    assert verdicts(map(begun, range(20)))["web"] is Propagation.NOT_ASKED


def test_caller_in_the_metrics_is_a_caller_though_it_is_never_traced():
    edge = MetricEdge("shop", "web", 5.0)
    assert verdicts(map(begun, range(20)), [edge])["web"] is Propagation.DROPS


@pytest.mark.parametrize("edge", [MetricEdge("shop", "web", 0.0), MetricEdge("web", "web", 5.0)])
def test_no_rate_and_oneself_are_no_caller(edge):
    assert verdicts(map(begun, range(20)), [edge])["web"] is Propagation.NOT_ASKED


def test_gateway_begins_traces_by_nature():
    through = [
        numbered(n, span("out", 0, 9, service="gate.edge", kind=CLIENT, attributes=ROUTER)) for n in range(20)
    ]
    assert verdicts(through, [MetricEdge("agent", "gate.edge", 1.0)]) == {"gate.edge": Propagation.NOT_ASKED}


def test_some_calls_that_begin_traces_are_told_apart_from_all():
    found = verdicts([*map(whole, range(30)), *map(begun, range(30, 50))])
    assert found["web"] is Propagation.SOMETIMES


def test_calls_below_a_lost_span_tell_nothing():
    lost = [numbered(n, span("out", 0, 9, "lost", service="web", kind=CLIENT)) for n in range(20)]
    (web,) = audit_traces([asked(99), *lost]).services
    assert (web.joined, web.unjoined, web.orphans) == (0, 0, 20)
    assert web.propagation is Propagation.NOT_ASKED
    assert web.orphan_share.low > 0.7
    assert web.examples == tuple(one.trace_id for one in lost[:5])


def test_applications_own_spans_between_do_not_part_call_from_call():
    one = numbered(
        0,
        span("get", 0, 100, service="web", kind=SERVER),
        span("handle", 5, 95, "get", service="web"),
        span("out", 10, 90, "handle", service="web", kind=CLIENT),
        span("proxy", 11, 89, "out", service="web", kind=CLIENT),
        span("in", 20, 80, "proxy", service="api", kind=SERVER),
    )
    web = audit_traces([one]).services[0]
    assert (web.service, web.joined, web.unjoined, web.entries) == ("web", 1, 0, 1)


def test_calls_without_kinds_are_joined_below_another_service():
    one = numbered(
        0,
        span("page", 0, 100, service="web", kind=SpanKind.UNKNOWN),
        span("list", 10, 90, "page", service="api", kind=SpanKind.UNKNOWN),
        span("query", 20, 80, "list", service="db", kind=SpanKind.UNKNOWN),
    )
    rows = {row.service: (row.joined, row.unjoined, row.entries) for row in audit_traces([one]).services}
    assert rows == {"web": (0, 1, 0), "api": (1, 0, 1), "db": (0, 0, 1)}


def test_ways_that_no_trace_joins_are_named():
    edges = [MetricEdge("shop", "web", 5.0), MetricEdge("web", "api", 4.0), MetricEdge("", "web", 1.0)]
    (accused,) = audit_traces([*map(asked, range(20)), *map(begun, range(20, 40))], edges).accused
    assert accused.broken == (BrokenPath("shop", "web", "api", 5.0, 4.0, 20),)
    assert accused.callers == ("shop",)


def test_edge_between_traced_services_without_a_call_is_told():
    edges = [
        MetricEdge("web", "api", 4.0),
        MetricEdge("api", "web", 3.0),
        MetricEdge("web", "untraced", 9.0),
    ]
    assert audit_traces([whole(0)], edges).unseen == (MetricEdge("api", "web", 3.0),)


def test_edge_that_was_called_below_a_lost_span_is_seen():
    below = numbered(
        0,
        span("out", 10, 90, "lost", service="web", kind=CLIENT),
        span("in", 20, 80, "out", service="api", kind=SERVER),
    )
    assert audit_traces([below], [MetricEdge("web", "api", 4.0)]).unseen == ()


@pytest.mark.parametrize(("more", "is_told"), [((), True), ((MetricEdge("", "web", 1.0),), False)])
def test_calls_without_headers_from_within_the_mesh_are_told(more, is_told):
    found = audit_traces([*map(asked, range(20))], [MetricEdge("shop", "web", 5.0), *more])
    assert found.services[0].is_asked_without_headers == is_told


def test_ids_of_both_lengths_are_counted_where_they_begin():
    short = [numbered(n, span("out", 0, 9, service="old", kind=CLIENT), short=True) for n in range(3)]
    found = audit_traces([*short, *map(whole, range(7))])
    assert (found.short_ids, found.long_ids) == (3, 7)
    assert {row.service: (row.begun, row.begun_short) for row in found.services} == {
        "old": (3, 3),
        "web": (7, 0),
        "api": (0, 0),
    }


def test_short_id_that_is_the_end_of_a_long_one_was_cut():
    end = "00f067aa0ba902b7"
    long = Trace("4bf92f3577b34da6" + end, (span("out", 0, 9, service="web", kind=CLIENT),))
    short = Trace("0" * 16 + end, (span("in", 0, 9, "out", service="api", kind=SERVER),))
    assert audit_traces([long, short]).cut_ids == ((short.trace_id, long.trace_id),)


def test_id_that_was_cut_is_told_of_a_trace_that_was_put_together():
    end = "00f067aa0ba902b7"
    whole_id, spans = "4bf92f3577b34da6" + end, (span("out", 0, 9, service="web", kind=CLIENT),)
    told = Trace(whole_id, spans, (SpanProblem("short-trace-id", "out", {"spans": 1}),))
    assert audit_traces([told]).cut_ids == (("0" * 16 + end, whole_id),)


def test_one_span_traces_are_counted_where_they_begin():
    web = audit_traces([*map(asked, range(5)), *map(whole, range(5, 10))]).services[0]
    assert (web.one_span_traces, web.begun) == (5, 10)
    assert web.one_span_share.low < 0.5 < web.one_span_share.high


def test_calls_within_calls_are_counted_without_end():
    chain = [span("0", 0, 20_000, service="web", kind=CLIENT)]
    chain += [
        span(str(n), n, 20_000 - n, str(n - 1), service="web", kind=(SpanKind.INTERNAL, CLIENT)[n % 2])
        for n in range(1, 10_000)
    ]
    (web,) = audit_traces([numbered(0, *chain)]).services
    # Every client span but the second, which is below the first.
    assert (web.spans, web.unjoined) == (10_000, 5_000)


@pytest.mark.parametrize(("sampling", "span_s"), [(0.01, 3600), (0.1, 600), (1.0, 60)])
def test_the_one_demo_service_that_drops_headers_is_found(sampling, span_s):
    source = DemoTraces(Tracer(story(), sampling=sampling), clock=lambda: AT)
    found = source.find(TraceQuestion(start=AT - span_s, end=AT, limit=2_000))
    told = audit_traces(found.traces)
    dropping = {f"{app}.{namespace}" for namespace, app in DROPS_TRACE_HEADERS}
    assert {row.service for row in told.accused} == dropping
    graver = (Propagation.DROPS, Propagation.SOMETIMES)
    assert {row.service for row in told.services if row.propagation in graver} == dropping


@given(st.lists(any_spans(), max_size=6))
def test_whatever_comes_is_counted(found):
    told = audit_traces([numbered(n, *spans) for n, spans in enumerate(found)])
    assert sum(row.spans for row in told.services) == told.spans == sum(map(len, found))
    assert sum(row.traces >= row.one_span_traces for row in told.services) == len(told.services)
