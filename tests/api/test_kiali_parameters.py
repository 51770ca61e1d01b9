"""Kiali's parameters: names, defaults, values, errors."""

import pytest

from mesh_graph.api.kiali_parameters import UNAVAILABLE, asked_appenders, read_options
from mesh_graph.errors import InvalidRequest
from mesh_graph.kiali.options import (
    Ambient,
    Appender,
    GrpcRate,
    HttpRate,
    Options,
    Target,
    TcpRate,
    Throughput,
)
from mesh_graph.model import Box, GraphType

NAMESPACES = {"namespaces": "b, a,"}


def test_defaults_are_kiali_s():
    assert read_options(NAMESPACES) == Options(
        ("a", "b"),
        graph_type=GraphType.WORKLOAD,
        window_s=600,
        at=None,
        inject=False,
        idle=False,
        boxes=frozenset(),
        ambient=Ambient.TOTAL,
        http=HttpRate.REQUESTS,
        grpc=GrpcRate.REQUESTS,
        tcp=TcpRate.SENT,
        appenders=frozenset(Appender),
        quantile=0.95,
        throughput=Throughput.RESPONSE,
        show_waypoints=True,
    )


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("duration", "60s", "window_s", 60),
        ("duration", "1h30m", "window_s", 5400),
        ("queryTime", "1523364075", "at", 1523364075.0),
        ("graphType", "versionedApp", "graph_type", GraphType.VERSIONED_APP),
        ("injectServiceNodes", "T", "inject", True),
        ("includeIdleEdges", "1", "idle", True),
        ("boxBy", "app, cluster", "boxes", frozenset({Box.APP, Box.CLUSTER})),
        ("ambientTraffic", "ztunnel", "ambient", Ambient.ZTUNNEL),
        ("rateGrpc", "total", "grpc", GrpcRate.TOTAL),
        ("rateHttp", "none", "http", HttpRate.NONE),
        ("rateTcp", "received", "tcp", TcpRate.RECEIVED),
        ("responseTime", "avg", "quantile", None),
        ("responseTime", "99", "quantile", 0.99),
        ("throughputType", "request", "throughput", Throughput.REQUEST),
        ("waypoints", "false", "show_waypoints", False),
        ("appenders", "", "appenders", frozenset()),
        ("appenders", "health, istio", "appenders", frozenset({Appender.HEALTH, Appender.ISTIO})),
        ("appenders", "health, extensions", "appenders", frozenset({Appender.HEALTH})),
    ],
)
def test_parameter_sets_its_option(name, text, field, value):
    assert getattr(read_options({**NAMESPACES, name: text}), field) == value


@pytest.mark.parametrize("name", ["refreshInterval", "configVendor", "telemetryVendor"])
def test_parameter_without_effect_is_still_read(name):
    good = {"refreshInterval": "0", "configVendor": "common", "telemetryVendor": "istio"}[name]
    assert read_options({**NAMESPACES, name: good}) == read_options(NAMESPACES)
    with pytest.raises(InvalidRequest):
        read_options({**NAMESPACES, name: "5"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("duration", "90"),
        ("duration", "0s"),
        ("duration", "31d"),
        ("duration", "x"),
        ("queryTime", "12.5"),
        ("queryTime", "-1"),
        ("queryTime", "9" * 18),
        ("queryTime", "2026-11-21T03:00:00Z"),
        ("graphType", "namespace"),
        ("injectServiceNodes", "yes"),
        ("boxBy", "app,pod"),
        ("ambientTraffic", "all"),
        ("rateGrpc", "bytes"),
        ("rateHttp", "total"),
        ("rateTcp", "requests"),
        ("responseTime", "90"),
        ("throughputType", "both"),
        ("waypoints", "2"),
        ("appenders", "nonsense"),
        ("refreshInterval", "9999"),
        ("refreshInterval", "900001"),
    ],
)
def test_wrong_value_is_refused_by_its_name(name, text):
    with pytest.raises(InvalidRequest) as refused:
        read_options({**NAMESPACES, name: text})
    assert refused.value.parameter == name
    assert text.split(",")[0] in refused.value.problem


def test_namespaces_must_be_named():
    with pytest.raises(InvalidRequest, match="At least one namespace"):
        read_options({"namespaces": " ,"})


def test_node_graph_is_of_its_node_s_namespace():
    target = Target("n", workload="w")
    options = read_options({"namespaces": "other"}, target)
    assert (options.namespaces, options.target) == (("n",), target)


@pytest.mark.parametrize(
    ("graph_type", "is_served"), [("app", True), ("versionedApp", True), ("workload", False)]
)
def test_graph_of_an_app_takes_a_graph_of_apps(graph_type, is_served):
    ask = {"graphType": graph_type}
    if is_served:
        assert read_options(ask, Target("n", app="a")).graph_type == graph_type
    else:
        with pytest.raises(InvalidRequest, match="graphType"):
            read_options(ask, Target("n", app="a"))


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ({}, set(UNAVAILABLE)),
        ({"appenders": ""}, set()),
        ({"appenders": "extensions,sidecarsCheck,outsider,health"}, {"extensions"}),
    ],
)
def test_appenders_that_cannot_be_had_are_told(query, missing):
    assert set(asked_appenders(query)[1]) == missing


def test_old_name_of_an_appender_is_understood():
    assert asked_appenders({"appenders": "sidecarsCheck"})[0] == {Appender.MESH_CHECK}


def test_every_appender_of_kiali_is_known():
    known = "aggregateNode ambient deadNode extensions health idleNode istio labeler meshCheck responseTime"
    known += " securityPolicy serviceEntry throughput workloadEntry"
    assert {*Appender, *UNAVAILABLE} == set(known.split())
