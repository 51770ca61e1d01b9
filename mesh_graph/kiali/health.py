"""Health of nodes and edges by Kiali's tolerances: a share of requests by code, protocol and direction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mesh_graph.kiali.identity import APP, SERVICE, UNKNOWN, WORKLOAD
from mesh_graph.kiali.traffic import Edge, Responses, TrafficMap
from mesh_graph.model import Protocol
from mesh_graph.settings.tolerances import Tolerance

__all__ = ["add_health"]

NOT_AVAILABLE, HEALTHY, DEGRADED, FAILURE = "NA", "Healthy", "Degraded", "Failure"
_RANK = (NOT_AVAILABLE, HEALTHY, DEGRADED, FAILURE)

_PODS: dict[str, dict[str, Any]] = {APP: {"workloadStatuses": []}, WORKLOAD: {"workloadStatus": None}}

Requests = dict[str, dict[str, float]]
"""Rate by protocol and code."""


def add_health(graph: TrafficMap, tolerances: Sequence[Tolerance]) -> None:
    """Write ``healthData`` on nodes and ``healthStatus`` on edges.

    Pods are not known to metrics, so their part is absent from the answer and from the status.

    Parameters
    ----------
    graph : TrafficMap
        Marked (``isInaccessible``); written to.
    tolerances : sequence of Tolerance
    """
    inbound: dict[str, Requests] = {name: {} for name in graph.nodes}
    outbound: dict[str, Requests] = {name: {} for name in graph.nodes}
    for (source, destination, protocol), edge in graph.edges.items():
        for counted in (outbound[source], inbound[destination]):
            _count(counted.setdefault(protocol, {}), edge.responses)
        if (status := _edge_status(protocol, edge, tolerances)) != NOT_AVAILABLE:
            edge.marks["healthStatus"] = status
    for name, node in graph.nodes.items():
        if node.identity.type == UNKNOWN:
            continue
        requests = {"inbound": inbound[name], "outbound": outbound[name]}
        data: dict[str, Any] = {"requests": {**requests, "healthAnnotations": {}}}
        if "isInaccessible" not in node.marks:
            directions = ("inbound",) if node.identity.type == SERVICE else ("inbound", "outbound")
            data["status"] = _status(requests, directions, tolerances)
        node.marks["healthData"] = {**data, **_PODS.get(node.identity.type, {})}


def _count(codes: dict[str, float], responses: Responses) -> None:
    for code, (flags, _) in responses.items():
        if flags:
            codes[code] = codes.get(code, 0.0) + sum(flags.values())


def _edge_status(protocol: str, edge: Edge, tolerances: Sequence[Tolerance]) -> str:
    """Worst by both ends' tolerances; bytes are healthy, an edge without traffic is not available."""
    if not edge.rates:
        return NOT_AVAILABLE
    if protocol == Protocol.TCP:
        return HEALTHY
    codes: dict[str, float] = {}
    _count(codes, edge.responses)
    return _worst(_ratings(codes, protocol, ("inbound", "outbound"), tolerances))[0]


def _status(
    requests: dict[str, Requests], directions: Sequence[str], tolerances: Sequence[Tolerance]
) -> dict[str, Any]:
    ratings, total = [], 0.0
    for direction in directions:
        for protocol, codes in requests[direction].items():
            ratings += _ratings(codes, protocol, (direction,), tolerances)
            total += sum(codes.values())
    status, ratio = _worst(ratings)
    data: dict[str, Any] = {"status": status}
    if ratio > 0:
        data["errorRatio"] = ratio
    if total > 0:
        data["totalRequestRate"] = total
    return data


def _ratings(
    codes: dict[str, float], protocol: str, directions: Iterable[str], tolerances: Sequence[Tolerance]
) -> list[tuple[str, float]]:
    """Status and share in per cent by every tolerance that speaks of the protocol."""
    total = sum(codes.values())
    if total <= 0:
        return []
    ratings = []
    for tolerance in tolerances:
        if any(tolerance.covers(protocol, direction) for direction in directions):
            counted = sum(rate for code, rate in codes.items() if tolerance.counts(code, ""))
            share = counted / total * 100
            ratings.append((_rated(share, tolerance), share))
    return ratings


def _rated(share: float, tolerance: Tolerance) -> str:
    if share <= 0:
        return HEALTHY
    if share >= tolerance.failure:
        return FAILURE
    return DEGRADED if share >= tolerance.degraded else HEALTHY


def _worst(ratings: Iterable[tuple[str, float]]) -> tuple[str, float]:
    return max(ratings, key=lambda rating: (_RANK.index(rating[0]), rating[1]), default=(NOT_AVAILABLE, 0.0))
