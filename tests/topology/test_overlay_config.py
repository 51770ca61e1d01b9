"""What is declared, on the nodes that it concerns."""

import pytest

from mesh_graph.model import GraphType, View
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.declared import ConfigRef, DeclaredEntry, DeclaredMachine, Feature
from mesh_graph.topology.declared_nodes import DeclaredNodes
from mesh_graph.topology.overlay_config import add_config, add_entries, add_labels
from tests.topology.declared_table import declared, service, workload
from tests.topology.traffic_table import call, destination, lost, source, traffic

CANARY = traffic(
    call(source("page"), destination("cart-v1", "cart"), 6.0),
    call(source("page"), destination("cart-v2", "cart", "v2"), 2.0),
)
CART, CART_1, CART_2 = (
    "service|east|shop||||cart|",
    "app|east|shop|cart-v1|cart|v1||",
    "app|east|shop|cart-v2|cart|v2||",
)
ROUTE, RULE = ConfigRef("shop", "VirtualService", "cart"), ConfigRef("shop", "DestinationRule", "cart")
FACTS = declared(
    service(
        "cart",
        features=frozenset({Feature.VIRTUAL_SERVICE, Feature.TIMEOUT, Feature.CIRCUIT_BREAKER}),
        hosts=("cart.shop.svc.cluster.local",),
        breakers=({"version": "v2"},),
        config=(RULE, ROUTE),
        labels={"tier": "back"},
    ),
    workload("cart-v1", "cart", labels={"version": "v1"}, services=(("shop", "cart"),)),
    workload("cart-v2", "cart", "v2", labels={"version": "v2"}, services=(("shop", "cart"),)),
    workload(
        "page", labels={"app": "page"}, gateway_hosts=("*",), config=(ConfigRef("shop", "Gateway", "g"),)
    ),
)
ALL_THREE = ("circuit_breaker", "timeout", "virtual_service")


def told(calls, facts, attribute, **view):
    chosen = View(**{"boxes": (), **view})
    graph = build_graph(calls, chosen, declared=facts)
    nodes = DeclaredNodes(graph, facts, chosen.namespaces)
    for add in (add_entries, add_config, add_labels):
        add(nodes)
    return {key: data[attribute] for key, data in graph.nodes(data=True) if attribute in data}


def test_features_are_the_services_and_a_subsets_breaker_its_versions_too():
    assert told(CANARY, FACTS, N.FEATURES) == {CART: ALL_THREE, CART_2: ("circuit_breaker",)}


def test_without_service_nodes_the_workloads_behind_have_the_features():
    assert told(CANARY, FACTS, N.FEATURES, services=False) == {CART_1: ALL_THREE, CART_2: ALL_THREE}


def test_app_of_several_versions_has_what_each_has():
    found = told(CANARY, FACTS, N.FEATURES, graph_type=GraphType.APP)
    assert found == {CART: ALL_THREE, "app|east|shop||cart|||": ("circuit_breaker",)}


def test_objects_behind_it_are_named_as_the_path_of_their_pages():
    found = told(CANARY, FACTS, N.CONFIG)
    assert found[CART] == ("shop/DestinationRule/cart", "shop/VirtualService/cart")
    assert found[CART_2] == ("shop/DestinationRule/cart",)
    assert found["app|east|shop|page|page|v1||"] == ("shop/Gateway/g",)


def test_gateway_is_who_a_gateway_selects_with_its_hosts():
    page = "app|east|shop|page|page|v1||"
    assert told(CANARY, FACTS, N.IS_GATEWAY) == {page: True}
    assert told(CANARY, FACTS, N.HOSTS)[page] == ("*",)


def test_labels_are_those_of_service_and_pods():
    found = told(CANARY, FACTS, N.LABELS)
    assert (found[CART], found[CART_2]) == (("tier=back",), ("version=v2",))


@pytest.mark.parametrize("clusters", [("west",), ("west", "south")])
def test_cluster_that_is_not_read_is_told_nothing(clusters):
    both = traffic(
        call(source("page"), destination("cart-v1", "cart"), 6.0),
        call(source("page", cluster="north"), destination("cart-v2", "cart", "v2", cluster="north"), 2.0),
    )
    facts = declared(*FACTS.services.values(), *FACTS.workloads.values(), clusters=clusters)
    assert told(both, facts, N.FEATURES) == told(both, facts, N.IS_GATEWAY) == {}


def test_folded_nodes_and_boxes_are_told_nothing():
    assert told(CANARY, FACTS, N.FEATURES, graph_type=GraphType.NAMESPACE) == {}
    assert CART in told(CANARY, FACTS, N.FEATURES, boxes=("app", "namespace"))


def test_host_outside_knows_its_entry():
    end = lost("api.pay.example", namespace="unknown", host="api.pay.example")
    calls = traffic(call(source("page"), end, 2.0, reported_by="source"))
    facts = declared(entries=(DeclaredEntry("east", "pay", "api", ("api.pay.example", "b.example")),))
    (host,) = told(calls, facts, N.ENTRY)
    assert told(calls, facts, N.ENTRY)[host] == "pay/api"
    assert told(calls, facts, N.LOCATION)[host] == "MESH_EXTERNAL"
    assert told(calls, facts, N.HOSTS)[host] == ("api.pay.example", "b.example")
    assert told(calls, facts, N.CONFIG)[host] == ("pay/ServiceEntry/api",)


def test_passthrough_is_no_host_of_an_entry_for_all():
    end = lost("PassthroughCluster", namespace="unknown", host="PassthroughCluster")
    calls = traffic(call(source("page"), end, 2.0, reported_by="source"))
    assert told(calls, declared(entries=(DeclaredEntry("east", "pay", "all", ("*",)),)), N.ENTRY) == {}


@pytest.mark.parametrize(
    ("machine", "keys"),
    [
        (("east", "shop", "vm", "cart", "v2"), {CART_2}),
        (("east", "shop", "vm", "cart", ""), {CART_1, CART_2}),
        (("east", "shop", "vm", "page", "v9"), set()),
        (("east", "other", "vm", "cart", ""), set()),
        (("west", "shop", "vm", "cart", ""), set()),
    ],
)
def test_workload_entry_stands_for_its_app_and_version(machine, keys):
    facts = declared(*FACTS.workloads.values(), machines=(DeclaredMachine(*machine),))
    found = told(CANARY, facts, N.WORKLOAD_ENTRIES)
    assert found == dict.fromkeys(keys, ("vm",))
