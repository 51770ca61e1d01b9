"""``Mesh``: the facade over one mesh; the only thing that the doors call, and the only owner of results.

A live view is rounded down to the refresh interval, less a settle delay, so that everyone who looks at the
same thing in the same interval asks for the same view. What is handed out is shared and must not be modified.
"""

from __future__ import annotations

import networkx as nx
import pandas as pd

from mesh_graph.answers.desk import Desk
from mesh_graph.answers.graph import graph_of
from mesh_graph.answers.history import edge_history, node_history
from mesh_graph.answers.replay import Frames, replay
from mesh_graph.cache import SharedCache
from mesh_graph.diagnosis import examine, trust
from mesh_graph.diagnosis.report import Finding, Report
from mesh_graph.fetch import Fetcher
from mesh_graph.health.profiles import DEFAULT, Profile
from mesh_graph.model import View
from mesh_graph.sources.base import MetricsSource

__all__ = ["Mesh"]

TRUST_EVERY_S = 60
"""Trust checks are asked anew once in this time."""
SMALL_BYTES = 16 * 1024


class Mesh:
    """Answers about one mesh.

    Parameters
    ----------
    source : MetricsSource
    cache_bytes : int
        Bound on what is held: half for replies, half for graphs.
    max_in_flight : int
        Queries under way at once.
    refresh_s : int
        What the instant of a live view is rounded down to, seconds.
    settle_s : float or None
        How late samples may come, seconds; None is one scrape interval.
    scrape_interval_s : float or None
        None is measured.
    profile : Profile
        Tolerances of failing requests.
    """

    def __init__(
        self,
        source: MetricsSource,
        *,
        cache_bytes: int = 256 * 2**20,
        max_in_flight: int = 8,
        refresh_s: int = 15,
        settle_s: float | None = None,
        scrape_interval_s: float | None = None,
        profile: Profile = DEFAULT,
    ) -> None:
        self._source = source
        self._fetcher = Fetcher(source, cache_bytes // 2, max_in_flight)
        self._desk = Desk(
            source,
            self._fetcher,
            refresh_s=refresh_s,
            settle_s=settle_s,
            scrape_interval_s=scrape_interval_s,
            profile=profile,
        )
        self._graphs: SharedCache[View, nx.MultiDiGraph[str]] = SharedCache(cache_bytes // 2, _graph_bytes)
        self._findings: SharedCache[object, tuple[Finding, ...]] = SharedCache(2**22, lambda _: SMALL_BYTES)

    @property
    def source_name(self) -> str:
        """Who holds the numbers, for people."""
        return self._source.name

    @property
    def is_demo(self) -> bool:
        """Whether the mesh is simulated."""
        return self._source.is_demo

    def now(self) -> float:
        """Present instant by the source's time, Unix seconds."""
        return self._source.now()

    def close(self) -> None:
        """Ask no more."""
        self._fetcher.close()

    def namespaces(self) -> tuple[str, ...]:
        """Namespaces that had series in the last hour, sorted; what Istio does not know is left out."""
        return self._desk.namespaces()

    def graph(self, view: View) -> nx.MultiDiGraph[str]:
        """Graph of a view; as ``answers.graph.graph_of``, shared, not to be modified."""
        exact = self._desk.exact(view)
        return self._graphs.get(exact, lambda: graph_of(self._desk, exact))

    def edge_history(self, view: View, source: str, destination: str, protocol: str) -> pd.DataFrame:
        """One edge over the hour up to the view's instant; as ``answers.history.edge_history``."""
        return edge_history(self._desk, self._desk.exact(view), (source, destination, protocol))

    def node_history(self, view: View, key: str) -> pd.DataFrame:
        """What comes into a node over the hour; what goes out where nothing comes in."""
        return node_history(self._desk, self._desk.exact(view), key)

    def replay(self, view: View, frames: Frames) -> pd.DataFrame:
        """Totals of a view at every frame; as ``answers.replay.replay``. Its graphs then ask nothing."""
        return replay(self._desk, view, frames)

    def trust(self, view: View) -> tuple[Finding, ...]:
        """Reasons to doubt the picture of a view; asked anew once a minute."""
        exact = self._desk.exact(view)
        at = exact.at or 0.0
        key = (view.namespaces, view.window_s, int(at // TRUST_EVERY_S))
        interval_s = self._desk.scrape_interval_s
        return self._findings.get(key, lambda: trust(self._source, exact, at, interval_s=interval_s))

    def examine(self, view: View) -> Report:
        """Why a view has nothing to draw."""
        return examine(self._source, self._desk.exact(view), interval_s=self._desk.scrape_interval_s)


def _graph_bytes(graph: nx.MultiDiGraph[str]) -> int:
    return 10_000 + 4_000 * graph.number_of_nodes() + 5_000 * graph.number_of_edges()
