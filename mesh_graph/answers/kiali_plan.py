"""Which queries a Kiali-shaped graph takes: those of the product's own traffic, and its additions'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mesh_graph import fields
from mesh_graph.kiali.additions import PRINCIPALS
from mesh_graph.kiali.options import (
    Ambient,
    Appender,
    GrpcRate,
    HttpRate,
    Options,
    Target,
    TcpRate,
    Throughput,
)
from mesh_graph.kiali.selection import inbound_labels, outbound_labels
from mesh_graph.model import Reporter
from mesh_graph.plan import NAMES_PER_QUERY, TRAFFIC_FAMILIES
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, any_of

__all__ = ["KialiPlan", "plan_kiali", "target_scopes"]

Queries = tuple[MetricQuery, ...]
Scopes = Sequence[tuple[Matcher, ...]]

_TIMES_BY = tuple(label for label in fields.LATENCY_LABELS if label != fields.REPORTER)
_COUNTED = {
    Family.GRPC_REQUEST_MESSAGES: (GrpcRate.SENT, GrpcRate.TOTAL),
    Family.GRPC_RESPONSE_MESSAGES: (GrpcRate.RECEIVED, GrpcRate.TOTAL),
    # Istio names the bytes from the server's side (istio#32399), Kiali from the client's.
    Family.TCP_RECEIVED: (TcpRate.SENT, TcpRate.TOTAL),
    Family.TCP_SENT: (TcpRate.RECEIVED, TcpRate.TOTAL),
}


@dataclass(frozen=True, slots=True)
class KialiPlan:
    """Queries of one graph.

    Attributes
    ----------
    traffic : dict of Family to queries
        A query per scope; families that the graph does not count are absent.
    incoming_times, outgoing_times, sizes : tuple of MetricQuery
        Of response times by destinations and by sources, and of throughput; empty where not asked for.
    security : tuple of tuple of MetricQuery
        By family, in the order in which they are read.
    """

    traffic: dict[Family, Queries]
    incoming_times: Queries = ()
    outgoing_times: Queries = ()
    sizes: Queries = ()
    security: tuple[Queries, ...] = ()

    @property
    def bundles(self) -> tuple[Queries, ...]:
        """The queries as they are best asked together, the slowest first."""
        families = (*self.traffic.values(),)
        return (self.incoming_times, self.outgoing_times, *self.security, self.sizes, *families)


def plan_kiali(options: Options, scopes: Scopes, *, is_whole: bool) -> KialiPlan:
    """Queries for these options.

    Parameters
    ----------
    options : Options
    scopes : sequence of matchers
        Disjoint sets of matchers that hold every row of the traffic.
    is_whole : bool
        Whether the namespaces are most of the mesh, so that to choose among them costs more than to ask for
        all.
    """
    families = [family for family in TRAFFIC_FAMILIES if _is_counted(family, options)]
    traffic = {
        family: tuple(
            MetricQuery(
                family, Function.RATE, TRAFFIC_FAMILIES[family], scope, options.window_s, idle=options.idle
            )
            for scope in scopes
        )
        for family in families
    }
    incoming, outgoing = _times(options, is_whole=is_whole)
    return KialiPlan(
        traffic,
        incoming,
        outgoing,
        _sizes(options, is_whole=is_whole),
        tuple(_security(options, families, is_whole=is_whole)),
    )


def _is_counted(family: Family, options: Options) -> bool:
    if family is Family.REQUESTS:
        return _counts_requests(options)
    return bool({options.grpc, options.tcp}.intersection(_COUNTED.get(family, ())))


def _counts_requests(options: Options) -> bool:
    return options.http is HttpRate.REQUESTS or options.grpc is GrpcRate.REQUESTS


def _times(options: Options, *, is_whole: bool) -> tuple[Queries, Queries]:
    if Appender.RESPONSE_TIME not in options.appenders or not _counts_requests(options):
        return (), ()
    function = Function.MEAN if options.quantile is None else Function.QUANTILE
    stages = (
        (Reporter.DESTINATION, fields.DESTINATION_SERVICE_NAMESPACE),
        (Reporter.SOURCE, fields.SOURCE_WORKLOAD_NAMESPACE),
    )
    incoming, outgoing = (
        tuple(
            MetricQuery(
                Family.REQUEST_DURATION, function, _TIMES_BY, scope, options.window_s, options.quantile
            )
            for scope in _within(options, reporter, label, is_whole=is_whole)
        )
        for reporter, label in stages
    )
    return incoming, outgoing


def _sizes(options: Options, *, is_whole: bool) -> Queries:
    if Appender.THROUGHPUT not in options.appenders or options.http is not HttpRate.REQUESTS:
        return ()
    is_request = options.throughput is Throughput.REQUEST
    family = Family.REQUEST_BYTES if is_request else Family.RESPONSE_BYTES
    reporter = Reporter.SOURCE if is_request else Reporter.DESTINATION
    return tuple(
        MetricQuery(family, Function.SUM_RATE, fields.BASE_LABELS, scope, options.window_s)
        for scope in _touching(options, reporter, is_whole=is_whole)
    )


def _security(options: Options, families: Sequence[Family], *, is_whole: bool) -> Iterator[Queries]:
    if Appender.SECURITY_POLICY not in options.appenders:
        return
    by = PRINCIPALS.labels
    ztunnel = (Matcher(fields.APP, "=", fields.ZTUNNEL), Matcher(fields.REPORTER, "=", Reporter.SOURCE))
    for family in families:
        is_tcp = family in (Family.TCP_SENT, Family.TCP_RECEIVED)
        scopes = _touching(options, Reporter.DESTINATION, is_whole=is_whole)
        if is_tcp and not options.ambient.has_ztunnel:
            scopes = [(*scope, Matcher(fields.APP, "!=", fields.ZTUNNEL)) for scope in scopes]
        if is_tcp and options.ambient.has_ztunnel:
            chosen = _chosen(options, fields.SOURCE_WORKLOAD_NAMESPACE, is_whole=is_whole)
            scopes = [*scopes, *((*ztunnel, *scope) for scope in chosen)]
        yield tuple(MetricQuery(family, Function.RATE, by, scope, options.window_s) for scope in scopes)


def _reported_by(reporter: Reporter, ambient: Ambient) -> Matcher:
    if ambient.has_waypoints:
        return Matcher(fields.REPORTER, "=~", f"{Reporter.WAYPOINT}|{reporter}")
    return Matcher(fields.REPORTER, "=", reporter)


def _chosen(options: Options, label: str, *, is_whole: bool) -> list[tuple[Matcher, ...]]:
    """Matchers of the namespaces by one label, a set for as many as go into one query."""
    if is_whole:
        return [()]
    names = options.namespaces
    chunks = [names[i : i + NAMES_PER_QUERY] for i in range(0, len(names), NAMES_PER_QUERY)]
    return [(any_of(label, chunk),) for chunk in chunks]


def _within(options: Options, reporter: Reporter, label: str, *, is_whole: bool) -> list[tuple[Matcher, ...]]:
    by = _reported_by(reporter, options.ambient)
    return [(by, *chosen) for chosen in _chosen(options, label, is_whole=is_whole)]


def _touching(options: Options, reporter: Reporter, *, is_whole: bool) -> list[tuple[Matcher, ...]]:
    """Disjoint scopes: calls of services in the namespaces, and calls from them to services elsewhere."""
    into = _within(options, reporter, fields.DESTINATION_SERVICE_NAMESPACE, is_whole=is_whole)
    if is_whole:
        return into
    elsewhere = any_of(fields.DESTINATION_SERVICE_NAMESPACE, options.namespaces, negate=True)
    out = _within(options, reporter, fields.SOURCE_WORKLOAD_NAMESPACE, is_whole=is_whole)
    return [*into, *((*scope, elsewhere) for scope in out)]


def target_scopes(target: Target) -> Scopes:
    """Scopes of what comes into one node and of what goes out; its calls to itself are in both."""
    if target.service:
        host = Matcher(
            fields.DESTINATION_SERVICE, "=~", rf"{re.escape(f'{target.service}.{target.namespace}.')}.*"
        )
        cluster = [(fields.DESTINATION_CLUSTER, target.cluster)] if target.cluster else []
        return ((host, *(Matcher(label, "=", value) for label, value in cluster)),)
    return tuple(
        tuple(Matcher(label, "=", value) for label, value in labels.items())
        for labels in (inbound_labels(target), outbound_labels(target))
    )
