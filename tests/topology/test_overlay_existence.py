"""What is called and does not exist, and what has no proxy."""

import pytest

from mesh_graph.model import GraphType, View
from mesh_graph.scope import Scope
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.declared import DeclaredEntry, DeclaredMachine
from mesh_graph.topology.declared_nodes import DeclaredNodes
from mesh_graph.topology.overlay_existence import add_dead, add_sidecars
from tests.topology.declared_table import declared, service, workload
from tests.topology.traffic_table import call, destination, lost, source, traffic

CALLED = traffic(call(source("page"), destination("cart-v1", "cart"), 6.0))
PAGE, CART_1, CART = (
    "app|east|shop|page|page|v1||",
    "app|east|shop|cart-v1|cart|v1||",
    "service|east|shop||||cart|",
)
ALIVE = (workload("page"), workload("cart-v1", "cart"), service("cart"))


def told(calls, facts, attribute, **view):
    chosen = View(**{"boxes": (), **view})
    graph = build_graph(calls, chosen, declared=facts)
    nodes = DeclaredNodes(graph, facts, chosen.namespaces)
    add_sidecars(nodes)
    add_dead(graph, nodes)
    return {key: data[attribute] for key, data in graph.nodes(data=True) if attribute in data}


@pytest.mark.parametrize(
    ("facts", "dead"),
    [
        (declared(*ALIVE), {}),
        (declared(workload("cart-v1", "cart"), service("cart")), {}),
        (declared(workload("page"), service("cart")), {CART_1: "no-workload"}),
        (
            declared(workload("page"), service("cart"), workload("cart-v1", "cart", pods=0)),
            {CART_1: "no-pods"},
        ),
        (declared(workload("page"), workload("cart-v1", "cart")), {CART: "no-service"}),
        (declared(workload("cart-v1", "cart"), service("cart", cluster="")), {CART: "no-service"}),
        (declared(knows_services=False, knows_workloads=False), {}),
        (declared(workload("cart-v1", "cart"), knows_entries=False), {}),
        (declared(service("cart"), knows_pods=False), {}),
        (declared(is_present=False), {}),
        (declared(service("cart"), clusters=("west", "south")), {}),
        (declared(service("cart"), machines=(DeclaredMachine("east", "shop", "vm", "cart", ""),)), {}),
    ],
    ids=[
        "all there",
        "caller gone",
        "workload gone",
        "scaled down",
        "service gone",
        "only routed to",
        "nothing known",
        "entries not read",
        "pods not read",
        "past",
        "other clusters",
        "machine",
    ],
)
def test_dead_is_what_is_called_and_known_not_to_be_there(facts, dead):
    assert told(CALLED, facts, N.DEAD) == dead


def test_app_is_dead_only_without_any_pod():
    one = declared(
        service("cart"),
        workload("page"),
        workload("cart-v1", "cart", pods=0),
        workload("cart-v2", "cart", "v2"),
    )
    assert told(CALLED, one, N.DEAD, graph_type=GraphType.APP) == {}
    none = declared(service("cart"), workload("page"), workload("cart-v1", "cart", pods=0))
    assert told(CALLED, none, N.DEAD, graph_type=GraphType.APP) == {"app|east|shop||cart|||": "no-pods"}


def test_what_is_idle_and_has_no_pods_is_dead_too():
    facts = declared(*ALIVE, workload("stock-v1", "stock", pods=0))
    assert told(CALLED, facts, N.DEAD, idle=True) == {"app|east|shop|stock-v1|stock|v1||": "no-pods"}


@pytest.mark.parametrize(
    "host", ["api.pay.example", "PassthroughCluster", "BlackHoleCluster", "InboundPassthroughClusterIpv4"]
)
def test_hosts_outside_are_not_dead(host):
    calls = traffic(call(source("page"), lost(host, host=host), 2.0, reported_by="source"))
    assert told(calls, declared(workload("page")), N.DEAD) == {}


def test_host_of_an_entry_inside_the_mesh_is_not_dead():
    calls = traffic(call(source("page"), lost("vm"), 2.0, reported_by="source"))
    entry = DeclaredEntry("east", "shop", "vm", ("vm.shop.global",), "MESH_INTERNAL")
    assert told(calls, declared(workload("page"), entries=(entry,)), N.DEAD) == {}
    assert set(told(calls, declared(workload("page")), N.DEAD).values()) == {"no-service"}


HALF = traffic(call(source("page"), destination("cart-v1", "cart"), 6.0, reported_by="source"))


@pytest.mark.parametrize(
    ("pods", "bare", "marks"),
    [(3, 0, {}), (3, 1, {N.BARE_PODS: 1}), (3, 3, {N.BARE_PODS: 3, N.HAS_NO_SIDECAR: True})],
)
def test_pods_tell_who_has_no_sidecar(pods, bare, marks):
    facts = declared(workload("cart-v1", "cart", pods=pods, bare_pods=bare), service("cart"))
    assert {
        name: found[CART_1]
        for name in (N.BARE_PODS, N.HAS_NO_SIDECAR)
        if (found := told(CALLED, facts, name))
    } == marks


def test_cluster_is_believed_rather_than_the_reports():
    assert told(HALF, declared(), N.HAS_NO_SIDECAR) == {CART_1: True}
    assert told(HALF, declared(*ALIVE), N.HAS_NO_SIDECAR) == {}
    assert told(HALF, declared(*ALIVE, knows_pods=False), N.HAS_NO_SIDECAR) == {CART_1: True}


def test_nothing_is_dead_in_a_namespace_that_was_not_looked_at():
    elsewhere = Scope.of(namespaces=("legacy",))
    assert told(CALLED, declared(scope=elsewhere), N.DEAD) == {}
    assert told(CALLED, declared(scope=Scope.of(namespaces=("shop",), clusters=("east",))), N.DEAD) == {}
    assert told(CALLED, declared(scope=Scope.of(namespaces=("sho*",))), N.DEAD) == {
        CART: "no-service",
        CART_1: "no-workload",
    }
