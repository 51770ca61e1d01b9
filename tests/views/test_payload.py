"""Graph → payload: shapes, exactness, order."""

import copy
import json

import networkx as nx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.errors import InvalidExpression
from mesh_graph.model import View
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.attributes import GraphAttr as G
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.focus import focused
from mesh_graph.topology.layout import layout
from mesh_graph.views.payload import About, render_payload
from tests.views.graphs import (
    AT,
    add_app,
    add_service,
    add_traffic,
    app_box,
    app_key,
    bookinfo,
    empty_graph,
    namespace_box,
    service_key,
)

ABOUT = About(source="demo mesh", is_demo=True)


def payload_of(graph, view=None, about=ABOUT):
    return render_payload(graph, layout(graph), view or View(), about)


def by_id(items):
    return {item["id"]: item for item in items}


def test_head_says_who_when_and_what():
    payload = payload_of(bookinfo(), View(namespaces=("bookinfo",), window_s=600))
    assert payload["query"] == {"namespaces": "bookinfo", "window": "10m"}
    assert payload["at"] == AT
    assert payload["at_text"] == "2026-11-21 03:00:00 UTC"
    assert payload["window_text"] == "rates over 5 min"
    assert payload["source"] == {"name": "demo mesh", "is_demo": True}
    assert payload["summary"] == "11 nodes · 11 edges · 100 rps · 0.5% errors"


def test_edges_on_their_way_around_others_carry_their_bends_those_of_several_protocols_abreast():
    graph, ends = bookinfo(), (app_key("bookinfo", "productpage", "v1"), app_key("bookinfo", "ratings", "v1"))
    for protocol in ("http", "tcp"):
        add_traffic(graph, *ends, 1.0, **{E.PROTOCOL: protocol})
    bends = {ends: ((10.4, 20.6), (30.0, 20.6))}
    payload = render_payload(graph, layout(graph), View(), ABOUT, bends=bends)
    bent = {edge["protocol"]: edge["bends"] for edge in payload["edges"] if "bends" in edge}
    assert bent == {"http": [10, 21, 30, 21], "tcp": [16, 27, 36, 27]}


def test_a_focus_is_named_with_its_depth_and_its_part_of_the_whole():
    key = app_key("bookinfo", "reviews", "v3")
    payload = payload_of(focused(bookinfo(), key, 1))
    assert payload["summary"].startswith("5 of 11 nodes shown · 4 edges")
    assert payload["focus"] == {"text": "Focus on reviews v3", "hops": "1", "is_found": True}
    assert [node["id"] for node in payload["nodes"] if "centre" in node["classes"]] == [key]
    assert by_id(payload["nodes"])[service_key("bookinfo", "reviews")]["lines"] == ["reviews", "+ 2 more"]
    assert payload_of(bookinfo())["focus"] is None


@pytest.mark.parametrize(
    ("key", "name"),
    [(app_key("bookinfo", "checkout", "v2"), "checkout v2"), ("<b>nonsense</b>", "<b>nonsense</b>")],
)
def test_a_focus_on_what_is_not_there_is_said(key, name):
    payload = payload_of(focused(bookinfo(), key, 0))
    assert payload["focus"]["text"].startswith(f"{name} is not in this view")
    assert (payload["focus"]["is_found"], payload["focus"]["hops"], payload["nodes"]) == (False, "all", [])


def test_boxes_come_before_what_they_hold():
    payload = payload_of(bookinfo())
    place = {node["id"]: number for number, node in enumerate(payload["nodes"])}
    assert all(place[node["parent"]] < place[node["id"]] for node in payload["nodes"] if "parent" in node)


def test_only_boxes_have_no_place_and_no_icon():
    for node in payload_of(bookinfo())["nodes"]:
        assert (node["kind"] == "box") == ("x" not in node) == ("icon" not in node)


def test_edges_name_their_ends_by_place():
    payload = payload_of(bookinfo())
    edge = next(edge for edge in payload["edges"] if edge["error_ratio"] == 0.1)
    assert payload["nodes"][edge["source"]]["id"] == service_key("bookinfo", "reviews")
    assert payload["nodes"][edge["target"]]["id"] == app_key("bookinfo", "reviews", "v3")
    assert edge["level"] == "err"
    assert edge["tones"] == ("err", "err", "rate2", "latency4")
    assert edge["texts"] == {"rate": "4 rps", "share": "20%", "errors": "10% err", "latency": "1.2 s"}


def test_every_icon_that_is_named_is_there_in_both_schemes():
    payload = payload_of(bookinfo())
    named = {node["icon"] for node in payload["nodes"] if "icon" in node}
    assert named == set(payload["icons"])
    assert all(set(images) == {"light", "dark"} for images in payload["icons"].values())


def test_a_failing_node_shows_how_its_callers_fare():
    node = by_id(payload_of(bookinfo())["nodes"])[app_key("bookinfo", "reviews", "v3")]
    assert (node["level"], node["icon"]) == ("err", "app-err-2")
    assert (node["in_error_ratio"], node["out_error_ratio"]) == (pytest.approx(0.1), pytest.approx(0.004))


def test_names_and_boxes():
    nodes = by_id(payload_of(bookinfo())["nodes"])
    assert nodes[app_box("bookinfo", "reviews")]["name"] == "reviews"
    assert nodes[namespace_box("bookinfo")]["name"] == "bookinfo"
    assert nodes[app_key("bookinfo", "reviews", "v1")]["lines"] == ["reviews v1"]


def test_a_node_outside_every_namespace_box_says_its_namespace_where_there_are_several():
    graph = empty_graph()
    for namespace in ("shop", "bank"):
        add_service(graph, namespace, "api")
    add_traffic(graph, service_key("shop", "api"), service_key("bank", "api"), 1.0)
    nodes = by_id(payload_of(graph)["nodes"])
    assert nodes[service_key("shop", "api")]["lines"] == ["api", "shop"]


def test_unknown_is_absent_not_zero():
    graph = empty_graph()
    graph.add_node("a", **{N.KIND: "workload", N.WORKLOAD: "a", N.TCP_OUT_RATE: 10.0})
    graph.add_node("b", **{N.KIND: "workload", N.WORKLOAD: "b", N.TCP_IN_RATE: 10.0})
    graph.add_edge("a", "b", key="tcp", **{E.PROTOCOL: "tcp", E.RATE: 10.0})
    payload = payload_of(graph)
    (edge,) = payload["edges"]
    assert not {"error_ratio", "latency_ms", "mtls"} & set(edge)
    assert edge["level"] == "unrated"
    assert {node["level"] for node in payload["nodes"]} == {"unrated"}
    assert not {"in_rate", "in_error_ratio"} & set(payload["nodes"][1])


def test_a_response_time_above_the_top_bucket_is_null():
    graph = bookinfo()
    edge = graph.edges[service_key("bookinfo", "details"), app_key("bookinfo", "details", "v1"), "http"]
    edge.update({E.LATENCY_MS: float("inf"), E.LATENCY_EDGE_MS: 1000.0})
    edges = [edge for edge in payload_of(graph)["edges"] if edge.get("latency_ms", 0) is None]
    assert [edge["texts"]["latency"] for edge in edges] == ["> 1 s"]


@pytest.mark.parametrize(
    ("state", "node_class", "level"), [("new", ["new"], "ok"), ("vanished", ["ghost"], "idle")]
)
def test_new_and_vanished_are_marked(state, node_class, level):
    graph = bookinfo()
    ends = service_key("bookinfo", "details"), app_key("bookinfo", "details", "v1")
    graph.nodes[ends[1]][N.STATE] = state
    graph.edges[(*ends, "http")].update({E.STATE: state, E.LAST_RATE: 3.0})
    payload = payload_of(graph)
    node = by_id(payload["nodes"])[ends[1]]
    edge = next(e for e in payload["edges"] if e["id"].startswith("\t".join(ends)))
    assert (node["classes"], node["level"]) == (node_class, level)
    assert edge["classes"] == node_class


def test_marks_of_a_node():
    graph = empty_graph()
    marks = {N.IS_ROOT: True, N.IS_OUTSIDE: True, N.HAS_NO_SIDECAR: True, N.FOLDED: 7}
    key = add_app(graph, "shop", "api", **marks)
    node = by_id(payload_of(graph)["nodes"])[key]
    assert sorted(node["classes"]) == ["bare", "folded", "outside", "root"]
    assert node["lines"][-1] == "7 inside"


def test_what_is_found_is_marked_and_counted():
    payload = payload_of(bookinfo(), View(find="app = reviews and version = v3"))
    marked = [node["name"] for node in payload["nodes"] if "found" in node["classes"]]
    assert marked == ["reviews v3"]
    assert payload["summary"].endswith("1 found")


def test_an_expression_that_cannot_be_read_is_refused():
    with pytest.raises(InvalidExpression):
        payload_of(bookinfo(), View(find="app = "))


def test_gaps_and_folds_are_told():
    graph = bookinfo()
    graph.graph[G.GAPS] = (Gap("no-such-words", (("rows", "3"),)),)
    graph.graph[G.FOLDED] = (("a", 3), ("b", 4))
    payload = payload_of(graph, about=About("x", False, trust=("counted twice",)))
    assert payload["gaps"] == ["no such words (rows 3)"]
    assert payload["folded"].startswith("7 nodes are folded into 2")
    assert payload["trust"] == ("counted twice",)


def test_an_empty_graph_has_an_empty_payload_with_reasons():
    reasons = ({"kind": "title", "text": "No Istio metrics."},)
    payload = payload_of(empty_graph(), about=About("x", False, empty=reasons))
    assert (payload["nodes"], payload["edges"], payload["icons"]) == ([], [], {})
    assert payload["empty"] == reasons
    assert payload["summary"] == "0 nodes · 0 edges · no requests"


def test_the_graph_is_left_as_it_was():
    graph = bookinfo()
    before = copy.deepcopy(nx.node_link_data(graph))
    payload_of(graph)
    assert nx.node_link_data(graph) == before


def test_order_of_insertion_does_not_matter():
    graph = bookinfo()
    turned = nx.MultiDiGraph()
    turned.graph |= graph.graph
    turned.add_nodes_from(reversed(list(graph.nodes(data=True))))
    turned.add_edges_from(reversed(list(graph.edges(keys=True, data=True))))
    positions = layout(graph)
    assert render_payload(turned, positions, View(), ABOUT) == render_payload(graph, positions, View(), ABOUT)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_name_breaks_the_payload(namespace, app):
    graph = empty_graph()
    if not any(0xD800 <= ord(c) <= 0xDFFF for c in namespace + app):
        source, destination = add_app(graph, namespace, app, "v1"), add_service(graph, namespace, app)
        add_traffic(graph, source, destination, 1.0)
        payload = json.loads(orjson.dumps(payload_of(graph)))
        assert {node["name"] for node in payload["nodes"] if node["kind"] == "service"} == {app or "unknown"}
