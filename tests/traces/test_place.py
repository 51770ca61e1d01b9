"""Spans as Istio's proxies and SDKs report them, to the graph's words; values worked out by hand."""

import pytest

from mesh_graph.traces.model import Span, SpanKind
from mesh_graph.traces.place import Callee, Place, callee_of, place_of, workload_of_pod

NODE = "sidecar~10.0.0.7~reviews-v3-6f4c5d7b9-x2x7q.bookinfo~bookinfo.svc.cluster.local"


def span(service="", kind=SpanKind.SERVER, name="", resource=None, **tags) -> Span:
    attributes = {key.replace("__", "."): value for key, value in tags.items()}
    return Span("1" * 32, "2" * 16, "", service, name, kind, 0, 1, False, attributes, resource or {})


@pytest.mark.parametrize(
    ("pod", "workload"),
    [
        ("reviews-v3-6f4c5d7b9-x2x7q", "reviews-v3"),
        ("istio-ingressgateway-7d9c5f88d-b4zlt", "istio-ingressgateway"),
        ("node-agent-x2x7q", "node-agent"),
        ("mysql-0", "mysql"),
        ("mysql-12", "mysql"),
        ("bare", "bare"),
        ("two-words", "two-words"),
        ("", ""),
        ("-0", "-0"),
    ],
)
def test_workload_of_a_pod_is_its_name_without_what_kubernetes_adds(pod, workload):
    assert workload_of_pod(pod) == workload


def test_istio_s_tags_name_everything():
    told = span(
        "reviews.bookinfo",
        node_id=NODE,
        istio__canonical_service="reviews",
        istio__canonical_revision="v3",
        istio__namespace="bookinfo",
        istio__cluster_id="east",
    )
    pod = "reviews-v3-6f4c5d7b9-x2x7q"
    assert place_of(told) == Place("east", "bookinfo", "reviews", "reviews-v3", "v3", pod)


def test_node_id_alone_gives_pod_namespace_and_workload():
    found = place_of(span("reviews", node_id=NODE))
    assert (found.namespace, found.workload, found.app) == ("bookinfo", "reviews-v3", "reviews")


@pytest.mark.parametrize(
    ("service", "namespace", "app"),
    [
        ("reviews.bookinfo", "bookinfo", "reviews"),
        ("my.app.bookinfo", "bookinfo", "my.app"),
        ("reviews", "", "reviews"),
        (".bookinfo", "", ".bookinfo"),
        ("", "", ""),
    ],
)
def test_service_name_is_application_and_namespace(service, namespace, app):
    found = place_of(span(service))
    assert (found.namespace, found.app) == (namespace, app)


def test_service_name_with_a_dot_of_another_kind_is_the_application():
    found = place_of(span("com.example", istio__namespace="shop"))
    assert (found.namespace, found.app) == ("shop", "com.example")


def test_process_is_believed_before_the_proxy():
    resource = {
        "k8s.namespace.name": "shop",
        "k8s.pod.name": "cart-v2-6f4c5d7b9-aaaaa",
        "k8s.deployment.name": "cart-v2",
        "k8s.cluster.name": "west",
        "service.version": "2.1",
    }
    found = place_of(span("cart", resource=resource, node_id=NODE))
    assert found == Place("west", "shop", "cart", "cart-v2", "2.1", "cart-v2-6f4c5d7b9-aaaaa")


@pytest.mark.parametrize("node", ["", "~", "sidecar~a~b", "a~b~c~d", "~~~", "a~b~.~d", 7, True])
def test_node_id_of_another_shape_tells_nothing(node):
    found = place_of(span("", node_id=node))
    assert (found.namespace, found.pod) == ("", "")


@pytest.mark.parametrize(
    ("tags", "name", "callee"),
    [
        (
            {"upstream_cluster": "outbound|8080|v3|reviews.bookinfo.svc.cluster.local"},
            "",
            Callee("reviews.bookinfo.svc.cluster.local", "reviews", "bookinfo", 8080, "v3"),
        ),
        (
            {"upstream_cluster": "outbound|443||api.cardnetwork.example"},
            "",
            Callee("api.cardnetwork.example", port=443),
        ),
        ({"upstream_cluster": "PassthroughCluster"}, "", Callee("PassthroughCluster")),
        ({"upstream_cluster": "outbound|x||a.b.svc"}, "", Callee("a.b.svc", "a", "b")),
        (
            {},
            "ratings.bookinfo.svc.cluster.local:9080/*",
            Callee("ratings.bookinfo.svc.cluster.local", "ratings", "bookinfo", 9080),
        ),
        ({"peer.service": "mysql"}, "SELECT", Callee("mysql")),
        (
            {"server.address": "db.shop.svc", "server.port": 5432},
            "",
            Callee("db.shop.svc", "db", "shop", 5432),
        ),
        ({}, "GET /", None),
        ({"upstream_cluster": "inbound|8080||"}, "", None),
    ],
)
def test_client_s_span_names_what_it_called(tags, name, callee):
    named = {key.replace(".", "__"): value for key, value in tags.items()}
    assert callee_of(span(kind=SpanKind.CLIENT, name=name, **named)) == callee


def test_server_s_span_calls_nobody():
    assert callee_of(span(upstream_cluster="outbound|80||a.b.svc.cluster.local")) is None


@pytest.mark.parametrize(
    ("told", "namespace"),
    [
        (span("cart.shop"), "shop"),
        (span("cart"), ""),
        (span("cart", node_id=NODE), "bookinfo"),
        (span("cart.bank", resource={"k8s.namespace.name": "shop"}, node_id=NODE), "shop"),
        (span("cart.bank", node_id="~~~"), "bank"),
        (span("cart.bank", istio__namespace="shop"), "shop"),
    ],
)
def test_namespace_is_told_by_process_then_proxy_then_tags_then_name(told, namespace):
    assert place_of(told).namespace == namespace
