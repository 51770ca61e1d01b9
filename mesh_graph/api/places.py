"""Where nodes stood last, so that a node that comes or goes leaves the others where they were."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

import networkx as nx
from cachetools import LRUCache

from mesh_graph.model import View
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.topology.layout import layout

__all__ = ["Places"]

VIEWS = 64
"""Views remembered. A forgotten one is laid out afresh; that costs no more than a move."""

Positions = dict[str, tuple[float, float]]


class Places:
    """Positions by view and who looks, instant and search apart: time passes, nodes stay."""

    def __init__(self) -> None:
        self._last: LRUCache[tuple[View, Scope], Positions] = LRUCache(VIEWS)
        self._lock = Lock()

    def of(self, graph: nx.MultiDiGraph[str], view: View, scope: Scope = EVERYTHING) -> Positions:
        """Positions of the graph's nodes, as near to the last ones of the view as the layout allows."""
        timeless = replace(view, at=None, find=""), scope
        with self._lock:
            previous = self._last.get(timeless)
        positions = layout(graph, previous=previous)
        with self._lock:
            self._last[timeless] = positions
        return positions
