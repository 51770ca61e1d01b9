"""Every format is read back by its own library, hostile names included."""

import csv
import io
import json
import subprocess
import xml.etree.ElementTree as ElementTree

import networkx as nx
import orjson
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph.export.csv import render_edges, render_nodes, safe_text
from mesh_graph.export.document import render_document
from mesh_graph.export.dot import render_dot
from mesh_graph.export.node_link import render_node_link
from mesh_graph.topology.attributes import Gap, GraphAttr, Response
from tests.views.graphs import add_app, bookinfo, empty_graph

HOSTILE = '=cmd|"\\N <b>&lt;\n\x00\u2028}; digraph ☃'


@pytest.fixture
def graph():
    made = empty_graph()
    bookinfo("bookinfo", made)
    return made


def hostile_graph():
    made = empty_graph()
    source, destination = add_app(made, HOSTILE, HOSTILE, HOSTILE), add_app(made, "n", "plain")
    made.add_edge(source, destination, "http", protocol="http", rate=1.5, error_ratio=0.25, error_rate=0.375)
    return made


def test_document_keeps_every_number(graph):
    document = json.loads(orjson.dumps(render_document(graph)))
    assert [node["key"] for node in document["nodes"]] == list(graph.nodes)
    for edge, (source, destination, data) in zip(document["edges"], graph.edges(data=True), strict=True):
        assert (edge["source"], edge["destination"]) == (source, destination)
        assert (edge["rate"], edge["protocol"]) == (data["rate"], data["protocol"])
    assert document["at"] == "2026-11-21T03:00:00Z"
    assert document["totals"]["request_rate"] == graph.graph[GraphAttr.REQUEST_RATE]


def test_document_says_above_for_what_is_beyond_the_last_bucket():
    made = nx.MultiDiGraph(**empty_graph().graph)
    made.add_edge("a", "b", "http", protocol="http", latency_ms=float("inf"), latency_edge_ms=60000.0)
    made.add_edge("a", "c", "http", protocol="http", latency_ms=float("inf"))
    made.add_edge("a", "d", "http", protocol="http", latency_ms=5.0, latency_edge_ms=60000.0)
    above, unknown, known = (
        {name: value for name, value in edge.items() if "latency" in name}
        for edge in render_document(made)["edges"]
    )
    assert above == {"latency_above_ms": 60000.0}
    assert unknown == {}
    assert known == {"latency_ms": 5.0}


def test_document_spells_out_gaps_and_responses():
    made = nx.MultiDiGraph(**empty_graph().graph)
    made.graph[GraphAttr.GAPS] = (Gap("partial-answer", (("warning", "w"),)),)
    made.add_edge("a", "b", "http", protocol="http", responses=(Response("200", "", "h", 2.0, "ok"),))
    document = render_document(made)
    assert document["gaps"] == [{"message": "partial-answer", "parameters": {"warning": "w"}}]
    assert document["edges"][0]["responses"] == [
        {"code": "200", "flags": "", "host": "h", "rate": 2.0, "outcome": "ok"}
    ]


def test_node_link_is_read_back_by_networkx(graph):
    read = nx.node_link_graph(json.loads(render_node_link(graph)), edges="links")
    assert set(read.nodes) == set(graph.nodes)
    assert set(read.edges(keys=True)) == set(graph.edges(keys=True))
    for *ends, data in graph.edges(keys=True, data=True):
        assert read.edges[tuple(ends)]["rate"] == data["rate"]


def test_csv_is_read_back_by_pandas(graph):
    edges = pd.read_csv(io.BytesIO(render_edges(graph)))
    assert edges["rate"].tolist() == [data["rate"] for *_, data in graph.edges(data=True)]
    nodes = pd.read_csv(io.BytesIO(render_nodes(graph)))
    assert nodes["key"].tolist() == list(graph.nodes)


def test_csv_of_an_empty_graph_has_a_header():
    assert render_edges(empty_graph()).startswith(b"source,destination,protocol")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_csv_cell_never_begins_like_a_formula(name):
    made = nx.MultiDiGraph()
    made.add_node(name, workload=name)
    (_, row) = csv.reader(io.StringIO(render_nodes(made).decode(), newline=""))
    assert not row[0].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row[0].removeprefix("'") == name.removeprefix("'")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\r=1", "＝1"])
def test_formula_gets_an_apostrophe(text):
    assert safe_text(text) == f"'{text}"


def drawn(graph) -> ElementTree.Element:
    done = subprocess.run(
        ["dot", "-Tsvg"], input=render_dot(graph), capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not done.stderr
    return ElementTree.fromstring(done.stdout)


def parts(svg, kind):
    return [group for group in svg.iter("{http://www.w3.org/2000/svg}g") if group.get("class") == kind]


def texts(svg):
    return [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.peer("graphviz")
def test_graphviz_draws_every_node_edge_and_box(graph):
    svg = drawn(graph)
    boxes = [key for key, data in graph.nodes(data=True) if data["kind"] == "box"]
    assert len(parts(svg, "node")) == len(graph) - len(boxes)
    assert len(parts(svg, "edge")) == graph.number_of_edges()
    assert len(parts(svg, "cluster")) == len(boxes)
    assert "reviews" in texts(svg)


@pytest.mark.peer("graphviz")
def test_graphviz_shows_hostile_names_as_they_are():
    svg = drawn(hostile_graph())
    assert len(parts(svg, "node")) == 2
    assert len(parts(svg, "edge")) == 1
    shown = texts(svg)
    assert '=cmd|"\\N <b>&lt;' in shown
    assert any(text.startswith("25") and text.endswith("errors") for text in shown)


@pytest.mark.peer("graphviz")
def test_graphviz_draws_an_empty_graph():
    assert parts(drawn(empty_graph()), "node") == []
