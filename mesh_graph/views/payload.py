"""Graph → the payload of the topology page: what ``GET /api/pages/topology`` answers.

Top level of the payload (JSON):

    query       {parameter: text}      the view, as its URL parameters; without those at their default
    at          number                 evaluation instant, Unix seconds
    at_text     text                   the same in words, UTC
    window_s    number                 range of every rate, seconds
    window_text text
    response_time text                 which response time edges carry: none, avg, p50, p95, p99
    source      {name, is_demo}        who answered
    summary     text                   one line: counts and totals
    trust       [text]                 reasons to doubt the picture
    gaps        [text]                 what could not be seen, and why
    folded      text                   what was folded to keep the graph readable, or ""
    empty       [finding]              why there is nothing to draw: the doctor's findings; [] if there is
    icons       {key: {light, dark}}   images of the nodes, data URIs
    nodes       [node]                 boxes first, each before what it holds; sorted by key
    edges       [edge]                 sorted by source, destination, protocol

A node (a box has no position, icon and rates):

    id, parent        key text; ``parent`` only inside a box
    kind              ``NodeKind`` value
    box               ``Box`` value, on boxes only
    shape             outline: app, workload, service, external, namespace, unknown
    name, namespace, cluster
    lines             [text]     label: name, and what it needs to be told apart
    icon              key into ``icons``
    level             ok, warn, err, idle, unrated (no error ratio)
    classes           [text]     ghost, new, outside, folded, injected, root, bare (no sidecar)
    x, y              position
    in_rate, in_error_ratio, out_rate, out_error_ratio, tcp_in_rate, tcp_out_rate
                      numbers; absent is unknown

An edge:

    id                ``edge_id(source, destination, protocol)``
    source, target    positions in ``nodes``
    protocol          http, grpc, tcp
    rate, error_ratio, latency_ms   numbers; absent is unknown. ``latency_ms`` is null above the top bucket
    level             as on nodes
    tones             [health, errors, rate, latency]   tone per colour mode, a key of ``palette.tones``
    width             pixels at zoom 1
    texts             {rate, share, errors, latency, throughput}   label per kind, 2 significant digits
    mtls              0..1; absent is unknown
    classes           [text]     ghost, new, partial, idle
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from mesh_graph.codec import query_from_view
from mesh_graph.model import Box, NodeKind, State, View
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import GraphAttr as G
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views.icons import NodeLook, icon_uri
from mesh_graph.views.labels import edge_texts, short_node_name
from mesh_graph.views.numbers import format_clock, format_percent, format_rate, format_seconds
from mesh_graph.views.scale import Level, edge_level, edge_tones, edge_width, error_level
from mesh_graph.views.words import count_text, gap_text, joined, say

__all__ = ["About", "edge_id", "node_level", "node_look", "render_payload"]

Positions = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class About:
    """What the payload says beside the graph.

    Attributes
    ----------
    source : str
        Who answered, for people.
    is_demo : bool
        Whether the mesh is simulated.
    trust : tuple of str
        Reasons to doubt the picture, in words.
    empty : tuple of dict
        The doctor's findings where there is nothing to draw.
    """

    source: str
    is_demo: bool
    trust: tuple[str, ...] = ()
    empty: tuple[dict[str, str], ...] = ()


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
    )


_NODE_CLASSES = {
    N.IS_OUTSIDE: "outside",
    N.FOLDED: "folded",
    N.IS_INJECTED: "injected",
    N.IS_ROOT: "root",
    N.HAS_NO_SIDECAR: "bare",
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
    return lines


def _render_box(key: str, node: Mapping[str, Any]) -> dict[str, Any]:
    box = {
        "id": key,
        "kind": NodeKind.BOX.value,
        "box": str(node.get(N.BOX, "")),
        "name": short_node_name(node)
        if node.get(N.BOX) == Box.APP
        else str(node.get(node.get(N.BOX, ""), "")),
        "namespace": node.get(N.NAMESPACE, ""),
        "cluster": node.get(N.CLUSTER, ""),
        "level": node_level(node),
        "classes": _node_classes(node),
    }
    if parent := node.get(N.PARENT):
        box["parent"] = parent
    return box


def _render_node(
    graph: nx.MultiDiGraph[str], key: str, at: tuple[float, float], has_several_namespaces: bool
) -> tuple[dict[str, Any], NodeLook]:
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


def _render_edge(
    ends: tuple[str, str, str], index: Mapping[str, int], edge: Mapping[str, Any]
) -> dict[str, Any]:
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


def _boxes_outside_in(graph: nx.MultiDiGraph[str]) -> list[str]:
    def depth(key: str) -> int:
        parent = graph.nodes[key].get(N.PARENT)
        return 0 if parent is None or parent not in graph else 1 + depth(parent)

    return sorted(
        (k for k, d in graph.nodes(data=True) if d.get(N.KIND) == NodeKind.BOX), key=lambda k: (depth(k), k)
    )


def _summary(graph: nx.MultiDiGraph[str], nodes: int) -> str:
    rate, errors = graph.graph.get(G.REQUEST_RATE, 0.0), graph.graph.get(G.ERROR_RATE, 0.0)
    requests = [say("summary.no-requests")]
    if rate:
        requests = [format_rate(rate, digits=3), say("summary.errors", ratio=format_percent(errors / rate))]
    return joined(
        (
            count_text(nodes, "count.node.one", "count.nodes"),
            count_text(graph.number_of_edges(), "count.edge.one", "count.edges"),
            *requests,
        )
    )


def _folded_text(graph: nx.MultiDiGraph[str]) -> str:
    folded = graph.graph.get(G.FOLDED, ())
    total = sum(count for _, count in folded)
    return say("folded", nodes=f"{total:,}", parts=f"{len(folded):,}") if folded else ""


def render_payload(
    graph: nx.MultiDiGraph[str], positions: Positions, view: View, about: About
) -> dict[str, Any]:
    """Payload of the topology page, as described at the head of this module.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        With the attributes of ``topology/attributes.py``; not modified.
    positions : mapping of node key to (x, y)
        Of every node that is no box.
    view : View
        What was asked.
    about : About
        What the payload says beside the graph.
    """
    boxes = _boxes_outside_in(graph)
    leaves = sorted(set(graph) - set(boxes))
    has_several = len({graph.nodes[key].get(N.NAMESPACE) for key in leaves} - {None, ""}) > 1
    rendered = [_render_node(graph, key, positions[key], has_several) for key in leaves]
    looks = {look.key: look for _, look in rendered}
    index = {key: place for place, key in enumerate((*boxes, *leaves))}
    at, window_s = graph.graph.get(G.AT, view.at), graph.graph.get(G.WINDOW_S, view.window_s)
    return {
        "query": query_from_view(view),
        "at": at,
        "at_text": format_clock(at) if at is not None else "",
        "window_s": window_s,
        "window_text": say("summary.window", window=format_seconds(window_s)),
        "response_time": view.response_time.value,
        "source": {"name": about.source, "is_demo": about.is_demo},
        "summary": _summary(graph, len(leaves)),
        "trust": about.trust,
        "gaps": [gap_text(gap) for gap in graph.graph.get(G.GAPS, ())],
        "folded": _folded_text(graph),
        "empty": about.empty,
        "icons": {
            key: {s: icon_uri(look, s) for s in ("light", "dark")} for key, look in sorted(looks.items())
        },
        "nodes": [_render_box(key, graph.nodes[key]) for key in boxes] + [node for node, _ in rendered],
        "edges": [
            _render_edge((source, destination, protocol), index, data)
            for source, destination, protocol, data in sorted(
                graph.edges(keys=True, data=True), key=lambda e: e[:3]
            )
        ],
    }
