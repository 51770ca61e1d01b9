"""Ways to traces from what is selected in the topology, and from a subject's page."""

import json

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views.trace_links import render_trace_links, service_of_node, service_of_subject
from tests.views.graphs import add_traffic, app_box, app_key, bookinfo, service_key

PAGE = app_key("bookinfo", "productpage", "v1")
RATINGS = app_key("bookinfo", "ratings", "v1")
REVIEWS_V3 = app_key("bookinfo", "reviews", "v3")
REVIEWS = service_key("bookinfo", "reviews")


@pytest.fixture(scope="module", autouse=True)
def application():
    """Addresses are made by the Dash application that there is."""
    return dash.Dash("links", use_pages=False)


def text(graph, found) -> str:
    return json.dumps(render_trace_links(graph, found), cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_a_node_leads_to_the_traces_of_its_service_and_to_the_failed_ones():
    said = text(bookinfo(), RATINGS)
    assert "Traces of ratings.bookinfo" in said
    assert "/traces?service=ratings.bookinfo&errors=1" in said
    assert "errors=1" not in text(bookinfo(), app_key("bookinfo", "details", "v1"))


def test_an_edge_leads_to_the_traces_of_whom_it_calls():
    """From a service to one of its versions nobody calls: that edge is half of a way."""
    said = text(bookinfo(), (REVIEWS, REVIEWS_V3, "http"))
    assert "/traces?service=reviews.bookinfo" in said
    assert "errors=1" in said
    assert "caller" not in said


def test_an_edge_names_its_caller():
    graph = bookinfo()
    add_traffic(graph, PAGE, REVIEWS, 1.0, ratio=0.5)
    said = text(graph, (PAGE, REVIEWS, "http"))
    assert "Traces of calls from productpage.bookinfo to reviews.bookinfo" in said
    assert said.count("/traces?service=reviews.bookinfo&caller=productpage.bookinfo") == 2
    assert "&errors=1" in said


@pytest.mark.parametrize("app", ["unknown", "reviews"])
def test_a_caller_that_is_not_known_or_the_called_itself_is_not_named(app):
    graph = bookinfo()
    source = app_key("bookinfo", app, "v9")
    named = {N.APP: app, N.NAMESPACE: "bookinfo", N.WORKLOAD: app}
    graph.add_node(source, **{N.KIND: NodeKind.APP.value, **named})
    add_traffic(graph, source, REVIEWS, 1.0)
    said = text(graph, (source, REVIEWS, "http"))
    assert "/traces?service=reviews.bookinfo" in said
    assert "caller" not in said


def test_an_edge_out_of_the_mesh_leads_to_the_traces_of_its_caller():
    graph = bookinfo()
    outside = service_key("unknown", "api.example")
    graph.add_node(outside, **{N.KIND: NodeKind.SERVICE.value, N.SERVICE: "api.example", N.IS_EXTERNAL: True})
    add_traffic(graph, RATINGS, outside, 1.0)
    assert "service=ratings.bookinfo" in text(graph, (RATINGS, outside, "http"))
    assert service_of_node(graph.nodes[outside]) == ""


def test_nothing_selected_a_namespace_and_tcp_lead_nowhere():
    graph = bookinfo()
    add_traffic(graph, RATINGS, REVIEWS, 1.0, protocol="tcp")
    assert render_trace_links(graph, None) == []
    assert render_trace_links(graph, (RATINGS, REVIEWS, "tcp")) == []
    assert "reviews.bookinfo" in text(graph, app_box("bookinfo", "reviews"))


@pytest.mark.parametrize(
    ("subject", "versions", "service"),
    [
        (NodeKey(NodeKind.APP, "east", "shop", app="cart"), (), "cart.shop"),
        (NodeKey(NodeKind.SERVICE, "east", "shop", service="cart"), (), "cart.shop"),
        (NodeKey(NodeKind.WORKLOAD, "east", "shop", workload="cart-v2"), ("v1", "v2"), "cart.shop"),
        (NodeKey(NodeKind.WORKLOAD, "east", "shop", workload="cart-v2"), (), "cart-v2.shop"),
        (NodeKey(NodeKind.WORKLOAD, "east", "shop", workload="cart"), ("",), "cart.shop"),
        (NodeKey(NodeKind.APP, "east", "unknown", app="unknown"), (), ""),
    ],
)
def test_a_subject_has_the_name_that_its_proxies_report(subject, versions, service):
    assert service_of_subject(subject, versions) == service
