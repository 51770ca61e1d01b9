"""Declared and observed mutual TLS, from objects and frames by hand."""

import pytest

from mesh_graph.answers.intent_mtls import Observed, mtls_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.model import Protocol, View
from mesh_graph.topology.traffic import Traffic
from tests.istio.checks.security_cases import mesh, mtls
from tests.istio.declare import deployment, snapshot
from tests.topology.traffic_table import UNKNOWN_SOURCE, destination, report, source, traffic

AT = 1_790_000_000.0
VIEW = View(at=AT)
FRONT = source("front-v1", namespace="shop")
CART, BANK = destination("cart-v1", namespace="shop"), destination("bank-v1", namespace="bank")
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "cart-1", "namespace": "quiet", "labels": {"app": "cart"}},
    "spec": {},
}
OBJECTS = (
    mtls("STRICT", "bank"),
    mtls("DISABLE", "bank", "exception").replace("spec: {", "spec: {selector: {matchLabels: {app: bank}}, "),
    deployment("bank", "v1", "bank"),
    POD,
)


def seen(caller, server, mutual: float, known: float, **values):
    """A report with the rates of mutual TLS."""
    return report(caller, server, mtls_rate=mutual, mtls_known_rate=known, **values)


SEEN = traffic(
    reports=[
        seen(FRONT, CART, 3.0, 4.0),
        seen(UNKNOWN_SOURCE, CART, 0.0, 1.0),
        seen(FRONT, CART, 50.0, 200.0, protocol="tcp"),
        seen(FRONT, BANK, 0.0, 2.0),
        seen(FRONT, destination("idle", namespace="idle"), 0.0, 0.0),
    ]
)


@pytest.fixture(scope="module")
def answer():
    return mtls_of(VIEW, Registry(snapshot(*OBJECTS)), SEEN)


def test_share_is_of_the_traffic_whose_proxy_knew(answer):
    shop = next(row for row in answer.rows if row.namespace == "shop")
    assert shop.requests == Observed(3.0, 5.0)
    assert shop.requests.share == pytest.approx(0.6)
    assert shop.requests.count(300) == 1500
    assert shop.tcp.share == pytest.approx(0.25)


def test_namespace_with_pods_and_no_traffic_has_no_share(answer):
    quiet = next(row for row in answer.rows if row.namespace == "quiet")
    assert (quiet.requests.share, quiet.tcp.share) == (None, None)


def test_every_namespace_with_pods_or_traffic_is_told_once(answer):
    assert [row.namespace for row in answer.rows] == ["bank", "quiet", "shop"]


def test_declared_mode_stands_with_who_says_it_and_its_exceptions(answer):
    bank = answer.rows[0]
    assert (bank.declared.name, bank.declared.source.name) == ("STRICT", "default")
    assert [one.name for one in bank.exceptions] == ["exception"]
    assert answer.rows[2].declared.source is None


def test_plain_edges_are_told_largest_first_and_tcp_last(answer):
    told = [
        (e.source.workload, e.destination.workload, e.protocol, e.observed.plain_rate) for e in answer.plain
    ]
    assert told == [
        ("front-v1", "bank-v1", Protocol.HTTP, 2.0),
        ("front-v1", "cart-v1", Protocol.HTTP, 1.0),
        ("unknown", "cart-v1", Protocol.HTTP, 1.0),
        ("front-v1", "cart-v1", Protocol.TCP, 150.0),
    ]


def test_plain_edge_says_what_its_workload_was_told(answer):
    assert answer.plain[0].declared.name == "DISABLE", "the exception is for this workload"


def test_automatic_mutual_tls_is_unknown_where_istios_settings_were_not_seen(answer):
    assert answer.auto_mtls == {"east": None}
    told = mtls_of(VIEW, Registry(snapshot(mesh("enableAutoMtls: false"))), Traffic.empty())
    assert told.auto_mtls == {"east": False}


def test_view_of_a_namespace_shows_its_servers_only():
    told = mtls_of(View(namespaces=("bank",), at=AT), Registry(snapshot(*OBJECTS)), SEEN)
    assert [row.namespace for row in told.rows] == ["bank"]
    assert {edge.destination.namespace for edge in told.plain} == {"bank"}


def test_without_traffic_nothing_is_plain():
    told = mtls_of(VIEW, Registry(snapshot(*OBJECTS)), Traffic.empty())
    assert told.plain == ()
    assert [row.namespace for row in told.rows] == ["quiet"]


@pytest.mark.parametrize(("cluster", "named"), [("east", "east"), ("my-context", "my-context")])
def test_one_declared_cluster_takes_the_traffic_whatever_istio_calls_it(cluster, named):
    told = mtls_of(VIEW, Registry(snapshot(*OBJECTS, cluster=cluster)), SEEN)
    bank = next(row for row in told.rows if row.namespace == "bank")
    assert (bank.cluster, bank.declared.name) == (named, "STRICT")
    assert bank.requests.known_rate == 2.0
