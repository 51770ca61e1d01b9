"""``Mesh``: the facade over one mesh; the only thing that the doors call, and the only owner of results.

A live view is rounded down to the refresh interval, less a settle delay, so that everyone who looks at the
same thing in the same interval asks for the same view. What is handed out is shared and must not be modified.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any, Self

import networkx as nx
import pandas as pd

from mesh_graph.answers.classic import ClassicAsk, classic_calls
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.detail import Detail, detail_of
from mesh_graph.answers.focus import focused_graph
from mesh_graph.answers.graph import graph_of
from mesh_graph.answers.history import edge_history, node_history
from mesh_graph.answers.inventory import Inventory, inventory_of
from mesh_graph.answers.kiali import KialiGraph, kiali_graph
from mesh_graph.answers.known import unknown_namespaces
from mesh_graph.answers.metrics import Metrics, metrics_of
from mesh_graph.answers.overview import Overview, overview_of
from mesh_graph.answers.pods import Pods, pods_of
from mesh_graph.answers.replay import Frames, replay
from mesh_graph.answers.seen import last_seen_namespaces
from mesh_graph.answers.since import Timeline, timeline_of
from mesh_graph.answers.split_detail import SplitDetail, split_detail
from mesh_graph.answers.splits import SplitRules, split_of, splits_of
from mesh_graph.answers.state import MeshState, state_of
from mesh_graph.cache import CacheStats, SharedCache
from mesh_graph.canary.split import Split
from mesh_graph.detail.choice import Choice
from mesh_graph.diagnosis import examine, trust
from mesh_graph.diagnosis.report import Finding, Report
from mesh_graph.fetch import Fetcher
from mesh_graph.health.profiles import DEFAULT, Profile
from mesh_graph.held import Held
from mesh_graph.intent import Intent
from mesh_graph.istio.checks import IGNORED
from mesh_graph.kiali.options import Options
from mesh_graph.model import NodeKey, NodeKind, View
from mesh_graph.pod_logs import PodLogs
from mesh_graph.scope import NOTHING, Right, Scope
from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.cluster import ClusterSource, Snapshot
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.demo_traces import DemoTraces
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.panels import CustomPanel
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.trace_source import TraceSource
from mesh_graph.tracing import Tracing

__all__ = ["Mesh"]

MOST_SCOPES = 16
"""Scopes whose answers are held at once; together they hold as much again as the mesh itself."""
TRUST_EVERY_S = 60
"""Trust checks are asked anew once in this time."""
NO_SPAN = View().span_s
DEFAULT_RULES = SplitRules()


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
    cluster : ClusterSource or None
        What is declared; without it everything else goes on.
    split_rules : SplitRules
        How canaries are judged where their route does not say otherwise.
    ignored_checks : collection of str
        Codes of configuration rules that are not checked.
    traces : TraceSource or None
        Who holds the requests' traces; without it everything else goes on.
    panels : tuple of CustomPanel
        Panels of a team's own for the detail pages.
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
        cluster: ClusterSource | None = None,
        split_rules: SplitRules = DEFAULT_RULES,
        ignored_checks: Collection[str] = IGNORED,
        traces: TraceSource | None = None,
        panels: tuple[CustomPanel, ...] = (),
    ) -> None:
        desk = Desk(
            source,
            Fetcher(source, cache_bytes // 2, max_in_flight),
            refresh_s=refresh_s,
            settle_s=settle_s,
            scrape_interval_s=scrape_interval_s,
            profile=profile,
            ranges_bytes=cache_bytes // 8,
            cluster=cluster,
            panels=panels,
        )
        self._split_rules = split_rules
        self._ignored_checks = ignored_checks
        self._cache_bytes = cache_bytes
        self._seen: SharedCache[Scope, Mesh] = SharedCache(MOST_SCOPES, lambda _: 1)
        self._open(desk, traces, cache_bytes)

    def _open(self, desk: Desk, traces: TraceSource | None, cache_bytes: int) -> None:
        """Begin with nothing held: what is held of one scope is never of another."""
        self._desk = desk
        self._traces = traces
        self._held = Held.within(cache_bytes)
        cluster = desk.cluster if Right.CONFIG in desk.scope.rights else None
        self._intent = Intent(desk, cluster, self._state, self._ignored_checks) if cluster else None
        self._tracing = Tracing(traces, desk, self._state).seen_by(desk.scope) if traces else None

    @classmethod
    def from_prometheus(cls, url: str, **options: Any) -> Self:
        """The mesh that a Prometheus, or anything that speaks its API, holds the numbers of.

        Parameters
        ----------
        url : str
        **options
            Fields of ``sources.options.PrometheusOptions``: credentials, TLS, headers, limits, scope.

        Raises
        ------
        ConfigError
            If an option cannot be used. Nothing is asked yet.
        """
        return cls(PrometheusSource(PrometheusOptions(url=url, **options)))

    @classmethod
    def demo(cls) -> Self:
        """The simulated mesh."""
        return cls(DemoSource(), traces=DemoTraces())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def intent(self) -> Intent | None:
        """Answers about what the clusters declare; None without a cluster, or the right to see them."""
        return self._intent

    @property
    def tracing(self) -> Tracing | None:
        """Answers about the traces of its requests; None without a backend."""
        return self._tracing

    @property
    def logs(self) -> PodLogs:
        """Answers about what pods write; it says why where nobody is asked."""
        return PodLogs(self._desk)

    @property
    def source_name(self) -> str:
        """Who holds the numbers, for people."""
        return self._desk.source.name

    @property
    def is_demo(self) -> bool:
        """Whether the mesh is simulated."""
        return self._desk.source.is_demo

    def now(self) -> float:
        """Present instant by the source's time, Unix seconds."""
        return self._desk.source.now()

    def close(self) -> None:
        """Ask no more; what somebody sees of a mesh is closed with it, and not by itself."""
        if not self._desk.scope.is_everything:
            return
        self._desk.fetcher.close()
        if self._desk.cluster is not None:
            self._desk.cluster.close()
        if self._tracing is not None:
            self._tracing.close()

    def seen_by(self, scope: Scope) -> Mesh:
        """The mesh as somebody with that scope may see it; the mesh itself where that is everything.

        The same for the same scope, as long as it is one of the last ``MOST_SCOPES``.
        """
        if scope.is_everything:
            return self
        return self._seen.get(scope, lambda: self._part(scope))

    def _part(self, scope: Scope) -> Mesh:
        part = copy(self)
        cache_bytes = self._cache_bytes // MOST_SCOPES
        part._seen = SharedCache(MOST_SCOPES, lambda _: 1)
        part._open(self._desk.seen_by(scope, cache_bytes // 2), self._traces, cache_bytes)
        configured = scope.having(Right.CONFIG)
        if Right.CONFIG not in scope.rights and configured != NOTHING:
            part._intent = self.seen_by(configured).intent
        return part

    def wait_for_declared(self, timeout_s: float) -> None:
        """Wait until what the clusters declare has been read, but not longer."""
        if self._desk.cluster is not None:
            self._desk.cluster.wait(timeout_s)

    def declared(self) -> Snapshot | None:
        """What the clusters declare now; None without a cluster source."""
        return self._desk.cluster.snapshot() if self._desk.cluster is not None else None

    def cache_stats(self) -> dict[str, CacheStats]:
        """What the caches did and hold, by what they hold."""
        return {"replies": self._desk.fetcher.stats, **self._held.stats()}

    def namespaces(self) -> tuple[str, ...]:
        """Namespaces that had series in the last hour, sorted; what Istio does not know is left out."""
        return self._desk.namespaces()

    def graph(self, view: View) -> nx.MultiDiGraph[str]:
        """Graph of a view; as ``answers.graph.graph_of``, shared, not to be modified."""
        # How far charts look back changes no graph.
        return self._graph(replace(self._desk.exact(view), span_s=NO_SPAN))

    def _graph(self, exact: View) -> nx.MultiDiGraph[str]:
        key = (exact, self._desk.declared_version())
        if exact.focus:
            return self._held.graphs.get(key, lambda: focused_graph(self._graph, exact))
        return self._held.graphs.get(key, lambda: graph_of(self._desk.of(exact), exact))

    def detail(self, view: View, subject: NodeKey) -> Detail:
        """One application, workload or service at the view's instant; as ``answers.detail.detail_of``."""
        exact = self._desk.exact(view)
        key = (subject, exact.at, exact.window_s, exact.idle, self._desk.declared_version())
        return self._held.details.get(key, lambda: detail_of(self._desk.of_subject(subject), exact, subject))

    def timeline(self, view: View, subject: NodeKey) -> Timeline:
        """How it fared over the last hours; as ``answers.since.timeline_of``."""
        exact = self._desk.exact(view)
        key = (subject, exact.at, exact.window_s, exact.span_s)
        return self._held.timelines.get(
            key, lambda: timeline_of(self._desk.of_subject(subject), exact, subject)
        )

    def metrics(self, view: View, subject: NodeKey, choice: Choice) -> Metrics:
        """Its charts up to the view's instant; as ``answers.metrics.metrics_of``."""
        exact = self._desk.exact(view)
        key = (subject, choice, exact.at, exact.window_s, exact.span_s)
        desk = self._desk.of_subject(subject)
        return self._held.metrics.get(key, lambda: metrics_of(desk, exact, subject, choice))

    def pods(self, view: View, subject: NodeKey) -> Pods:
        """Its pods: how they stand and what they use; as ``answers.pods.pods_of``."""
        return pods_of(self._desk.of_subject(subject), self._desk.exact(view), subject, self._intent)

    def kiali_graph(self, options: Options) -> KialiGraph:
        """Graph by Kiali's rules and in its shape; as ``answers.kiali.kiali_graph``."""
        view = self._desk.exact(View(options.namespaces, at=options.at))
        exact = replace(options, namespaces=view.namespaces, at=view.at)
        key = (exact, self._desk.declared_version())
        return self._held.kiali.get(key, lambda: kiali_graph(self._desk.of(view), exact))

    def unknown_namespaces(self, names: Sequence[str], at: float | None = None) -> tuple[str, ...]:
        """Those of the names that no series has had in a week; as ``answers.known.unknown_namespaces``."""
        return unknown_namespaces(self._desk, names, at)

    def classic_calls(self, ask: ClassicAsk) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Calls as Istio's ServiceGraph told them; as ``answers.classic.classic_calls``."""
        named = tuple(filter(None, (ask.source_namespace, ask.destination_namespace)))
        return classic_calls(self._desk.of(View(named)), ask)

    def last_seen_namespaces(self, names: Sequence[str], at: float) -> dict[str, float]:
        """When each had samples last, Unix seconds; as ``answers.seen.last_seen_namespaces``."""
        return last_seen_namespaces(self._desk, list(filter(self._desk.scope.allows, names)), at)

    def edge_history(self, view: View, source: str, destination: str, protocol: str) -> pd.DataFrame:
        """One edge over the hour up to the view's instant; as ``answers.history.edge_history``."""
        return edge_history(self._desk, self._desk.exact(view), (source, destination, protocol))

    def node_history(self, view: View, key: str) -> pd.DataFrame:
        """What comes into a node over the hour; what goes out where nothing comes in."""
        return node_history(self._desk, self._desk.exact(view), key)

    def replay(self, view: View, frames: Frames) -> pd.DataFrame:
        """Totals of a view at every frame; as ``answers.replay.replay``. Its graphs then ask nothing."""
        exact = self._desk.exact(view)
        return replay(self._desk.of(exact), exact, frames)

    def overview(self, view: View) -> Overview:
        """How every namespace fares, the extremes and the changes; as ``answers.overview.overview_of``."""
        exact = self._plain(view)
        key = (exact, self._desk.declared_version())
        return self._held.overviews.get(key, lambda: overview_of(self._desk.of(exact), exact, self._state))

    def inventory(self, view: View, kind: NodeKind) -> Inventory:
        """All applications, workloads or services; as ``answers.inventory.inventory_of``."""
        exact = replace(self._plain(view), compare_s=0)
        key = (exact, kind, self._desk.declared_version())
        desk = self._desk.of(exact)
        return self._held.inventories.get(key, lambda: inventory_of(desk, exact, kind, self._state))

    def splits(self, view: View, since: str = "") -> tuple[Split, ...]:
        """Every route with several versions, judged; as ``answers.splits.splits_of``."""
        exact = self._plain(view)
        key = (exact, since, self._declared_version())
        return self._held.splits.get(
            key, lambda: splits_of(self._desk.of(exact), exact, self._split_rules, since)
        )

    def split(self, view: View, name: str, since: str = "") -> SplitDetail:
        """One of them (``namespace/name``) in full; as ``answers.split_detail.split_detail``."""
        exact = replace(self._plain(view), namespaces=())
        key = (exact, name, since, self._declared_version())
        return self._held.split_details.get(key, lambda: self._split(exact, name, since))

    def _split(self, exact: View, name: str, since: str) -> SplitDetail:
        desk = self._desk.of(View((name.partition("/")[0],)))
        found = split_of(desk, exact, self._split_rules, name=name, since=since)
        return split_detail(desk, exact, found)

    def _declared_version(self) -> int:
        return self._desk.cluster.snapshot().version if self._desk.cluster is not None else 0

    def _plain(self, view: View) -> View:
        """The exact view with nothing of what only a graph shows, so that all who ask share an answer."""
        exact = self._desk.exact(view)
        return View(exact.namespaces, window_s=exact.window_s, at=exact.at, compare_s=exact.compare_s)

    def _state(self, exact: View) -> MeshState:
        own = replace(exact, compare_s=0)
        key = (own, self._desk.declared_version())
        return self._held.states.get(key, lambda: state_of(self._desk.of(own), own))

    def trust(self, view: View) -> tuple[Finding, ...]:
        """Reasons to doubt the picture of a view; asked anew once a minute."""
        exact = self._desk.exact(view)
        desk, at = self._desk.of(exact), exact.at or 0.0
        key = (exact.namespaces, view.window_s, int(at // TRUST_EVERY_S))
        ask = partial(trust, desk.source, exact, at, interval_s=desk.scrape_interval_s, many=desk.fetcher.at)
        return self._held.findings.get(key, ask)

    def examine(self, view: View) -> Report:
        """Why a view has nothing to draw."""
        exact = self._desk.exact(view)
        desk = self._desk.of(exact)
        return examine(desk.source, exact, interval_s=desk.scrape_interval_s)
