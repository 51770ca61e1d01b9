"""What routes promise, by split; routes are read from manifests as the product reads them."""

from __future__ import annotations

import pytest

from mesh_graph.answers.promises import promises_at, promises_of
from mesh_graph.canary.sample import Rules
from mesh_graph.canary.verdict import Verdict
from mesh_graph.istio.routes import declared_routes
from mesh_graph.model import View
from mesh_graph.sources.manifests import ManifestSource

VIRTUAL_SERVICE = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop, annotations: {%(annotations)s}}
spec:
  hosts: [cart]
  http:
%(rules)s
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: cart, namespace: shop}
spec:
  host: cart
  subsets:
  - {name: old, labels: {version: v1}}
  - {name: new, labels: {version: v2}}
"""
SPLIT = """  - route:
    - {destination: {host: cart, subset: old}, weight: %d}
    - {destination: {host: cart, subset: new}, weight: %d}
"""
TO_NEW = """  - match: [{headers: {x-tester: {exact: "yes"}}}]
    route: [{destination: {host: cart, subset: new}}]
"""
HTTP_ROUTE = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: cart, namespace: shop}
spec:
  parentRefs: [{group: "", kind: Service, name: cart}]
  rules:
  - backendRefs: [{name: cart-v1, port: 80, weight: 3}, {name: cart-v2, port: 80, weight: 1}]
"""


def promised(tmp_path, text: str):
    (tmp_path / "routes.yaml").write_text(text)
    source = ManifestSource(tmp_path)
    source.wait(5)
    return promises_of(declared_routes(source.snapshot()), Rules())


def virtual_service(rules: str, annotations: str = "") -> str:
    return VIRTUAL_SERVICE % {"rules": rules, "annotations": annotations}


def test_weights_are_by_version_and_make_one(tmp_path):
    (cart,) = promised(tmp_path, virtual_service(SPLIT % (80, 20))).values()
    assert cart.weights == {"v1": 0.8, "v2": 0.2}
    assert (cart.route, cart.hosts, cart.matches) == ("VirtualService shop/cart", ("shop/cart",), ())


def test_conditions_of_other_rules_are_told(tmp_path):
    """Their requests are counted under the same service."""
    promise = promised(tmp_path, virtual_service(TO_NEW + SPLIT % (80, 20)))["shop/cart"]
    assert promise.weights == {"v1": 0.8, "v2": 0.2}
    (match,) = promise.matches
    assert "x-tester" in match


def test_services_behind_one_route_are_its_versions(tmp_path):
    promises = promised(tmp_path, HTTP_ROUTE)
    assert list(promises) == ["shop/cart"]
    assert promises["shop/cart"].hosts == ("shop/cart-v1", "shop/cart-v2")
    assert promises["shop/cart"].weights == {"cart-v1": 0.75, "cart-v2": 0.25}


def test_a_route_with_one_destination_promises_nothing(tmp_path):
    assert promised(tmp_path, virtual_service(TO_NEW)) == {}


def test_weights_of_nothing_promise_no_shares(tmp_path):
    assert promised(tmp_path, virtual_service(SPLIT % (0, 0)))["shop/cart"].weights == {}


def test_annotations_say_how_a_route_is_judged(tmp_path):
    annotations = ", ".join(
        f'canary.meshgraph.io/{name}: "{value}"'
        for name, value in (
            ("error-margin", "1%"),
            ("minimum-requests", "2000"),
            ("latency-objective", "250ms"),
            ("latency-margin", "a lot"),
            ("colour", "blue"),
        )
    )
    promise = promised(tmp_path, virtual_service(SPLIT % (80, 20), annotations))["shop/cart"]
    assert (promise.rules.error_margin, promise.rules.minimum_requests) == (0.01, 2000)
    assert promise.rules.client_error_margin == Rules().client_error_margin
    assert promise.objective_ms == 250.0
    assert set(promise.unread) == {
        "canary.meshgraph.io/latency-margin",
        "canary.meshgraph.io/colour",
    }


@pytest.mark.parametrize(
    ("verdict", "weights"),
    [(Verdict.PROMOTE, ["weight: 0", "weight: 100"]), (Verdict.ROLL_BACK, ["weight: 100", "weight: 0"])],
)
def test_a_verdict_has_its_patch(tmp_path, verdict, weights):
    promise = promised(tmp_path, virtual_service(SPLIT % (80, 20)))["shop/cart"]
    manifest, _ = promise.patches[verdict, "v2"]
    assert [line.strip() for line in manifest.splitlines() if "weight" in line] == weights


def test_only_the_view_s_namespaces_are_promised(tmp_path):
    (tmp_path / "routes.yaml").write_text(virtual_service(SPLIT % (80, 20)))
    snapshot = ManifestSource(tmp_path).snapshot()
    assert set(promises_at(snapshot, Rules(), View(namespaces=("shop",), at=2e9))) == {"shop/cart"}
    assert promises_at(snapshot, Rules(), View(namespaces=("blog",), at=2e9)) == {}
    assert promises_at(None, Rules(), View(at=2e9)) == {}
