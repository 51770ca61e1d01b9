"""A mesh by hand: answers with graphs that a test builds, fails when a test says so."""

from __future__ import annotations

import networkx as nx
import pandas as pd

from mesh_graph.answers.focus import focused_graph
from mesh_graph.answers.replay import Frames
from mesh_graph.diagnosis.report import Evidence, Finding, Report, Step, Verdict
from mesh_graph.fetch import instants
from mesh_graph.model import NodeKey, View
from mesh_graph.sources.log_source import WhyOff
from tests.views.graphs import AT, add_traffic, app_key, bookinfo, empty_graph


class HandLogs:
    """Nobody is asked for logs."""

    def why_off(self, subject: NodeKey) -> WhyOff:
        return WhyOff.NO_CLUSTER


class HandMesh:
    """Bookinfo; each view is one graph object until ``advance``, as ``Mesh`` shares its results."""

    source_name = "mesh by hand"
    is_demo = True
    tracing = None
    logs = HandLogs()

    def __init__(self, namespaces: int = 1) -> None:
        self.namespace_count = namespaces
        self.at = AT
        self.wave = 1.0
        self.error: Exception | None = None
        self.is_empty = False
        self.has_shortcut = False
        """Whether productpage also calls ratings itself."""
        self.findings: tuple[Finding, ...] = ()
        self.asked: list[View] = []
        self.doubted: list[View] = []
        self.replayed: list[tuple[View, Frames]] = []
        self._graphs: dict[View, nx.MultiDiGraph] = {}

    def now(self) -> float:
        return self.at + 7.0

    def trust(self, view: View) -> tuple[Finding, ...]:
        self.doubted.append(view)
        return self.findings

    def examine(self, view: View) -> Report:
        asked = Evidence("count(istio_requests_total)", 0, 0.0)
        step = Step("series", Verdict.FAILED, Finding.of("no-istio-series"), (asked,))
        return Report(self.source_name, self.at, view.window_s, (step,))

    def graph(self, view: View) -> nx.MultiDiGraph:
        self.asked.append(view)
        if self.error is not None:
            raise self.error
        return self._graph(view)

    def _graph(self, view: View) -> nx.MultiDiGraph:
        if view not in self._graphs:
            focused = focused_graph(self._graph, view) if view.focus else None
            self._graphs[view] = self._build(view.at or self.at) if focused is None else focused
        return self._graphs[view]

    def _build(self, at: float) -> nx.MultiDiGraph:
        graph = empty_graph(at)
        if not self.is_empty:
            for number in range(self.namespace_count):
                bookinfo(f"bookinfo{number or ''}", graph, self.wave)
        if self.has_shortcut:
            ends = (app_key("bookinfo", name, "v1") for name in ("productpage", "ratings"))
            add_traffic(graph, *ends, 1.0)
        return graph

    def namespaces(self) -> tuple[str, ...]:
        return ("bookinfo", "istio-system")

    def edge_history(self, view: View, source: str, destination: str, protocol: str) -> pd.DataFrame:
        edge = self.graph(view).edges[source, destination, protocol]
        times = [(view.at or self.at) - 60 * (30 - step) for step in range(31)]
        rates = [edge["rate"] * (1 + 0.2 * ((step % 7) - 3)) for step in range(31)]
        ratios = [float("nan") if step in (10, 11) else edge["error_ratio"] for step in range(31)]
        latencies = [edge["latency_ms"] + step for step in range(31)]
        columns = {"time": times, "request_rate": rates, "error_ratio": ratios, "latency_ms": latencies}
        return pd.DataFrame(columns)

    def node_history(self, view: View, key: str) -> pd.DataFrame:
        graph = self.graph(view)
        ends = [*graph.in_edges(key, keys=True), *graph.out_edges(key, keys=True)][0]
        return self.edge_history(view, *ends)

    def replay(self, view: View, frames: Frames) -> pd.DataFrame:
        """Traffic as it is now, but for every third frame, in which nine of ten requests fail."""
        self.replayed.append((view, frames))
        if self.error is not None:
            raise self.error
        times = instants(frames.start, frames.end, frames.step_s)
        ratios = [0.9 if number % 3 == 2 else 0.0 for number in range(len(times))]
        columns = {"time": times, "request_rate": 10.0, "error_ratio": ratios, "bytes_rate": float("nan")}
        return pd.DataFrame(columns)

    def advance(self, wave: float = 1.0, seconds: float = 15.0) -> None:
        """Time passes and traffic changes."""
        self.at += seconds
        self.wave = wave
        self._graphs.clear()
