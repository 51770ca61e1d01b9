"""MSH0101, MSH0102: traffic that does not go where routes say: a silent destination, an unnamed version."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import pandas as pd

from mesh_graph import fields
from mesh_graph.istio.checks.finding import ConfigFinding, Severity
from mesh_graph.istio.hosts import Host
from mesh_graph.istio.joined.evidence import COUNT, Evidence, JoinedRule
from mesh_graph.istio.route import DeclaredRoute, Destination
from mesh_graph.istio.routes import routes_of
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry
from mesh_graph.istio.virtual_services import MESH

__all__ = ["SILENT_DESTINATION", "UNNAMED_VERSION"]

CHANCE = 0.001
"""A destination is called silent where its share makes no request at all less likely than that."""
FEWEST = 10
"""Requests at an unnamed version from which it is told."""


def _find_silent(registry: Registry, evidence: Evidence) -> Iterator[ConfigFinding]:
    routes = routes_of(registry)
    used = Counter(workload for route in routes for workload in set(_workloads(route)))
    for route in routes:
        if len(route.destinations) < 2 or not evidence.holds(route.source):
            continue
        counts = [_arrived(evidence, route, destination) for destination in route.destinations]
        total = sum(counts)
        for destination, count in zip(route.destinations, counts, strict=True):
            # Whoever several routes send to says nothing of one of them.
            is_own = all(used[workload] == 1 for workload in _workloads(route))
            if is_own and _is_silent(destination, count, total):
                yield ConfigFinding(
                    "MSH0101",
                    Severity.WARNING,
                    route.source,
                    destination.path,
                    (
                        ("destination", _name(destination)),
                        ("share", f"{destination.share:.4g}"),
                        ("expected", f"{(destination.share or 0.0) * total:,.0f}"),
                        ("workloads", ", ".join(destination.workloads)),
                    ),
                    basis=evidence.basis(total),
                )


def _workloads(route: DeclaredRoute) -> Iterator[tuple[str, str, str]]:
    for destination in route.destinations:
        for workload in destination.workloads:
            yield destination.host.namespace, workload, destination.host.name


def _arrived(evidence: Evidence, route: DeclaredRoute, destination: Destination) -> float:
    """Requests, or connections, that reached the destination's workloads by its service."""
    is_tcp = route.protocol in ("tcp", "tls")
    return sum(evidence.arrived(destination.host, name, is_tcp=is_tcp) for name in destination.workloads)


def _is_silent(destination: Destination, count: float, total: float) -> bool:
    share = destination.share or 0.0
    return bool(destination.workloads) and count == 0 and 0 < share < 1 and (1 - share) ** total < CHANCE


def _name(destination: Destination) -> str:
    return f"{destination.host.service or destination.host.name} {destination.subset}".strip()


def _find_unnamed(registry: Registry, evidence: Evidence) -> Iterator[ConfigFinding]:
    for host, routes in _routed(registry).items():
        named = _named(routes, host)
        if named is None or not all(evidence.holds(route.source) for route in routes):
            continue
        rows = evidence.requests_to(host)
        others = ~rows[fields.DESTINATION_WORKLOAD].isin({*named, fields.UNKNOWN})
        rows = rows[rows[fields.ARRIVED].to_numpy() & others.to_numpy()]
        for workload, calls in rows.groupby(fields.DESTINATION_WORKLOAD):
            count = calls[COUNT].sum()
            if count >= FEWEST:
                parameters = (
                    ("workload", str(workload)),
                    ("host", host.service),
                    ("named", ", ".join(sorted(named))),
                    ("callers", callers_of(calls)),
                )
                yield ConfigFinding(
                    "MSH0102",
                    Severity.WARNING,
                    routes[0].source,
                    "spec/http",
                    parameters,
                    basis=evidence.basis(count),
                )


def _routed(registry: Registry) -> Mapping[Host, list[DeclaredRoute]]:
    """Routes of VirtualServices by the service whose calls within the mesh they take."""
    found: dict[Host, list[DeclaredRoute]] = defaultdict(list)
    for route in routes_of(registry):
        if route.kind == "VirtualService" and route.protocol == "http" and MESH in route.gateways:
            for host in route.hosts:
                if host.is_service:
                    found[host].append(route)
    return found


def _named(routes: list[DeclaredRoute], host: Host) -> set[str] | None:
    """Workloads that routes send to; None where a destination's are not known, or are all of the host's."""
    named: set[str] = set()
    for route in routes:
        for destination in (*route.destinations, *(mirror.destination for mirror in route.mirrors)):
            if destination.host == host:
                if not destination.workloads or not destination.subset:
                    return None
                named.update(destination.workloads)
    return named or None


def callers_of(calls: pd.DataFrame) -> str:
    """Names of the workloads that called most, three at most."""
    counts = calls.groupby([fields.SOURCE_WORKLOAD_NAMESPACE, fields.SOURCE_WORKLOAD])[COUNT].sum()
    largest = counts.sort_values(ascending=False, kind="stable").index[:3]
    return ", ".join("somebody without a proxy" if name == fields.UNKNOWN else name for _, name in largest)


SILENT_DESTINATION = JoinedRule(
    "MSH0101", ("VirtualService", "DestinationRule", "Service", *WORKLOAD_KINDS), _find_silent
)
UNNAMED_VERSION = JoinedRule(
    "MSH0102", ("VirtualService", "DestinationRule", "Service", *WORKLOAD_KINDS), _find_unnamed
)
