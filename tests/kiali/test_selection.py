"""Which namespaces a lost call's host names."""

import pytest

from mesh_graph.kiali.options import Options
from mesh_graph.kiali.selection import choose
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
    found = choose(observed(row).requests, Options(namespaces), is_requests=True)
    assert [namespaces[number] for number in found.map] == maps


def test_lost_call_from_the_namespace_itself_is_its_outgoing_call_only():
    row = request_row("source a>?b 503 UF 1", destination_workload_namespace="unknown")
    found = choose(observed(row).requests, Options(("n",)), is_requests=True)
    assert found.stage.tolist() == [3]
