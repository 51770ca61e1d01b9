"""A detail page's numbers on a real Prometheus, against numbers worked out by hand.

``web`` calls ``cart``, three pods behind one service. Until ``CHANGE`` all is well, 2.4 requests per second:

    pod    before           after
    p-1    0.8 x 200        0.8 x 200
    p-2    0.8 x 200        0.8 x 200
    p-3    0.8 x 200        0.4 x 200, 0.4 x 500
    none                    0.6 x 503 UF: could not connect

Half of what arrives takes 10 ms or less, the rest up to 100 ms. ``cart`` keeps connections to ``db`` and
talks gRPC to ``tax``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mesh_graph.detail.choice import Choice, Group, Told
from mesh_graph.detail.subject import subject_key
from mesh_graph.errors import SourceUnreachable
from mesh_graph.mesh import Mesh
from mesh_graph.model import Direction, NodeKind, Status, View
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from tests.integration.faults import FaultProxy, answers

pytestmark = pytest.mark.peer("prometheus")

STEP_S = 15
START = 1_795_255_200
END = START + 7200
CHANGE = END - 1230
"""Twenty minutes and a half before the end."""
Rate = Callable[[int], float]
CART = subject_key(NodeKind.APP, "shop", "cart")
CART_V1 = subject_key(NodeKind.WORKLOAD, "shop", "cart-v1")
CART_SERVICE = subject_key(NodeKind.SERVICE, "shop", "cart")
NOW = View(at=float(END), window_s=300, span_s=900, compare_s=0)
"""Charts over a quarter of an hour: all of it after the change."""


def steady(rate: float) -> Rate:
    return lambda _: rate


def since_change(rate: float, before: float = 0.0) -> Rate:
    return lambda second: rate if second >= CHANGE else before


def end(side: str, workload: str, app: str) -> dict[str, str]:
    names = {"workload": workload, "canonical_service": app, "canonical_revision": "v1", "cluster": "east"}
    return {f"{side}_{name}": value for name, value in {**names, "workload_namespace": "shop"}.items()}


def service(name: str) -> dict[str, str]:
    host = f"{name}.shop.svc.cluster.local"
    names = {"service": host, "service_name": name, "service_namespace": "shop"}
    return {f"destination_{key}": value for key, value in names.items()}


WEB, CART_END = end("source", "web-v1", "web"), end("destination", "cart-v1", "cart")
NOBODY = {
    "destination_workload": "unknown",
    "destination_canonical_service": "unknown",
    "destination_canonical_revision": "latest",
    "destination_cluster": "unknown",
    "destination_workload_namespace": "unknown",
}
TO_CART = {**WEB, **CART_END, **service("cart"), "request_protocol": "http"}
FROM_CART = end("source", "cart-v1", "cart")
OK = {"response_code": "200", "response_flags": "-"}
BROKEN = {"response_code": "500", "response_flags": "-"}
LOST = {"response_code": "503", "response_flags": "UF"}
MUTUAL = {"reporter": "destination", "connection_security_policy": "mutual_tls"}
SOURCE = {"reporter": "source", "connection_security_policy": "unknown"}
TO_DB = {**FROM_CART, **end("destination", "db-v1", "db"), **service("db"), "app": "cart"}
TO_TAX = {**FROM_CART, **end("destination", "tax-v1", "tax"), **service("tax"), "request_protocol": "grpc"}

COUNTERS: list[tuple[str, dict[str, str], Rate]] = [
    *(
        ("istio_requests_total", {**TO_CART, **MUTUAL, **OK, "pod": pod, "node": node}, rate)
        for pod, node, rate in (
            ("p-1", "n-1", steady(0.8)),
            ("p-2", "n-1", steady(0.8)),
            ("p-3", "n-2", since_change(0.4, 0.8)),
        )
    ),
    ("istio_requests_total", {**TO_CART, **MUTUAL, **BROKEN, "pod": "p-3", "node": "n-2"}, since_change(0.4)),
    ("istio_requests_total", {**TO_CART, **SOURCE, **OK, "pod": "w-1"}, since_change(2.0, 2.4)),
    ("istio_requests_total", {**TO_CART, **SOURCE, **BROKEN, "pod": "w-1"}, since_change(0.4)),
    ("istio_requests_total", {**TO_CART, **NOBODY, **SOURCE, **LOST, "pod": "w-1"}, since_change(0.6)),
    *(
        ("istio_requests_total", {**TO_TAX, **who, **OK, "grpc_response_status": status}, steady(rate))
        for who in (MUTUAL, SOURCE)
        for status, rate in (("0", 0.8), ("14", 0.2))
    ),
    ("istio_request_messages_total", {**TO_TAX, **MUTUAL}, steady(2.0)),
    ("istio_response_messages_total", {**TO_TAX, **MUTUAL}, steady(4.0)),
    ("istio_tcp_connections_opened_total", {**TO_DB, **MUTUAL, "response_flags": "-"}, steady(0.4)),
    ("istio_tcp_connections_closed_total", {**TO_DB, **MUTUAL, "response_flags": "-"}, steady(0.2)),
    ("istio_tcp_connections_closed_total", {**TO_DB, **MUTUAL, "response_flags": "UC"}, steady(0.2)),
    # Istio names bytes from the server's side: received by it is sent to it.
    ("istio_tcp_received_bytes_total", {**TO_DB, **MUTUAL, "response_flags": "-"}, steady(1024.0)),
    ("istio_tcp_sent_bytes_total", {**TO_DB, **MUTUAL, "response_flags": "-"}, steady(4096.0)),
]
HISTOGRAMS: list[tuple[str, dict[str, str], dict[str, float], float]] = [
    (
        "istio_request_duration_milliseconds",
        {**TO_CART, **MUTUAL, **OK},
        {"10": 1.2, "100": 2.4, "+Inf": 2.4},
        60.0,
    ),
    ("istio_request_bytes", {**TO_CART, **MUTUAL, **OK}, {"1000": 2.4, "+Inf": 2.4}, 1200.0),
    ("istio_response_bytes", {**TO_CART, **MUTUAL, **OK}, {"1000": 0.0, "10000": 2.4, "+Inf": 2.4}, 12000.0),
]
"""Cumulative rates by edge, and the rate of the sum: 25 ms, 500 and 5000 bytes on average."""


def counted(rate: Rate) -> Iterator[tuple[int, int]]:
    total = 1000.0
    for second in range(START, END + 1, STEP_S):
        yield second, round(total)
        total += rate(second) * STEP_S


def lines(metric: str, labels: dict[str, str], rate: Rate) -> Iterator[str]:
    inside = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return (f"{metric}{{{inside}}} {value} {second}\n" for second, value in counted(rate))


def openmetrics() -> str:
    text: list[str] = []
    for metric in dict.fromkeys(name for name, *_ in COUNTERS):
        text.append(f"# TYPE {metric.removesuffix('_total')} counter\n")
        for name, labels, rate in COUNTERS:
            text.extend(lines(metric, labels, rate) if name == metric else ())
    for metric, labels, buckets, total in HISTOGRAMS:
        text.append(f"# TYPE {metric} histogram\n")
        for edge, rate in buckets.items():
            text.extend(lines(f"{metric}_bucket", {**labels, "le": edge}, steady(rate)))
        text.extend(lines(f"{metric}_sum", labels, steady(total)))
        text.extend(lines(f"{metric}_count", labels, steady(buckets["+Inf"])))
    return "".join((*text, "# EOF\n"))


@pytest.fixture(scope="module")
def server(prometheus_factory):
    return prometheus_factory(openmetrics=openmetrics())


@pytest.fixture(scope="module")
def mesh(server):
    mesh = Mesh(PrometheusSource(PrometheusOptions(url=server.url)))
    yield mesh
    mesh.close()


def panel(metrics, name):
    return next(panel for panel in metrics.panels if panel.name == name)


def last(metrics, name):
    """Values of a panel's lines at the end."""
    lines = panel(metrics, name).lines
    return {line[0] or line[1]: value for line, value in zip(lines.columns, lines.iloc[-1], strict=True)}


@pytest.mark.parametrize("subject", [CART, CART_V1, CART_SERVICE], ids=["app", "workload", "service"])
def test_inbound_holds_what_arrived_and_what_was_lost(mesh, subject):
    (web,) = mesh.detail(NOW, subject).inbound
    assert (web.rate, web.errors) == (pytest.approx(3.0), pytest.approx(1.0))
    endings = {(e.code, e.flags): e.rate for e in web.endings}
    assert endings == {
        ("200", ""): pytest.approx(2.0),
        ("500", ""): pytest.approx(0.4),
        ("503", "UF"): pytest.approx(0.6),
    }
    # Rank 1.2 of 2.4 is the edge of the first bucket; 2.28 and 2.376 lie 0.9 and 0.98 into the second.
    assert web.latency_ms == pytest.approx({0.5: 10.0, 0.95: 91.0, 0.99: 98.2})
    assert (web.sent, web.received, web.mtls_share) == pytest.approx((1200.0, 12000.0, 1.0))


def test_outbound_holds_grpc_and_tcp(mesh):
    tax, db = sorted(mesh.detail(NOW, CART).outbound, key=lambda peer: peer.key.service, reverse=True)
    assert (tax.protocol, tax.rate, tax.error_ratio) == ("grpc", pytest.approx(1.0), pytest.approx(0.2))
    assert (tax.messages_sent, tax.messages_received) == pytest.approx((2.0, 4.0))
    assert (db.protocol, db.rate, db.error_ratio) == ("tcp", pytest.approx(0.4), pytest.approx(0.5))
    assert (db.sent, db.received, db.opened) == pytest.approx((1024.0, 4096.0, 0.4))


def test_versions_are_of_what_answered(mesh):
    (version,) = mesh.detail(NOW, CART).versions
    assert (version.version, version.workload) == ("v1", "cart-v1")
    assert (version.rate, version.errors) == pytest.approx((2.4, 0.4))


@pytest.mark.parametrize("subject", [CART, CART_V1, CART_SERVICE], ids=["app", "workload", "service"])
def test_inbound_charts_count_each_request_once(mesh, subject):
    metrics = mesh.metrics(NOW, subject, Choice())
    assert last(metrics, "errors") == {"error": pytest.approx(1 / 3)}
    assert last(metrics, "requests") == pytest.approx({"ok": 2.0, "error": 1.0})
    assert last(metrics, "duration") == pytest.approx({"avg": 25.0, "p50": 10.0, "p95": 91.0, "p99": 98.2})
    assert last(metrics, "request_size") == pytest.approx({"avg": 500.0, "p50": 500, "p95": 950, "p99": 990})
    assert last(metrics, "response_size")["avg"] == pytest.approx(5000.0)
    assert last(metrics, "throughput") == pytest.approx({"sent": 1200.0, "received": 12000.0})
    of_pods = ("pods_cpu", "pods_throttled", "pods_memory")
    assert metrics.absent == ("messages", "tcp_bytes", "tcp_connections", *of_pods)


def test_the_spread_is_read_from_the_buckets(mesh):
    spread = panel(mesh.metrics(NOW, CART, Choice()), "duration").heat
    assert spread.edges.tolist() == [0.0, 10.0, 100.0]
    assert spread.rates[:, -1] == pytest.approx([1.2, 1.2])


def test_outbound_charts_of_grpc_and_tcp(mesh):
    metrics = mesh.metrics(NOW, CART, Choice(Direction.OUTBOUND))
    assert last(metrics, "errors") == {"error": pytest.approx(0.2)}
    assert last(metrics, "messages") == pytest.approx({"sent": 2.0, "received": 4.0})
    assert last(metrics, "tcp_bytes") == pytest.approx({"sent": 1024.0, "received": 4096.0})
    assert last(metrics, "tcp_connections") == pytest.approx({"opened": 0.4, "closed": 0.4, "failed": 0.2})


def test_the_pod_that_fails_stands_out(mesh):
    metrics = mesh.metrics(NOW, CART, Choice(group=Group.POD))
    assert last(metrics, "errors") == pytest.approx({"p-1": 0.0, "p-2": 0.0, "p-3": 0.5})
    assert last(metrics, "requests") == pytest.approx({"p-1": 0.8, "p-2": 0.8, "p-3": 0.8})
    assert panel(metrics, "errors").outliers == (("p-3", ""),)
    assert metrics.places == (Group.POD, Group.NODE)


def test_lines_by_code_show_each_code_s_part_of_the_errors(mesh):
    metrics = mesh.metrics(NOW, CART, Choice(group=Group.CODE))
    assert last(metrics, "errors") == pytest.approx({"500": 0.4 / 3, "503": 0.6 / 3})
    assert last(metrics, "requests") == pytest.approx({"200": 2.0, "500": 0.4, "503": 0.6})


def test_both_reports_are_shown_with_their_difference(mesh):
    metrics = mesh.metrics(NOW, CART_SERVICE, Choice(told=Told.BOTH))
    assert last(metrics, "requests") == pytest.approx({"destination": 2.4, "source": 3.0})
    assert last(metrics, "errors") == pytest.approx({"destination": 0.4 / 2.4, "source": 1 / 3})
    told = {gap.message: dict(gap.parameters) for gap in metrics.differences}
    assert set(told) == {"report-lost", "report-added"}
    assert (float(told["report-lost"]["share"]), told["report-lost"]["flags"]) == (pytest.approx(0.2), "UF")


def test_since_when_is_found_backwards(mesh):
    """The window at END-1200 holds 30 s of trouble: 4 % failed. At END-900 all of it does."""
    timeline = mesh.timeline(NOW, CART_SERVICE)
    at = dict(zip(timeline.times, timeline.statuses, strict=True))
    assert at[END - 1500] is Status.HEALTHY
    assert at[END - 1200] is Status.DEGRADED
    assert [at[END - back] for back in (900, 600, 300, 0)] == [Status.FAILURE] * 4
    since = timeline.since
    assert (since.state, since.at, since.before, since.is_bound) == ("failure", END - 900, "degraded", False)


def test_what_is_unknown_is_told_from_what_is_idle(mesh):
    assert not mesh.detail(NOW, subject_key(NodeKind.APP, "shop", "nobody")).is_known
    later = View(at=END + 7200.0, window_s=300, compare_s=0)
    cart = mesh.detail(later, CART)
    assert (cart.has_traffic, cart.is_known) == (False, True)
    assert cart.last_seen == pytest.approx(END, abs=3600)


def test_a_family_that_fails_fails_in_its_own_panel_only(server):
    refused = answers(400, b'{"status":"error","errorType":"bad_data","error":"not today"}')

    def fault(exchange):
        if b"istio_request_duration" in exchange.body:
            refused(exchange)
        else:
            real = exchange.real()
            exchange.answer(real.status_code, real.content)

    with FaultProxy(server.url) as proxy:
        proxy.does(fault)
        mesh = Mesh(PrometheusSource(PrometheusOptions(url=proxy.url)))
        metrics = mesh.metrics(NOW, CART, Choice())
        mesh.close()
    assert "not today" in str(panel(metrics, "duration").problem)
    assert last(metrics, "errors") == {"error": pytest.approx(1 / 3)}
    assert [p.name for p in metrics.panels if p.problem] == ["duration"]


def test_a_server_that_is_away_is_told():
    mesh = Mesh(PrometheusSource(PrometheusOptions(url="http://127.0.0.1:9")), scrape_interval_s=15)
    with pytest.raises(SourceUnreachable):
        mesh.detail(NOW, CART)
    mesh.close()
