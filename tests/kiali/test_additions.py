"""What appenders add to edges: response time, throughput, mutual TLS and principals, health."""

import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.frames.schema import Schema
from mesh_graph.health.profiles import KIALI
from mesh_graph.kiali.additions import PRINCIPALS, Additions
from mesh_graph.kiali.build import Surroundings
from mesh_graph.kiali.options import Appender, GrpcRate
from tests.kiali.graphs import document, graph, node, observed, tcp_observed, tcp_row
from tests.topology.telemetry import base_labels

TIMES = (*fields.BASE_LABELS, fields.REQUEST_PROTOCOL, fields.LATENCY_MS)
SIZES = (*fields.BASE_LABELS, fields.BYTES_RATE)
WORKLOADS = ("wl_east_n_a", "wl_east_n_b", "http")
TO_SERVICE = ("wl_east_n_a", "svc_east_n_b", "http")
FROM_SERVICE = ("svc_east_n_b", "wl_east_n_b", "http")


def times(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """Rows of (ends, protocol, milliseconds)."""
    data = [
        {**base_labels(ends), fields.REQUEST_PROTOCOL: protocol, fields.LATENCY_MS: value}
        for ends, protocol, value in rows
    ]
    return pd.DataFrame(data, columns=list(TIMES))


def sizes(*rows: tuple[str, float]) -> pd.DataFrame:
    data = [{**base_labels(ends), fields.BYTES_RATE: value} for ends, value in rows]
    return pd.DataFrame(data, columns=list(SIZES))


def security(*rows: tuple[str, str, str, str, float]) -> pd.DataFrame:
    """Rows of (ends, source principal, destination principal, policy, rate)."""
    data = [
        {**base_labels(ends), **dict(zip(PRINCIPALS.names[-4:], rest, strict=True))} for ends, *rest in rows
    ]
    return pd.DataFrame(data, columns=list(PRINCIPALS.names))


def mark(made, key, name):
    return made.edges[key].marks.get(name)


def test_response_time_by_the_destination_is_preferred():
    added = Additions(times(("a>b", "http", 12.4)), times(("a>b", "http", 99.0)))
    made = graph(observed("destination a>b 200 - 1"), additions=added)
    assert mark(made, WORKLOADS, "responseTime") == "12"


def test_response_time_by_the_source_fills_in():
    added = Additions(times(), times(("a>b", "http", 99.6)))
    assert mark(graph(observed("source a>b 200 - 1"), additions=added), WORKLOADS, "responseTime") == "100"


def test_behind_an_inserted_service_its_edge_alone_has_time_and_throughput():
    added = Additions(times(("a>b", "http", 12.0)), None, sizes(("a>b", 500.4)))
    made = graph(observed("destination a>b 200 - 1"), additions=added, inject=True)
    assert (mark(made, FROM_SERVICE, "responseTime"), mark(made, FROM_SERVICE, "throughput")) == ("12", "500")
    assert (mark(made, TO_SERVICE, "responseTime"), mark(made, TO_SERVICE, "throughput")) == (None, None)


def test_throughput_adds_up():
    added = Additions(sizes=sizes(("a>b", 500.0), ("a2>b", 70.0)))
    lines = ("destination a>b 200 - 1", "destination a2>b 200 - 1")
    assert mark(graph(observed(*lines), additions=added, inject=True), FROM_SERVICE, "throughput") == "570"


def test_protocol_that_is_not_counted_by_requests_has_no_response_time():
    added = Additions(times(("a>b", "grpc", 12.0)))
    frames = observed(message_lines=["destination a>b 1/1"])
    made = graph(frames, additions=added, grpc=GrpcRate.SENT)
    assert mark(made, (*WORKLOADS[:2], "grpc"), "responseTime") is None


def test_time_of_a_call_outside_the_namespaces_is_not_used():
    added = Additions(times(("a@m>b", "http", 5.0)), times(("a@m>b", "http", 9.0)))
    made = graph(observed("source a@m>b 200 - 1"), namespaces=("m",), additions=added)
    assert mark(made, ("wl_east_m_a", "wl_east_n_b", "http"), "responseTime") == "9"


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        ([("a>b", "sa", "sb", "mutual_tls", 3.0), ("a>b", "sa", "sb", "none", 1.0)], "75"),
        ([("a>b", "sa", "sb", "mutual_tls", 3.0)], "100"),
        ([("a>b", "sa", "sb", "none", 1.0)], None),
    ],
)
def test_edge_tells_its_share_of_mutual_tls(rows, share):
    made = graph(observed("destination a>b 200 - 1"), additions=Additions(security=(security(*rows),)))
    assert mark(made, WORKLOADS, "isMTLS") == share
    assert (mark(made, WORKLOADS, "sourcePrincipal"), mark(made, WORKLOADS, "destPrincipal")) == ("sa", "sb")


def test_both_edges_of_an_inserted_service_are_as_safe_as_the_call():
    added = Additions(security=(security(("a>b", "sa", "sb", "mutual_tls", 3.0)),))
    made = graph(observed("destination a>b 200 - 1"), additions=added, inject=True)
    assert [mark(made, key, "isMTLS") for key in (TO_SERVICE, FROM_SERVICE)] == ["100", "100"]


def test_series_that_requests_have_is_not_read_again_from_bytes():
    requests = security(("a>b", "sa", "sb", "mutual_tls", 1.0), ("a>b", "sa", "sb", "none", 1.0))
    received = security(("a>b", "sa", "sb", "none", 1000.0))
    made = graph(observed("destination a>b 200 - 1"), additions=Additions(security=(requests, received)))
    assert mark(made, WORKLOADS, "isMTLS") == "50"


def test_edge_to_a_waypoint_is_safe_though_no_row_says_so():
    around = Surroundings(waypoints={("east", "n", "wp")})
    frames = tcp_observed(tcp_row("ztunnel:source a>wp - 4/0/0/0"))
    made = graph(frames, around, Additions(security=(security(),)))
    assert mark(made, ("wl_east_n_a", "wl_east_n_wp", "tcp"), "isMTLS") == "100"


def test_frames_have_the_columns_that_are_documented():
    assert Schema.of(PRINCIPALS.labels, PRINCIPALS.rates) == PRINCIPALS


def healthy(*lines, **options):
    around = Surroundings(tolerances=KIALI.tolerances)
    options |= {"appenders": frozenset({Appender.HEALTH})}
    made = graph(observed(*lines), around, **options)
    return made, document(made, **options)


@pytest.mark.parametrize(
    ("lines", "status", "ratio"),
    [
        (("destination a>b 200 - 9",), "Healthy", None),
        (("destination a>b 200 - 99", "destination a>b 500 - 1"), "Degraded", 1.0),
        (("destination a>b 200 - 9", "destination a>b 500 - 1"), "Failure", 10.0),
        (("destination a>b 200 - 95", "destination a>b 404 - 5"), "Healthy", 5.0),
        (("destination a>b 200 - 85", "destination a>b 404 - 15"), "Degraded", 15.0),
        (("destination a>b 200 - 99", "destination a>b 0 DC 1"), "Degraded", 1.0),
        (("destination a>b grpc:0 - 80", "destination a>b grpc:14 - 20"), "Failure", 20.0),
    ],
)
def test_share_of_failing_requests_decides_health(lines, status, ratio):
    made, rendered = healthy(*lines)
    found = node(rendered, workload="b")["healthData"]["status"]
    assert (found["status"], found.get("errorRatio")) == (status, ratio)
    assert {edge.marks["healthStatus"] for edge in made.edges.values()} == {status}


def test_health_tells_rates_by_direction_protocol_and_code():
    _, rendered = healthy("destination a>b 200 - 9", "destination a>b 500 - 1", "source b>c 200 - 2")
    data = node(rendered, workload="b")["healthData"]
    assert data["requests"] == {
        "inbound": {"http": {"200": 9.0, "500": 1.0}},
        "outbound": {"http": {"200": 2.0}},
        "healthAnnotations": {},
    }
    assert data["status"]["totalRequestRate"] == 12.0
    assert data["workloadStatus"] is None


def test_service_s_health_is_that_of_what_comes_in():
    _, rendered = healthy("destination a>b 200 - 1", "destination a>b 500 - 1", inject=True)
    found = node(rendered, service="b")["healthData"]
    assert set(found) == {"requests", "status"}
    assert found["status"] == {"status": "Failure", "errorRatio": 50.0, "totalRequestRate": 2.0}


def test_unknown_node_has_no_health():
    _, rendered = healthy("destination ?>b 200 - 1")
    assert node(rendered, nodeType="unknown")["healthData"] is None


def test_edge_without_traffic_has_no_health():
    made, _ = healthy("destination a>b 200 - 0", idle=True)
    assert "healthStatus" not in made.edges[WORKLOADS].marks
