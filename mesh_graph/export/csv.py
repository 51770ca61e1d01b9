"""A graph as CSV: its edges, or its nodes. Safe to open in a spreadsheet."""

from __future__ import annotations

import networkx as nx
import pandas as pd

from mesh_graph.export.tables import edges_frame, nodes_frame

__all__ = ["render_edges", "render_nodes", "safe_text"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: one that begins like one has an apostrophe before it.

    Examples
    --------
    >>> safe_text("=1+1"), safe_text("reviews-v1")
    ("'=1+1", 'reviews-v1')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def render_edges(graph: nx.MultiDiGraph[str]) -> bytes:
    """Edges as CSV in UTF-8, a header first; columns as of ``edges_frame``, what is not known is empty."""
    return _render(edges_frame(graph))


def render_nodes(graph: nx.MultiDiGraph[str]) -> bytes:
    """Nodes as CSV, as ``render_edges``; columns as of ``nodes_frame``."""
    return _render(nodes_frame(graph))


def _render(frame: pd.DataFrame) -> bytes:
    words: list[str] = list(frame.select_dtypes("str").columns)
    safe = frame.assign(**{name: frame[name].map(safe_text) for name in words})
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8", "replace")
