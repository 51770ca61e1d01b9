"""Shop's cart is called through a waypoint: requests told end to end, connections by ztunnel on both legs."""

from __future__ import annotations

import pytest

from mesh_graph.model import GraphType, NodeKey, View
from mesh_graph.topology.attributes import EdgeAttr, GraphAttr, NodeAttr
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.focus import focused
from mesh_graph.topology.waypoints import without_carriage
from mesh_graph.views.panel_rows import whole_responses
from tests.topology.traffic_table import call, destination, report, source, stream, traffic

WAYPOINTS = {("", "shop", "waypoint")}
PAGE, CART = source("page"), destination("cart")
WAY_IN, WAY_OUT = destination("waypoint"), source("waypoint")
TOLD = call(PAGE, CART, 10.0, reported_by="waypoint")
LEGS = [stream(PAGE, WAY_IN, 900.0), stream(WAY_OUT, CART, 950.0)]
OTHER = stream(PAGE, destination("mysql"), 70.0)
GATEWAY = call(source("gateway", namespace="edge"), WAY_IN, 4.0, reported_by="source")
FROM_GATEWAY = call(source("gateway", namespace="edge"), CART, 4.0, reported_by="waypoint")


def merged(*rows):
    """Merged traffic of rows of any family."""
    tcp = [row for row in rows if "sent_bytes_rate" in row]
    reports = [row for row in rows if "source_rate" in row]
    return traffic(*(row for row in rows if "rate" in row), tcp=tcp, reports=reports)


def graph_of(*rows, **options):
    return build_graph(merged(*rows), View(boxes=(), **options), waypoints=WAYPOINTS)


def edges(graph):
    names = {key: NodeKey.parse(key).workload or NodeKey.parse(key).service for key in graph}
    return {(names[a], names[b], protocol) for a, b, protocol in graph.edges(keys=True)}


def waypoints_in(graph):
    return [node for node, row in graph.nodes(data=True) if row.get(NodeAttr.IS_WAYPOINT)]


def test_what_a_waypoint_carries_is_not_drawn_beside_what_it_tells():
    graph = graph_of(TOLD, *LEGS, OTHER)
    assert edges(graph) == {
        ("page", "cart", "http"),
        *{("cart", "cart", "http"), ("page", "mysql", "tcp"), ("mysql", "mysql", "tcp")},
    }
    assert waypoints_in(graph) == []


def test_a_waypoint_that_is_shown_stands_on_both_legs_as_a_workload_without_a_service():
    graph = graph_of(TOLD, *LEGS, waypoints=True)
    assert {("page", "waypoint", "tcp"), ("waypoint", "cart", "tcp")} <= edges(graph)
    assert waypoints_in(graph) == ["workload|east|shop|waypoint||||"]
    assert NodeAttr.HAS_NO_SIDECAR not in graph.nodes["workload|east|shop|waypoint||||"]


@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("graph_type", GraphType)
def test_no_total_counts_it_twice(shown, graph_type):
    """10 requests a second from the page and 4 through the gateway; 70 bytes beside them."""
    graph = graph_of(TOLD, *LEGS, OTHER, GATEWAY, FROM_GATEWAY, waypoints=shown, graph_type=graph_type)
    assert graph.graph[GraphAttr.REQUEST_RATE] == pytest.approx(14.0)
    assert graph.graph[GraphAttr.TCP_BYTES_RATE] == pytest.approx(70.0)
    assert graph.graph[GraphAttr.ERROR_RATE] == 0.0


def test_edges_of_a_waypoint_are_marked_where_another_tells_the_same():
    rows = (TOLD, *LEGS, OTHER, GATEWAY, FROM_GATEWAY)
    graph = graph_of(*rows, waypoints=True)
    carried = {edge[:2] for edge in graph.edges(data=EdgeAttr.IS_CARRIED) if edge[2]}
    assert {"workload|east|shop|waypoint||||" in ends for ends in carried} == {True}
    assert len(carried) == 3
    assert sum(response.rate for response in whole_responses(graph)) == pytest.approx(14.0)
    around = focused(graph, "workload|east|shop|waypoint||||", 0)
    assert around.graph[GraphAttr.TCP_BYTES_RATE] == 0.0
    untold = graph_of(*LEGS)
    assert not any(flag for *_, flag in untold.edges(data=EdgeAttr.IS_CARRIED))


def test_requests_of_a_gateway_to_a_waypoint_are_those_that_the_waypoint_tells():
    hidden = graph_of(GATEWAY, FROM_GATEWAY)
    assert edges(hidden) == {("gateway", "cart", "http"), ("cart", "cart", "http")}
    assert ("gateway", "waypoint", "http") in edges(graph_of(GATEWAY, FROM_GATEWAY, waypoints=True))


def test_requests_that_never_reached_the_waypoint_stay_for_it_cannot_tell_of_them():
    lost = GATEWAY | {"rate": 3.0, "code": "503", "flags": "UF", "outcome": "error", "arrived": False}
    graph = graph_of(GATEWAY, FROM_GATEWAY, lost)
    assert ("gateway", "waypoint", "http") in edges(graph)
    assert graph.graph[GraphAttr.REQUEST_RATE] == pytest.approx(7.0)
    assert graph.graph[GraphAttr.ERROR_RATE] == pytest.approx(3.0)


def test_of_a_waypoint_that_nobody_asks_everything_stays():
    graph = graph_of(*LEGS)
    assert edges(graph) == {("page", "waypoint", "tcp"), ("waypoint", "cart", "tcp")}
    assert len(waypoints_in(graph)) == 1
    assert graph.graph[GraphAttr.TCP_BYTES_RATE] == pytest.approx(1850.0)


def test_a_leg_of_another_caller_stays():
    """Only the page's requests are told: what the job sends there is known by ztunnel alone."""
    job = stream(source("job"), WAY_IN, 5.0)
    assert ("job", "waypoint", "tcp") in edges(graph_of(TOLD, *LEGS, job))


def test_a_workload_of_the_same_name_elsewhere_is_none():
    other = stream(PAGE, destination("waypoint", namespace="hills"), 5.0)
    graph = graph_of(TOLD, *LEGS, other)
    assert waypoints_in(graph) == []
    assert any("hills" in node for node in graph)


def test_clusters_are_told_apart_where_they_are_named():
    east = {("east", "shop", "waypoint")}
    west = {("west", "shop", "waypoint")}
    rows = merged(TOLD, *LEGS)
    assert len(without_carriage(rows, east).tcp) == 0
    assert len(without_carriage(rows, west).tcp) == 2


def test_what_a_waypoint_vanished_from_is_compared_alike():
    before = merged(TOLD, *LEGS)
    graph = build_graph(merged(TOLD), View(boxes=()), earlier=before, waypoints=WAYPOINTS)
    assert "vanished" not in {row.get(NodeAttr.STATE) for _, row in graph.nodes(data=True)}


def test_traffic_is_left_as_it_was_and_what_both_ends_counted_goes_with_it():
    rows = merged(TOLD, *LEGS, report(PAGE, WAY_IN, protocol="tcp", source_rate=900.0))
    left = without_carriage(rows, WAYPOINTS)
    assert (len(rows.tcp), len(rows.reports)) == (2, 1)
    assert (len(left.tcp), len(left.reports), len(left.flows)) == (0, 0, 1)
    assert without_carriage(rows, ()) is rows
