"""Every format that a graph can be had in, by name: what ``format=`` and a file's ending choose."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import networkx as nx
import orjson

from mesh_graph.export.csv import render_edges, render_nodes
from mesh_graph.export.document import render_document
from mesh_graph.export.dot import render_dot
from mesh_graph.export.node_link import render_node_link

__all__ = ["FORMATS", "Format", "format_for"]


class Format(NamedTuple):
    """A format.

    Attributes
    ----------
    help : str
        What it is, in a few words.
    suffix : str
        Of a file that holds it.
    mimetype : str
    render : callable
        The graph's bytes in it.
    """

    help: str
    suffix: str
    mimetype: str
    render: Callable[[nx.MultiDiGraph[str]], bytes]


def _render_json(graph: nx.MultiDiGraph[str]) -> bytes:
    return orjson.dumps(render_document(graph))


FORMATS: dict[str, Format] = {
    "json": Format("our own shape", ".json", "application/json", _render_json),
    "node-link": Format("networkx's and d3's JSON", ".node-link.json", "application/json", render_node_link),
    "dot": Format("Graphviz", ".dot", "text/vnd.graphviz", render_dot),
    "csv": Format("edges as a table", ".csv", "text/csv", render_edges),
    "csv-nodes": Format("nodes as a table", ".nodes.csv", "text/csv", render_nodes),
}


def format_for(path: str) -> str | None:
    """Name of the format that a file name asks for by its ending, the longest that fits; None for none.

    Examples
    --------
    >>> format_for("mesh.nodes.csv"), format_for("mesh.gv"), format_for("mesh.txt")
    ('csv-nodes', 'dot', None)
    """
    endings = {format.suffix: name for name, format in FORMATS.items()} | {".gv": "dot"}
    fitting = [ending for ending in endings if path.lower().endswith(ending)]
    return endings[max(fitting, key=len)] if fitting else None
