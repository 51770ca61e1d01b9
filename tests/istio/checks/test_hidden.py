"""Who sees a part of the mesh is told no mistake that is none: what is hidden may be there."""

import pytest

from mesh_graph.istio.checks import check, check_all
from mesh_graph.istio.joined import Evidence, LongPast, join
from mesh_graph.istio.references import references
from mesh_graph.istio.subsets import Registry
from mesh_graph.scope import Scope
from mesh_graph.sources.demo_cluster import DemoCluster
from mesh_graph.sources.scoped_cluster import scoped_snapshot
from tests.istio.checks.import_cases import IMPORTS
from tests.istio.checks.routing_cases import ROUTING
from tests.istio.checks.security_cases import SECURITY
from tests.istio.checks.test_rules import CASES
from tests.istio.declare import service, snapshot
from tests.topology.traffic_table import call, destination, source, traffic

NOON = 1_789_992_000
ELSEWHERE = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews}
spec:
  hosts: [reviews]
  gateways: [team/public, gone]
  exportTo: [team, ghost]
  http:
  - route:
    - {destination: {host: cart.team.svc.cluster.local, subset: v9}}
    - {destination: {host: api.example.com}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: callers}
spec:
  rules:
  - from: [{source: {principals: [cluster.local/ns/team/sa/cart], namespaces: [team]}}]
    to: [{operation: {hosts: [cart.team]}}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default}
spec: {egress: [{hosts: ["team/cart.team.svc.cluster.local", "./gone.bookinfo.svc.cluster.local"]}]}
"""
OWN = Scope.of(namespaces=("bookinfo", "ghost"))


def told(snapshot):
    """What is found, in a comparable form."""
    return {
        (f.code, f.source.kind, f.source.namespace, f.source.name, f.path)
        for f in check(snapshot, ()).findings
    }


@pytest.mark.parametrize(("code", "objects", "expected"), [*CASES, *SECURITY, *ROUTING, *IMPORTS])
@pytest.mark.parametrize("namespaces", [("bookinfo",), ("bookinfo", "istio-system"), ("shop",)])
def test_hiding_namespaces_makes_no_finding(code, objects, expected, namespaces):
    whole = snapshot(*objects)
    assert told(scoped_snapshot(whole, Scope.of(namespaces=namespaces))) <= told(whole)


@pytest.mark.parametrize("namespace", ["bookinfo", "shop", "payments", "logistics", "legacy", "monitoring"])
def test_hiding_the_rest_of_the_demo_makes_no_finding(namespace):
    whole = DemoCluster().snapshot_at(NOON)
    assert told(scoped_snapshot(whole, Scope.of(namespaces=(namespace,)))) <= told(whole)


def test_what_may_be_in_a_hidden_namespace_is_not_missing_and_what_cannot_be_is():
    seen = scoped_snapshot(snapshot(service("reviews"), ELSEWHERE), OWN)
    assert {(code, path) for code, _, _, _, path in told(seen)} == {
        ("KIA0005", "spec/exportTo[1]"),
        ("KIA1004", "spec/egress[0]/hosts[1]"),
        ("KIA1102", "spec/gateways[1]"),
    }


def test_rule_that_takes_the_whole_mesh_says_that_it_did_not_judge():
    seen = scoped_snapshot(snapshot(service("reviews"), ELSEWHERE), OWN)
    skipped = dict(check(seen).skipped)
    assert skipped["KIA0104"] == ("Namespace",)
    assert dict(check(snapshot(service("reviews"), ELSEWHERE)).skipped) == {}
    assert "KIA1102" not in skipped


def test_use_of_hosts_outside_is_not_judged_where_callers_may_be_hidden():
    entry = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside, creationTimestamp: "2025-01-01T00:00:00Z"}
spec: {hosts: [api.example.com]}
"""
    calls = traffic(call(source("a", namespace="bookinfo"), destination("b", namespace="bookinfo")))
    evidence = Evidence(1_790_000_000.0, 300, calls, LongPast(3600, frozenset()))
    whole = snapshot(entry)
    assert [f.code for f in join(Registry(whole), evidence).findings] == ["MSH0301"]
    checked = join(Registry(scoped_snapshot(whole, OWN)), evidence)
    assert checked.findings == ()
    assert ("MSH0301", ("Namespace",)) in checked.skipped


def test_reference_into_a_hidden_namespace_neither_exists_nor_is_missing():
    registry = Registry(scoped_snapshot(snapshot(service("reviews"), ELSEWHERE), OWN))
    (one,) = registry.snapshot.objects("VirtualService")
    found = {(r.kind, r.namespace, r.name): r.exists for r in references(registry, one)}
    assert found["Service", "bookinfo", "reviews"] is True
    assert found["Gateway", "bookinfo", "gone"] is False
    assert found["Gateway", "team", "public"] is None
    assert found["Service", "team", "cart"] is None
    assert check_all(registry).findings
