"""What a narrower scope shows of a trace."""

import pytest

from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.traces.model import Event, SpanProblem, Trace
from mesh_graph.traces.sight import seen_trace
from tests.traces.hand import BEGIN_US, TRACE_ID, span

SHOP = Scope.of(namespaces=("shop",))


def test_foreign_span_keeps_its_service_and_its_times_only():
    secret = span(
        "pay", 10, 20, "get", service="bank.vault", attributes={"card": "1"}, resource={"pod": "p"},
        events=(Event(BEGIN_US, "boom"),), links=(TRACE_ID,), is_error=True,
    )  # fmt: skip
    seen = seen_trace(Trace(TRACE_ID, (span("get", 0, 30, service="cart.shop"), secret)), SHOP)
    mine, foreign = seen.spans
    assert mine.name == "get"
    assert (foreign.name, foreign.is_error, foreign.events, foreign.links) == ("", False, (), ())
    assert (dict(foreign.attributes), dict(foreign.resource)) == ({}, {})
    assert (foreign.service, foreign.start_us, foreign.duration_us) == ("bank.vault", BEGIN_US + 10, 10)
    assert foreign.parent_id == "get"


def test_problems_of_foreign_spans_are_not_told():
    spans = (span("get", 0, 30, service="cart.shop"), span("pay", 0, 1, "get", service="bank.vault"))
    told = (SpanProblem("odd", "pay", {"value": "secret"}), SpanProblem("odd", "get"))
    assert seen_trace(Trace(TRACE_ID, spans, told), SHOP).problems == told[1:]


@pytest.mark.parametrize("service", ["bank.vault", "bank"], ids=["elsewhere", "nobody knows where"])
def test_trace_without_a_span_of_ones_own_is_not_seen(service):
    assert seen_trace(Trace(TRACE_ID, (span("pay", 0, 1, service=service),)), SHOP) is None


def test_everything_is_seen_by_whoever_may_see_all():
    found = Trace(TRACE_ID, (span("pay", 0, 1, service="bank", attributes={"card": "1"}),))
    assert seen_trace(found, EVERYTHING) is found


@pytest.mark.parametrize(("cluster", "is_seen"), [("east", True), ("west", False), ("", False)])
def test_cluster_must_be_known_to_be_allowed(cluster, is_seen):
    told = {"k8s.cluster.name": cluster} if cluster else {}
    found = Trace(TRACE_ID, (span("get", 0, 1, service="cart.shop", resource=told),))
    assert (seen_trace(found, Scope.of(("shop",), ("east",))) is not None) == is_seen


def test_who_may_see_all_of_a_cluster_need_not_know_the_namespace():
    east = {"k8s.cluster.name": "east"}
    found = Trace(TRACE_ID, (span("get", 0, 1, service="cart", resource=east),))
    assert seen_trace(found, Scope.of(("*",), ("east",))).spans == found.spans
    assert seen_trace(found, Scope.of(("shop*",), ("east",))) is None
