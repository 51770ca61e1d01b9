import math

import pytest

from mesh_graph import fields
from mesh_graph.model import GraphType, View
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.locate import Hop
from mesh_graph.topology.overlay_latency import AT_MOST, add_latency, latency_labels
from mesh_graph.topology.traffic import LATENCIES
from tests.topology.traffic_table import call, destination, lost, source, table, traffic

V1 = (source("page"), destination("reviews-v1", "reviews"))
V2 = (source("page"), destination("reviews-v2", "reviews", "v2"))
PAGE, REVIEWS = "app|east|shop|page|page|v1||", "service|east|shop||||reviews|"
REVIEWS_1, REVIEWS_2 = (f"app|east|shop|reviews-{v}|reviews|{v}||" for v in ("v1", "v2"))


def latencies(*rows):
    return table(
        LATENCIES,
        [
            {**s, **d, "protocol": "http", "reported_by": "destination", "latency_ms": value}
            for (s, d), value in rows
        ],
    )


@pytest.fixture
def graph():
    return build_graph(traffic(call(*V1), call(*V2)), View(boxes=()))


def times(graph):
    return {(s, d): row["latency_ms"] for s, d, row in graph.edges(data=True) if "latency_ms" in row}


def test_edge_of_one_series_has_its_time(graph):
    add_latency(graph, latencies((V1, 12.5)), edge_ms=10000.0)
    assert times(graph) == {(PAGE, REVIEWS): 12.5, (REVIEWS, REVIEWS_1): 12.5}
    assert graph.edges[PAGE, REVIEWS, "http"]["latency_edge_ms"] == 10000.0
    assert "notes" not in graph.edges[PAGE, REVIEWS, "http"]


def test_edge_of_several_series_has_the_slowest_and_says_so(graph):
    add_latency(graph, latencies((V1, 12.5), (V2, 40.0)))
    assert times(graph)[PAGE, REVIEWS] == 40.0
    assert graph.edges[PAGE, REVIEWS, "http"]["notes"] == (Gap(AT_MOST),)
    assert times(graph)[REVIEWS, REVIEWS_1] == 12.5


def test_series_above_the_top_edge_stays_so(graph):
    add_latency(graph, latencies((V1, math.inf)))
    assert times(graph)[REVIEWS, REVIEWS_1] == math.inf


def test_no_data_is_no_attribute(graph):
    add_latency(graph, latencies((V1, math.nan)))
    assert times(graph) == {}


def test_series_by_source_and_service_is_exact_on_the_edge_to_the_service(graph):
    merged = {**V1[1], **dict.fromkeys(("destination_workload", "destination_canonical_service"), "unknown")}
    add_latency(graph, latencies(((V1[0], merged), 20.0)), hop=Hop.TO_SERVICE)
    assert times(graph) == {(PAGE, REVIEWS): 20.0}


@pytest.mark.parametrize("is_drawn", [False, True], ids=["no unknown caller is drawn", "one is"])
def test_series_by_service_and_destination_is_exact_on_the_edge_from_the_service(is_drawn):
    nobody = dict.fromkeys(fields.SOURCE_LABELS, "unknown")
    rows = [call(*V1), *([call(nobody, V1[1])] if is_drawn else [])]
    graph = build_graph(traffic(*rows), View(boxes=()))
    add_latency(graph, latencies(((nobody, V1[1]), 20.0)), hop=Hop.FROM_SERVICE)
    assert times(graph) == {(REVIEWS, REVIEWS_1): 20.0}


@pytest.mark.parametrize("graph_type", list(GraphType))
@pytest.mark.parametrize("services", [True, False])
def test_queries_tell_reporter_and_protocol_and_use_known_labels(graph_type, services):
    queries = latency_labels(View(graph_type=graph_type, services=services))
    two = {Hop.TO_SERVICE, Hop.FROM_SERVICE}
    is_split = graph_type is not GraphType.NAMESPACE and (services or graph_type is GraphType.SERVICE)
    assert set(queries) == (two if is_split else {Hop.EVERY})
    for labels in queries.values():
        assert {fields.REPORTER, fields.REQUEST_PROTOCOL} <= set(labels) <= set(fields.LATENCY_LABELS)
        assert len(set(labels)) == len(labels)


def test_queries_are_as_fine_as_the_nodes():
    by_app = latency_labels(View(graph_type=GraphType.APP))[Hop.FROM_SERVICE]
    assert fields.DESTINATION_CANONICAL_SERVICE in by_app
    assert fields.DESTINATION_WORKLOAD not in by_app
    by_workload = latency_labels(View(graph_type=GraphType.WORKLOAD))[Hop.TO_SERVICE]
    assert fields.SOURCE_WORKLOAD in by_workload
    assert fields.SOURCE_CANONICAL_REVISION not in by_workload
    assert fields.DESTINATION_WORKLOAD not in by_workload


def test_client_s_time_does_not_count_where_the_server_s_is_known(graph):
    """What was lost on the way is slower and lies on the same edge."""
    known = latencies((V1, 12.5), (V2, 15.0), ((V1[0], lost("reviews")), 900.0))
    known["reported_by"] = ["destination" if ms < 100 else "source" for ms in known["latency_ms"]]
    add_latency(graph, known, hop=Hop.TO_SERVICE)
    assert times(graph) == {(PAGE, REVIEWS): 15.0}


def test_client_s_time_counts_where_no_server_tells(graph):
    known = latencies((V1, 12.5))
    known["reported_by"] = "source"
    add_latency(graph, known)
    assert times(graph) == {(PAGE, REVIEWS): 12.5, (REVIEWS, REVIEWS_1): 12.5}
