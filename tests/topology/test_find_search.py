"""Which names and hosts a text finds, and in which order."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.topology.attributes import Response
from mesh_graph.topology.find_search import search

EDGES = [("ratings", "v10", "http"), ("ratings", "v9", "http")]


def mesh():
    graph = nx.MultiDiGraph()
    graph.add_node("ns", kind="box", box="namespace", namespace="reviews-prod", cluster="east")
    graph.add_node("box", kind="box", box="app", app="reviews", namespace="reviews-prod", parent="ns")
    for number in (10, 9):
        graph.add_node(
            f"v{number}", kind="app", app="reviews", version=f"v{number}", workload=f"reviews-v{number}"
        )
    graph.add_node("previews", kind="service", service="previews")
    graph.add_node("old", kind="workload", workload="old-reviews")
    graph.add_node("shop", kind="namespace", namespace="shop", cluster="west")
    graph.add_node("unknown", kind="unknown")
    graph.add_node("ratings", kind="app", app="Ratings", namespace="reviews-prod")
    for target in ("v9", "v10"):
        graph.add_edge(
            "ratings", target, "http", responses=(Response("200", "", "reviews.prod.svc", 1.0, "ok"),)
        )
    return graph


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        # exact, then prefix (nodes before edges), a word inside, anywhere, then what surrounds
        (
            "reviews",
            ["box", "v9", "v10", "ns", *EDGES, "old", "previews", "ratings"],
        ),
        ("REVIEWS-V", ["v9", "v10", *EDGES]),
        ("rating", ["ratings", *EDGES]),
        ("views", ["old", "previews", "box", "v9", "v10", "ns", *EDGES, "ratings"]),
        ("unknown", ["unknown"]),
        ("west", ["shop"]),
        ("reviews v10", ["v10", EDGES[0]]),
        ("reviews.prod", EDGES),
        ("nothing", []),
        ("", []),
        ("   ", []),
    ],
)  # fmt: skip
def test_text_finds(text, keys):
    assert search(mesh(), text) == keys


def test_no_more_than_the_limit_is_found():
    assert search(mesh(), "reviews", limit=2) == ["box", "v9"]


@given(st.text(max_size=20))
def test_any_text_can_be_searched_for(text):
    graph = nx.MultiDiGraph()
    graph.add_node("n", kind="app", app=text)
    assert search(graph, text) == (["n"] if text.split() else [])


def test_an_edge_is_found_by_both_of_its_ends():
    assert search(mesh(), "ratings v9") == [("ratings", "v9", "http")]


def test_words_may_be_of_a_host_and_of_an_end():
    assert search(mesh(), "prod.svc v10") == [("ratings", "v10", "http")]
