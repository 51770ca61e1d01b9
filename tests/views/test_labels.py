"""Attributes → short texts."""

import math

import pytest

from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views.labels import box_name, edge_texts, node_name, short_node_name


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ({N.KIND: "app", N.APP: "reviews", N.VERSION: "v2", N.WORKLOAD: "reviews-v2"}, "reviews v2"),
        ({N.KIND: "app", N.APP: "gateway", N.VERSION: "latest"}, "gateway"),
        ({N.KIND: "app", N.APP: "gateway", N.VERSION: "unknown"}, "gateway"),
        ({N.KIND: "app", N.APP: "reviews"}, "reviews"),
        ({N.KIND: "workload", N.WORKLOAD: "reviews-v2", N.APP: "reviews"}, "reviews-v2"),
        ({N.KIND: "service", N.SERVICE: "ratings", N.APP: "ratings"}, "ratings"),
        ({N.KIND: "namespace", N.NAMESPACE: "shop", N.CLUSTER: "east"}, "shop"),
        ({N.KIND: "unknown"}, "unknown"),
        ({N.KIND: "service", N.SERVICE: "<img src=x>"}, "<img src=x>"),
        ({}, "unknown"),
    ],
)
def test_name_of_a_node(node, name):
    assert short_node_name(node) == name


def test_full_name_says_the_namespace():
    assert node_name({N.KIND: "service", N.SERVICE: "ratings", N.NAMESPACE: "shop"}) == "ratings (shop)"
    assert node_name({N.KIND: "namespace", N.NAMESPACE: "shop"}) == "shop"


@pytest.mark.parametrize(("box", "name"), [("app", "reviews"), ("namespace", "shop"), ("cluster", "east")])
def test_a_box_is_named_for_what_it_stands_for(box, name):
    node = {N.KIND: "box", N.BOX: box, N.APP: "reviews", N.NAMESPACE: "shop", N.CLUSTER: "east"}
    assert box_name(node) == name


def test_every_kind_of_label_of_an_http_edge():
    edge = {
        E.PROTOCOL: "http",
        E.RATE: 12.34,
        E.SHARE: 0.5,
        E.ERROR_RATIO: 0.021,
        E.LATENCY_MS: 23.4,
        E.REQUEST_BYTES_RATE: 1200.0,
        E.RESPONSE_BYTES_RATE: 15300.0,
    }
    assert edge_texts(edge) == {
        "rate": "12 rps",
        "share": "50%",
        "errors": "2.1% err",
        "latency": "23 ms",
        "throughput": "→ 1.2 kB/s ← 15 kB/s",
    }
    assert list(edge_texts(edge)) == ["rate", "share", "errors", "latency", "throughput"]


def test_a_tcp_edge_counts_bytes():
    edge = {E.PROTOCOL: "tcp", E.RATE: 2500.0, E.SENT_BYTES_RATE: 500.0, E.RECEIVED_BYTES_RATE: 2000.0}
    assert edge_texts(edge) == {"rate": "2.5 kB/s", "throughput": "→ 500 B/s ← 2 kB/s"}


def test_what_is_unknown_has_no_text():
    assert edge_texts({E.PROTOCOL: "http"}) == {}


def test_no_error_is_no_label():
    assert "errors" not in edge_texts({E.PROTOCOL: "http", E.RATE: 1.0, E.ERROR_RATIO: 0.0})


def test_above_the_top_bucket_is_said():
    edge = {E.PROTOCOL: "http", E.LATENCY_MS: math.inf, E.LATENCY_EDGE_MS: 10000.0}
    assert edge_texts(edge)["latency"] == "> 10 s"


def test_a_vanished_edge_shows_its_last_rate():
    edge = {E.PROTOCOL: "http", E.STATE: "vanished", E.LAST_RATE: 2.1, E.SHARE: 1.0}
    assert edge_texts(edge) == {"rate": "last 2.1 rps"}
