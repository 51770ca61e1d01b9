"""Where nodes stood last, so that a node that comes or goes leaves the others where they were."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock

import networkx as nx
from cachetools import LRUCache

from mesh_graph.model import View
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.topology.layout import layout
from mesh_graph.topology.layout_tree import tree_of
from mesh_graph.topology.routes import Bends, routes

__all__ = ["Places"]

VIEWS = 64
"""Views remembered. A forgotten one is laid out afresh; that costs no more than a move."""

Positions = dict[str, tuple[float, float]]
Routes = dict[tuple[str, str], Bends]


@dataclass(frozen=True, slots=True)
class _Placed:
    positions: Positions
    pairs: frozenset[tuple[str, str]]
    bends: Routes


class Places:
    """Positions by view and who looks, instant and search apart: time passes, nodes stay."""

    def __init__(self) -> None:
        self._last: LRUCache[tuple[View, Scope], _Placed] = LRUCache(VIEWS)
        self._lock = Lock()

    def of(
        self, graph: nx.MultiDiGraph[str], view: View, scope: Scope = EVERYTHING
    ) -> tuple[Positions, Routes]:
        """Positions of the graph's nodes, as near to the view's last ones as the layout allows, and bends."""
        timeless = replace(view, at=None, find=""), scope
        with self._lock:
            last = self._last.get(timeless)
        tree, pairs = tree_of(graph), frozenset(graph.edges())
        positions = layout(graph, previous=last.positions if last else None, tree=tree)
        if last is None or (last.positions, last.pairs) != (positions, pairs):
            last = _Placed(positions, pairs, routes(tree, positions))
            with self._lock:
                self._last[timeless] = last
        return last.positions, last.bends
