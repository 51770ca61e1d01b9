"""Nodes stay where they stood in the same view."""

from dataclasses import replace

from mesh_graph.api.places import Places
from mesh_graph.model import View
from tests.views.graphs import AT, bookinfo, empty_graph


def graph(without: str = ""):
    drawn = empty_graph(AT)
    bookinfo("bookinfo", drawn, 1.0)
    gone = [node for node in drawn if without and f"|{without}|" in node]
    drawn.remove_nodes_from(gone)
    return drawn


def test_a_node_that_goes_leaves_the_others_where_they_were():
    places = Places()
    before = places.of(graph(), View(at=AT))
    after = places.of(graph(without="details-v1"), View(at=AT + 15, find="error"))
    assert 0 < len(after) < len(before)
    assert after == {node: before[node] for node in after}


def test_another_view_is_laid_out_by_itself():
    places = Places()
    places.of(graph(), View())
    other = replace(View(), namespaces=("bookinfo",))
    assert places.of(graph(), other) == Places().of(graph(), View())
