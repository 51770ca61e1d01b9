"""A graph narrowed to one node's callers and callees.

A step is a call: the service that stands between caller and workload is passed at once, so that "one call"
means the same whether service nodes are drawn or not. What is left keeps its numbers; only the totals of the
graph are counted anew, over what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import networkx as nx

from mesh_graph.model import NodeKey, NodeKind, Protocol
from mesh_graph.topology.attributes import EdgeAttr, Focus, GraphAttr, NodeAttr
from mesh_graph.topology.outcome import Outcome

__all__ = ["centre_of", "focused"]

Edge = tuple[str, str, str]
Onward = Callable[[str], Iterable[Edge]]


def centre_of(graph: nx.MultiDiGraph[str], key: str) -> frozenset[str]:
    """Nodes that a key means in a graph; empty if it has none of them.

    A node itself; of a box what is in it, at any depth; of a node that is folded the one that it is folded
    into; of a folded one that is open here what was folded. A key of another graph type means the nodes of
    the same workload, else of the same service, else of the same app; then its namespace's own node.
    """
    if key in graph:
        return _inside(graph, key)
    stand_in = graph.graph.get(GraphAttr.DRAWN_AS, {}).get(key)
    if stand_in in graph:
        return frozenset({stand_in})
    try:
        meant = NodeKey.parse(key)
    except ValueError:
        return frozenset()
    home = _at_home(graph, meant)
    if meant.kind is NodeKind.NAMESPACE:
        return frozenset(home)
    for name, value in (
        (NodeAttr.WORKLOAD, meant.workload),
        (NodeAttr.SERVICE, meant.service),
        (NodeAttr.APP, meant.app),
    ):
        found = frozenset(node for node, row in home.items() if value and row.get(name) == value)
        if found:
            return found
    return frozenset(node for node, row in home.items() if row[NodeAttr.KIND] == NodeKind.NAMESPACE)


def _inside(graph: nx.MultiDiGraph[str], key: str) -> frozenset[str]:
    if graph.nodes[key][NodeAttr.KIND] != NodeKind.BOX:
        return frozenset({key})
    return frozenset(node for node in _leaves(graph) if key in _boxes_around(graph, node))


def _leaves(graph: nx.MultiDiGraph[str]) -> list[str]:
    return [key for key, row in graph.nodes(data=True) if row[NodeAttr.KIND] != NodeKind.BOX]


def _boxes_around(graph: nx.MultiDiGraph[str], node: str) -> list[str]:
    found: list[str] = []
    while (parent := graph.nodes[found[-1] if found else node].get(NodeAttr.PARENT, "")) in graph:
        found.append(parent)
    return found


def _at_home(graph: nx.MultiDiGraph[str], meant: NodeKey) -> dict[str, dict[str, str]]:
    """Nodes of the key's namespace, and of its cluster where it names one."""
    return {
        node: graph.nodes[node]
        for node in _leaves(graph)
        if meant.namespace
        and graph.nodes[node].get(NodeAttr.NAMESPACE) == meant.namespace
        and meant.cluster in ("", graph.nodes[node].get(NodeAttr.CLUSTER))
    }


def focused(graph: nx.MultiDiGraph[str], key: str, hops: int) -> nx.MultiDiGraph[str]:
    """Return a copy of the graph with a node's callers and callees alone.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        With the attributes of ``topology.attributes``; not modified.
    key : str
        As ``centre_of``.
    hops : int
        How many calls far; 0 is as far as they go.

    Returns
    -------
    networkx.MultiDiGraph
        ``GraphAttr.FOCUS`` says what was left of how much, the totals are of what was left, and nodes with
        edges that were left out say how many. Without the node the graph is empty.
    """
    centre = centre_of(graph, key)
    edges = _reached(graph, centre, hops)
    nodes = centre.union(*(edge[:2] for edge in edges))
    kept = nodes.union(*(_boxes_around(graph, node) for node in nodes))
    left: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    left.graph.update(graph.graph)
    left.add_nodes_from((node, dict(row)) for node, row in graph.nodes(data=True) if node in kept)
    for source, target, protocol, row in graph.edges(keys=True, data=True):
        if (source, target, protocol) in edges:
            left.add_edge(source, target, protocol, **row)
    for node in nodes:
        if beyond := graph.degree(node) - left.degree(node):
            left.nodes[node][NodeAttr.BEYOND] = beyond
    left.graph[GraphAttr.FOCUS] = Focus(key, hops, tuple(sorted(centre)), len(_leaves(graph)))
    left.graph.update(_totals(left))
    return left


def _reached(graph: nx.MultiDiGraph[str], centre: frozenset[str], hops: int) -> set[Edge]:
    inner = {edge for edge in graph.out_edges(centre, keys=True) if edge[1] in centre}

    def callees(node: str) -> Iterable[Edge]:
        return graph.out_edges(node, keys=True)

    def callers(node: str) -> Iterable[Edge]:
        return graph.in_edges(node, keys=True)

    is_service = {
        node
        for node, row in graph.nodes(data=True)
        if row[NodeAttr.KIND] == NodeKind.SERVICE and row.get(NodeAttr.IS_INJECTED)
    }
    limit = hops or len(graph)
    down = _walked(callees, 1, centre, is_service, limit)
    return inner | down | _walked(callers, 0, centre, is_service, limit)


def _walked(onward: Onward, end: int, centre: frozenset[str], between: set[str], limit: int) -> set[Edge]:
    """Edges within some calls; those of a service between are walked together with the call to it."""
    edges: set[Edge] = set()
    seen, front = set(centre), sorted(centre)
    for _ in range(limit):
        beyond: list[str] = []
        for node in front:
            for edge in onward(node):
                edges.add(edge)
                if edge[end] in seen:
                    continue
                seen.add(edge[end])
                # What is appended to the front is walked in this very call.
                (front if edge[end] in between else beyond).append(edge[end])
        front = beyond
        if not front:
            break
    return edges


def _totals(graph: nx.MultiDiGraph[str]) -> dict[str, float]:
    """Every request once: where it arrives, or at the service that it never left."""
    injected = [row for _, row in graph.nodes(data=True) if row.get(NodeAttr.IS_INJECTED)]
    arriving = [
        row
        for _, destination, row in graph.edges(data=True)
        if not (graph.nodes[destination].get(NodeAttr.IS_INJECTED) or row.get(EdgeAttr.IS_CARRIED))
    ]
    requests = [row for row in arriving if row[EdgeAttr.PROTOCOL] != Protocol.TCP]
    ended = [response for row in injected for response in row.get(NodeAttr.ENDED_HERE, ())]
    folded = [row for _, row in graph.nodes(data=True) if NodeAttr.INNER_RATE in row]
    return {
        GraphAttr.REQUEST_RATE: sum(row.get(EdgeAttr.RATE, 0.0) for row in requests)
        + sum(response.rate for response in ended)
        + sum(row[NodeAttr.INNER_RATE] for row in folded),
        GraphAttr.ERROR_RATE: sum(row.get(EdgeAttr.ERROR_RATE, 0.0) for row in requests)
        + sum(response.rate for response in ended if response.outcome == Outcome.ERROR)
        + sum(row.get(NodeAttr.INNER_ERROR_RATE, 0.0) for row in folded),
        GraphAttr.TCP_BYTES_RATE: sum(
            row.get(EdgeAttr.RATE, 0.0) for row in arriving if row[EdgeAttr.PROTOCOL] == Protocol.TCP
        ),
    }
