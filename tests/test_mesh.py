"""The facade over the demo mesh: exact instants, shared results, gaps, histories that agree."""

from dataclasses import replace

import pytest

from mesh_graph.answers.observe import FAMILY_FAILED, PARTIAL_ANSWER
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.errors import InvalidExpression, InvalidRequest, SourceTimeout
from mesh_graph.mesh import Mesh
from mesh_graph.model import GraphType, View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.query import Family, Matcher
from mesh_graph.topology.attributes import EdgeAttr, Gap, GraphAttr, NodeAttr
from mesh_graph.topology.overlay_latency import AT_MOST

NOON = 1_795_262_400.0
"""2026-11-21T12:00:00Z: no incident for the last 17 minutes."""
VIEW = View(at=NOON)
SIMULATOR = Simulator(story())


class Troubled(DemoSource):
    """The demo mesh; families in ``failing`` time out, those in ``partial`` come with a warning."""

    def __init__(self, now=NOON, failing=(), partial=()):
        super().__init__(SIMULATOR, clock=lambda: self.time)
        self.time, self.failing, self.partial, self.queries = now, failing, partial, []

    @property
    def asked(self):
        return len(self.queries)

    def instant(self, query, at):
        self.queries.append(query)
        if query.family in self.failing:
            raise SourceTimeout(self.name, query.family, "took longer than 15 s.")
        reply = super().instant(query, at)
        return replace(reply, warnings=("store a is away",)) if query.family in self.partial else reply


def edges(graph, protocol=None):
    return [data for *_, key, data in graph.edges(keys=True, data=True) if protocol in (None, key)]


def gaps(graph):
    return [gap.message for gap in graph.graph[GraphAttr.GAPS]]


def test_a_view_is_computed_once_for_all_who_ask():
    source = Troubled()
    mesh = Mesh(source)
    graph = mesh.graph(VIEW)
    asked = source.asked
    assert mesh.graph(VIEW) is graph
    assert source.asked == asked


def test_live_is_the_same_view_within_a_refresh_interval():
    source = Troubled(NOON + 31)
    mesh = Mesh(source, refresh_s=15, settle_s=15)
    first = mesh.graph(View())
    source.time += 13
    assert mesh.graph(View()) is first
    source.time += 2
    assert mesh.graph(View()).graph[GraphAttr.AT] == NOON + 30


def test_an_explicit_instant_is_exact():
    assert Mesh(Troubled()).graph(replace(VIEW, at=NOON - 3.5)).graph[GraphAttr.AT] == NOON - 3.5


def test_a_display_option_asks_for_no_traffic_again():
    source = Troubled()
    mesh = Mesh(source)
    mesh.graph(VIEW)
    asked = source.asked
    mesh.graph(replace(VIEW, boxes=()))
    assert source.asked == asked


def test_the_total_is_the_same_for_all_graph_types():
    mesh = Mesh(Troubled())
    totals = [mesh.graph(replace(VIEW, graph_type=kind)).graph[GraphAttr.REQUEST_RATE] for kind in GraphType]
    assert totals == [pytest.approx(totals[0])] * len(GraphType)
    assert totals[0] > 10


def test_an_edge_is_the_same_number_whichever_namespaces_are_chosen():
    mesh = Mesh(Troubled())
    whole = mesh.graph(VIEW)
    part = mesh.graph(replace(VIEW, namespaces=("bookinfo",)))
    inner = [(a, b, k) for a, b, k in part.edges(keys=True) if "bookinfo||" in a or "|bookinfo|" in a]
    assert len(inner) > 5
    for edge in inner:
        assert part.edges[edge][EdgeAttr.RATE] == pytest.approx(whole.edges[edge][EdgeAttr.RATE])


def test_without_tcp_the_rest_is_drawn_and_the_gap_is_named():
    graph = Mesh(Troubled(failing=(Family.TCP_SENT, Family.TCP_RECEIVED))).graph(VIEW)
    assert edges(graph, "http")
    assert gaps(graph).count(FAMILY_FAILED) == 2
    assert all(edge.get(EdgeAttr.IS_PARTIAL) for edge in edges(graph, "tcp"))


def test_without_response_times_edges_lack_them_and_the_gap_is_named():
    graph = Mesh(Troubled(failing=(Family.REQUEST_DURATION,))).graph(VIEW)
    assert not any(EdgeAttr.LATENCY_MS in edge for edge in edges(graph))
    assert FAMILY_FAILED in gaps(graph)
    assert not any(edge.get(EdgeAttr.IS_PARTIAL) for edge in edges(graph, "http"))


def test_without_requests_there_is_no_picture():
    with pytest.raises(SourceTimeout):
        Mesh(Troubled(failing=(Family.REQUESTS,))).graph(VIEW)


def test_a_partial_answer_marks_every_edge_that_it_touches():
    graph = Mesh(Troubled(partial=(Family.REQUESTS,))).graph(VIEW)
    assert PARTIAL_ANSWER in gaps(graph)
    assert all(edge.get(EdgeAttr.IS_PARTIAL) for edge in edges(graph, "http"))
    assert not any(edge.get(EdgeAttr.IS_PARTIAL) for edge in edges(graph, "tcp"))


def test_a_window_of_one_scrape_is_refused_with_the_shortest_that_works():
    with pytest.raises(InvalidRequest, match="shortest that works here is 30s") as caught:
        Mesh(Troubled()).graph(replace(VIEW, window_s=10))
    assert caught.value.parameter == "window"


def test_a_window_of_three_scrapes_is_marked_coarse():
    assert "coarse-window" in gaps(Mesh(Troubled()).graph(replace(VIEW, window_s=45)))
    assert "coarse-window" not in gaps(Mesh(Troubled()).graph(VIEW))


def test_what_is_hidden_is_gone_and_a_mistake_names_the_parameter():
    mesh = Mesh(Troubled())
    hidden = mesh.graph(replace(VIEW, hide="namespace = bookinfo"))
    names = {data.get(NodeAttr.NAMESPACE) for _, data in hidden.nodes(data=True)}
    assert "bookinfo" not in names
    assert "shop" in names
    with pytest.raises(InvalidExpression, match="hide"):
        mesh.graph(replace(VIEW, hide="namespace ="))


def test_response_times_and_throughput_come_when_shown():
    graph = Mesh(Troubled()).graph(replace(VIEW, throughput=True))
    assert sum(EdgeAttr.LATENCY_MS in edge for edge in edges(graph, "http")) > 10
    assert sum(EdgeAttr.RESPONSE_BYTES_RATE in edge for edge in edges(graph, "http")) > 10


@pytest.mark.parametrize("kind", GraphType)
@pytest.mark.parametrize("services", [True, False])
def test_every_edge_with_requests_has_a_response_time(kind, services):
    """The one that several series may fall on is of a service that two workloads share."""
    graph = Mesh(Troubled()).graph(replace(VIEW, graph_type=kind, services=services))
    busy = [edge for p in ("http", "grpc") for edge in edges(graph, p) if edge.get(EdgeAttr.RATE)]
    assert len(busy) > 10
    assert all(EdgeAttr.LATENCY_MS in edge for edge in busy)
    rough = [edge for edge in busy if Gap(AT_MOST) in edge.get(EdgeAttr.NOTES, ())]
    assert len(rough) == (1 if kind is GraphType.SERVICE else 0)


def test_clients_are_asked_for_response_times_only_where_servers_tell_none():
    source = Troubled()
    Mesh(source).graph(VIEW)
    asked = [set(query.matchers) for query in source.queries if query.family is Family.REQUEST_DURATION]
    servers = Matcher("reporter", "=", "destination")
    others = [matchers for matchers in asked if servers not in matchers]
    assert (len(asked), len(others)) == (4, 2)
    (hosts,) = {m.value for matchers in others for m in matchers if m.label == "destination_service"}
    # Everything in Bookinfo has a proxy; a bucket outside the mesh has none.
    assert "bookinfo" not in hosts
    assert r"objects\.storage\.example" in hosts


def test_every_number_can_show_its_query():
    queries = Mesh(Troubled()).graph(VIEW).graph[GraphAttr.QUERIES]
    assert queries["requests"][0].startswith("sum by")
    assert "histogram_quantile" in queries["response time"][0]


def test_an_edge_history_ends_at_the_number_on_the_edge():
    mesh = Mesh(Troubled())
    graph = mesh.graph(VIEW)
    source, destination = next(
        (a, b) for a, b, k in graph.edges(keys=True) if "|productpage-v1|" in a and b.endswith("|reviews|")
    )
    history = mesh.edge_history(VIEW, source, destination, "http")
    edge = graph.edges[source, destination, "http"]
    assert len(history) == 31
    assert history["time"].iloc[-1] == NOON
    assert history["request_rate"].iloc[-1] == pytest.approx(edge[EdgeAttr.RATE])
    assert history["error_ratio"].iloc[-1] == pytest.approx(edge[EdgeAttr.ERROR_RATIO])


def test_a_node_history_is_what_comes_in_or_else_what_goes_out():
    mesh = Mesh(Troubled())
    graph = mesh.graph(VIEW)
    reviews = next(n for n in graph if "|reviews-v1|" in n)
    inward = mesh.node_history(VIEW, reviews)
    assert inward["request_rate"].iloc[-1] == pytest.approx(graph.nodes[reviews][NodeAttr.IN_RATE])
    unknown = next(n for n in graph if n.startswith("unknown|"))
    assert mesh.node_history(VIEW, unknown)["request_rate"].iloc[-1] > 0


def test_an_edges_response_time_does_not_hang_on_what_else_is_looked_at():
    """Of edges that are whole in the part: a service elsewhere has callers that the part does not show."""
    mesh = Mesh(Troubled())
    view = replace(VIEW, compare_s=0)
    whole = mesh.graph(view).edges
    compared = 0
    for namespace in mesh.namespaces():
        part = mesh.graph(replace(view, namespaces=(namespace,))).edges
        for edge in part:
            if part[edge].get(EdgeAttr.RATE) == pytest.approx(whole[edge].get(EdgeAttr.RATE)):
                assert part[edge].get(EdgeAttr.LATENCY_MS) == whole[edge].get(EdgeAttr.LATENCY_MS), edge
                compared += EdgeAttr.LATENCY_MS in part[edge]
    assert compared > 50


def test_namespaces_are_known_without_the_unknown():
    names = Mesh(Troubled()).namespaces()
    assert "bookinfo" in names
    assert not {"", "unknown"} & set(names)


def test_the_doctor_speaks_for_the_view():
    mesh = Mesh(Troubled())
    assert mesh.trust(VIEW) == ()
    assert mesh.examine(replace(VIEW, namespaces=("nowhere",))).findings


def test_what_is_declared_is_told_where_somebody_knows_it():
    assert Mesh(Troubled()).declared() is None
    mesh = Mesh(Troubled(), cluster=DemoCluster(clock=lambda: NOON))
    assert {"reviews", "prices"} <= {one.name for one in mesh.declared().objects("VirtualService")}


def test_closed_mesh_watches_no_cluster_any_more():
    class Closing(DemoCluster):
        is_closed = False

        def close(self):
            self.is_closed = True

    cluster = Closing()
    Mesh(Troubled(), cluster=cluster).close()
    assert cluster.is_closed
