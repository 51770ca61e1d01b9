"""Which namespaces a lost call's host names."""

import pytest

from mesh_graph import fields
from mesh_graph.kiali.options import Options, Target
from mesh_graph.kiali.selection import Counted, choose
from tests.kiali.graphs import observed, request_row


@pytest.mark.parametrize(
    ("host", "maps"),
    [
        ("b.n.svc.cluster.local", ["n", "svc"]),
        ("b.n.pod.cluster.local", ["n"]),
        ("b.n", []),
        ("n.svc.cluster.local", ["svc"]),
        (".n.svc", []),
        ("b.n.", []),
        ("a.n.svc.x", ["n", "svc"]),
        ("b.nn.svc", []),
        ("b.n.n.x", ["n"]),
    ],
)
def test_host_names_the_namespaces_between_its_dots(host, maps):
    row = request_row(
        "source a@m>?b 503 UF 1", destination_service=host, destination_workload_namespace="unknown"
    )
    namespaces = ("n", "svc")
    found = choose(observed(row).requests, Options(namespaces), Counted.REQUESTS)
    assert [namespaces[number] for number in found.map] == maps


def test_lost_call_from_the_namespace_itself_is_its_outgoing_call_only():
    row = request_row("source a>?b 503 UF 1", destination_workload_namespace="unknown")
    found = choose(observed(row).requests, Options(("n",)), Counted.REQUESTS)
    assert found.stage.tolist() == [3]


@pytest.mark.parametrize(
    ("line", "counted", "captured", "stages"),
    [
        ("source a@m>b 200 - 1", Counted.REQUESTS, {"n"}, [1]),
        ("source a@m>b 200 - 1", Counted.MESSAGES, {"n"}, [1]),
        ("source a@m>b 200 - 1", Counted.BYTES, {"n"}, []),
        ("source a@m>b 200 - 1", Counted.REQUESTS, set(), []),
        ("waypoint a@m>b 200 - 1", Counted.REQUESTS, {"n"}, [2]),
        ("source a>b 200 - 1", Counted.REQUESTS, {"n"}, [3]),
    ],
)
def test_source_s_report_counts_where_no_proxy_stands_before_the_destination(line, counted, captured, stages):
    found = choose(observed(line).requests, Options(("n",)), counted, captured)
    assert found.stage.tolist() == stages


@pytest.mark.parametrize(("captured", "count"), [({"n"}, 1), (set(), 0)])
def test_node_graph_of_a_captured_workload_takes_its_callers_reports(captured, count):
    options = Options(("n",), target=Target("n", workload="b"))
    found = choose(observed("source a@m>b 200 - 1").requests, options, Counted.REQUESTS, captured)
    assert len(found.row) == count


def test_node_graph_counts_no_bytes_by_waypoints():
    options = Options(("n",), target=Target("n", workload="b"))
    frame = observed(tcp_lines=["waypoint a>b - 1/1/0/0", "destination a>b - 2/2/0/0"]).tcp
    found = choose(frame, options, Counted.BYTES)
    assert frame[fields.REPORTER].iloc[found.row].tolist() == ["destination"]
