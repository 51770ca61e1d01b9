import pytest

from mesh_graph.model import GraphType, View
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.locate import Hop, locate
from mesh_graph.topology.traffic import BYTES
from tests.topology.traffic_table import call, destination, lost, source, table, traffic

TO_REVIEWS = (source("page"), destination("reviews-v1", "reviews"))
TO_DEPOT = (source("page"), destination("stock", namespace="depot"))
GONE = (source("page"), lost("reviews"))
TRAFFIC = traffic(call(*TO_REVIEWS), call(*TO_DEPOT), call(*GONE, arrived=False, flags="UH", outcome="error"))
PAGE, REVIEWS_1 = "app|east|shop|page|page|v1||", "app|east|shop|reviews-v1|reviews|v1||"
REVIEWS, STOCK = "service|east|shop||||reviews|", "app|east|depot|stock|stock|v1||"


def frame(*ends, protocol="http"):
    rows = [
        {**s, **d, "protocol": protocol, "reported_by": "destination", "bytes_rate": 1.0} for s, d in ends
    ]
    return table(BYTES, rows)


def found(rows, hop=Hop.EVERY, **options):
    """Edges that rows lie on, per row."""
    graph = build_graph(TRAFFIC, View(boxes=(), **options))
    names = {id(row): (start, end) for start, end, row in graph.edges(data=True)}
    located = locate(graph, rows, hop)
    return sorted(
        (row, *names[id(located.edges[at])]) for row, at in zip(located.row, located.at, strict=True)
    )


def test_row_through_a_service_lies_on_two_edges():
    assert found(frame(TO_REVIEWS)) == [(0, PAGE, REVIEWS), (0, REVIEWS, REVIEWS_1)]


@pytest.mark.parametrize(
    ("hop", "expected"),
    [(Hop.TO_SERVICE, [(0, PAGE, REVIEWS)]), (Hop.FROM_SERVICE, [(0, REVIEWS, REVIEWS_1)])],
)
def test_hop_chooses_one_of_them(hop, expected):
    assert found(frame(TO_REVIEWS), hop) == expected


def test_without_service_nodes_it_lies_on_one():
    assert found(frame(TO_REVIEWS), services=False) == [(0, PAGE, REVIEWS_1)]


def test_lost_row_ends_at_the_service():
    assert found(frame(GONE)) == [(0, PAGE, REVIEWS)]


def test_rows_of_folded_nodes_lie_on_the_folded_edge():
    shop = "namespace|east|shop|||||"
    rows = frame(TO_REVIEWS, TO_DEPOT)
    assert found(rows, graph_type=GraphType.NAMESPACE) == [(1, shop, "namespace|east|depot|||||")]


def test_rows_of_a_workload_lie_on_the_service_that_stands_for_it():
    page = "workload|east|shop|page||||"
    assert found(frame(TO_REVIEWS), graph_type=GraphType.SERVICE) == [(0, page, REVIEWS)]


def test_rows_grouped_by_namespace_alone_lie_on_the_namespace_map():
    bare = {label: "unknown" for labels in TO_DEPOT for label in labels}
    for labels in TO_DEPOT:
        bare |= {name: text for name, text in labels.items() if name.endswith(("cluster", "namespace"))}
    edge = (0, "namespace|east|shop|||||", "namespace|east|depot|||||")
    assert found(frame((bare, {})), graph_type=GraphType.NAMESPACE) == [edge]


@pytest.mark.parametrize(
    "rows", [frame(), frame((source("nobody"), destination("nowhere"))), frame(TO_REVIEWS, protocol="grpc")]
)
def test_rows_without_an_edge_are_left_out(rows):
    assert found(rows) == []


def test_empty_graph_takes_any_rows():
    graph = build_graph(traffic(), View())
    assert len(locate(graph, frame(TO_REVIEWS)).at) == 0
