"""Node or box → its side panel: who it is, its rates, who calls it and whom it calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import networkx as nx
from dash import html
from dash.development.base_component import Component

from mesh_graph.model import NodeKey, NodeKind, State
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import GraphAttr as G
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.addresses import path_of
from mesh_graph.views.elements import node_level
from mesh_graph.views.labels import box_name, short_node_name
from mesh_graph.views.numbers import format_clock
from mesh_graph.views.panel_config import render_config
from mesh_graph.views.panel_rows import ending_rows, neighbour_rows, node_totals
from mesh_graph.views.peer_rows import has_page
from mesh_graph.views.words import say

__all__ = ["render_node"]


def _remarks(node: Mapping[str, Any]) -> list[str]:
    marks = {
        N.IS_ROOT: "root",
        N.IS_EXTERNAL: "external",
        N.IS_OUTSIDE: "outside",
        N.HAS_NO_SIDECAR: "no-sidecar",
        N.IS_INJECTED: "injected",
        N.IS_GATEWAY: "gateway",
        N.IS_WAYPOINT: "waypoint",
    }
    remarks = [say(f"node.{word}") for name, word in marks.items() if node.get(name)]
    if reason := node.get(N.DEAD):
        remarks.append(say(f"node.{reason}"))
    if folded := node.get(N.FOLDED):
        remarks.append(say("node.folded", count=str(folded)))
    if beyond := node.get(N.BEYOND):
        remarks.append(say("node.beyond-edges", count=str(beyond)))
    if (state := node.get(N.STATE, State.STEADY)) != State.STEADY:
        remarks.append(say(f"state.{state}"))
    return remarks


def _identity(node: Mapping[str, Any]) -> list[tuple[str, Any]]:
    namespace = str(node.get(N.NAMESPACE, ""))
    only = parts.set_button(namespace, {"namespaces": namespace, "selected": ""}) if namespace else ""
    seen = node.get(N.LAST_SEEN)
    return [
        ("Namespace", only),
        ("Cluster", str(node.get(N.CLUSTER, ""))),
        ("App", str(node.get(N.APP, ""))),
        ("Version", str(node.get(N.VERSION, ""))),
        ("Workload", str(node.get(N.WORKLOAD, ""))),
        ("Service", str(node.get(N.SERVICE, ""))),
        ("Last seen", format_clock(seen) if seen else ""),
    ]


def _kind_words(node: Mapping[str, Any]) -> str:
    kind = str(node.get(N.KIND, NodeKind.UNKNOWN))
    return f"{node.get(N.BOX, '')} box" if kind == NodeKind.BOX else kind


def _inside(graph: nx.MultiDiGraph[str], key: str) -> list[str]:
    """Nodes that are no box, within a box at any depth; a node itself."""
    if graph.nodes[key].get(N.KIND) != NodeKind.BOX:
        return [key]
    inside: list[str] = []
    open_boxes = {key}
    children: dict[str, list[str]] = {}
    for child, node in graph.nodes(data=True):
        if parent := node.get(N.PARENT):
            children.setdefault(parent, []).append(child)
    while open_boxes:
        for child in children.get(open_boxes.pop(), ()):
            (open_boxes.add if graph.nodes[child].get(N.KIND) == NodeKind.BOX else inside.append)(child)
    return inside


def _pages(graph: nx.MultiDiGraph[str], key: str) -> list[Component]:
    """Links to the pages of what the node stands for; the browser adds the time range (assets/detail.js)."""
    node = NodeKey.parse(key)
    if node.kind is NodeKind.BOX or not has_page(node):
        return []
    clusters = {other.get(N.CLUSTER) for _, other in graph.nodes(data=True)} - {None, ""}
    query = f"?{urlencode({'cluster': node.cluster})}" if len(clusters) > 1 and node.cluster else ""
    app = replace(node, workload="", version="", aggregate="")
    workload = NodeKey(NodeKind.WORKLOAD, node.cluster, node.namespace, workload=node.workload)
    targets = [app] if node.kind is not NodeKind.WORKLOAD else [node]
    targets += [workload] if node.kind is NodeKind.APP and node.workload else []
    return [
        html.A(say(f"open.{target.kind}"), href=path_of(target) + query, className="mg-link mg-carry")
        for target in targets
    ]


def render_node(graph: nx.MultiDiGraph[str], key: str) -> list[Component]:
    """Content of the side panel for a node or a box."""
    node = graph.nodes[key]
    asked = graph.graph.get(G.QUERIES, {}).get("requests", ())
    inside = _inside(graph, key)
    is_box = node.get(N.KIND) == NodeKind.BOX
    body = [
        parts.heading(
            box_name(node) if is_box else short_node_name(node), _kind_words(node), node_level(node)
        ),
        parts.pills(_remarks(node)),
        parts.facts([*_identity(node), *([("Holds", f"{len(inside)} nodes")] if is_box else [])]),
    ]
    if node.get(N.FOLDED):
        body.append(parts.set_button("Open in place", {"unfold": key}))
    focus = parts.set_button(say("focus"), {"focus": key, "hops": "1"})
    body.append(html.Div([*([] if node.get(N.FOLDED) else _pages(graph, key)), focus], className="mg-pages"))
    body += render_config(node)
    body.append(parts.section("Traffic", parts.totals_table(node_totals(node)), asked=asked))
    incoming, outgoing = neighbour_rows(graph, inside, True), neighbour_rows(graph, inside, False)
    if incoming:
        body.append(parts.section("Called by", parts.neighbours_table(incoming, "Source"), asked=asked))
    if outgoing:
        body.append(parts.section("Calls", parts.neighbours_table(outgoing, "Destination"), asked=asked))
    responses = [r for *_, edge in graph.in_edges(inside, data=True) for r in edge.get(E.RESPONSES, ())]
    if not is_box and responses:
        table = parts.endings_table(ending_rows(responses, "http"))
        body.append(parts.section("How its requests ended", table, asked=asked))
    if ended := node.get(N.ENDED_HERE):
        body.append(
            parts.section("Never arrived", parts.endings_table(ending_rows(ended, "http")), asked=asked)
        )
    return body
