"""A graph as Graphviz DOT: boxes as clusters, rates and errors on the edges.

Names of nodes are numbers and all text is in quoted labels, so that nothing in a label value is read as DOT.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx

from mesh_graph.model import NodeKind, Protocol
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr
from mesh_graph.topology.outcome import DEGRADED_FROM, FAILURE_FROM
from mesh_graph.views.numbers import format_bytes_rate, format_percent, format_rate

__all__ = ["quoted", "render_dot"]

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SHAPES = {NodeKind.SERVICE: "triangle", NodeKind.UNKNOWN: "plaintext", NodeKind.NAMESPACE: "box3d"}
_MAX_TEXT = 200

Data = Mapping[str, Any]


def quoted(text: str) -> str:
    r"""A DOT string that shows this text: Graphviz interprets quotes, backslashes and entities.

    Examples
    --------
    >>> print(quoted(r'a "b" \N'))
    "a \"b\" \\N"
    """
    shown = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text[:_MAX_TEXT])
    for special, escaped in (("&", "&amp;"), ("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        shown = shown.replace(special, escaped)
    return f'"{shown}"'


def render_dot(graph: nx.MultiDiGraph[str]) -> bytes:
    """The graph as DOT in UTF-8; ``dot -Tsvg`` draws it."""
    numbers = {key: number for number, key in enumerate(graph.nodes)}
    children: dict[str, list[str]] = defaultdict(list)
    for key, data in graph.nodes(data=True):
        children[data.get(NodeAttr.PARENT, "")].append(key)
    lines = [
        "digraph mesh {",
        '  graph [rankdir=LR, fontname="sans-serif"];',
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
        *_nodes(graph, numbers, children, ""),
        *(_edge(numbers, *edge) for edge in graph.edges(data=True)),
        "}",
        "",
    ]
    return "\n".join(lines).encode()


def _nodes(
    graph: nx.MultiDiGraph[str], numbers: Mapping[str, int], children: Mapping[str, list[str]], parent: str
) -> Iterator[str]:
    for key in children.get(parent, ()):
        data, number = graph.nodes[key], numbers[key]
        label = quoted(_name(data))
        if data.get(NodeAttr.KIND) != NodeKind.BOX:
            shape = _SHAPES.get(data.get(NodeAttr.KIND, ""), "box")
            yield f"  n{number} [label={label}, shape={shape}];"
            continue
        yield f"  subgraph cluster_{number} {{"
        yield f"  label={label};"
        yield from _nodes(graph, numbers, children, key)
        yield "  }"


def _name(data: Data) -> str:
    """What a node is called: its app and version, or whatever it has."""
    if data.get(NodeAttr.KIND) == NodeKind.BOX:
        names = (data.get(name) for name in (NodeAttr.APP, NodeAttr.NAMESPACE, NodeAttr.CLUSTER))
        return next((name for name in names if name), "")
    app, version = data.get(NodeAttr.APP, ""), data.get(NodeAttr.VERSION, "")
    if app:
        return f"{app}\n{version}" if version else app
    names = (data.get(name) for name in (NodeAttr.WORKLOAD, NodeAttr.SERVICE, NodeAttr.NAMESPACE))
    return next((name for name in names if name), "unknown")


def _edge(numbers: Mapping[str, int], source: str, destination: str, data: Data) -> str:
    parts = [quoted(_rate_text(data))]
    ratio = data.get(EdgeAttr.ERROR_RATIO, 0.0)
    if ratio >= DEGRADED_FROM:
        parts.append("color=red" if ratio >= FAILURE_FROM else "color=orange")
    if data.get(EdgeAttr.PROTOCOL) == Protocol.TCP:
        parts.append("style=dashed")
    return f"  n{numbers[source]} -> n{numbers[destination]} [label={', '.join(parts)}];"


def _rate_text(data: Data) -> str:
    is_tcp = data.get(EdgeAttr.PROTOCOL) == Protocol.TCP
    rate = data.get(EdgeAttr.RATE)
    if rate is None:
        return ""
    text = format_bytes_rate(rate) if is_tcp else format_rate(rate)
    ratio = data.get(EdgeAttr.ERROR_RATIO, 0.0)
    return f"{text}\n{format_percent(ratio)} errors" if ratio > 0 else text
