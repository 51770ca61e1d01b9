"""Nodes of what has no traffic, and one node for the hosts of a ServiceEntry."""

import pytest

from mesh_graph.model import GraphType, View
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.declared import DeclaredEntry
from tests.topology.declared_table import declared, service, workload
from tests.topology.traffic_table import call, destination, lost, source, traffic

CALLED = traffic(call(source("page"), destination("cart-v1", "cart"), 2.0))
SILENT = (workload("stock-v1", "stock"), service("stock"))
SEEN = (workload("page"), workload("cart-v1", "cart"), service("cart"))


def graph(traffic, facts, **view):
    return build_graph(traffic, View(**{"boxes": (), "idle": True, **view}), declared=facts)


def idle(found):
    return {key for key, data in found.nodes(data=True) if data.get(NodeAttr.IS_IDLE)}


@pytest.mark.parametrize(
    ("view", "keys"),
    [
        ({}, {"app|east|shop|stock-v1|stock|v1||", "service|east|shop||||stock|"}),
        ({"services": False}, {"app|east|shop|stock-v1|stock|v1||"}),
        ({"graph_type": GraphType.APP}, {"app|east|shop||stock|||", "service|east|shop||||stock|"}),
        (
            {"graph_type": GraphType.WORKLOAD},
            {"workload|east|shop|stock-v1||||", "service|east|shop||||stock|"},
        ),
        ({"graph_type": GraphType.SERVICE}, {"service|east|shop||||stock|"}),
        ({"graph_type": GraphType.NAMESPACE}, set()),
        ({"namespaces": ("legacy",)}, set()),
        ({"idle": False}, set()),
    ],
)
def test_what_is_declared_and_silent_is_drawn_idle(view, keys):
    assert idle(graph(CALLED, declared(*SEEN, *SILENT), **view)) == keys


def test_what_is_declared_and_busy_is_drawn_once():
    alone = graph(CALLED, declared())
    assert set(graph(CALLED, declared(*SEEN))) == set(alone)


def test_idle_node_of_a_silent_mesh_has_the_clusters_own_name():
    found = graph(traffic(), declared(workload("stock-v1", "stock", cluster="prod"), clusters=("prod",)))
    assert set(found) == {"app|prod|shop|stock-v1|stock|v1||"}


def test_one_cluster_may_be_called_otherwise_in_metrics():
    found = graph(CALLED, declared(workload("stock-v1", "stock", cluster="ctx"), clusters=("ctx",)))
    assert idle(found) == {"app|east|shop|stock-v1|stock|v1||"}


def test_of_two_clusters_in_metrics_one_that_is_not_named_is_not_guessed():
    calls = traffic(call(source("page"), destination("cart-v1", "cart", cluster="west"), 2.0))
    found = graph(calls, declared(workload("stock-v1", "stock", cluster="ctx"), clusters=("ctx",)))
    assert idle(found) == set()


def test_idle_nodes_are_boxed_and_folded_like_others():
    boxes = ("app", "namespace", "cluster")
    both = declared(*SEEN, workload("stock-v1", "stock"), workload("stock-v2", "stock", "v2"))
    found = graph(CALLED, both, boxes=boxes)
    box = found.nodes["app|east|shop|stock-v1|stock|v1||"][NodeAttr.PARENT]
    assert found.nodes[box][NodeAttr.APP] == "stock"
    folded = graph(CALLED, both, budget=2)
    assert folded.nodes["namespace|east|shop|||||"][NodeAttr.FOLDED] == 5


def test_past_has_no_idle_nodes():
    assert idle(graph(CALLED, declared(*SILENT, is_present=False))) == set()


def entry(name, *hosts, namespace="shop", **more):
    return DeclaredEntry("east", namespace, name, hosts, **more)


def outside(host, rate):
    end = lost(host, namespace="unknown", host=host)
    return call(source("page"), end, rate, reported_by="source", arrived=True)


HOSTS = traffic(outside("api.pay.example", 2.0), outside("cdn.pay.example", 3.0), outside("x.example", 1.0))
PAY = "service|east|shop||||pay|serviceentry"


def test_hosts_of_one_entry_are_one_node_and_its_rates_their_sums():
    found = graph(HOSTS, declared(entries=(entry("pay", "api.pay.example", "cdn.pay.example"),)))
    assert found.nodes[PAY][NodeAttr.FOLDED] == 2
    rates = {to: data[EdgeAttr.RATE] for _, to, data in found.edges(data=True)}
    assert rates == {PAY: 5.0, "service|east|||||x.example|": 1.0}


@pytest.mark.parametrize(
    "entries",
    [
        (entry("pay", "api.pay.example"),),
        (entry("pay", "api.pay.example", "cdn.pay.example", seen_by=frozenset({"legacy"})),),
        (),
    ],
)
def test_single_host_and_hosts_of_unseen_entries_stay_as_they_are(entries):
    found = graph(HOSTS, declared(entries=entries), namespaces=("shop",))
    assert len(found) == 4
    assert PAY not in found


def test_wildcard_entry_has_the_hosts_below_it():
    assert PAY in graph(HOSTS, declared(entries=(entry("pay", "*.pay.example"),)))


def test_entry_is_opened_in_place():
    facts = declared(entries=(entry("pay", "*.pay.example"),))
    assert set(graph(HOSTS, facts, unfolded=(PAY,))) == set(graph(HOSTS, declared()))


def test_service_of_the_cluster_is_no_host_of_an_entry():
    calls = traffic(*(call(source("page"), destination(name), 1.0) for name in ("a", "b")))
    facts = declared(service("a"), service("b"), entries=(entry("all", "a", "b", location="MESH_INTERNAL"),))
    assert "service|east|shop||||all|serviceentry" not in graph(calls, facts)
