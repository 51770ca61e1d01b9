"""Graph and selection → the side panel: of the whole graph, a box, a node or an edge."""

from __future__ import annotations

from collections import Counter

import networkx as nx
from dash.development.base_component import Component

from mesh_graph.model import NodeKind, Protocol
from mesh_graph.topology.attributes import GraphAttr as G
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views import panel_parts as parts
from mesh_graph.views.numbers import format_bytes_rate, format_percent, format_rate
from mesh_graph.views.panel_edge import render_edge
from mesh_graph.views.panel_node import render_node
from mesh_graph.views.panel_rows import ending_rows, whole_responses, worst_edges
from mesh_graph.views.scale import error_level
from mesh_graph.views.words import say

__all__ = ["parse_selection", "render_panel"]

Ends = tuple[str, str, str]


def parse_selection(graph: nx.MultiDiGraph[str], selected: str) -> str | Ends | None:
    """What a selection names: a node's key, an edge's ends, or None where the graph has no such element."""
    if selected in graph:
        return selected
    ends = tuple(selected.split("\t"))
    if len(ends) == 3 and graph.has_edge(*ends):
        return ends
    return None


def render_panel(graph: nx.MultiDiGraph[str], selected: str) -> list[Component]:
    """Content of the side panel for a selection; of the whole graph where nothing is selected.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        With the attributes of ``topology/attributes.py``; not modified.
    selected : str
        A node's key, ``edge_id`` of an edge, or empty.
    """
    found = parse_selection(graph, selected) if selected else None
    if selected and found is None:
        return [parts.heading("Not in this picture", "", "idle"), *_missing()]
    if found is None:
        body = _whole(graph)
    elif isinstance(found, tuple):
        body = render_edge(graph, found)
    else:
        body = render_node(graph, found)
    return [*body, *parts.queries(graph.graph.get(G.QUERIES, {}))]


def _missing() -> list[Component]:
    return [parts.facts([("", say("panel.missing"))])]


def _counts(graph: nx.MultiDiGraph[str]) -> list[tuple[str, str]]:
    kinds = Counter(node.get(N.KIND) for _, node in graph.nodes(data=True))
    namespaces = {node.get(N.NAMESPACE) for _, node in graph.nodes(data=True)} - {None, ""}
    names = {NodeKind.APP: "Apps", NodeKind.WORKLOAD: "Workloads", NodeKind.SERVICE: "Services"}
    counted = [(name, f"{kinds[kind]:,}") for kind, name in names.items() if kinds[kind]]
    return [("Namespaces", f"{len(namespaces):,}"), *counted, ("Edges", f"{graph.number_of_edges():,}")]


def _whole(graph: nx.MultiDiGraph[str]) -> list[Component]:
    rate, errors = graph.graph.get(G.REQUEST_RATE, 0.0), graph.graph.get(G.ERROR_RATE, 0.0)
    ratio = errors / rate if rate else None
    tcp = graph.graph.get(G.TCP_BYTES_RATE)
    totals = [
        ("Requests", format_rate(rate, digits=3) if rate else say("summary.no-requests"), "requests"),
        ("Errors", "" if ratio is None else format_percent(ratio, 3), "requests"),
        ("TCP", format_bytes_rate(tcp, 3) if tcp else "", "tcp"),
    ]
    counts = [(name, number, "") for name, number in _counts(graph)]
    texts = graph.graph.get(G.QUERIES, {})
    level = error_level(ratio) if rate else "idle"
    name = "In focus" if G.FOCUS in graph.graph else "Whole graph"
    body = [
        parts.heading(name, "click a node, an edge or a box for more", level),
        parts.measured([*totals, *counts], texts),
    ]
    if worst := worst_edges(graph):
        body.append(
            parts.section(
                "Most errors", parts.neighbours_table(worst, "Edge"), asked=texts.get("requests", ())
            )
        )
    if endings := ending_rows(whole_responses(graph), Protocol.HTTP, with_host=False):
        table = parts.endings_table(endings)
        body.append(parts.section("How requests ended", table, asked=texts.get("requests", ())))
    return body
