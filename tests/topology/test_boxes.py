import itertools

import pytest

from mesh_graph.model import Box, GraphType, View
from mesh_graph.topology.build import build_graph
from tests.topology.traffic_table import call, destination, lost, source, traffic

ALL = (Box.APP, Box.CLUSTER, Box.NAMESPACE)
ROWS = (
    call(source("page"), destination("reviews-v1", "reviews"), 6.0),
    call(source("page"), destination("reviews-v2", "reviews", "v2"), 3.0),
    call(source("page"), destination("reviews-v2", "reviews", "v2"), 1.0, code="500", outcome="error"),
    call(source("reviews-v1", "reviews"), destination("stock", namespace="depot"), 4.0),
)
FAR = call(source("page"), destination("stock", namespace="depot", cluster="west"), 2.0)
SHOP, DEPOT = "box|east|shop|||||namespace", "box|east|depot|||||namespace"
REVIEWS = "box|east|shop||reviews|||app"
EAST, WEST = "box|east||||||cluster", "box|west||||||cluster"


def graph_of(*rows, boxes=ALL, services=False, **options):
    return build_graph(traffic(*rows), View(boxes=boxes, services=services, **options))


def boxes_of(graph):
    return {key: node.get("parent") for key, node in graph.nodes(data=True) if node["kind"] == "box"}


def test_boxes_nest_app_in_namespace_in_cluster():
    assert boxes_of(graph_of(*ROWS, FAR)) == {
        EAST: None,
        WEST: None,
        SHOP: EAST,
        DEPOT: EAST,
        "box|west|depot|||||namespace": WEST,
        REVIEWS: SHOP,
    }


@pytest.mark.parametrize("wanted", [set(c) for n in range(4) for c in itertools.combinations(ALL, n)])
def test_only_wanted_boxes_are_drawn(wanted):
    graph = graph_of(*ROWS, FAR, boxes=tuple(sorted(wanted)))
    assert {node["box"] for _, node in graph.nodes(data=True) if "box" in node} == wanted


def test_nodes_lie_in_their_innermost_box():
    graph = graph_of(*ROWS, FAR)
    assert graph.nodes["app|east|shop|reviews-v1|reviews|v1||"]["parent"] == REVIEWS
    assert graph.nodes["app|east|shop|page|page|v1||"]["parent"] == SHOP
    assert graph.nodes["app|west|depot|stock|stock|v1||"]["parent"] == "box|west|depot|||||namespace"


def test_boxes_come_before_what_they_hold():
    graph = graph_of(*ROWS, FAR)
    order = list(graph)
    assert all(
        order.index(node["parent"]) < order.index(key)
        for key, node in graph.nodes(data=True)
        if "parent" in node
    )


def test_one_namespace_and_one_cluster_need_no_box():
    assert boxes_of(graph_of(*ROWS[:3])) == {REVIEWS: None}


def test_app_of_one_node_needs_no_box():
    assert boxes_of(graph_of(ROWS[0])) == {}


def test_service_lies_in_the_box_of_the_only_app_behind_it():
    graph = graph_of(ROWS[0], services=True)
    assert boxes_of(graph) == {REVIEWS: None}
    assert graph.nodes["service|east|shop||||reviews|"]["parent"] == REVIEWS


def test_service_before_two_apps_lies_in_neither_box():
    other = destination("other") | {k: v for k, v in destination("reviews").items() if "service_name" in k}
    other |= {"destination_service": "reviews.shop.svc.cluster.local"}
    graph = graph_of(ROWS[0], call(source("page"), other), services=True)
    node = graph.nodes["service|east|shop||||reviews|"]
    assert "app" not in node
    assert "parent" not in node


def test_workload_graph_is_boxed_by_app_too():
    assert boxes_of(graph_of(*ROWS[:3], graph_type=GraphType.WORKLOAD)) == {REVIEWS: None}


def test_node_of_no_namespace_is_in_no_namespace_box():
    host = lost("api.example.org", namespace="unknown", cluster="unknown", host="api.example.org")
    graph = graph_of(*ROWS, FAR, call(source("page"), host, arrived=False))
    assert "parent" not in graph.nodes["service||||||api.example.org|"]


def test_box_sums_the_edges_that_cross_its_border():
    graph = graph_of(*ROWS)
    reviews = graph.nodes[REVIEWS]
    assert (reviews["in_rate"], reviews["in_error_rate"], reviews["out_rate"]) == (10.0, 1.0, 4.0)
    shop = graph.nodes[SHOP]
    assert "in_rate" not in shop
    assert (shop["out_rate"], shop["out_error_ratio"]) == (4.0, 0.0)


def test_closed_namespace_is_boxed_by_its_cluster_alone():
    graph = graph_of(*ROWS, FAR, graph_type=GraphType.NAMESPACE)
    assert boxes_of(graph) == {EAST: None, WEST: None}
    assert graph.nodes["namespace|east|shop|||||"]["parent"] == EAST


def test_one_open_namespace_among_closed_ones_has_its_box():
    graph = graph_of(*ROWS, graph_type=GraphType.NAMESPACE, unfolded=("namespace|east|shop|||||",))
    assert boxes_of(graph) == {SHOP: None, REVIEWS: SHOP}


def test_box_is_outside_if_all_its_nodes_are():
    graph = graph_of(*ROWS, namespaces=("shop",))
    assert graph.nodes[DEPOT]["is_outside"]
    assert "is_outside" not in graph.nodes[SHOP]
