"""A mesh by hand: answers with graphs that a test builds, fails when a test says so."""

from __future__ import annotations

import networkx as nx

from mesh_graph.model import View
from tests.views.graphs import AT, bookinfo, empty_graph


class HandMesh:
    """Bookinfo; each view is one graph object until ``advance``, as ``Mesh`` shares its results."""

    source_name = "mesh by hand"
    is_demo = True

    def __init__(self, namespaces: int = 1) -> None:
        self.namespace_count = namespaces
        self.at = AT
        self.wave = 1.0
        self.error: Exception | None = None
        self.is_empty = False
        self.asked: list[View] = []
        self._graphs: dict[View, nx.MultiDiGraph] = {}

    def graph(self, view: View) -> nx.MultiDiGraph:
        self.asked.append(view)
        if self.error is not None:
            raise self.error
        if view not in self._graphs:
            self._graphs[view] = self._build(view.at or self.at)
        return self._graphs[view]

    def _build(self, at: float) -> nx.MultiDiGraph:
        graph = empty_graph(at)
        if not self.is_empty:
            for number in range(self.namespace_count):
                bookinfo(f"bookinfo{number or ''}", graph, self.wave)
        return graph

    def namespaces(self) -> tuple[str, ...]:
        return ("bookinfo", "istio-system")

    def advance(self, wave: float = 1.0, seconds: float = 15.0) -> None:
        """Time passes and traffic changes."""
        self.at += seconds
        self.wave = wave
        self._graphs.clear()
