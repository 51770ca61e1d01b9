from mesh_graph import fields
from mesh_graph.frames.schema import Schema
from mesh_graph.model import View
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.overlay_last_seen import add_last_seen
from tests.topology.traffic_table import call, destination, source, table, traffic

OLD, NEW = ((source("page"), destination(name)) for name in ("old", "new"))
PAGE, SERVICE, NODE = (
    "app|east|shop|page|page|v1||",
    "service|east|shop||||old|",
    "app|east|shop|old|old|v1||",
)
SEEN = Schema.of((*fields.BASE_LABELS, fields.PROTOCOL), (fields.TIME,))


def test_what_vanished_says_when_it_was_last_seen_and_nothing_else_does():
    graph = build_graph(traffic(call(*NEW)), View(boxes=()), earlier=traffic(call(*OLD), call(*NEW)))
    rows = [
        {**start, **end, "protocol": "http", "time": time}
        for (start, end), time in [(OLD, 60.0), (OLD, 120.0), (OLD, 90.0), (NEW, 300.0)]
    ]
    add_last_seen(graph, table(SEEN, rows))
    assert {(s, d): row["last_seen"] for s, d, row in graph.edges(data=True) if "last_seen" in row} == {
        (PAGE, SERVICE): 120.0,
        (SERVICE, NODE): 120.0,
    }
    assert {key: node["last_seen"] for key, node in graph.nodes(data=True) if "last_seen" in node} == {
        SERVICE: 120.0,
        NODE: 120.0,
    }
