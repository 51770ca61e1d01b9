"""Istio's classic ServiceGraph over the demo mesh."""

import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.mesh import Mesh
from mesh_graph.sources.demo import DemoSource

NOON = 1_795_262_400.0


@pytest.fixture(scope="module")
def client():
    mesh = Mesh(DemoSource(clock=lambda: NOON))
    yield create_app(Context(mesh)).server.test_client()
    mesh.close()


def test_graph_names_apps_with_their_workloads_and_rates(client):
    answer = client.get("/graph").json
    assert set(answer) == {"nodes", "edges"}
    assert answer["nodes"]["reviews (reviews-v1)"] == {}
    (edge,) = [
        edge
        for edge in answer["edges"]
        if (edge["source"], edge["target"]) == ("productpage (productpage-v1)", "reviews (reviews-v1)")
    ]
    assert float(edge["labels"]["reqs/sec"]) > 0
    assert any("bytes/sec" in edge["labels"] for edge in answer["edges"])


def test_d3_graph_links_by_position(client):
    named, placed = client.get("/graph").json, client.get("/d3graph").json
    names = [node["name"] for node in placed["nodes"]]
    assert set(names) == set(named["nodes"])
    assert [(names[link["source"]], names[link["target"]], link["labels"]) for link in placed["links"]] == [
        (edge["source"], edge["target"], edge["labels"]) for edge in named["edges"]
    ]


@pytest.mark.parametrize(
    ("query", "sources"),
    [
        ("source_workload=productpage-v1", {"productpage (productpage-v1)"}),
        ("source_namespace=nowhere", set()),
        ("destination_workload=ratings-v1&source_workload=reviews-v2", {"reviews (reviews-v2)"}),
    ],
)
def test_filters_choose_the_ends(client, query, sources):
    assert {edge["source"] for edge in client.get(f"/graph?{query}").json["edges"]} == sources


def test_empty_calls_are_told_unless_filtered(client):
    every = client.get("/graph?time_horizon=1m").json["edges"]
    busy = client.get("/graph?time_horizon=1m&filter_empty=true").json["edges"]
    assert [edge for edge in every if float(*edge["labels"].values()) > 0] == busy


@pytest.mark.parametrize("text", ["soon", "0s", "99w"])
def test_wrong_time_horizon_is_named(client, text):
    answer = client.get(f"/graph?time_horizon={text}")
    assert (answer.status_code, answer.json["parameter"]) == (400, "time_horizon")


@pytest.mark.peer("graphviz")
def test_dot_is_what_is_drawn(client):
    answer = client.get("/dotviz")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    texts = [
        text.text for text in ElementTree.fromstring(answer.data).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert set(client.get("/graph").json["nodes"]) <= set(texts)
    dot = client.get("/dotgraph")
    assert dot.mimetype == "text/vnd.graphviz"
    assert subprocess.run(["dot", "-Tcanon"], input=dot.data, capture_output=True, check=True).stdout


def test_without_graphviz_it_says_so(client, monkeypatch):
    monkeypatch.setenv("PATH", "")
    answer = client.get("/dotviz")
    assert (answer.status_code, answer.json["type"]) == (501, "no-graphviz")
