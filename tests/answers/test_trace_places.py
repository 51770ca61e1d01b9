"""A trace on the graph of the mesh: which nodes and edges it went over."""

import pytest

from mesh_graph.answers.trace_places import trace_places
from mesh_graph.answers.trace_view import trace_view
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.traces.model import SpanKind
from tests.traces.hand import span, trace
from tests.views.graphs import add_app, add_traffic, app_key, bookinfo, empty_graph, service_key

CLIENT, SERVER = SpanKind.CLIENT, SpanKind.SERVER
VERSION = "istio.canonical_revision"
PAGE, REVIEWS, RATINGS = "productpage.bookinfo", "reviews.bookinfo", "ratings.bookinfo"


def outbound(host):
    return {"upstream_cluster": f"outbound|9080||{host}.svc.cluster.local"}


def book_trace(version="v2"):
    """The page asks a version of reviews, which asks ratings."""
    told = {VERSION: version} if version else {}
    return trace(
        span("page", 0, 100, service=PAGE, kind=SERVER, attributes={VERSION: "v1"}),
        span("c1", 10, 90, "page", service=PAGE, kind=CLIENT, attributes=outbound(REVIEWS)),
        span("reviews", 11, 89, "c1", service=REVIEWS, kind=SERVER, attributes=told),
        span("c2", 20, 80, "reviews", service=REVIEWS, kind=CLIENT, attributes={**told, **outbound(RATINGS)}),
        span("ratings", 21, 79, "c2", service=RATINGS, kind=SERVER, attributes={VERSION: "v1"}),
    )


@pytest.fixture
def graph():
    return bookinfo("bookinfo", empty_graph(1_795_230_000.0), 1.0)


def app(name, version="v1"):
    return app_key("bookinfo", name, version)


def service(name):
    return service_key("bookinfo", name)


def test_versions_that_the_trace_did_not_go_through_stay_dark(graph):
    places = trace_places(graph, trace_view(book_trace()))
    assert places.nodes == {
        app("productpage"), service("productpage"), service("reviews"), app("reviews", "v2"),
        service("ratings"), app("ratings"),
    }  # fmt: skip
    assert {ends[:2] for ends in places.edges} == {
        (app("productpage"), service("reviews")),
        (service("reviews"), app("reviews", "v2")),
        (app("reviews", "v2"), service("ratings")),
        (service("ratings"), app("ratings")),
    }
    assert places.missing == ()


def test_without_a_version_all_versions_may_have_been_it(graph):
    places = trace_places(graph, trace_view(book_trace(version="")))
    assert {app("reviews", version) for version in ("v1", "v2", "v3")} <= places.nodes


def test_services_that_are_not_in_the_graph_are_named():
    graph = empty_graph()
    add_app(graph, "bookinfo", "ratings")
    places = trace_places(graph, trace_view(book_trace()))
    assert places.nodes == {app("ratings")}
    assert places.missing == (PAGE, REVIEWS)


def test_namespaces_stand_for_their_services():
    graph = empty_graph()
    keys = [NodeKey(NodeKind.NAMESPACE, "east", name).text for name in ("bookinfo", "shop")]
    for key, name in zip(keys, ("bookinfo", "shop"), strict=True):
        graph.add_node(key, **{N.KIND: NodeKind.NAMESPACE.value, N.NAMESPACE: name})
    add_traffic(graph, *keys, 1.0)
    calls = trace(
        span("a", 0, 9, service="page.bookinfo", kind=CLIENT),
        span("b", 1, 8, "a", service="cart.shop", kind=SERVER),
    )
    places = trace_places(graph, trace_view(calls))
    assert places.nodes == set(keys)
    assert places.edges == {(*keys, "http")}


def test_a_callee_that_reports_nothing_is_known_by_the_host_that_was_called(graph):
    lonely = trace(
        span("page", 0, 100, service=PAGE, kind=SERVER),
        span("c", 10, 90, "page", service=PAGE, kind=CLIENT, attributes=outbound("details.bookinfo")),
    )
    places = trace_places(graph, trace_view(lonely))
    assert {service("details"), app("details")} <= places.nodes
    assert (app("productpage"), service("details"), "http") in places.edges


def test_boxes_are_no_part_of_a_trace(graph):
    places = trace_places(graph, trace_view(book_trace()))
    assert [key for key in places.nodes if graph.nodes[key][N.KIND] == NodeKind.BOX] == []
