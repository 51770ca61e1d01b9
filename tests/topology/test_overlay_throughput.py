from mesh_graph.model import View
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.overlay_throughput import add_throughput
from mesh_graph.topology.traffic import BYTES
from tests.topology.traffic_table import call, destination, source, table, traffic

V1 = (source("page"), destination("reviews-v1", "reviews"))
V2 = (source("page"), destination("reviews-v2", "reviews", "v2"))
PAGE, REVIEWS = "app|east|shop|page|page|v1||", "service|east|shop||||reviews|"


def sizes(*rows):
    plain = {"protocol": "http", "reported_by": "destination"}
    return table(BYTES, [{**s, **d, **plain, "bytes_rate": value} for (s, d), value in rows])


def test_bytes_add_up_on_an_edge_and_both_directions_stay_apart():
    graph = build_graph(traffic(call(*V1), call(*V2)), View(boxes=()))
    add_throughput(graph, requests=sizes((V1, 10.0), (V2, 5.0)), responses=sizes((V1, 100.0)))
    edge = graph.edges[PAGE, REVIEWS, "http"]
    assert (edge["request_bytes_rate"], edge["response_bytes_rate"]) == (15.0, 100.0)


def test_edge_without_a_row_has_no_bytes():
    graph = build_graph(traffic(call(*V1), call(*V2)), View(boxes=(), services=False))
    add_throughput(graph, requests=sizes((V1, 10.0)), responses=None)
    assert [row.get("request_bytes_rate") for _, _, row in graph.edges(data=True)] == [10.0, None]
    assert not any("response_bytes_rate" in row for _, _, row in graph.edges(data=True))
