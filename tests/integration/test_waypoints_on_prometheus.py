"""The ambient layer on a real Prometheus: a waypoint before ``cart``, told by itself, ztunnel and a gateway.

The page sends 10 requests a second through it, the gateway 4; ztunnel counts 6,000 bytes a second on each leg
of what the page sends. Beside that the page sends 750 bytes a second to ``mysql``, which has no waypoint.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from mesh_graph.mesh import Mesh
from mesh_graph.model import Direction, NodeKey, NodeKind, View
from mesh_graph.sources.manifests import ManifestSource
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.topology.attributes import EdgeAttr, GraphAttr, NodeAttr

pytestmark = pytest.mark.peer("prometheus")

START = 1_795_255_200
END = START + 900
VIEW = View(at=float(END), window_s=300, compare_s=0, boxes=())
WAYPOINT_LABEL = "gateway.networking.k8s.io/gateway-class-name: istio-waypoint"
MANIFESTS = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: waypoint, namespace: hills, labels: {{{WAYPOINT_LABEL}}}}}
"""
REQUESTS, SENT = "istio_requests_total", "istio_tcp_sent_bytes_total"
SERIES = [
    (REQUESTS, "waypoint", "page", "cart", 9.0, {"response_code": "200"}),
    (REQUESTS, "waypoint", "page", "cart", 1.0, {"response_code": "503"}),
    (REQUESTS, "waypoint", "gateway", "cart", 4.0, {"response_code": "200"}),
    (REQUESTS, "source", "gateway", "waypoint", 4.0, {"response_code": "200"}),
    *(
        (SENT, reporter, *ends, 6000.0, {"app": "ztunnel"})
        for reporter in ("source", "destination")
        for ends in (("page", "waypoint"), ("waypoint", "cart"))
    ),
    (SENT, "source", "page", "mysql", 750.0, {"app": "ztunnel"}),
    (SENT, "destination", "page", "mysql", 750.0, {"app": "ztunnel"}),
]


def labels_of(reporter, source, target, more):
    """As Istio writes them; what is sent to the waypoint is meant for the service of the cart."""
    called = "cart" if target == "waypoint" else target
    labels = {"reporter": reporter, "response_flags": "-", "connection_security_policy": "mutual_tls", **more}
    if "response_code" in more:
        labels["request_protocol"] = "http"
    for side, name in (("source", source), ("destination", target)):
        labels |= {
            f"{side}_cluster": "east",
            f"{side}_workload_namespace": "hills",
            f"{side}_workload": name,
            f"{side}_canonical_service": name,
            f"{side}_canonical_revision": "v1",
        }
    return labels | {
        "destination_service": f"{called}.hills.svc.cluster.local",
        "destination_service_name": called,
        "destination_service_namespace": "hills",
    }


def openmetrics():
    lines = []
    for family in (REQUESTS, SENT):
        lines.append(f"# TYPE {family.removesuffix('_total')} counter\n")
        for metric, reporter, source, target, rate, more in SERIES:
            if metric != family:
                continue
            inside = ",".join(f'{k}="{v}"' for k, v in labels_of(reporter, source, target, more).items())
            lines += [
                f"{metric}{{{inside}}} {round(100 + rate * second)} {START + second}\n"
                for second in range(0, END - START + 1, 15)
            ]
    return "".join((*lines, "# EOF\n"))


@pytest.fixture(scope="module")
def mesh(prometheus_factory, tmp_path_factory):
    folder = tmp_path_factory.mktemp("manifests")
    (folder / "hills.yaml").write_text(MANIFESTS)
    server = prometheus_factory(openmetrics=openmetrics())
    source = PrometheusSource(PrometheusOptions(url=server.url))
    with Mesh(source, cluster=ManifestSource(folder), scrape_interval_s=15.0, settle_s=0.0) as mesh:
        mesh.wait_for_declared(20)
        yield mesh


def edges(graph):
    names = {key: NodeKey.parse(key).workload or f"({NodeKey.parse(key).service})" for key in graph}
    return {
        (names[a], names[b], row[EdgeAttr.PROTOCOL]): row[EdgeAttr.RATE]
        for a, b, row in graph.edges(data=True)
    }


TOLD = {
    ("page", "(cart)", "http"): 10.0,
    ("gateway", "(cart)", "http"): 4.0,
    ("(cart)", "cart", "http"): 14.0,
    ("page", "(mysql)", "tcp"): 750.0,
    ("(mysql)", "mysql", "tcp"): 750.0,
}
CARRIED = {
    ("page", "waypoint", "tcp"): 6000.0,
    ("waypoint", "cart", "tcp"): 6000.0,
    ("gateway", "waypoint", "http"): 4.0,
}


def totals(graph):
    names = (GraphAttr.REQUEST_RATE, GraphAttr.ERROR_RATE, GraphAttr.TCP_BYTES_RATE)
    return [graph.graph[name] for name in names]


def test_every_request_and_byte_is_drawn_once_from_end_to_end(mesh):
    graph = mesh.graph(VIEW)
    assert edges(graph) == pytest.approx(TOLD)
    assert totals(graph) == pytest.approx([14.0, 1.0, 750.0])


def test_a_waypoint_is_shown_with_what_it_carries_and_no_total_grows(mesh):
    graph = mesh.graph(replace(VIEW, waypoints=True))
    assert edges(graph) == pytest.approx(TOLD | CARRIED)
    assert totals(graph) == pytest.approx([14.0, 1.0, 750.0])
    [waypoint] = [row for _, row in graph.nodes(data=True) if row.get(NodeAttr.IS_WAYPOINT)]
    assert waypoint[NodeAttr.WORKLOAD] == "waypoint"


def test_overview_and_lists_count_what_a_waypoint_carries_once(mesh):
    told = mesh.overview(VIEW).totals
    assert [told.request_rate, told.error_rate, told.tcp_rate] == pytest.approx([14.0, 1.0, 750.0])
    rows = {row.key.workload: row.figures for row in mesh.inventory(VIEW, NodeKind.WORKLOAD).rows}
    assert rows["gateway"].out_rate == pytest.approx(4.0)
    assert rows["cart"].in_rate == pytest.approx(14.0)
    assert "waypoint" not in rows


def test_the_page_of_a_caller_counts_once_what_the_page_of_the_waypoint_says_it_carries(mesh):
    caller = mesh.detail(VIEW, NodeKey(NodeKind.WORKLOAD, namespace="hills", workload="gateway"))
    [peer] = caller.outbound
    assert peer.key.service == "cart"
    assert caller.totals[Direction.OUTBOUND].rate == pytest.approx(4.0)
    waypoint = mesh.detail(VIEW, NodeKey(NodeKind.WORKLOAD, namespace="hills", workload="waypoint"))
    assert {peer.key.workload for peer in waypoint.inbound} == {"gateway", "page"}
