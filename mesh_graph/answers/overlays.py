"""What a view shows on its edges beside traffic: which queries, and their answers written on the graph.

Response times are the dearest thing asked for, twenty series for each one of the requests. So they are asked
of the servers' proxies first, and of the clients' only for services of which the merged traffic shows an edge
that no server reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import networkx as nx
import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.frames.latency import BYTES, LATENCY, parse_bytes, parse_latency
from mesh_graph.frames.schema import concat
from mesh_graph.model import GraphType, Reporter, ResponseTime, View
from mesh_graph.sources.base import Reply
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, any_of
from mesh_graph.topology.locate import Hop
from mesh_graph.topology.merge_latency import merge_bytes, merge_latency
from mesh_graph.topology.overlay_latency import add_latency, latency_labels
from mesh_graph.topology.overlay_throughput import add_throughput

__all__ = ["OverlayPlan", "add_overlays", "filled", "plan_clients", "plan_overlays"]

Answers = Mapping[MetricQuery, Answer]
Scopes = tuple[tuple[Matcher, ...], ...]

MAX_HOSTS = 200
"""More services than that are not named: the clients are asked for all."""
_SERVERS = Matcher(fields.REPORTER, "=", Reporter.DESTINATION)
_CLIENTS = Matcher(fields.REPORTER, "=~", f"{Reporter.SOURCE}|{Reporter.WAYPOINT}")


@dataclass(frozen=True, slots=True)
class OverlayPlan:
    """Queries of a view's overlays.

    Attributes
    ----------
    latency : dict of Hop to queries
        Empty if the view shows no response time.
    sizes : dict of Family to queries
        Empty if the view shows no throughput.
    """

    latency: dict[Hop, tuple[MetricQuery, ...]]
    sizes: dict[Family, tuple[MetricQuery, ...]]

    @property
    def bundles(self) -> tuple[tuple[MetricQuery, ...], ...]:
        """The queries as they are best asked together."""
        return (*self.latency.values(), tuple(chain.from_iterable(self.sizes.values())))

    def __or__(self, other: OverlayPlan) -> OverlayPlan:
        latency = {
            hop: (*self.latency.get(hop, ()), *other.latency.get(hop, ()))
            for hop in {**self.latency, **other.latency}
        }
        return OverlayPlan(latency, {**self.sizes, **other.sizes})

    @property
    def queries(self) -> tuple[MetricQuery, ...]:
        """All of them."""
        return tuple(q for queries in (*self.latency.values(), *self.sizes.values()) for q in queries)


def plan_overlays(view: View, scoped: Scopes) -> OverlayPlan:
    """Queries of what the view shows beside traffic, one per scope and part; response times by servers."""
    sizes = {
        family: tuple(
            MetricQuery(family, Function.SUM_RATE, fields.LATENCY_LABELS, scope, view.window_s)
            for scope in scoped
        )
        for family in ((Family.REQUEST_BYTES, Family.RESPONSE_BYTES) if view.throughput else ())
    }
    return OverlayPlan(_latency(view, scoped, (_SERVERS,)), sizes)


def plan_clients(view: View, scoped: Scopes, hosts: Sequence[str] | None = None) -> OverlayPlan:
    """Queries of the response times that clients' and waypoints' proxies report.

    Parameters
    ----------
    view : View
    scoped : tuple of tuple of Matcher
    hosts : sequence of str, optional
        Services that are asked for; none if it is empty, all without it.
    """
    if hosts is not None and not hosts:
        return OverlayPlan({}, {})
    more: tuple[Matcher, ...] = (_CLIENTS,)
    if hosts is not None and len(hosts) <= MAX_HOSTS:
        more = (*more, any_of(fields.DESTINATION_SERVICE, hosts))
    if view.graph_type is not GraphType.NAMESPACE:
        return OverlayPlan(_latency(view, scoped, more), {})
    # What reached no workload is drawn by its service there, what did by its namespace.
    reached = _latency(view, scoped, (*more, Matcher(fields.DESTINATION_WORKLOAD, "!=", fields.UNKNOWN)))
    lost = (*more, Matcher(fields.DESTINATION_WORKLOAD, "=", fields.UNKNOWN))
    by_service = _latency(view, scoped, lost, fields.SERVICE_LABELS)
    return OverlayPlan(reached, {}) | OverlayPlan(by_service, {})


def _latency(
    view: View, scoped: Scopes, which: tuple[Matcher, ...], more: tuple[str, ...] = ()
) -> dict[Hop, tuple[MetricQuery, ...]]:
    """Queries of the response times of the series that match, by more labels than the view's own."""
    if view.response_time is ResponseTime.NONE:
        return {}
    quantile = view.response_time.quantile
    function = Function.MEAN if quantile is None else Function.QUANTILE
    return {
        hop: tuple(
            MetricQuery(
                Family.REQUEST_DURATION,
                function,
                tuple(dict.fromkeys((*by, *more))),
                (*scope, *which),
                view.window_s,
                quantile,
            )
            for scope in scoped
        )
        for hop, by in latency_labels(view).items()
    }


def add_overlays(graph: nx.MultiDiGraph[str], plan: OverlayPlan, answers: Answers) -> None:
    """Write response times and throughput on the graph's edges; a failed query leaves its edges without.

    Raises
    ------
    SourceReplyInvalid
        If an answer has not the promised shape.
    """
    for hop, queries in plan.latency.items():
        frame = concat(LATENCY, map(parse_latency, filled(queries, answers)))
        unasked = set(fields.LATENCY_LABELS).difference(*(query.by for query in queries))
        add_latency(graph, merge_latency(frame, unasked), hop=hop)
    if plan.sizes:
        rates = {
            family: merge_bytes(concat(BYTES, map(parse_bytes, filled(queries, answers))))
            for family, queries in plan.sizes.items()
        }
        add_throughput(graph, requests=rates[Family.REQUEST_BYTES], responses=rates[Family.RESPONSE_BYTES])


def filled(queries: Iterable[MetricQuery], answers: Answers) -> Iterator[Reply]:
    """Answers that came, with ``"unknown"`` in the labels that were not asked for."""
    for query in queries:
        answer = answers[query]
        if isinstance(answer, SourceError):
            continue
        table = answer.table
        unknown = pd.array(np.full(len(table), fields.UNKNOWN, dtype=object), dtype="str")
        columns = {label: table[label] if label in query.by else unknown for label in fields.LATENCY_LABELS}
        yield replace(answer, table=pd.DataFrame({**columns, fields.VALUE: table[fields.VALUE]}, copy=False))
