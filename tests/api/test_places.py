"""Nodes stay where they stood in the same view."""

from dataclasses import replace

from mesh_graph.api.places import Places
from mesh_graph.model import View
from tests.views.graphs import AT, add_traffic, app_key, bookinfo, empty_graph


def graph(without: str = ""):
    drawn = empty_graph(AT)
    bookinfo("bookinfo", drawn, 1.0)
    gone = [node for node in drawn if without and f"|{without}|" in node]
    drawn.remove_nodes_from(gone)
    return drawn


def test_a_node_that_goes_leaves_the_others_where_they_were():
    places = Places()
    before, _ = places.of(graph(), View(at=AT))
    after, _ = places.of(graph(without="details-v1"), View(at=AT + 15, find="error"))
    assert 0 < len(after) < len(before)
    assert after == {node: before[node] for node in after}


def test_another_view_is_laid_out_by_itself():
    places = Places()
    places.of(graph(), View())
    other = replace(View(), namespaces=("bookinfo",))
    assert places.of(graph(), other) == Places().of(graph(), View())


def test_bends_stay_with_the_nodes_and_come_with_an_edge():
    places, drawn = Places(), graph()
    product, ratings = app_key("bookinfo", "productpage", "v1"), app_key("bookinfo", "ratings", "v1")
    assert places.of(drawn, View(at=AT))[1] == {}
    with_shortcut = graph()
    add_traffic(with_shortcut, product, ratings, 1.0)
    _, bends = places.of(with_shortcut, View(at=AT + 15))
    assert bends.keys() == {(product, ratings)}
    assert places.of(with_shortcut, View(at=AT + 30))[1] is bends
