"""What expressions match on one small mesh, and what is left when it is hidden.

::

    unknown ─http─> page ─http─> reviews (service) ─http─> v1, v2     (namespace shop)
                    page ─grpc─> stock                                (namespace store)
                    v2 ─tcp─> db.example.com (outside the mesh)
                    old (vanished) ─http─> page;  lonely (idle)
"""

from __future__ import annotations

from math import inf

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.topology.attributes import Response
from mesh_graph.topology.find_language import parse
from mesh_graph.topology.find_match import Matches, hide, matches

REVIEWED = (
    Response("200", "", "reviews.shop", 15.0, "ok"),
    Response("404", "", "reviews.shop", 1.0, "client_error"),
)
STOCKED = (
    Response("14", "UF,URX", "stock.store", 1.0, "error"),
    Response("-", "DC", "stock.store", 0.5, "hung_up"),
)


def mesh():
    graph = nx.MultiDiGraph(window_s=300)
    graph.add_node("box-shop", kind="box", box="namespace", namespace="shop")
    graph.add_node("box-reviews", kind="box", box="app", namespace="shop", app="reviews", parent="box-shop")
    graph.add_node("box-store", kind="box", box="namespace", namespace="store")
    shop = {"namespace": "shop", "cluster": "east", "parent": "box-shop"}
    reviews = shop | {"app": "reviews", "parent": "box-reviews"}
    graph.add_node("unknown", kind="unknown", is_root=True, out_rate=10.0, out_error_ratio=0.0)
    graph.add_node(
        "page", kind="app", app="page", version="v1", workload="page-v1", **shop, in_rate=10.0,
        in_error_ratio=0.0, out_rate=20.0, out_error_ratio=0.05,
    )  # fmt: skip
    graph.add_node("reviews", kind="service", service="reviews", **reviews, in_rate=16.0, in_error_ratio=0.0)
    graph.add_node(
        "v1", kind="app", version="v1", **reviews, in_rate=12.0, in_error_ratio=0.0005, state="new"
    )
    graph.add_node(
        "v2", kind="app", version="v2", **reviews, in_rate=4.0, in_error_ratio=0.0, tcp_out_rate=2e6
    )
    graph.add_node(
        "stock", kind="workload", workload="Stock", namespace="store", cluster="west", parent="box-store",
        is_outside=True, has_no_sidecar=True, in_rate=4.0, in_error_ratio=0.25,
    )  # fmt: skip
    graph.add_node("db", kind="service", service="db.example.com", is_external=True)
    graph.add_node("old", kind="app", app="old", **shop, state="vanished", last_seen=1.0)
    graph.add_node("lonely", kind="workload", workload="lonely", **shop, is_idle=True)

    def edge(source, target, protocol, **attributes):
        graph.add_edge(source, target, protocol, protocol=protocol, **attributes)

    edge("unknown", "page", "http", rate=10.0, error_ratio=0.0, share=1.0, latency_ms=80.0, mtls_share=0.0)
    edge(
        "page", "reviews", "http", rate=16.0, error_ratio=0.0, share=1.0, latency_ms=inf,
        latency_edge_ms=10_000.0, request_bytes_rate=100.0, response_bytes_rate=1900.0, mtls_share=1.0,
        responses=REVIEWED,
    )  # fmt: skip
    edge("reviews", "v1", "http", rate=12.0, error_ratio=0.0005, share=0.75, latency_ms=40.0)
    edge("reviews", "v2", "http", rate=4.0, error_ratio=0.0, share=0.25, is_partial=True, state="new")
    edge(
        "page", "stock", "grpc", rate=4.0, error_ratio=0.25, share=1.0, sent_message_rate=4.0,
        received_message_rate=8.0, responses=STOCKED,
    )  # fmt: skip
    edge("v2", "db", "tcp", rate=2e6)
    edge("old", "page", "http", state="vanished", last_rate=3.0)
    return graph


EDGES = {
    "unknown>page": ("unknown", "page", "http"),
    "page>reviews": ("page", "reviews", "http"),
    "reviews>v1": ("reviews", "v1", "http"),
    "reviews>v2": ("reviews", "v2", "http"),
    "page>stock": ("page", "stock", "grpc"),
    "v2>db": ("v2", "db", "tcp"),
    "old>page": ("old", "page", "http"),
}
NODES = {"unknown", "page", "reviews", "v1", "v2", "stock", "db", "old", "lonely"}


def found(text, graph=None):
    matched = matches(parse(text), graph or mesh())
    names = {edge: name for name, edge in EDGES.items()}
    return " ".join(sorted(matched.nodes) + sorted(names[edge] for edge in matched.edges))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        # who it is
        ("name = reviews", "reviews v1 v2"),
        ("name = unknown", "unknown"),
        ("name = stock", "stock"),
        ("name contains example", "db"),
        ("name startswith page", "page"),
        ("name endswith -v1", "page"),
        ("app = reviews", "reviews v1 v2"),
        ("service = reviews", "reviews"),
        ("workload = page-v1", "page"),
        ("version = v2", "v2"),
        ("version", "page v1 v2"),
        ("not version", "db lonely old reviews stock unknown"),
        ("cluster = west", "stock"),
        ("ns = store", "stock"),
        ("node = svc", "db reviews"),
        ("node = service", "db reviews"),
        ("kind = app", "old page v1 v2"),
        ("rank = 1", "page"),
        ("rank <= 2", "page reviews"),
        ("rank > 4", "lonely"),
        # no value matches neither a comparison nor its opposite
        ("version != v1", "v2"),
        ("not (version = v1)", "v2"),
        ("version not contains 1", "v2"),
        ("not version or version != v1", "db lonely old reviews stock unknown v2"),
        # traffic of nodes
        ("httpin > 10", "reviews v1"),
        ("httpin", "page reviews v1 v2"),
        ("httpout < 16", "unknown"),
        ("grpcin = 4", "stock"),
        ("grpcout >= 4rps", "page"),
        ("tcpout > 1MB/s", "v2"),
        ("tcpin", "db"),
        # yes and no
        ("root", "unknown"),
        ("outside", "stock"),
        ("external", "db"),
        ("idle and ns = shop", "lonely"),
        ("sidecar", "page v1 v2"),
        ("not sidecar", "stock"),
        ("folded", ""),
        # edges
        ("http > 10", "page>reviews reviews>v1"),
        ("grpc", "page>stock"),
        ("tcp > 1.5MB", "v2>db"),
        ("rate < 10", "page>stock reviews>v2"),
        ("messages = 12", "page>stock"),
        ("throughput >= 2kB", "page>reviews v2>db"),
        ("protocol != http", "page>stock v2>db"),
        ("from = page", "page>reviews page>stock"),
        ("to = page", "old>page unknown>page"),
        ("host startswith stock", "page>stock"),
        ("code = 404", "page>reviews"),
        ("code = 4xx", "page>reviews"),
        ("code >= 400", "page>reviews"),
        ("code = -", "page>stock"),
        ("code != 200", "page>stock"),
        ("flag = uf", "page>stock"),
        ("flag = URX and flag = DC", "page>stock"),
        ("flag != UF", ""),
        ("%traffic < 80", "reviews>v1 reviews>v2"),
        ("share = 25%", "reviews>v2"),
        ("%httptraffic = 100", "page>reviews unknown>page"),
        ("%grpcerr > 10", "page>stock"),
        ("%httperr >= 0", "page>reviews reviews>v1 reviews>v2 unknown>page"),
        ("%tcperr >= 0", ""),
        ("mtls", "page>reviews"),
        ("mtls < 100", "unknown>page"),
        ("not mtls and rt", "reviews>v1 unknown>page"),
        ("partial", "reviews>v2"),
        # response time: infinite is "above 10 s"
        ("rt > 50ms", "page>reviews unknown>page"),
        ("rt > 9.5s", "page>reviews"),
        ("rt > 20s", ""),
        ("rt <= 20s", "reviews>v1 unknown>page"),
        # both
        ("%error > 4", "page stock page>stock"),
        ("healthy", "reviews unknown v1 v2 page>reviews reviews>v1 reviews>v2 unknown>page"),
        ("not healthy", "page stock page>stock"),
        ("error", "page stock v1 page>stock reviews>v1"),
        ("new", "v1 reviews>v2"),
        ("vanished", "old old>page"),
        ("not traffic", "lonely old old>page"),
        # words about nodes and words about edges in one expression
        ("app = reviews or rt > 70", "reviews v1 v2 page>reviews unknown>page"),
        ("app = reviews and http", "page>reviews reviews>v1 reviews>v2"),
        ("http and version = v2", "reviews>v2"),
        ("ns = store and %error > 1", "stock page>stock"),
        ("app = reviews and healthy", "reviews v1 v2 page>reviews reviews>v1 reviews>v2"),
        ("not (ns = shop and grpc)", "old>page page>reviews reviews>v1 reviews>v2 unknown>page v2>db"),
        ("(app = page or grpc) and rank = 1", "page page>stock"),
        ("(app = page or grpc) and cluster = west", "page>stock"),
    ],
)  # fmt: skip
def test_expression_matches(text, expected):
    assert found(text) == expected


WORDS = [
    "app = reviews",
    "http > 5",
    "healthy",
    "version = v1",
    "error",
    "new",
    "rt > 20s",
    "flag = UF",
    "idle",
]
TERMS = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("(not {})".format, inner)
    ),
    max_leaves=6,
)


@given(TERMS)
def test_nothing_matches_an_expression_and_its_opposite(term):
    graph = mesh()
    one, other = (matches(parse(text), graph) for text in (term, f"not {term}"))
    assert not one.nodes & other.nodes
    assert not one.edges & other.edges


@given(TERMS, TERMS)
def test_or_matches_what_either_side_matches(one, other):
    graph = mesh()
    both, a, b = (matches(parse(text), graph) for text in (f"{one} or {other}", one, other))
    assert both == Matches(a.nodes | b.nodes, a.edges | b.edges)


@given(TERMS)
def test_and_with_itself_changes_nothing(term):
    graph = mesh()
    assert matches(parse(f"{term} and {term}"), graph) == matches(parse(term), graph)


def test_boxes_are_not_matched():
    assert matches(parse("ns = shop or not ns = shop"), mesh()).nodes <= NODES


def hidden(text):
    graph = mesh()
    return hide(graph, matches(parse(text), graph))


def test_hiding_nothing_leaves_the_graph_as_it_is():
    left = hidden("")
    assert nx.utils.graphs_equal(left, mesh())
    assert left is not mesh()


def test_a_hidden_node_takes_its_edges_and_what_hung_on_them_along():
    left = hidden("version = v2")
    # db had no other edge; the box still has members
    assert set(left) == (NODES | {"box-shop", "box-reviews", "box-store"}) - {"v2", "db"}
    assert set(left.edges(keys=True)) == set(EDGES.values()) - {EDGES["reviews>v2"], EDGES["v2>db"]}


def test_a_node_with_one_edge_left_stays_when_an_edge_is_hidden():
    left = hidden("flag = UF")
    assert NODES - set(left) == {"stock"}
    assert "box-store" not in left


def test_boxes_within_boxes_go_with_their_last_member():
    assert {key for key in hidden("app = reviews") if key.startswith("box")} == {"box-shop", "box-store"}
    assert set(hidden("ns = shop")) == set()


def test_idle_nodes_stay_when_they_lose_their_edges():
    graph = mesh()
    graph.add_edge("lonely", "page", "http", protocol="http", is_idle=True)
    left = hide(graph, Matches(edges=frozenset({("lonely", "page", "http")})))
    assert "lonely" in left


def test_hiding_leaves_the_given_graph_alone():
    graph = nx.freeze(mesh())
    hide(graph, matches(parse("name = page or vanished"), graph))
    assert nx.utils.graphs_equal(graph, mesh())


def test_what_is_left_keeps_its_attributes():
    left = hidden("vanished")
    assert left.graph == {"window_s": 300}
    assert left.nodes["page"] == mesh().nodes["page"]
    assert left.edges[EDGES["page>stock"]] == mesh().edges[EDGES["page>stock"]]
