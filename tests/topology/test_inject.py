"""The graph type service: which services stand for their workloads, and that nothing is lost by it."""

import numpy as np

from mesh_graph.model import GraphType, View
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.inject import Route
from mesh_graph.topology.places import NOWHERE
from tests.topology.traffic_table import call, destination, lost, service, source, traffic

VIEW = View(graph_type=GraphType.SERVICE, boxes=(), services=False)


def node(name, kind="service"):
    return f"service|east|shop||||{name}|" if kind == "service" else f"workload|east|shop|{name}||||"


def rates(*rows):
    graph = build_graph(traffic(*rows), VIEW)
    return {(start, end): row["rate"] for start, end, row in graph.edges(data=True)}


def test_services_stand_for_their_workloads():
    assert rates(
        call(source("gate"), destination("page"), 10.0),
        call(source("page"), destination("reviews-v1", "reviews"), 6.0),
        call(source("page"), destination("reviews-v2", "reviews"), 4.0),
        call(source("reviews-v1"), destination("ratings"), 1.0),
        call(source("reviews-v2"), destination("ratings"), 2.0),
    ) == {
        (node("gate", "workload"), node("page")): 10.0,
        (node("page"), node("reviews")): 10.0,
        (node("reviews"), node("ratings")): 3.0,
    }


def test_workload_of_two_services_keeps_its_calls_to_itself():
    """Its calls cannot be told apart by service, so both services pass on to it."""
    both = destination("reviews-v1", "reviews")
    assert rates(
        call(source("page"), both, 6.0),
        call(source("page"), both | service("reviews-canary"), 1.0),
        call(source("reviews-v1"), destination("ratings"), 5.0),
    ) == {
        (node("page", "workload"), node("reviews")): 6.0,
        (node("page", "workload"), node("reviews-canary")): 1.0,
        (node("reviews"), node("reviews-v1", "workload")): 6.0,
        (node("reviews-canary"), node("reviews-v1", "workload")): 1.0,
        (node("reviews-v1", "workload"), node("ratings")): 5.0,
    }


def test_service_with_one_shared_workload_shows_all_of_its_workloads():
    assert rates(
        call(source("page"), destination("reviews-v1", "reviews"), 6.0),
        call(source("page"), destination("reviews-v2", "reviews"), 2.0),
        call(source("page"), destination("reviews-v2", "reviews") | service("reviews-canary"), 1.0),
        call(source("reviews-v1"), destination("ratings"), 3.0),
    ) == {
        (node("page", "workload"), node("reviews")): 8.0,
        (node("page", "workload"), node("reviews-canary")): 1.0,
        (node("reviews"), node("reviews-v1", "workload")): 6.0,
        (node("reviews"), node("reviews-v2", "workload")): 2.0,
        (node("reviews-canary"), node("reviews-v2", "workload")): 1.0,
        (node("reviews-v1", "workload"), node("ratings")): 3.0,
    }


def test_call_past_the_service_counts_for_the_service():
    direct = destination("reviews-v1", "reviews") | service("PassthroughCluster", namespace="unknown")
    assert rates(
        call(source("page"), destination("reviews-v1", "reviews"), 6.0), call(source("page"), direct, 1.0)
    ) == {(node("page", "workload"), node("reviews")): 7.0}


def test_workload_without_a_service_stays():
    direct = destination("job") | service("PassthroughCluster", namespace="unknown")
    assert rates(call(source("page"), direct)) == {(node("page", "workload"), node("job", "workload")): 1.0}


def test_service_that_calls_itself_is_a_loop():
    assert rates(call(source("page"), destination("page"), 2.0)) == {(node("page"), node("page")): 2.0}


def test_lost_requests_end_at_their_service():
    graph = build_graph(
        traffic(
            call(source("page"), destination("reviews-v1", "reviews"), 6.0),
            call(
                source("page"), lost("reviews"), 1.0, code="503", flags="UH", outcome="error", arrived=False
            ),
        ),
        VIEW,
    )
    reviews = graph.nodes[node("reviews")]
    assert (reviews["in_rate"], reviews["in_error_rate"]) == (7.0, 1.0)
    assert [(response.flags, response.rate) for response in reviews["ended_here"]] == [("UH", 1.0)]
    assert "is_injected" not in reviews


def test_graph_says_which_service_stands_for_a_workload():
    graph = build_graph(traffic(call(source("page"), destination("reviews-v1", "reviews"))), VIEW)
    assert graph.graph["drawn_as"] == {node("reviews-v1", "workload"): node("reviews")}


def test_a_service_that_is_drawn_as_something_else_is_no_stop():
    route = Route(np.array([0, 0]), np.array([1, NOWHERE]), np.array([2, 2]))
    folded = route.through(np.array([0, 3, 2, 3]))
    assert folded.via.tolist() == [NOWHERE, NOWHERE]
    assert route.through(np.array([0, 1, 3, 3])).via.tolist() == [1, NOWHERE]


def test_hops_of_a_row_through_a_service_are_two():
    route = Route(np.array([0, 0]), np.array([1, NOWHERE]), np.array([2, 2]))
    hops = route.hops(np.array([True, True]))
    assert sorted(zip(hops.row.tolist(), hops.source.tolist(), hops.destination.tolist(), strict=True)) == [
        (0, 0, 1),
        (0, 1, 2),
        (1, 0, 2),
    ]
