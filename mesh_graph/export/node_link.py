"""A graph as networkx's node-link JSON, for ``networkx.node_link_graph(data, edges="links")`` and d3."""

from __future__ import annotations

import networkx as nx
import orjson

from mesh_graph.export.document import render_document

__all__ = ["render_node_link"]


def render_node_link(graph: nx.MultiDiGraph[str]) -> bytes:
    """Nodes by ``id``, links by ``source``, ``target`` and ``key`` (the protocol), with plain attributes.

    What describes the whole (instant, window, gaps …) is under ``graph``.
    """
    document = render_document(graph)
    nodes, edges = document.pop("nodes"), document.pop("edges")
    return orjson.dumps(
        {
            "directed": True,
            "multigraph": True,
            "graph": document,
            "nodes": [{"id": node.pop("key"), **node} for node in nodes],
            "links": [
                {
                    "source": edge.pop("source"),
                    "target": edge.pop("destination"),
                    "key": edge["protocol"],
                    **edge,
                }
                for edge in edges
            ],
        }
    )
