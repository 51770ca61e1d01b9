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
    focus       {text, hops, is_found} or null   what the graph was narrowed to; ``hops`` as in the URL
    empty       [finding]              why there is nothing to draw: the doctor's findings; [] if there is
    icons       {key: {light, dark}}   images of the nodes, data URIs
    nodes       [node]                 boxes first, each before what it holds; sorted by key
    edges       [edge]                 sorted by source, destination, protocol

A node (a box has no position, icon and rates):

    id, parent        key text; ``parent`` only inside a box
    kind              ``NodeKind`` value
    box               ``Box`` value, on boxes only
    shape             outline: app, workload, service, external, namespace, waypoint, unknown
    name, namespace, cluster
    lines             [text]     label: name, and what it needs to be told apart
    icon              key into ``icons``
    level             ok, warn, err, idle, unrated (no error ratio)
    classes           [text]     ghost, new, outside, folded, injected, root, bare (no sidecar), dead, found,
                                 centre (of the focus)
    x, y              position
    in_rate, in_error_ratio, out_rate, out_error_ratio, tcp_in_rate, tcp_out_rate
                      numbers; absent is unknown

An edge:

    id                ``elements.edge_id(source, destination, protocol)``
    source, target    positions in ``nodes``
    protocol          http, grpc, tcp
    rate, error_ratio, latency_ms   numbers; absent is unknown. ``latency_ms`` is null above the top bucket
    level             as on nodes
    tones             [health, errors, rate, latency]   tone per colour mode, a key of ``palette.tones``
    width             pixels at zoom 1
    texts             {rate, share, errors, latency, throughput}   label per kind, 2 significant digits
    mtls              0..1; absent is unknown
    bends             [x, y, x, y …] points on its way around others; absent where it runs straight
    classes           [text]     ghost, new, partial, idle, found
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from mesh_graph.codec import query_from_view
from mesh_graph.model import NodeKind, View
from mesh_graph.topology.attributes import Focus
from mesh_graph.topology.attributes import GraphAttr as G
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.find import Matches, matches, parse
from mesh_graph.views.elements import render_box, render_edge, render_node
from mesh_graph.views.icons import icon_uri
from mesh_graph.views.labels import asked_name, short_node_name
from mesh_graph.views.numbers import format_clock, format_percent, format_rate, format_seconds
from mesh_graph.views.words import count_text, gap_text, joined, say

__all__ = ["About", "render_payload"]

Positions = Mapping[str, tuple[float, float]]
Routes = Mapping[tuple[str, str], Sequence[tuple[float, float]]]
NO_BENDS: Routes = {}
_ABREAST = 6
"""Edges of several protocols between two nodes keep this distance on their way around others, pixels."""


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
        The doctor's findings where there is nothing to draw, as lines (``views/diagnosis_lines.py``).
    """

    source: str
    is_demo: bool
    trust: tuple[str, ...] = ()
    empty: tuple[dict[str, str], ...] = ()


def _boxes_outside_in(graph: nx.MultiDiGraph[str]) -> list[str]:
    def depth(key: str) -> int:
        parent = graph.nodes[key].get(N.PARENT)
        return 0 if parent is None or parent not in graph else 1 + depth(parent)

    return sorted(
        (k for k, d in graph.nodes(data=True) if d.get(N.KIND) == NodeKind.BOX), key=lambda k: (depth(k), k)
    )


def _shown(graph: nx.MultiDiGraph[str], nodes: int) -> str:
    focus: Focus | None = graph.graph.get(G.FOCUS)
    if focus is None:
        return count_text(nodes, "count.node.one", "count.nodes")
    return say("summary.shown", shown=f"{nodes:,}", whole=f"{focus.whole:,}")


def _focus(graph: nx.MultiDiGraph[str]) -> dict[str, Any] | None:
    focus: Focus | None = graph.graph.get(G.FOCUS)
    if focus is None:
        return None
    names = {short_node_name(graph.nodes[key]) for key in focus.centre}
    name = names.pop() if len(names) == 1 else asked_name(focus.key)
    return {
        "text": say("focus.on" if focus.centre else "focus.missing", name=name),
        "hops": str(focus.hops or "all"),
        "is_found": bool(focus.centre),
    }


def _summary(graph: nx.MultiDiGraph[str], nodes: int, found: int | None) -> str:
    rate, errors = graph.graph.get(G.REQUEST_RATE, 0.0), graph.graph.get(G.ERROR_RATE, 0.0)
    requests = [say("summary.no-requests")]
    if rate:
        requests = [format_rate(rate, digits=3), say("summary.errors", ratio=format_percent(errors / rate))]
    return joined(
        (
            _shown(graph, nodes),
            count_text(graph.number_of_edges(), "count.edge.one", "count.edges"),
            *requests,
            "" if found is None else say("summary.found", count=f"{found:,}"),
        )
    )


def _folded_text(graph: nx.MultiDiGraph[str]) -> str:
    folded = graph.graph.get(G.FOLDED, ())
    total = sum(count for _, count in folded)
    return say("folded", nodes=f"{total:,}", parts=f"{len(folded):,}") if folded else ""


def render_payload(
    graph: nx.MultiDiGraph[str], positions: Positions, view: View, about: About, *, bends: Routes = NO_BENDS
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
    bends : mapping of (source, destination) to points
        Of the edges that do not run straight (``topology/routes.py``).

    Raises
    ------
    InvalidExpression
        If what the view is to find cannot be read.
    """
    boxes = _boxes_outside_in(graph)
    leaves = sorted(set(graph) - set(boxes))
    found = matches(parse(view.find), graph)
    has_several = len({graph.nodes[key].get(N.NAMESPACE) for key in leaves} - {None, ""}) > 1
    rendered = [render_node(graph, key, positions[key], has_several) for key in leaves]
    looks = {look.key: look for _, look in rendered}
    nodes = [render_box(key, graph.nodes[key]) for key in boxes] + [node for node, _ in rendered]
    edges = _render_edges(graph, {node["id"]: place for place, node in enumerate(nodes)}, found)
    _write_bends(edges, nodes, bends)
    focus: Focus | None = graph.graph.get(G.FOCUS)
    for node in nodes:
        if node["id"] in found.nodes:
            node["classes"].append("found")
        if focus is not None and node["id"] in focus.centre:
            node["classes"].append("centre")
    count = len(found.nodes) + len(found.edges) if view.find else None
    return {
        **_head(graph, view, about),
        "summary": _summary(graph, len(leaves), count),
        "icons": {
            key: {s: icon_uri(look, s) for s in ("light", "dark")} for key, look in sorted(looks.items())
        },
        "nodes": nodes,
        "edges": edges,
    }


def _head(graph: nx.MultiDiGraph[str], view: View, about: About) -> dict[str, Any]:
    at, window_s = graph.graph.get(G.AT, view.at), graph.graph.get(G.WINDOW_S, view.window_s)
    return {
        "query": query_from_view(view),
        "at": at,
        "at_text": format_clock(at) if at is not None else "",
        "window_s": window_s,
        "window_text": say("summary.window", window=format_seconds(window_s)),
        "response_time": view.response_time.value,
        "source": {"name": about.source, "is_demo": about.is_demo},
        "trust": about.trust,
        "gaps": [gap_text(gap) for gap in graph.graph.get(G.GAPS, ())],
        "folded": _folded_text(graph),
        "focus": _focus(graph),
        "empty": about.empty,
    }


def _render_edges(
    graph: nx.MultiDiGraph[str], index: Mapping[str, int], found: Matches
) -> list[dict[str, Any]]:
    rendered = []
    for *ends, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        source, destination, protocol = ends
        edge = render_edge((source, destination, protocol), index, data)
        if (source, destination, protocol) in found.edges:
            edge["classes"].append("found")
        rendered.append(edge)
    return rendered


def _write_bends(edges: list[dict[str, Any]], nodes: list[dict[str, Any]], bends: Routes) -> None:
    drawn: Counter[tuple[str, str]] = Counter()
    for edge in edges:
        ends = nodes[edge["source"]]["id"], nodes[edge["target"]]["id"]
        if ends in bends:
            beside = _ABREAST * drawn[ends]
            edge["bends"] = [round(part + beside) for point in bends[ends] for part in point]
            drawn[ends] += 1
