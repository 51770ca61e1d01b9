"""The graph for programs, over the demo mesh."""

import json

import networkx as nx
import pytest

from mesh_graph.api.context import Context
from mesh_graph.application import create_app
from mesh_graph.errors import SourceTimeout, SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.query import Family
from mesh_graph.topology.attributes import GraphAttr

NOON = 1_795_262_400.0
ADDRESS = "/api/graph?at=2026-11-21T12:00:00Z"


class Troubled(DemoSource):
    """The demo mesh, of which requests may fail and namespaces may have gone."""

    def __init__(self):
        super().__init__(clock=lambda: NOON)
        self.error: Exception | None = None
        self.gone: tuple[str, ...] = ()

    def instant(self, query, at):
        if self.error is not None and query.family is Family.REQUESTS:
            raise self.error
        return super().instant(query, at)

    def label_values(self, label, matchers, start, end):
        values = super().label_values(label, matchers, start, end)
        return (*values, *self.gone) if end - start > 86400 else values


@pytest.fixture
def source():
    return Troubled()


@pytest.fixture
def mesh(source):
    mesh = Mesh(source)
    yield mesh
    mesh.close()


@pytest.fixture
def client(mesh):
    return create_app(Context(mesh)).server.test_client()


def test_answer_is_the_library_s_graph(client, mesh):
    answer = client.get(f"{ADDRESS}&namespaces=bookinfo&graph_type=workload").json
    graph = mesh.graph(View(("bookinfo",), graph_type="workload", at=NOON, budget=100_000, compare_s=0))
    assert {node["key"] for node in answer["nodes"]} == set(graph)
    assert {(e["source"], e["destination"], e["protocol"]): e.get("rate") for e in answer["edges"]} == {
        (a, b, p): data.get("rate") for a, b, p, data in graph.edges(keys=True, data=True)
    }
    assert answer["totals"]["request_rate"] == graph.graph[GraphAttr.REQUEST_RATE]
    assert (answer["at"], answer["window_s"], answer["graph_type"]) == (
        "2026-11-21T12:00:00Z",
        300,
        "workload",
    )


def test_nothing_is_folded_or_compared_unless_asked(client):
    assert "state" not in json.dumps(client.get(ADDRESS).json["edges"])
    assert client.get(ADDRESS).json["folded"] == {}
    assert client.get(f"{ADDRESS}&budget=5").json["folded"]


def test_a_graph_narrowed_to_a_node_says_of_how_much_it_is(client):
    whole = client.get("/api/graph?namespaces=bookinfo").json
    key = next(node["key"] for node in whole["nodes"] if node.get("workload") == "reviews-v3")
    near = client.get("/api/graph", query_string={"namespaces": "bookinfo", "focus": key, "hops": "1"}).json
    shown = [node for node in whole["nodes"] if node["kind"] != "box"]
    assert near["focus"] == {"key": key, "hops": 1, "centre": [key], "whole": len(shown)}
    assert {edge["destination"] for edge in near["edges"]} < {edge["destination"] for edge in whole["edges"]}
    assert near["totals"]["request_rate"] < whole["totals"]["request_rate"]
    assert "focus" not in whole


def test_a_masked_focus_names_nothing(client):
    query = {"focus": "app|east|bookinfo|nobody|nobody|v1||", "mask": "1"}
    assert client.get("/api/graph", query_string=query).json["focus"]["key"] == ""


@pytest.mark.parametrize(
    ("name", "mimetype", "begins"),
    [
        ("dot", "text/vnd.graphviz", b"digraph"),
        ("csv", "text/csv", b"source,destination"),
        ("csv-nodes", "text/csv", b"key,kind"),
        ("node-link", "application/json", b'{"directed":true'),
    ],
)
def test_other_formats_come_by_name(client, name, mimetype, begins):
    answer = client.get(f"{ADDRESS}&format={name}")
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert answer.data.startswith(begins)


def test_node_link_is_a_graph_again(client):
    read = nx.node_link_graph(client.get(f"{ADDRESS}&format=node-link").json, edges="links")
    assert len(read) == len(client.get(ADDRESS).json["nodes"])


def test_unchanged_answer_is_not_sent_again(client):
    tag = client.get(ADDRESS).headers["ETag"]
    assert client.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("query", ["window=x", "at=never", "graph_type=pods", "format=pdf", "budget=0"])
def test_wrong_parameter_is_named(client, query):
    answer = client.get(f"/api/graph?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json["parameter"] == query.partition("=")[0]
    assert answer.json["advice"]


def test_unknown_namespace_is_not_found(client):
    answer = client.get(f"{ADDRESS}&namespaces=bookinfo,nowhere")
    assert (answer.status_code, answer.json["type"]) == (404, "unknown-namespace")
    assert "nowhere" in answer.json["detail"]


def test_silent_namespace_is_empty_and_says_why(client, source):
    source.gone = ("gone",)
    answer = client.get(f"{ADDRESS}&namespaces=gone")
    assert answer.status_code == 200
    assert answer.json["nodes"] == []
    assert answer.json["empty"]["last_seen"] == {}
    assert answer.json["empty"]["diagnosis"][0]["text"]


def test_full_answer_says_nothing_of_emptiness(client):
    assert "empty" not in client.get(ADDRESS).json


@pytest.mark.parametrize(
    ("error", "status"),
    [(SourceUnreachable("demo", "q", "No connection."), 502), (SourceTimeout("demo", "q", "Too slow."), 504)],
)
def test_failing_source_is_a_problem_with_its_reason(client, source, error, status):
    source.error = error
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json["detail"]) == (status, error.problem)


@pytest.mark.parametrize("format", ["json", "dot"])
def test_masked_answer_has_the_same_numbers_and_no_name(client, format):
    plain, masked = (
        client.get(f"{ADDRESS}&namespaces=bookinfo&format={format}{mask}").get_data(as_text=True)
        for mask in ("", "&mask=1")
    )
    assert "productpage" in plain
    assert not any(
        name in masked for name in ("bookinfo", "productpage", "reviews", "ratings", "istio_requests")
    )
    if format == "json":
        whole, other = json.loads(plain), json.loads(masked)
        assert whole["totals"] == other["totals"]
        assert sorted(edge["rate"] for edge in whole["edges"]) == sorted(
            edge["rate"] for edge in other["edges"]
        )
    assert (
        client.get(f"{ADDRESS}&namespaces=bookinfo&format={format}&mask=1").get_data(as_text=True) == masked
    )
