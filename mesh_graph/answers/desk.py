"""What every answer is made with: the source, the fetcher over it, and what a view means on this mesh."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from mesh_graph import fields
from mesh_graph.cache import SharedCache
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer, Fetcher
from mesh_graph.health.profiles import DEFAULT, Profile
from mesh_graph.model import NodeKey, View
from mesh_graph.plan import scopes
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.sources.base import MetricsSource, Reply
from mesh_graph.sources.cluster import ClusterSource, Snapshot
from mesh_graph.sources.panels import CustomPanel
from mesh_graph.sources.query import Matcher, MetricQuery
from mesh_graph.sources.scoped import scoped
from mesh_graph.sources.scoped_cluster import ScopedCluster
from mesh_graph.sources.scrape import ScrapeInterval
from mesh_graph.topology.declared import Declared

__all__ = ["KNOWN_FOR_S", "Desk", "names_before"]

NAMESPACES_LOOK_BACK_S = 3600
NAMESPACES_EVERY_S = 60
KNOWN_FOR_S = 7 * 86400
"""A name is known for so long after its last series."""
RANGES_BYTES = 64 * 2**20
WAITING = "cluster.waiting"
LIKELY_SCRAPES = 20.0
"""Scrapes per window where the interval cannot be measured: 5 minutes of 15 seconds."""


def names_before(source: MetricsSource, label: str, end: float) -> frozenset[str]:
    """Values of a label in the week up to an instant."""
    return frozenset(source.label_values(label, (), end - KNOWN_FOR_S, end))


class Desk:
    """One mesh's source, and how views are read on it.

    Parameters
    ----------
    source : MetricsSource
    fetcher : Fetcher
        Over that source.
    refresh_s : int
        What the instant of a live view is rounded down to, seconds.
    settle_s : float or None
        How late samples may come, seconds; None is one scrape interval.
    scrape_interval_s : float or None
        None is measured.
    profile : Profile
        Tolerances of failing requests.
    ranges_bytes : int
        Bound on the answers over ranges that are held.
    cluster : ClusterSource or None
        What is declared; None where nobody tells. Facts of it are held in ``facts``, by its version and, for
        the past, by what had changed last.
    panels : tuple of CustomPanel
        Panels of a team's own for the detail pages.
    scope : Scope
        Who looks; the source and the cluster tell no more than that.
    inner : Desk or None
        The desk of a narrower scope that answers for namespaces which are not in it: there, too, nobody knows
        them, not even as neighbours.
    """

    def __init__(
        self,
        source: MetricsSource,
        fetcher: Fetcher,
        *,
        refresh_s: int,
        settle_s: float | None,
        scrape_interval_s: float | None,
        profile: Profile = DEFAULT,
        ranges_bytes: int = RANGES_BYTES,
        cluster: ClusterSource | None = None,
        panels: tuple[CustomPanel, ...] = (),
        scope: Scope = EVERYTHING,
        inner: Desk | None = None,
    ) -> None:
        self.source = source
        self.scope = scope
        self._inner = inner
        self.panels = panels
        self.cluster = cluster
        self.fetcher = fetcher
        self.scrape_interval_s = scrape_interval_s
        self.profile = profile
        self._refresh_s = refresh_s
        self._settle_s = settle_s
        self._names: SharedCache[int, tuple[str, ...]] = SharedCache(2**22, lambda names: 64 * len(names))
        self._before: SharedCache[tuple[str, int], frozenset[str]] = SharedCache(
            2**22, lambda names: 100 * (1 + len(names))
        )
        self._ranges: SharedCache[tuple[MetricQuery, float, float, float], Reply] = SharedCache(
            ranges_bytes, lambda reply: 1000 + max(reply.received_bytes, 200 * len(reply.table))
        )
        self.facts: SharedCache[tuple[int, float | None], Declared] = SharedCache(4, lambda _: 1)
        self._declared: SharedCache[int, Snapshot] = SharedCache(2, lambda _: 1)
        self._interval = ScrapeInterval(lambda query, at: source.instant(query, at).table, source.now)

    def seen_by(self, scope: Scope, cache_bytes: int) -> Desk:
        """The desk of somebody with that scope, over the same sources; it holds nothing in common with this.

        Namespaces that are not allowed are answered for by a desk of its own, to which they are unknown even
        where they are neighbours: so nothing tells them from namespaces that do not exist.
        """
        inner = None if scope.is_whole else self._part(scope, cache_bytes // 4, inner=None, is_inner=True)
        return self._part(scope, cache_bytes, inner=inner)

    def _part(self, scope: Scope, cache_bytes: int, *, inner: Desk | None, is_inner: bool = False) -> Desk:
        source = scoped(self.source, scope, inner=is_inner)
        return Desk(
            source,
            self.fetcher.beside(source, cache_bytes),
            refresh_s=self._refresh_s,
            settle_s=self._settle_s,
            scrape_interval_s=self.scrape_interval_s,
            profile=self.profile,
            ranges_bytes=cache_bytes // 4,
            cluster=self.cluster and ScopedCluster(self.cluster, scope),
            panels=self.panels,
            scope=scope,
            inner=inner,
        )

    def declared(self) -> Snapshot | None:
        """What the clusters declare, the same throughout a refresh interval; None without a cluster.

        As long as it is being read for the first time it is looked at anew each time.
        """
        if self.cluster is None:
            return None
        snapshot = self.cluster.snapshot()
        if any(gap.message == WAITING for gap in snapshot.gaps):
            return snapshot
        return self._declared.get(int(self.source.now() // self._refresh_s), lambda: snapshot)

    def declared_version(self) -> int:
        """Version of what ``declared`` gives; 0 without a cluster."""
        snapshot = self.declared()
        return snapshot.version if snapshot is not None else 0

    def names_before(self, label: str, end: float) -> frozenset[str]:
        """Values of a label in the week up to an instant, or up to another in the same hour."""
        key = (label, int(end // NAMESPACES_LOOK_BACK_S))
        return self._before.get(key, lambda: names_before(self.source, label, end))

    def over(
        self, queries: Iterable[MetricQuery], start: float, end: float, step_s: float
    ) -> dict[MetricQuery, Answer]:
        """Answers to all queries over a range, as ``Fetcher.over``; held, so let it be on a grid."""
        wanted = tuple(dict.fromkeys(queries))
        held = {query: self._ranges.peek((query, start, end, step_s)) for query in wanted}
        missing = [query for query, answer in held.items() if answer is None]
        asked = self.fetcher.over(missing, start, end, step_s) if missing else {}
        for query, answer in asked.items():
            if not isinstance(answer, SourceError):
                self._ranges.put((query, start, end, step_s), answer)
        return {query: asked[query] if answer is None else answer for query, answer in held.items()}

    def exact(self, view: View) -> View:
        """The view with its instant: its own, or where it is live, now less the settle time, rounded down.

        Of its namespaces those that may be seen; all that were named, where none of them may: see ``of``.
        """
        allowed = tuple(filter(self.scope.allows, view.namespaces))
        if allowed and allowed != view.namespaces:
            view = replace(view, namespaces=allowed)
        if view.at is not None:
            return view
        now = self.source.now()
        settle = self._settle_s
        if settle is None:
            settle = self.scrape_interval((), now) or 0.0
        return replace(view, at=math.floor((now - settle) / self._refresh_s) * float(self._refresh_s))

    def of(self, view: View) -> Desk:
        """The desk that answers an exact view: another one where it is of nothing that may be seen."""
        if self._inner is None or not view.namespaces or any(map(self.scope.allows, view.namespaces)):
            return self
        return self._inner

    def of_subject(self, key: NodeKey) -> Desk:
        """The desk that answers for an object: another one where it may not be seen."""
        allowed = self.scope.allows(key.namespace, key.cluster or None)
        return self if self._inner is None or allowed else self._inner

    def promql(self, queries: Iterable[MetricQuery]) -> tuple[str, ...]:
        """The queries as Prometheus reads them; none where whoever looks may not see them."""
        return tuple(filter(None, map(self.source.promql, queries)))

    def namespaces(self) -> tuple[str, ...]:
        """Namespaces that had series in the last hour, sorted; what Istio does not know is left out."""
        now = self.source.now()
        return self._names.get(int(now // NAMESPACES_EVERY_S), lambda: self._ask_namespaces(now))

    def _ask_namespaces(self, now: float) -> tuple[str, ...]:
        names: set[str] = set()
        for label in (fields.SOURCE_WORKLOAD_NAMESPACE, fields.DESTINATION_WORKLOAD_NAMESPACE):
            names.update(self.source.label_values(label, (), now - NAMESPACES_LOOK_BACK_S, now))
        return tuple(sorted(names - {"", fields.UNKNOWN}))

    def scopes(self, view: View) -> tuple[tuple[Matcher, ...], ...]:
        """Disjoint sets of matchers that together hold every row of the view's namespaces."""
        return scopes(view.namespaces, self.namespaces() if view.namespaces else ())

    def scrape_interval(self, scope: tuple[Matcher, ...], at: float) -> float | None:
        """Seconds between two scrapes of the series in a scope, None if nothing matches."""
        return self.scrape_interval_s or self._interval.around(scope, at)

    def scrapes_per_window(self, window_s: int, scope: tuple[Matcher, ...], at: float) -> float:
        """Window over scrape interval; a likely number where the interval cannot be measured."""
        interval = self.scrape_interval(scope, at)
        return window_s / interval if interval else LIKELY_SCRAPES
