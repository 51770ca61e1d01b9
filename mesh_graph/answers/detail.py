"""One application, workload or service at one instant: its peers, how it fares, its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.declared import known_waypoints
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.observe import Observation, Plan, observe, shortfall
from mesh_graph.answers.overlays import filled
from mesh_graph.answers.replicas import replicas_at
from mesh_graph.answers.seen import last_seen
from mesh_graph.detail.peers import Peer, Totals, Version, peers_of, totals_of, versions_of
from mesh_graph.detail.rows import PEER, is_subject
from mesh_graph.detail.subject import graph_type_of, own_matchers, subject_name
from mesh_graph.fetch import Answer
from mesh_graph.frames.latency import BYTES, LATENCY, parse_bytes, parse_latency
from mesh_graph.frames.schema import concat
from mesh_graph.health import Assessment, assess
from mesh_graph.health.replicas import joined
from mesh_graph.model import Direction, NodeKey, NodeKind, View
from mesh_graph.plan import belongs, traffic_queries
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.merge_latency import merge_bytes, merge_latency
from mesh_graph.topology.places import NOWHERE, find_places
from mesh_graph.topology.traffic import Traffic
from mesh_graph.topology.waypoints import without_carriage

__all__ = ["QUANTILES", "Detail", "assessment_of", "detail_of", "home_of"]

QUANTILES = (0.5, 0.95, 0.99)
_SIZES = (Family.REQUEST_BYTES, Family.RESPONSE_BYTES)
Answers = Mapping[MetricQuery, Answer]


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """One subject at one instant.

    Attributes
    ----------
    subject : NodeKey
    at : float
        Unix seconds.
    window_s : int
    inbound, outbound : tuple of Peer
        Who calls it, and what it calls; of a service what stands behind it.
    totals : dict of Direction to Totals
    versions : tuple of Version
    clusters : tuple of str
        Where it was seen, sorted.
    assessment : Assessment
        How it fares; of several clusters where it fares worst.
    gaps : tuple of Gap
        What could not be had.
    queries : dict
        The PromQL behind the numbers, by what they are.
    last_seen : float or None
        Unix seconds, where it has no traffic now: end of the last hour with samples in a week.
    """

    subject: NodeKey
    at: float
    window_s: int
    inbound: tuple[Peer, ...]
    outbound: tuple[Peer, ...]
    totals: Mapping[Direction, Totals]
    versions: tuple[Version, ...]
    clusters: tuple[str, ...]
    assessment: Assessment
    gaps: tuple[Gap, ...]
    queries: Mapping[str, tuple[str, ...]]
    last_seen: float | None = None

    @property
    def has_traffic(self) -> bool:
        """Whether anything of it was seen in the window."""
        return bool(self.inbound or self.outbound)

    @property
    def is_known(self) -> bool:
        """Whether anything of it was seen in the window or in the week before, or its pods are known."""
        return self.has_traffic or self.last_seen is not None or self.assessment.replicas is not None


def home_of(view: View, subject: NodeKey) -> View:
    """The view of the subject's namespace: the one that its numbers are taken from."""
    return replace(view, namespaces=(subject.namespace or fields.UNKNOWN,))


def detail_of(desk: Desk, view: View, subject: NodeKey) -> Detail:
    """The subject at the view's instant, with the numbers of the graph of its namespace.

    Raises
    ------
    SourceError
        If the source did not answer for the requests.
    """
    home = home_of(view, subject)
    scoped, at = desk.scopes(home), home.at or 0.0
    plan = traffic_queries(scoped, home.window_s, idle=home.idle)
    sizes = {family: _size_queries(family, scoped, home.window_s) for family in _SIZES}
    latencies = {way: _latency_queries(subject, way, home.window_s) for way in Direction}
    more = (*chain(*(queries.values() for queries in latencies.values())), *chain(*sizes.values()))
    answers = desk.fetcher.ask((tuple(chain(*plan.values())), more), at)
    scrapes = desk.scrapes_per_window(home.window_s, scoped[0], at)
    seen = observe(plan, answers, home.namespaces, scrapes_per_window=scrapes)
    now = replace(seen, traffic=_counted(desk, seen.traffic, subject))
    requests, responses = (_volume(sizes[family], answers, home) for family in _SIZES)
    peers = {
        way: peers_of(
            now.traffic,
            subject,
            way,
            latencies={q: _latency(query, answers, subject, way) for q, query in latencies[way].items()},
            sizes=(requests, responses),
        )
        for way in Direction
    }
    is_seen = any(peers.values())
    return Detail(
        subject=subject,
        at=at,
        window_s=home.window_s,
        inbound=peers[Direction.INBOUND],
        outbound=peers[Direction.OUTBOUND],
        totals={way: totals_of(now.traffic, subject, way) for way in Direction},
        versions=versions_of(now.traffic, subject),
        clusters=_clusters(now, subject),
        assessment=assessment_of(desk, now, home, subject),
        gaps=(*now.traffic.gaps, *now.gaps, *shortfall(more, answers)[0]),
        queries=_texts(desk, plan, sizes, latencies),
        last_seen=None if is_seen else last_seen(desk, subject, at),
    )


def _counted(desk: Desk, traffic: Traffic, subject: NodeKey) -> Traffic:
    """Traffic without what waypoints carry; for the page of a waypoint with it: that is all it does."""
    waypoints = known_waypoints(desk)
    places = {(namespace, name) for _, namespace, name in waypoints}
    place = (subject.namespace, subject_name(subject))
    is_waypoint = place in places and subject.kind is not NodeKind.SERVICE
    return traffic if is_waypoint else without_carriage(traffic, waypoints)


def _texts(
    desk: Desk,
    plan: Plan,
    sizes: Mapping[Family, Sequence[MetricQuery]],
    latencies: Mapping[Direction, Mapping[float, MetricQuery]],
) -> dict[str, tuple[str, ...]]:
    groups = {
        "requests": plan[Family.REQUESTS],
        "response time": [query for queries in latencies.values() for query in queries.values()],
        "throughput": [query for queries in sizes.values() for query in queries],
        "tcp": [query for family, queries in plan.items() if "_tcp_" in family.value for query in queries],
        "grpc messages": [*plan[Family.GRPC_REQUEST_MESSAGES], *plan[Family.GRPC_RESPONSE_MESSAGES]],
    }
    return {name: desk.promql(queries) for name, queries in groups.items()}


def assessment_of(desk: Desk, now: Observation, home: View, subject: NodeKey) -> Assessment:
    """How the subject fares; of several clusters where it fares worst."""
    at = home.at or 0.0
    found = assess(now.traffic, home.window_s, desk.profile).assessments
    replicas = replicas_at(desk, at, {key.cluster for key in found})
    of_pods = [one for key, one in replicas.items() if is_subject(key, subject)]
    own = [one for key, one in joined(found, replicas).items() if is_subject(key, subject)]
    worst = max(own, key=lambda assessment: assessment.rank, default=Assessment())
    if worst.replicas is None and of_pods:
        return replace(worst, replicas=max(of_pods, key=lambda one: one.status.severity))
    return worst


def _size_queries(
    family: Family, scoped: tuple[tuple[Matcher, ...], ...], window_s: int
) -> tuple[MetricQuery, ...]:
    return tuple(
        MetricQuery(family, Function.SUM_RATE, fields.LATENCY_LABELS, scope, window_s) for scope in scoped
    )


def _peer_labels(subject: NodeKey, direction: Direction) -> tuple[str, ...]:
    """Labels that tell the peers of a direction apart, so that each quantile is of one peer."""
    if direction is Direction.INBOUND:
        name = fields.SOURCE_CANONICAL_SERVICE if subject.kind is NodeKind.APP else fields.SOURCE_WORKLOAD
        return (fields.SOURCE_CLUSTER, fields.SOURCE_WORKLOAD_NAMESPACE, name)
    place = (fields.SOURCE_CLUSTER, fields.DESTINATION_CLUSTER, fields.DESTINATION_WORKLOAD_NAMESPACE)
    if subject.kind is NodeKind.SERVICE:
        return (*place[1:], fields.DESTINATION_WORKLOAD)
    return (*place, *fields.SERVICE_LABELS)


def _latency_queries(subject: NodeKey, direction: Direction, window_s: int) -> dict[float, MetricQuery]:
    by = (*_peer_labels(subject, direction), fields.REPORTER, fields.REQUEST_PROTOCOL)
    own = own_matchers(subject, direction)
    return {
        quantile: MetricQuery(
            Family.REQUEST_DURATION, Function.QUANTILE, by, own, window_s, quantile=quantile
        )
        for quantile in QUANTILES
    }


def _latency(query: MetricQuery, answers: Answers, subject: NodeKey, direction: Direction) -> pd.DataFrame:
    """Response times of the subject's peers: ``PEER``, ``protocol``, ``latency_ms``."""
    frame = merge_latency(concat(LATENCY, map(parse_latency, filled([query], answers))))
    nodes, (place,) = find_places([frame], graph_type_of(subject))
    ends = place.source if direction is Direction.INBOUND else place.destination
    if direction is Direction.OUTBOUND and subject.kind is not NodeKind.SERVICE:
        ends = np.where(place.service == NOWHERE, place.destination, place.service)
    return frame.assign(**{PEER: [nodes.keys[at].text for at in ends.tolist()]})


def _volume(queries: Sequence[MetricQuery], answers: Answers, view: View) -> pd.DataFrame:
    frame = concat(BYTES, map(parse_bytes, filled(queries, answers)))
    return merge_bytes(belongs(frame, view.namespaces))


def _clusters(now: Observation, subject: NodeKey) -> tuple[str, ...]:
    frames = [now.traffic.flows, now.traffic.tcp]
    nodes, _ = find_places(frames, graph_type_of(subject))
    return tuple(sorted({key.cluster for key in nodes.keys if is_subject(key, subject)} - {""}))
