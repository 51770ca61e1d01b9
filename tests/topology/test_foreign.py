"""Foreign nodes keep a bare name, whatever was written on them."""

import networkx as nx
import pytest

from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr
from mesh_graph.topology.foreign import BARE, restrict

SHOP = Scope.of(("shop",), ("east",))


def graph() -> nx.MultiDiGraph:
    every = {getattr(NodeAttr, name): "x" for name in vars(NodeAttr) if name.isupper()}
    found: nx.MultiDiGraph = nx.MultiDiGraph()
    found.add_node("own", **{**every, NodeAttr.NAMESPACE: "shop", NodeAttr.CLUSTER: "east"})
    found.add_node("other", **{**every, NodeAttr.NAMESPACE: "bank", NodeAttr.CLUSTER: "east"})
    found.add_node("far", **{**every, NodeAttr.NAMESPACE: "shop", NodeAttr.CLUSTER: "west"})
    found.add_node("unknown", **{NodeAttr.KIND: "unknown"})
    for source, destination in (("own", "other"), ("other", "own"), ("unknown", "own")):
        found.add_edge(source, destination, "http", **{EdgeAttr.RATE: 2.0, EdgeAttr.SHARE: 1.0})
    return found


@pytest.mark.parametrize("node", ["other", "far"])
def test_foreign_nodes_keep_what_their_edges_say(node):
    found = graph()
    restrict(found, SHOP)
    assert set(found.nodes[node]) == BARE | {NodeAttr.IS_OUTSIDE}
    assert not BARE & {NodeAttr.VERSION, NodeAttr.LABELS, NodeAttr.HOSTS, NodeAttr.CONFIG, NodeAttr.PODS}


def test_own_nodes_and_the_unknown_keep_all():
    found, before = graph(), graph()
    restrict(found, SHOP)
    assert found.nodes["own"] == before.nodes["own"]
    assert found.nodes["unknown"] == before.nodes["unknown"]


def test_of_other_nodes_traffic_no_share_is_known():
    found = graph()
    restrict(found, SHOP)
    shares = {edge[:2]: EdgeAttr.SHARE in edge[2] for edge in found.edges(data=True)}
    assert shares == {("own", "other"): True, ("other", "own"): False, ("unknown", "own"): False}
    assert all(row[EdgeAttr.RATE] == 2.0 for *_, row in found.edges(data=True))


def test_who_sees_all_sees_all():
    found = graph()
    restrict(found, EVERYTHING)
    assert nx.utils.graphs_equal(found, graph())
