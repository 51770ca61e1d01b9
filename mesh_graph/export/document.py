"""A graph in our own JSON shape: what a page can draw, a program can read. docs/api.md describes it.

Names are those of ``topology.attributes``, units included. What is not there is not known: no attribute is
ever null, and no number stands for "no data".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import networkx as nx

from mesh_graph.codec import format_instant
from mesh_graph.topology.attributes import EdgeAttr, Gap, GraphAttr, Response

__all__ = ["LATENCY_ABOVE_MS", "render_document"]

LATENCY_ABOVE_MS = "latency_above_ms"
"""In place of ``latency_ms`` where that is beyond the last bucket: the bucket's lower edge."""

_TOTALS = (GraphAttr.REQUEST_RATE, GraphAttr.ERROR_RATE, GraphAttr.TCP_BYTES_RATE)


def render_document(graph: nx.MultiDiGraph[str]) -> dict[str, Any]:
    """The graph as plain values that JSON can hold.

    ``at``, ``window_s``, ``graph_type``, ``totals``, ``gaps``, ``folded``, ``queries``, ``nodes``, ``edges``;
    ``focus`` where it was narrowed to a node's callers and callees.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As ``Mesh.graph`` gives it; not modified.
    """
    head = graph.graph
    focus = {"focus": asdict(head[GraphAttr.FOCUS])} if GraphAttr.FOCUS in head else {}
    return focus | {
        "at": format_instant(head[GraphAttr.AT]),
        "window_s": head[GraphAttr.WINDOW_S],
        "graph_type": str(head.get(GraphAttr.GRAPH_TYPE, "")),
        "totals": {name: head[name] for name in _TOTALS if name in head},
        "gaps": [_plain(gap) for gap in head.get(GraphAttr.GAPS, ())],
        "folded": dict(head.get(GraphAttr.FOLDED, ())),
        "queries": {name: list(texts) for name, texts in head.get(GraphAttr.QUERIES, {}).items()},
        "nodes": [{"key": key, **_attributes(data)} for key, data in graph.nodes(data=True)],
        "edges": [
            {"source": source, "destination": destination, **_attributes(_known(data))}
            for source, destination, data in graph.edges(data=True)
        ],
    }


def _known(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """An edge whose response time is a number, or said to be above the last bucket."""
    if not math.isinf(data.get(EdgeAttr.LATENCY_MS, 0.0)):
        return {name: value for name, value in data.items() if name != EdgeAttr.LATENCY_EDGE_MS}
    above = data.get(EdgeAttr.LATENCY_EDGE_MS)
    hidden = (EdgeAttr.LATENCY_MS, EdgeAttr.LATENCY_EDGE_MS)
    kept = {name: value for name, value in data.items() if name not in hidden}
    return kept if above is None else {**kept, LATENCY_ABOVE_MS: above}


def _attributes(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in data.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Gap):
        return {"message": value.message, "parameters": dict(value.parameters)}
    if isinstance(value, Response):
        return asdict(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
