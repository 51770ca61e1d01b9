from mesh_graph.model import GraphType, View
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.build import NOTHING_EARLIER, build_graph
from tests.topology.traffic_table import call, destination, messages, source, stream, traffic

PAGE, A, B = (f"app|east|shop|{name}|{name}|v1||" for name in ("page", "a", "b"))
TO_A, TO_B = ((source("page"), destination(name)) for name in ("a", "b"))


def graph_of(now, earlier, **options):
    return build_graph(now, View(**{"boxes": (), "services": False, **options}), earlier=earlier)


def states(graph):
    nodes = {key: node["state"] for key, node in graph.nodes(data=True)}
    edges = {(s, d): row["state"] for s, d, row in graph.edges(data=True)}
    return nodes, edges


def test_what_is_gone_is_a_ghost_and_what_came_is_new():
    graph = graph_of(traffic(call(*TO_B)), traffic(call(*TO_A, 7.0)))
    nodes, edges = states(graph)
    assert nodes == {PAGE: "steady", A: "vanished", B: "new"}
    assert edges == {(PAGE, A): "vanished", (PAGE, B): "new"}
    assert graph.edges[PAGE, A, "http"] == {
        "protocol": "http",
        "state": "vanished",
        "rate": 0.0,
        "last_rate": 7.0,
    }
    assert "last_rate" not in graph.edges[PAGE, B, "http"]


def test_series_that_fell_silent_has_vanished_and_is_idle():
    graph = graph_of(traffic(call(*TO_A, 0.0)), traffic(call(*TO_A, 7.0)), idle=True)
    edge = graph.edges[PAGE, A, "http"]
    assert (edge["state"], edge["rate"], edge["last_rate"], edge["is_idle"]) == ("vanished", 0.0, 7.0, True)


def test_series_that_was_silent_before_is_new_once_it_moves():
    assert states(graph_of(traffic(call(*TO_A), call(*TO_B)), traffic(call(*TO_A), call(*TO_B, 0.0))))[1] == {
        (PAGE, A): "steady",
        (PAGE, B): "new",
    }


def test_idle_series_of_both_views_is_steady():
    graph = graph_of(traffic(call(*TO_A), call(*TO_B, 0.0)), traffic(call(*TO_A)), idle=True)
    assert states(graph)[1] == {(PAGE, A): "steady", (PAGE, B): "steady"}


def test_ghosts_carry_nothing():
    now, earlier = traffic(call(*TO_B)), traffic(call(*TO_A, 7.0))
    graph = graph_of(now, earlier)
    assert graph.graph["request_rate"] == 1.0
    assert graph.nodes[PAGE]["out_rate"] == 1.0
    assert graph.edges[PAGE, B, "http"]["share"] == 1.0
    assert "in_rate" not in graph.nodes[A]
    assert "is_idle" not in graph.nodes[A]


def test_ghost_edges_do_not_unmake_a_root():
    back = (source("a"), destination("page"))
    assert graph_of(traffic(call(*TO_A)), traffic(call(*TO_A), call(*back))).nodes[PAGE]["is_root"]


def test_vanished_service_keeps_its_place_between():
    graph = graph_of(traffic(call(*TO_B)), traffic(call(*TO_A)), services=True)
    service = "service|east|shop||||a|"
    assert graph.nodes[service]["state"] == "vanished"
    assert graph.nodes[service]["is_injected"]
    assert graph.edges[PAGE, service, "http"]["state"] == "vanished"
    assert graph.edges[service, A, "http"]["state"] == "vanished"


def test_tcp_and_streams_are_compared_too():
    now = traffic(tcp=[stream(*TO_A)], messages=[messages(*TO_B, 1.0, 0.0)])
    earlier = traffic(tcp=[stream(*TO_A, 5.0)], messages=[messages(*TO_B, 2.0, 0.0)])
    assert set(states(graph_of(now, earlier))[1].values()) == {"steady"}
    gone = graph_of(traffic(call(*TO_A)), earlier)
    assert gone.edges[PAGE, A, "tcp"]["last_rate"] == 5.0


def test_new_version_inside_a_folded_app_is_no_new_edge():
    now = traffic(call(*TO_A), call(source("page"), destination("a2", "a", "v2")))
    graph = graph_of(now, traffic(call(*TO_A)), budget=1, unfolded=("namespace|east|other|||||",))
    assert set(states(graph)[0].values()) == {"steady"}


def test_folded_namespace_with_inner_traffic_alone_is_steady():
    view = {"graph_type": GraphType.NAMESPACE}
    nodes, _ = states(graph_of(traffic(call(*TO_A)), traffic(call(*TO_B)), **view))
    assert nodes == {"namespace|east|shop|||||": "steady"}


def test_nothing_is_said_without_an_earlier_view():
    graph = graph_of(traffic(call(*TO_A)), None)
    assert "state" not in graph.nodes[PAGE]
    assert graph.graph["gaps"] == ()


def test_earlier_view_without_any_traffic_is_a_gap_and_makes_nothing_new():
    graph = graph_of(traffic(call(*TO_A)), traffic())
    assert "state" not in graph.nodes[PAGE]
    assert graph.graph["gaps"] == (Gap(NOTHING_EARLIER),)
