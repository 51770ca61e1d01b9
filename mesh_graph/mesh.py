"""``Mesh``: the facade that fetches, caches and composes; the only thing that the doors call.

A live view is rounded down to the refresh interval, less a settle delay, so that everyone who looks at the
same thing in the same interval asks for the same view. What is handed out is shared and must not be modified.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import chain

import networkx as nx
import pandas as pd

from mesh_graph import fields
from mesh_graph.cache import SharedCache
from mesh_graph.codec import format_duration
from mesh_graph.diagnosis import examine, trust
from mesh_graph.diagnosis.report import Finding, Report
from mesh_graph.errors import InvalidRequest, SourceError
from mesh_graph.fetch import Fetcher, instants, split_answers
from mesh_graph.history import end_labels, history_row, matchers, nearest_latency
from mesh_graph.model import NodeKey, View
from mesh_graph.observe import Plan, observe, shortfall
from mesh_graph.overlays import OverlayPlan, add_overlays, plan_overlays
from mesh_graph.plan import TRAFFIC_FAMILIES, rate_queries, scopes
from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.sources.scrape import ScrapeInterval
from mesh_graph.topology.attributes import Gap, GraphAttr
from mesh_graph.topology.build import build_graph
from mesh_graph.topology.find import hide, matches, parse
from mesh_graph.topology.overlay_last_seen import add_last_seen
from mesh_graph.topology.traffic import Traffic

__all__ = ["Mesh"]

COARSE_WINDOW = "coarse-window"
EARLIER_FAILED = "earlier-failed"
DEFAULT_QUANTILE = 0.95
MAX_VANISHED = 100
NAMESPACES_LOOK_BACK_S = 3600
TRUST_EVERY_S = 60
"""Trust checks are asked anew once in this time."""
HISTORY_S = 3600
HISTORY_STEPS = 30
COARSE_SCRAPES = 4
FEWEST_SCRAPES = 2
LIKELY_SCRAPES = 20.0
"""Scrapes per window where the interval cannot be measured: 5 minutes of 15 seconds."""
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
    ) -> None:
        self._source = source
        self._fetcher = Fetcher(source, cache_bytes // 2, max_in_flight)
        self._graphs: SharedCache[View, nx.MultiDiGraph[str]] = SharedCache(cache_bytes // 2, _graph_bytes)
        self._findings: SharedCache[object, tuple[Finding, ...]] = SharedCache(2**22, lambda _: SMALL_BYTES)
        self._names: SharedCache[int, tuple[str, ...]] = SharedCache(2**22, lambda names: 64 * len(names))
        self._refresh_s = refresh_s
        self._settle_s = settle_s
        self._scrape_interval_s = scrape_interval_s
        self._interval = ScrapeInterval(lambda query, at: source.instant(query, at).table, source.now)

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
        now = self.now()
        return self._names.get(int(now // TRUST_EVERY_S), lambda: self._ask_namespaces(now))

    def _ask_namespaces(self, now: float) -> tuple[str, ...]:
        names: set[str] = set()
        for label in (fields.SOURCE_WORKLOAD_NAMESPACE, fields.DESTINATION_WORKLOAD_NAMESPACE):
            names.update(self._source.label_values(label, (), now - NAMESPACES_LOOK_BACK_S, now))
        return tuple(sorted(names - {"", fields.UNKNOWN}))

    def graph(self, view: View) -> nx.MultiDiGraph[str]:
        """Graph of a view, attributes as in ``topology.attributes``; shared, not to be modified.

        Raises
        ------
        SourceError
            If the source did not answer for the requests.
        InvalidRequest
            If the window holds fewer than two scrapes, or an expression has a mistake.
        """
        exact = self._exact(view)
        return self._graphs.get(exact, lambda: self._graph(exact))

    def _exact(self, view: View) -> View:
        if view.at is not None:
            return view
        now = self.now()
        settle = self._settle_s
        if settle is None:
            settle = self._scrape_interval((), now) or 0.0
        return replace(view, at=math.floor((now - settle) / self._refresh_s) * float(self._refresh_s))

    def _scrape_interval(self, scope: tuple[Matcher, ...], at: float) -> float | None:
        return self._scrape_interval_s or self._interval.around(scope, at)

    def _graph(self, view: View) -> nx.MultiDiGraph[str]:
        hidden = parse(view.hide, "hide") if view.hide else None
        at = view.at or 0.0
        scoped = self._scopes(view)
        plan, overlays = self._traffic(view, scoped), plan_overlays(view, scoped)
        answers = self._fetcher.at([*chain.from_iterable(plan.values()), *overlays.queries], at)
        scrapes = self._scrapes(view, scoped, at)
        now = observe(plan, answers, view.namespaces, scrapes_per_window=scrapes)
        window_gaps = _window_gaps(view, scrapes, is_empty=now.traffic.reports.empty)
        earlier, earlier_gaps = self._earlier(view, plan, scrapes)
        graph = build_graph(now.traffic, view, earlier=earlier, partial=now.partial)
        add_overlays(graph, overlays, answers)
        if earlier is not None:
            add_last_seen(graph, self._last_seen(view, now.traffic, earlier))
        graph.graph[GraphAttr.AT] = at
        graph.graph[GraphAttr.GAPS] = (
            *graph.graph.get(GraphAttr.GAPS, ()),
            *now.gaps,
            *window_gaps,
            *shortfall(overlays.queries, answers)[0],
            *earlier_gaps,
        )
        graph.graph[GraphAttr.QUERIES] = self._texts(plan, overlays)
        return hide(graph, matches(hidden, graph)) if hidden is not None else graph

    def _scopes(self, view: View) -> tuple[tuple[Matcher, ...], ...]:
        return scopes(view.namespaces, self.namespaces() if view.namespaces else ())

    def _traffic(
        self, view: View, scoped: tuple[tuple[Matcher, ...], ...]
    ) -> dict[Family, tuple[MetricQuery, ...]]:
        return {
            family: rate_queries(family, scoped, view.window_s, idle=view.idle) for family in TRAFFIC_FAMILIES
        }

    def _scrapes(self, view: View, scoped: tuple[tuple[Matcher, ...], ...], at: float) -> float:
        interval = self._scrape_interval(scoped[0], at)
        return view.window_s / interval if interval else LIKELY_SCRAPES

    def _earlier(self, view: View, plan: Plan, scrapes: float) -> tuple[Traffic | None, tuple[Gap, ...]]:
        """Traffic of the view compared with, on a grid of whole windows so that refreshes share it."""
        if not view.compare_s or view.at is None:
            return None, ()
        at = math.floor((view.at - view.compare_s) / view.window_s) * float(view.window_s)
        try:
            answers = self._fetcher.at(chain.from_iterable(plan.values()), at)
            earlier = observe(plan, answers, view.namespaces, scrapes_per_window=scrapes)
        except SourceError as error:
            return None, (Gap(EARLIER_FAILED, (("reason", str(error)),)),)
        return earlier.traffic, ()

    def _last_seen(self, view: View, now: Traffic, earlier: Traffic) -> pd.DataFrame:
        """Steps at which hosts that vanished still had requests: ``BASE_LABELS``, ``protocol``, ``time``."""
        hosts = sorted(
            set(earlier.flows[fields.DESTINATION_SERVICE]) - set(now.flows[fields.DESTINATION_SERVICE])
        )[:MAX_VANISHED]
        if not hosts or view.at is None:
            return _never_seen()
        labels = (*fields.BASE_LABELS, fields.REQUEST_PROTOCOL)
        which = Matcher(fields.DESTINATION_SERVICE, "=~", "|".join(map(re.escape, hosts)))
        query = MetricQuery(Family.REQUESTS, Function.RATE, labels, (which,), view.window_s)
        step = max(float(view.window_s), view.compare_s / HISTORY_STEPS)
        answer = self._fetcher.over([query], view.at - view.compare_s, view.at, step)[query]
        if isinstance(answer, SourceError):
            return _never_seen()
        seen = answer.table.rename(columns={fields.REQUEST_PROTOCOL: fields.PROTOCOL})
        return seen[[*fields.BASE_LABELS, fields.PROTOCOL, fields.TIME]]

    def _texts(self, plan: Plan, overlays: OverlayPlan) -> dict[str, tuple[str, ...]]:
        """The PromQL behind the numbers, by what they are."""
        groups = {
            "requests": plan[Family.REQUESTS],
            "response time": tuple(chain.from_iterable(overlays.latency.values())),
            "throughput": tuple(chain.from_iterable(overlays.sizes.values())),
            "tcp": tuple(
                chain.from_iterable(queries for family, queries in plan.items() if "_tcp_" in family.value)
            ),
            "grpc messages": (
                *plan[Family.GRPC_REQUEST_MESSAGES],
                *plan[Family.GRPC_RESPONSE_MESSAGES],
            ),
        }
        return {name: tuple(map(self._source.promql, queries)) for name, queries in groups.items() if queries}

    def edge_history(self, view: View, source: str, destination: str, protocol: str) -> pd.DataFrame:
        """One edge over the hour up to the view's instant.

        Parameters
        ----------
        view : View
        source, destination : str
            Node keys.
        protocol : str
            The edge's key; rates of its protocol alone.

        Returns
        -------
        pandas.DataFrame
            ``time`` (Unix seconds), ``request_rate`` (per second), ``error_ratio`` (0..1), ``bytes_rate``
            (per second), ``latency_ms``; NaN where there is no data.
        """
        labels = {
            **end_labels(NodeKey.parse(source), "source"),
            **end_labels(NodeKey.parse(destination), "destination"),
        }
        return self._history(self._exact(view), labels, protocol)

    def node_history(self, view: View, key: str) -> pd.DataFrame:
        """What comes into a node over the hour; what goes out where nothing comes in. As ``edge_history``."""
        node, exact = NodeKey.parse(key), self._exact(view)
        inbound = self._history(exact, end_labels(node, "destination"))
        if inbound[["request_rate", "bytes_rate"]].notna().to_numpy().any():
            return inbound
        return self._history(exact, end_labels(node, "source"))

    def _history(self, view: View, labels: dict[str, str], protocol: str = "") -> pd.DataFrame:
        """Traffic with these labels at each step, merged there as the graph is."""
        end = view.at or 0.0
        start, step = end - HISTORY_S, HISTORY_S / HISTORY_STEPS
        scope = matchers(labels)
        plan = self._traffic(view, (scope,))
        latency = MetricQuery(
            Family.REQUEST_DURATION,
            Function.QUANTILE,
            (fields.REPORTER,),
            scope,
            view.window_s,
            view.response_time.quantile or DEFAULT_QUANTILE,
        )
        answers = self._fetcher.over([*chain.from_iterable(plan.values()), latency], start, end, step)
        times = instants(start, end, step)
        steps = split_answers(answers, times)
        scrapes = self._scrapes(view, (scope,), end)
        rows = [
            {
                "time": at,
                **history_row(observe(plan, then, (), scrapes_per_window=scrapes).traffic, labels, protocol),
                "latency_ms": nearest_latency(then[latency]),
            }
            for at, then in steps.items()
        ]
        return pd.DataFrame(rows, columns=["time", "request_rate", "error_ratio", "bytes_rate", "latency_ms"])

    def trust(self, view: View) -> tuple[Finding, ...]:
        """Reasons to doubt the picture of a view; asked anew once a minute."""
        exact = self._exact(view)
        at = exact.at or 0.0
        key = (view.namespaces, view.window_s, int(at // TRUST_EVERY_S))
        return self._findings.get(
            key, lambda: trust(self._source, exact, at, interval_s=self._scrape_interval_s)
        )

    def examine(self, view: View) -> Report:
        """Why a view has nothing to draw."""
        return examine(self._source, self._exact(view), interval_s=self._scrape_interval_s)


def _graph_bytes(graph: nx.MultiDiGraph[str]) -> int:
    return 10_000 + 4_000 * graph.number_of_nodes() + 5_000 * graph.number_of_edges()


def _never_seen() -> pd.DataFrame:
    labels = {label: pd.Series(dtype="str") for label in (*fields.BASE_LABELS, fields.PROTOCOL)}
    return pd.DataFrame({**labels, fields.TIME: pd.Series(dtype="float64")})


def _window_gaps(view: View, scrapes: float, *, is_empty: bool) -> tuple[Gap, ...]:
    """What the window is too short for.

    A rate that is there proves that two samples were: only an empty view can have too short a window.

    Raises
    ------
    InvalidRequest
        If the view is empty and its window holds fewer than two scrapes.
    """
    # The measured interval is up to a sample in twenty off, so a window of exactly two passes.
    if is_empty and scrapes < FEWEST_SCRAPES * 0.94:
        shortest = math.ceil(FEWEST_SCRAPES * view.window_s / scrapes)
        raise InvalidRequest(
            "window",
            f"{format_duration(view.window_s)} holds fewer than two scrapes",
            f"The shortest that works here is {format_duration(shortest)}.",
        )
    if scrapes < COARSE_SCRAPES * 0.94:
        interval = format_duration(max(1, round(view.window_s / scrapes)))
        return (Gap(COARSE_WINDOW, (("window", format_duration(view.window_s)), ("interval", interval))),)
    return ()
