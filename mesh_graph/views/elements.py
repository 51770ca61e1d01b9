"""One node, box or edge of the graph → its element in the payload (shapes: ``views/payload.py``)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import networkx as nx

from mesh_graph.model import Box, NodeKind, State
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views.config_badges import config_letters
from mesh_graph.views.icons import NodeLook
from mesh_graph.views.labels import box_name, edge_texts, short_node_name
from mesh_graph.views.scale import Level, edge_level, edge_tones, edge_width, error_level
from mesh_graph.views.words import say

__all__ = ["edge_id", "node_level", "node_look", "render_box", "render_edge", "render_node"]


def edge_id(source: str, destination: str, protocol: str) -> str:
    """Identity of an edge as one text; a tab sets its parts apart, which no node key holds."""
    return f"{source}\t{destination}\t{protocol}"


def node_level(node: Mapping[str, Any]) -> Level:
    """Level of a node: how its callers fare, or, if nobody calls it, how it fares itself."""
    if node.get(N.IS_IDLE) or node.get(N.STATE) == State.VANISHED:
        return "idle"
    side = (N.IN_RATE, N.IN_ERROR_RATIO) if node.get(N.IN_RATE) else (N.OUT_RATE, N.OUT_ERROR_RATIO)
    if node.get(side[0]):
        return error_level(node.get(side[1]))
    return "unrated" if node.get(N.TCP_IN_RATE) or node.get(N.TCP_OUT_RATE) else "idle"


def _shape(node: Mapping[str, Any]) -> str:
    if node.get(N.IS_EXTERNAL):
        return "external"
    if node.get(N.IS_WAYPOINT):
        return "waypoint"
    return str(node.get(N.KIND, NodeKind.UNKNOWN))


def node_look(node: Mapping[str, Any], level: Level) -> NodeLook:
    """Everything of a node that its image shows."""
    ratio = node.get(N.IN_ERROR_RATIO, 0.0) if node.get(N.IN_RATE) else node.get(N.OUT_ERROR_RATIO, 0.0)
    is_failing = level in ("warn", "err")
    return NodeLook(
        kind=_shape(node),
        level=level,
        error_step=max(1, min(20, math.ceil(ratio * 20))) if is_failing else 0,
        is_ghost=node.get(N.STATE) == State.VANISHED,
        is_new=node.get(N.STATE) == State.NEW,
        is_root=bool(node.get(N.IS_ROOT)),
        is_folded=bool(node.get(N.FOLDED)),
        has_no_sidecar=bool(node.get(N.HAS_NO_SIDECAR)),
        is_outside=bool(node.get(N.IS_OUTSIDE)),
        is_dead=bool(node.get(N.DEAD)),
        config=config_letters(node),
    )


_NODE_CLASSES = {
    N.IS_OUTSIDE: "outside",
    N.FOLDED: "folded",
    N.IS_INJECTED: "injected",
    N.IS_ROOT: "root",
    N.HAS_NO_SIDECAR: "bare",
    N.DEAD: "dead",
}
_STATE_CLASSES = {State.NEW.value: "new", State.VANISHED.value: "ghost"}
_NODE_NUMBERS = (
    N.IN_RATE,
    N.IN_ERROR_RATIO,
    N.OUT_RATE,
    N.OUT_ERROR_RATIO,
    N.TCP_IN_RATE,
    N.TCP_OUT_RATE,
)


def _node_classes(node: Mapping[str, Any]) -> list[str]:
    classes = [name for attribute, name in _NODE_CLASSES.items() if node.get(attribute)]
    if state := _STATE_CLASSES.get(node.get(N.STATE, "")):
        classes.append(state)
    return classes


def _needs_namespace(graph: nx.MultiDiGraph[str], node: Mapping[str, Any]) -> bool:
    """Whether nothing else on the screen tells the node's namespace."""
    parent = node.get(N.PARENT)
    while parent is not None and parent in graph:
        if graph.nodes[parent].get(N.BOX) == Box.NAMESPACE:
            return False
        parent = graph.nodes[parent].get(N.PARENT)
    return True


def _lines(graph: nx.MultiDiGraph[str], node: Mapping[str, Any], has_several_namespaces: bool) -> list[str]:
    lines = [short_node_name(node)]
    namespace = node.get(N.NAMESPACE)
    if has_several_namespaces and namespace and namespace != lines[0] and _needs_namespace(graph, node):
        lines.append(namespace)
    if folded := node.get(N.FOLDED):
        lines.append(say("node.folded", count=str(folded)))
    if beyond := node.get(N.BEYOND):
        lines.append(say("node.beyond", count=str(beyond)))
    return lines


def render_box(key: str, node: Mapping[str, Any]) -> dict[str, Any]:
    """A box: what it stands for and how it fares; it has no place of its own."""
    box = {
        "id": key,
        "kind": NodeKind.BOX.value,
        "box": str(node.get(N.BOX, "")),
        "name": box_name(node),
        "namespace": node.get(N.NAMESPACE, ""),
        "cluster": node.get(N.CLUSTER, ""),
        "level": node_level(node),
        "classes": _node_classes(node),
    }
    if parent := node.get(N.PARENT):
        box["parent"] = parent
    return box


def render_node(
    graph: nx.MultiDiGraph[str], key: str, at: tuple[float, float], has_several_namespaces: bool
) -> tuple[dict[str, Any], NodeLook]:
    """A node at its place, and the look that its icon key names."""
    node = graph.nodes[key]
    level = node_level(node)
    look = node_look(node, level)
    element = {
        "id": key,
        "kind": str(node.get(N.KIND, NodeKind.UNKNOWN)),
        "shape": look.kind,
        "name": short_node_name(node),
        "namespace": node.get(N.NAMESPACE, ""),
        "cluster": node.get(N.CLUSTER, ""),
        "lines": _lines(graph, node, has_several_namespaces),
        "icon": look.key,
        "level": level,
        "classes": _node_classes(node),
        "x": round(at[0], 1),
        "y": round(at[1], 1),
    }
    element |= {name: node[name] for name in _NODE_NUMBERS if name in node}
    if parent := node.get(N.PARENT):
        element["parent"] = parent
    return element, look


def render_edge(
    ends: tuple[str, str, str], index: Mapping[str, int], edge: Mapping[str, Any]
) -> dict[str, Any]:
    """An edge between the nodes that ``index`` numbers."""
    source, destination, protocol = ends
    level = edge_level(edge)
    element = {
        "id": edge_id(source, destination, protocol),
        "source": index[source],
        "target": index[destination],
        "protocol": protocol,
        "level": level,
        "tones": edge_tones(edge, level),
        "width": edge_width(edge),
        "texts": edge_texts(edge),
        "classes": _edge_classes(edge, level),
    }
    for name, attribute in (("rate", E.RATE), ("error_ratio", E.ERROR_RATIO), ("mtls", E.MTLS_SHARE)):
        if attribute in edge:
            element[name] = edge[attribute]
    if (latency := edge.get(E.LATENCY_MS)) is not None:
        element["latency_ms"] = latency if math.isfinite(latency) else None
    return element


def _edge_classes(edge: Mapping[str, Any], level: Level) -> list[str]:
    classes = []
    if state := _STATE_CLASSES.get(edge.get(E.STATE, "")):
        classes.append(state)
    if edge.get(E.IS_PARTIAL):
        classes.append("partial")
    if level == "idle" and "ghost" not in classes:
        classes.append("idle")
    return classes
