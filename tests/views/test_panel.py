"""The side panel's components, as the text that a person reads."""

import pytest
from dash.development.base_component import Component

from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import Gap, Response
from mesh_graph.topology.attributes import GraphAttr as G
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views.elements import edge_id
from mesh_graph.views.panel import parse_selection, render_panel
from tests.views.graphs import add_app, app_box, app_key, bookinfo, empty_graph, namespace_box, service_key


def words(part) -> str:
    """All text below a component, in reading order."""
    if isinstance(part, Component):
        return words(getattr(part, "children", None))
    if isinstance(part, (list, tuple)):
        return " ".join(filter(None, map(words, part)))
    return "" if part is None else str(part)


def attributes(part, name):
    """Values of a wildcard attribute below a component."""
    if isinstance(part, (list, tuple)):
        return [value for child in part for value in attributes(child, name)]
    if not isinstance(part, Component):
        return []
    own = [getattr(part, name)] if getattr(part, name, None) is not None else []
    return own + attributes(getattr(part, "children", None), name)


REVIEWS = service_key("bookinfo", "reviews")
V3 = app_key("bookinfo", "reviews", "v3")


def test_whole_graph_tells_totals_worst_edges_and_endings():
    text = words(render_panel(bookinfo(), ""))
    assert "Requests 100 rps Errors 0.5% Namespaces 2 Apps 7 Services 4 Edges 11" in text
    assert "productpage v1 (bookinfo) → reviews (bookinfo) 20 rps 2% 23 ms" in text
    assert "503 UF Service Unavailable; could not connect to the server" in text


def test_an_empty_graph_is_not_healthy():
    panel = render_panel(empty_graph(), "")
    assert "no requests" in words(panel)
    assert attributes(panel, "aria-label") == ["idle"]


def test_edge_tells_both_ends_numbers_and_endings():
    panel = render_panel(bookinfo(), edge_id(REVIEWS, V3, "http"))
    text = words(panel)
    assert "reviews → reviews v3" in text
    assert "Rate 4 rps Errors 10% Share of the source 20% Response time 1.24 s mTLS 100%" in text
    assert attributes(panel, "data-select") == [REVIEWS, V3]


def test_edge_without_an_error_ratio_says_that_it_is_unknown():
    graph = bookinfo()
    del graph.edges[REVIEWS, V3, "http"][E.ERROR_RATIO]
    assert "Errors unknown" in words(render_panel(graph, edge_id(REVIEWS, V3, "http")))


def test_remarks_of_an_edge_are_words():
    graph = bookinfo()
    graph.edges[REVIEWS, V3, "http"].update({E.IS_PARTIAL: True, E.NOTES: (Gap("half.seen"),)})
    text = words(render_panel(graph, edge_id(REVIEWS, V3, "http")))
    assert "incomplete" in text
    assert "half: seen" in text


def test_node_tells_callers_callees_and_what_never_arrived():
    graph = bookinfo()
    graph.nodes[REVIEWS][N.ENDED_HERE] = (Response("503", "UH", "reviews", 0.4, "error"),)
    text = words(render_panel(graph, REVIEWS))
    assert "Called by" in text
    assert "Calls" in text
    assert "Never arrived" in text
    assert "no healthy server" in text


def test_box_counts_what_it_holds_and_lists_only_what_crosses_its_border():
    graph = bookinfo()
    text = words(render_panel(graph, app_box("bookinfo", "reviews")))
    assert "app box" in text
    assert "Holds 4 nodes" in text
    assert "productpage v1 (bookinfo)" in text
    assert "reviews v1" not in text


def test_namespace_box_holds_nodes_at_any_depth():
    assert "Holds 10 nodes" in words(render_panel(bookinfo(), namespace_box("bookinfo")))


def test_queries_are_there_to_copy():
    graph = bookinfo()
    graph.graph[G.QUERIES] = {"requests": ('sum(rate(istio_requests_total{a="<b>"}[5m]))',), "tcp": ()}
    panel = render_panel(graph, V3)
    assert 'istio_requests_total{a="<b>"}' in words(panel)
    assert set(attributes(panel, "value")) == {'sum(rate(istio_requests_total{a="<b>"}[5m]))'}


def test_every_number_of_an_edge_has_the_query_behind_it():
    graph = bookinfo()
    graph.graph[G.QUERIES] = {"requests": ("count",), "response time": ("slow",)}
    panel = render_panel(graph, edge_id(REVIEWS, V3, "http"))
    asked = dict(
        zip(["Rate", "Errors", "Share", "Response time", "mTLS"], attributes(panel, "value"), strict=False)
    )
    assert asked == {
        "Rate": "count",
        "Errors": "count",
        "Share": "count",
        "Response time": "slow",
        "mTLS": "count",
    }


def test_a_selection_that_is_gone_is_told():
    assert "not in this picture" in words(render_panel(bookinfo(), "app|gone|||||| ".strip()))


@pytest.mark.parametrize("selected", ["", "x", "a\tb", "a\tb\thttp", f"{REVIEWS}\t{V3}\ttcp", "\t\t"])
def test_what_is_not_in_the_graph_is_nothing(selected):
    assert parse_selection(bookinfo(), selected) is None


def test_hostile_names_stay_text():
    graph = empty_graph()
    key = add_app(graph, "<script>", "</h3><img src=x onerror=alert(1)>", "{{7*7}}")
    title = words(render_panel(graph, key)[0])
    assert title.startswith("</h3><img src=x onerror=alert(1)> {{7*7}}")
