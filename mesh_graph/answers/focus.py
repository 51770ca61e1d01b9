"""The graph of a view that is narrowed to one node's callers and callees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import networkx as nx

from mesh_graph.model import NodeKind, View
from mesh_graph.topology.attributes import GraphAttr, NodeAttr
from mesh_graph.topology.focus import focused

__all__ = ["focused_graph"]

UNFOLDED = 100_000
"""Nodes above which a graph is folded before it is narrowed all the same."""


def focused_graph(graph_of: Callable[[View], nx.MultiDiGraph[str]], view: View) -> nx.MultiDiGraph[str]:
    """Graph of a view that has a focus.

    A graph too large to be drawn whole is narrowed before it is folded: around one node there is room for
    all of its neighbours. Only where even these are too many, the folded graph is narrowed.

    Parameters
    ----------
    graph_of : callable
        Graph of an exact view without a focus; shared, and left as it is.
    view : View
        With its instant and its focus.
    """
    plain = replace(view, focus="", hops=1)
    whole = graph_of(plain)
    if whole.graph[GraphAttr.FOLDED]:
        open_whole = graph_of(replace(plain, budget=max(UNFOLDED, plain.budget)))
        near = focused(open_whole, view.focus, view.hops)
        if sum(row[NodeAttr.KIND] != NodeKind.BOX for _, row in near.nodes(data=True)) <= view.budget:
            return near
    return focused(whole, view.focus, view.hops)
