"""What every kind of object names."""

import pytest

from mesh_graph.istio.references import Reference, references
from mesh_graph.istio.subsets import Registry
from tests.istio.checks.security_cases import account, group, policy, selecting, whose
from tests.istio.declare import deployment, service, snapshot

REVIEWS = (service("reviews"), deployment("reviews", "v1"))
ROUTE = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: own}
spec:
  hosts: [reviews, api.example.com]
  gateways: [mesh, edge/public]
  http:
  - delegate: {name: below}
  - route: [{destination: {host: reviews, subset: v1}}]
    mirror: {host: gone}
"""
RULE = """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: rule}
spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}]}
"""
ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside}
spec: {hosts: ["*.example.com"]}
"""
GATEWAY_ROUTE = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: own}
spec:
  parentRefs: [{name: partners, namespace: edge}]
  rules: [{backendRefs: [{name: reviews, port: 80}]}]
"""
TARGETED = """
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: own}
spec:
  targetRefs:
  - {group: gateway.networking.k8s.io, kind: Gateway, name: partners}
  - {kind: Service, name: reviews}
"""


def found(kind: str, *objects) -> list[tuple[str, str, str, str, bool]]:
    """What the one object of a kind names."""
    registry = Registry(snapshot(*objects))
    (one,) = registry.snapshot.objects(kind)
    return [(r.kind, r.namespace, r.name, r.path, r.exists) for r in references(registry, one)]


@pytest.mark.parametrize(
    ("kind", "objects", "expected"),
    [
        (
            "VirtualService",
            [*REVIEWS, ROUTE, RULE, ENTRY],
            [
                ("DestinationRule", "bookinfo", "rule", "spec/http[1]/route[0]/destination/subset", True),
                ("Gateway", "edge", "public", "spec/gateways[1]", False),
                ("Service", "bookinfo", "gone", "spec/http[1]/mirror/host", False),
                ("Service", "bookinfo", "reviews", "spec/hosts[0]", True),
                ("ServiceEntry", "bookinfo", "outside", "spec/hosts[1]", True),
                ("VirtualService", "bookinfo", "below", "spec/http[0]/delegate", False),
            ],
        ),
        ("DestinationRule", [*REVIEWS, RULE], [("Service", "bookinfo", "reviews", "spec/host", True)]),
        (
            "HTTPRoute",
            [*REVIEWS, GATEWAY_ROUTE],
            [
                ("K8sGateway", "edge", "partners", "spec/parentRefs[0]", False),
                ("Service", "bookinfo", "reviews", "spec/rules[0]/backendRefs[0]", True),
            ],
        ),
        (
            "RequestAuthentication",
            [*REVIEWS, TARGETED],
            [
                ("K8sGateway", "bookinfo", "partners", "spec/targetRefs[0]", False),
                ("Service", "bookinfo", "reviews", "spec/targetRefs[1]", True),
            ],
        ),
        (
            "AuthorizationPolicy",
            [account("a"), policy(whose("principals", "cluster.local/ns/bookinfo/sa/a", '"*"'))],
            [("ServiceAccount", "bookinfo", "a", "spec/rules[0]/from[0]/source/principals[0]", True)],
        ),
        (
            "WorkloadGroup",
            [group("g", "{}", "gone")],
            [("ServiceAccount", "bookinfo", "gone", "spec/template/serviceAccount", False)],
        ),
        (
            "Sidecar",
            [*REVIEWS, selecting("Sidecar", "{app: reviews}")],
            [("Workload", "bookinfo", "reviews-v1", "spec/workloadSelector", True)],
        ),
        ("PeerAuthentication", [*REVIEWS, selecting("PeerAuthentication", "{}")], []),
    ],
)  # fmt: skip
def test_object_names(kind, objects, expected):
    assert found(kind, *objects) == expected


def test_what_is_named_twice_is_told_once():
    twice = ROUTE.replace("mirror: {host: gone}", "mirror: {host: reviews}")
    services = [row for row in found("VirtualService", *REVIEWS, twice) if row[0] == "Service"]
    assert len(services) == 1


def test_reference_is_in_its_own_cluster():
    registry = Registry(snapshot(*REVIEWS, ROUTE))
    assert not registry.has("west", "VirtualService", "bookinfo", "own")
    assert registry.has("west", "Service", "bookinfo", "reviews"), "services are one over all clusters"
    assert Reference("Service", "a", "b", "spec/host").exists
