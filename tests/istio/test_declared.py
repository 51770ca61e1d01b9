"""A snapshot as facts for a graph."""

from dataclasses import replace

from mesh_graph.istio.declared import FRESH_S, declared_facts, is_present, last_change
from tests.istio.declare import deployment, service, snapshot

GATEWAY = """
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-system}
spec:
  selector: {app: edge}
  servers: [{hosts: ["shop/Shop.example.com", "*.example.org"]}]
"""
ENTRY = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: payment}
spec: {hosts: [Api.Pay.example, cdn.pay.example], exportTo: [".", shop]}
"""


def test_workload_knows_its_services_and_the_hosts_of_its_gateways():
    mesh = snapshot(deployment("edge", "v1"), service("edge"), service("page"), GATEWAY)
    found = declared_facts(mesh, 0.0).workloads["east", "bookinfo", "edge-v1"]
    assert (found.app, found.version) == ("edge", "v1")
    assert found.services == (("bookinfo", "edge"),)
    assert found.gateway_hosts == ("*.example.org", "shop.example.com")
    assert found.config == (("istio-system", "Gateway", "public"),)


def test_workload_that_no_gateway_selects_is_none():
    found = declared_facts(snapshot(deployment("page", "v1"), GATEWAY), 0.0)
    assert found.workloads["east", "bookinfo", "page-v1"].gateway_hosts is None


def test_service_is_registered_where_a_service_is_and_not_where_a_route_names_one():
    route = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: gone}
spec: {hosts: [gone], http: [{route: [{destination: {host: gone}}]}]}
"""
    found = declared_facts(snapshot(service("page"), route), 0.0).services
    assert found["bookinfo", "page"].cluster == "east"
    assert not found["bookinfo", "gone"].is_registered


def test_entry_is_seen_by_whom_it_is_exported_to():
    (entry,) = declared_facts(snapshot(ENTRY), 0.0).entries
    assert entry.hosts == ("api.pay.example", "cdn.pay.example")
    assert entry.is_seen_by(("bookinfo",))
    assert entry.is_seen_by(("shop",))
    assert entry.is_seen_by(())
    assert not entry.is_seen_by(("legacy",))


def test_past_is_told_only_what_has_not_changed_since():
    mesh = snapshot(deployment("page", "v1"), service("page"), ENTRY)
    old = replace(mesh.objects("ServiceEntry")[0], changed_at=100.0)
    young = replace(old, name="young", changed_at=5000.0)
    mesh = replace(mesh, confirmed_at=9000.0, by_kind={**mesh.by_kind, "ServiceEntry": (old, young)})
    then = declared_facts(mesh, 1000.0)
    assert (then.is_present, [entry.name for entry in then.entries], then.workloads) == (
        False,
        ["payment"],
        {},
    )
    assert declared_facts(mesh, 9000.0).is_present


def test_present_lasts_a_quarter_of_an_hour():
    mesh = replace(snapshot(), confirmed_at=10_000.0)
    assert is_present(mesh, 10_000.0 - FRESH_S)
    assert not is_present(mesh, 9_999.0 - FRESH_S)
    assert is_present(mesh, 20_000.0)


def test_kinds_that_were_not_read_in_full_are_not_known():
    mesh = replace(snapshot(service("page")), unknown=frozenset({"Pod"}))
    found = declared_facts(mesh, 0.0)
    assert (found.knows_services, found.knows_pods, found.knows_workloads) == (True, False, False)
    assert (found.knows_entries, found.knows_routes) == (True, True)
    found = declared_facts(replace(mesh, unknown=frozenset({"ServiceEntry", "DestinationRule"})), 0.0)
    assert (found.knows_services, found.knows_entries, found.knows_routes) == (True, False, False)


def test_between_two_changes_the_past_is_the_same():
    mesh = snapshot(service("page"), ENTRY)
    early = replace(mesh.objects("ServiceEntry")[0], changed_at=100.0)
    late = replace(early, name="late", changed_at=500.0)
    mesh = replace(mesh, by_kind={"ServiceEntry": (early, late)})
    assert last_change(mesh, 100.0) == last_change(mesh, 499.0) == 100.0
    assert last_change(mesh, 500.0) == 500.0
    assert last_change(mesh, 99.0) < 0


def test_pods_that_a_controller_tells_of_and_nobody_sees_are_unknown():
    def pods(**status):
        raw = {**deployment("page", "v1"), **({"status": status} if status else {})}
        return declared_facts(snapshot(raw), 0.0).workloads["east", "bookinfo", "page-v1"].pods

    assert (pods(replicas=2), pods(replicas=0), pods(observedGeneration=1), pods()) == (None, 0, None, None)
