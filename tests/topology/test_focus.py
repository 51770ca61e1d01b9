"""Callers and callees of a node, by hand: a page calls details and reviews; their v2 and v3 call ratings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.model import GraphType, NodeKey, NodeKind, View
from mesh_graph.topology.attributes import EdgeAttr, GraphAttr, NodeAttr
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.focus import centre_of, focused
from tests.topology.traffic_table import call, destination, lost, source, traffic

PAGE = source("page", namespace="shop")
V2, V3 = (source(f"reviews-{version}", "reviews", version, namespace="shop") for version in ("v2", "v3"))
ROWS = [
    call(source("gateway", namespace="edge"), destination("page", namespace="shop"), 20.0),
    call(PAGE, destination("details", namespace="shop"), 20.0),
    *(
        call(PAGE, destination(f"reviews-{version}", "reviews", version, namespace="shop"), rate)
        for version, rate in (("v1", 10.0), ("v2", 6.0), ("v3", 4.0))
    ),
    call(V2, destination("ratings", namespace="shop"), 6.0),
    call(V3, destination("ratings", namespace="shop"), 4.0),
]
REVIEWS_APP = "app|east|shop||reviews|||"


def graph_of(*, rows=ROWS, **options):
    return build_graph(traffic(*rows), View(**options))


def key(workload, version="v1", app=""):
    return NodeKey(NodeKind.APP, "east", "shop", workload, app or workload, version).text


REVIEWS_V3 = key("reviews-v3", "v3", "reviews")


def names(graph):
    return {
        row.get(NodeAttr.WORKLOAD) or f"{row.get(NodeAttr.SERVICE)} service"
        for _, row in graph.nodes(data=True)
        if row[NodeAttr.KIND] != NodeKind.BOX
    }


@pytest.mark.parametrize(
    ("hops", "services", "left"),
    [
        (1, False, {"page", "reviews-v3", "ratings"}),
        (2, False, {"gateway", "page", "reviews-v3", "ratings"}),
        (1, True, {"page", "reviews service", "reviews-v3", "ratings service", "ratings"}),
        (
            2,
            True,
            {
                *("gateway", "page service", "page", "reviews service"),
                *("reviews-v3", "ratings service", "ratings"),
            },
        ),
    ],
)
def test_a_step_is_a_call_whether_services_are_drawn_or_not(hops, services, left):
    assert names(focused(graph_of(services=services), REVIEWS_V3, hops)) == left


def test_a_service_in_focus_is_between_its_callers_and_its_workloads():
    key = NodeKey(NodeKind.SERVICE, "east", "shop", service="reviews").text
    assert names(focused(graph_of(), key, 1)) == {
        "page",
        "reviews service",
        *("reviews-v1", "reviews-v2", "reviews-v3"),
    }


def test_without_a_limit_all_that_is_upstream_and_downstream_is_left():
    left = focused(graph_of(services=False), REVIEWS_V3, 0)
    assert names(left) == {"gateway", "page", "reviews-v3", "ratings"}


def test_what_is_left_keeps_its_numbers_and_its_boxes():
    graph = graph_of()
    left = focused(graph, REVIEWS_V3, 1)
    assert all(left.edges[edge] == graph.edges[edge] for edge in left.edges)
    rows = {node: {**row} for node, row in left.nodes(data=True)}
    for row in rows.values():
        row.pop(NodeAttr.BEYOND, None)
    assert rows == {node: graph.nodes[node] for node in left}
    parents = {row.get(NodeAttr.PARENT) for _, row in left.nodes(data=True)} - {None}
    assert parents <= set(left)
    boxes = {node for node, row in left.nodes(data=True) if row[NodeAttr.KIND] == NodeKind.BOX}
    assert boxes == parents


def test_a_node_says_how_many_of_its_edges_are_left_out():
    """Page also calls details, v1 and v2, and is called by the gateway; ratings also by v2."""
    left = focused(graph_of(services=False), REVIEWS_V3, 1)
    beyond = {
        row[NodeAttr.WORKLOAD]: row[NodeAttr.BEYOND]
        for _, row in left.nodes(data=True)
        if NodeAttr.BEYOND in row
    }
    assert beyond == {"page": 4, "ratings": 1}


def test_totals_are_of_what_is_left_each_request_once():
    """Page to v3 is 4 a second, v3 to ratings another 4; the service of ratings passes on 10, also of v2."""
    for services in (False, True):
        left = focused(graph_of(services=services, boxes=()), REVIEWS_V3, 1)
        requests = 4.0 + (10.0 if services else 4.0)
        assert left.graph[GraphAttr.REQUEST_RATE] == pytest.approx(requests)


def test_totals_hold_what_never_left_a_service():
    failed = {"code": "503", "flags": "UF", "outcome": "error", "arrived": False}
    rows = [*ROWS, call(V3, lost("ratings"), 1.0, **failed)]
    left = focused(graph_of(rows=rows), REVIEWS_V3, 1)
    assert left.graph[GraphAttr.ERROR_RATE] == pytest.approx(1.0)
    assert left.graph[GraphAttr.REQUEST_RATE] == pytest.approx(15.0)


def test_the_whole_of_a_connected_graph_has_the_totals_of_the_graph():
    graph = graph_of()
    left = focused(graph, NodeKey(NodeKind.APP, "east", "edge", "gateway", "gateway", "v1").text, 0)
    assert left.number_of_edges() == graph.number_of_edges()
    for total in (GraphAttr.REQUEST_RATE, GraphAttr.ERROR_RATE, GraphAttr.TCP_BYTES_RATE):
        assert left.graph[total] == pytest.approx(graph.graph[total])


def test_it_says_of_how_much_it_is():
    focus = focused(graph_of(), REVIEWS_V3, 2).graph[GraphAttr.FOCUS]
    assert (focus.key, focus.hops, focus.centre) == (REVIEWS_V3, 2, (REVIEWS_V3,))
    # gateway, page, details, three reviews, ratings, and the services of all but the gateway
    assert focus.whole == 7 + 4


def test_a_node_that_is_not_there_leaves_nothing():
    left = focused(graph_of(), key("checkout"), 1)
    assert (len(left), left.graph[GraphAttr.FOCUS].centre) == (0, ())
    assert left.graph[GraphAttr.REQUEST_RATE] == 0.0


def test_a_text_that_is_no_key_leaves_nothing():
    assert len(focused(graph_of(), "reviews <script>", 1)) == 0


def test_the_graph_is_left_as_it_was():
    graph, again = graph_of(), graph_of()
    focused(graph, REVIEWS_V3, 1)
    assert dict(graph.nodes(data=True)) == dict(again.nodes(data=True))
    assert graph.graph == again.graph


def test_a_box_means_what_is_in_it():
    graph = graph_of(boxes=("app", "namespace"))
    [box] = [
        node for node, row in graph.nodes(data=True) if row.get("box") == "app" and row["app"] == "reviews"
    ]
    assert {NodeKey.parse(node).workload for node in centre_of(graph, box)} == {
        "",
        "reviews-v1",
        "reviews-v2",
        "reviews-v3",
    }


def test_a_version_that_is_folded_means_what_it_is_folded_into():
    graph = graph_of(services=False, boxes=(), budget=5)
    assert graph.graph[GraphAttr.FOLDED]
    assert centre_of(graph, REVIEWS_V3) == {REVIEWS_APP}


def test_a_folded_node_means_its_parts_where_they_are_open():
    graph = graph_of(services=False)
    found = {NodeKey.parse(node).workload for node in centre_of(graph, REVIEWS_APP)}
    assert found == {"reviews-v1", "reviews-v2", "reviews-v3"}
    shop = NodeKey(NodeKind.NAMESPACE, "east", "shop").text
    assert len(centre_of(graph, shop)) == 6


@pytest.mark.parametrize(
    ("graph_type", "found"),
    [
        (GraphType.APP, "app|east|shop||reviews|||"),
        (GraphType.WORKLOAD, "workload|east|shop|reviews-v3||||"),
        (GraphType.NAMESPACE, "namespace|east|shop|||||"),
    ],
)
def test_a_key_of_another_graph_type_means_the_same_thing(graph_type, found):
    assert centre_of(graph_of(graph_type=graph_type, services=False), REVIEWS_V3) == {found}


def test_a_key_without_a_cluster_means_the_node_of_any_cluster():
    assert centre_of(graph_of(services=False), "workload||shop|reviews-v3||||") == {REVIEWS_V3}


@given(st.integers(0, 9), st.data())
def test_a_wider_focus_holds_the_narrower_one(hops, data):
    graph = graph_of()
    nodes = sorted(node for node, row in graph.nodes(data=True) if row[NodeAttr.KIND] != NodeKind.BOX)
    centre = data.draw(st.sampled_from(nodes))
    near, far = (focused(graph, centre, width) for width in (max(1, hops), hops + 1 if hops else 0))
    assert set(near) <= set(far)
    assert set(near.edges) <= set(far.edges) <= set(graph.edges)
    assert all(row[EdgeAttr.RATE] > 0 for *_, row in near.edges(data=True))
