"""Who calls whom, by spans."""

import pytest

from mesh_graph.traces.dependencies import Dependency, called_host, dependencies
from mesh_graph.traces.model import SpanKind
from tests.traces.hand import span, trace

CLIENT, SERVER = SpanKind.CLIENT, SpanKind.SERVER


def test_no_traces_have_no_dependencies():
    assert dependencies([]) == ()


def test_call_is_counted_once_though_both_ends_report():
    spans = [
        span("get", 0, 100, service="web", kind=SERVER),
        span("out", 10, 90, "get", service="web", kind=CLIENT),
        span("in", 20, 80, "out", service="api", kind=SERVER),
        span("work", 30, 70, "in", service="api"),
    ]
    assert dependencies([trace(*spans)] * 3) == (Dependency("web", "api", 3, 0, 3, is_reported=True),)


def test_tries_are_calls_each():
    spans = [
        span("out", 10, 90, service="web", kind=CLIENT),
        span("one", 20, 30, "out", service="api", kind=SERVER, is_error=True),
        span("two", 40, 50, "out", service="api", kind=SERVER),
    ]
    assert dependencies([trace(*spans)]) == (Dependency("web", "api", 2, 1, 1, is_reported=True),)


def test_failure_that_only_the_client_saw_counts():
    spans = [
        span("out", 10, 90, service="web", kind=CLIENT, is_error=True),
        span("in", 20, 30, "out", service="api", kind=SERVER),
    ]
    assert dependencies([trace(*spans)])[0].errors == 1


def test_service_that_calls_itself_depends_on_itself():
    spans = [
        span("out", 10, 90, service="web", kind=CLIENT),
        span("in", 20, 30, "out", service="web", kind=SERVER),
    ]
    assert dependencies([trace(*spans)]) == (Dependency("web", "web", 1, 0, 1, is_reported=True),)


def test_spans_without_kinds_call_across_services():
    spans = [
        span("get", 0, 100, service="web", kind=SpanKind.UNKNOWN),
        span("look", 10, 90, "get", service="db", kind=SpanKind.UNKNOWN),
    ]
    assert dependencies([trace(*spans)]) == (Dependency("web", "db", 1, 0, 1, is_reported=True),)


def test_client_without_a_server_depends_on_the_host_it_names():
    told = {"upstream_cluster": "outbound|8080||erp.legacy.svc.cluster.local"}
    found = dependencies([trace(span("out", 0, 9, service="web", kind=CLIENT, attributes=told))])
    assert found == (Dependency("web", "erp.legacy", 1, 0, 1, is_reported=False),)


def test_call_that_never_arrived_is_one_more_of_its_edge():
    told = {"upstream_cluster": "outbound|8080||api.shop.svc.cluster.local"}
    spans = [
        span("one", 0, 9, service="web.shop", kind=CLIENT, attributes=told),
        span("in", 2, 8, "one", service="api.shop", kind=SERVER),
        span("two", 10, 19, service="web.shop", kind=CLIENT, attributes=told, is_error=True),
    ]
    assert dependencies([trace(*spans)]) == (Dependency("web.shop", "api.shop", 2, 1, 1, is_reported=True),)


@pytest.mark.parametrize(
    ("attributes", "host"),
    [
        ({}, ""),
        ({"upstream_cluster": "outbound|443||api.example.com"}, "api.example.com"),
        ({"upstream_cluster": "outbound|80|v1|erp.legacy.svc.cluster.local"}, "erp.legacy"),
        ({"upstream_cluster": "inbound|8080||", "peer.service": "erp"}, "erp"),
        ({"upstream_cluster": "PassthroughCluster"}, ""),
        ({"server.address": "10.0.0.1"}, "10.0.0.1"),
        ({"upstream_cluster": 7, "server.address": True}, "True"),
    ],
)
def test_called_host_is_what_the_client_says(attributes, host):
    assert called_host(span("out", 0, 9, kind=CLIENT, attributes=attributes)) == host
