"""What Kiali marks on the merged traffic map: roots, what lies outside, waypoints and their return edges."""

from __future__ import annotations

from collections.abc import Collection

from mesh_graph import fields
from mesh_graph.kiali.identity import SERVICE, UNKNOWN, is_ok
from mesh_graph.kiali.traffic import EdgeKey, Node, TrafficMap

__all__ = ["handle_waypoints", "mark_outsiders", "mark_roots"]

IS_WAYPOINT = "isWaypoint"
WAYPOINT = "waypoint"


def mark_outsiders(
    graph: TrafficMap, namespaces: Collection[str], accessible: Collection[str] | None
) -> None:
    """Mark what lies in none of the requested namespaces, and what nobody can look into.

    Parameters
    ----------
    graph : TrafficMap
        Written to.
    namespaces : collection of str
        Requested.
    accessible : collection of str or None
        Those that can be looked into; None is all that have a name.
    """
    for node in graph.nodes.values():
        if _is_nowhere(node):
            node.marks["isInaccessible"] = True
            continue
        namespace = node.identity.namespace
        if namespace != fields.UNKNOWN and namespace not in namespaces:
            node.marks["isOutside"] = True
        if not is_ok(namespace) if accessible is None else namespace not in accessible:
            node.marks["isInaccessible"] = True


def _is_nowhere(node: Node) -> bool:
    kind, namespace, service = node.identity.type, node.identity.namespace, node.identity.service
    if kind == UNKNOWN:
        return True
    outside = service in (fields.PASSTHROUGH, fields.BLACKHOLE)
    return kind == SERVICE and (namespace == fields.UNKNOWN or outside)


def mark_roots(graph: TrafficMap) -> None:
    """Mark the nodes that have outgoing edges and no incoming ones."""
    sources = {source for source, _, _ in graph.edges}
    for source in sources - {destination for _, destination, _ in graph.edges}:
        graph.nodes[source].marks["isRoot"] = True


def handle_waypoints(graph: TrafficMap, *, show: bool) -> None:
    """Join the edges to and from each waypoint, or take waypoints out.

    Parameters
    ----------
    graph : TrafficMap
        Written to.
    show : bool
        Whether waypoints stay. An edge to one then carries the edge back as part of itself.
    """
    waypoints = {name for name, node in graph.nodes.items() if IS_WAYPOINT in node.marks}
    if not waypoints:
        return
    if show:
        _join_edges(graph, waypoints)
    else:
        _take_out(graph, waypoints)


def _join_edges(graph: TrafficMap, waypoints: set[str]) -> None:
    for (source, _, _), edge in graph.edges.items():
        if source in waypoints:
            edge.marks[WAYPOINT] = {"direction": "from"}
    back = {key[:2]: key for key in graph.edges if key[0] in waypoints}
    joined: list[EdgeKey] = []
    for (source, destination, _), edge in graph.edges.items():
        if destination in waypoints and source not in waypoints:
            edge.marks[WAYPOINT] = {"direction": "to"}
            if (returning := back.get((destination, source))) is not None:
                edge.marks[WAYPOINT]["fromEdge"] = (returning, graph.edges[returning])
                joined.append(returning)
    for key in joined:
        graph.edges.pop(key, None)


def _take_out(graph: TrafficMap, waypoints: set[str]) -> None:
    """Remove waypoints, their edges, and what only hung on them."""
    gone = [key for key in graph.edges if key[0] in waypoints or key[1] in waypoints]
    for key in gone:
        del graph.edges[key]
    kept = {end for source, destination, _ in graph.edges for end in (source, destination)}
    orphans = {end for source, destination, _ in gone for end in (source, destination)} - kept
    for name in orphans | waypoints:
        del graph.nodes[name]
