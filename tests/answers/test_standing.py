"""What the clusters tell of one subject."""

import pytest

from mesh_graph.answers.standing import standing_in
from mesh_graph.istio.checks import check_all
from mesh_graph.istio.subsets import Registry
from mesh_graph.model import NodeKey, NodeKind
from tests.istio.declare import deployment, service, snapshot
from tests.istio.test_workloads import pod

CONFIG = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: route, namespace: edge}
spec:
  hosts: [cart.shop.svc.cluster.local]
  http: [{route: [{destination: {host: cart.shop.svc.cluster.local}}]}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: wide, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: narrow, namespace: shop}
spec: {selector: {matchLabels: {app: page}}, mtls: {mode: DISABLE}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: wide, namespace: other}
spec: {mtls: {mode: STRICT}}
"""
READY = {"phase": "Running", "containerStatuses": [{"name": "c", "ready": True}]}


def of_shop(raw):
    return {**raw, "metadata": {**raw["metadata"], "namespace": "shop"}}


MESH = snapshot(
    CONFIG,
    deployment("cart", "v1", "shop"),
    deployment("cart", "v2", "shop"),
    deployment("page", "v1", "shop"),
    of_shop(pod("cart-v1-a", ("StatefulSet", "cart-v1"), status=READY)),
    of_shop(pod("cart-v2-a", ("StatefulSet", "cart-v2"), status={"phase": "Pending"})),
    service("cart", "shop"),
    service("page", "shop"),
)


def standing(kind, cluster="", namespace="shop", **name):
    registry = Registry(MESH)
    return standing_in(registry, check_all(registry), NodeKey(kind, cluster, namespace, **name))


def names(found):
    return (
        [one.running.name for one in found.workloads],
        [one.source.name for one in found.services],
        sorted((row.source.kind, row.source.name) for row in found.config),
    )


ROUTE, WIDE, NARROW = (
    ("VirtualService", "route"),
    ("PeerAuthentication", "wide"),
    ("PeerAuthentication", "narrow"),
)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        (NodeKind.WORKLOAD, {"workload": "cart-v1"}, (["cart-v1"], ["cart"], [WIDE, ROUTE])),
        (NodeKind.APP, {"app": "cart"}, (["cart-v1", "cart-v2"], ["cart"], [WIDE, ROUTE])),
        (NodeKind.SERVICE, {"service": "cart"}, (["cart-v1", "cart-v2"], ["cart"], [WIDE, ROUTE])),
        (NodeKind.WORKLOAD, {"workload": "page-v1"}, (["page-v1"], ["page"], [NARROW, WIDE])),
    ],
)
def test_subject_has_its_workloads_services_and_what_applies(kind, name, expected):
    assert names(standing(kind, **name)) == expected


def test_endpoints_are_the_pods_that_a_service_selects():
    (found,) = standing(NodeKind.SERVICE, service="cart").services
    assert (found.ready, found.endpoints) == (1, 2)


def test_one_cluster_may_be_called_otherwise_in_metrics():
    assert names(standing(NodeKind.WORKLOAD, "prod", workload="cart-v1"))[0] == ["cart-v1"]


def test_what_nobody_declares_is_empty_but_for_what_holds_for_its_namespace():
    assert names(standing(NodeKind.APP, app="ghost")) == ([], [], [WIDE])
    assert standing(NodeKind.APP, namespace="elsewhere", app="ghost").is_empty
