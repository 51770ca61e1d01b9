"""MSH0103, MSH0104: time limits that cut off the slow requests, and retries that multiply the load."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Severity
from mesh_graph.istio.hosts import Host, host_of
from mesh_graph.istio.joined.evidence import Evidence, JoinedRule
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import MESH, gateways_of
from mesh_graph.sources.cluster import KubeObject

__all__ = ["MULTIPLYING_RETRIES", "TIGHT_TIMEOUT", "lower_bound"]

CUT = 0.01
"""Where more than this share of the requests reaches the limit, the 99th percentile lies above it."""
CONFIDENT_Z = 2.326
"""Of the standard normal distribution: the share is larger in 99 of 100 such samples."""
MORE = 1.1
"""Attempts per request from which retries are told."""
FEWEST = 100
"""Requests below which no ratio of attempts is told."""
_DURATION = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:h|m|s|ms|us|ns)(?:\d+(?:\.\d*)?(?:h|m|s|ms|us|ns))*")


def _routes(registry: Registry, evidence: Evidence) -> Iterator[tuple[KubeObject, Place, Host]]:
    """HTTP routes within the mesh that have held, each with the one service that it sends to."""
    for one in registry.snapshot.objects("VirtualService"):
        if MESH not in gateways_of(one) or not evidence.holds(one):
            continue
        routes = list(spec_of(one)["http"])
        hosts = [{host_of(e["destination"]["host"].text, one.namespace) for e in r["route"]} for r in routes]
        for route, own in zip(routes, hosts, strict=True):
            # Of two routes to one service nobody can tell which of them a request took.
            is_alone = len(own) == 1 and sum(not own.isdisjoint(others) for others in hosts) == 1
            if is_alone and next(iter(own)).is_service:
                yield one, route, next(iter(own))


def _find_tight(registry: Registry, evidence: Evidence) -> Iterator[ConfigFinding]:
    for one, route, host in _routes(registry, evidence):
        declared = (route["timeout"], route["retries"]["perTryTimeout"])
        limits = [place for place in declared if _is_limit(place)]
        cut, total = evidence.cut_off(host)
        if limits and lower_bound(cut, total) > CUT:
            parameters = (
                ("limits", " and ".join(f"{p.path.rpartition('/')[2]} {p.text}" for p in limits)),
                ("host", host.service),
                ("cut", f"{cut:,.0f}"),
                ("share", f"{100 * cut / total:.2g}"),
            )
            yield ConfigFinding(
                "MSH0103",
                Severity.WARNING,
                one,
                limits[0].path,
                parameters,
                basis=evidence.basis(total),
            )


def _is_limit(place: Place) -> bool:
    return bool(_DURATION.fullmatch(place.text)) and any(digit in place.text for digit in "123456789")


def lower_bound(hits: float, total: float) -> float:
    """Lower bound of the share that hits of a total stand for, 0..1; 0 where nothing was counted.

    Wilson's interval, one-sided at 99 %: (p + z²/2n − z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    Examples
    --------
    >>> round(lower_bound(50, 1000), 4), lower_bound(0, 0)
    (0.0363, 0.0)
    """
    if total <= 0:
        return 0.0
    share, square = min(hits / total, 1.0), CONFIDENT_Z**2
    spread = CONFIDENT_Z * math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    return max(0.0, (share + square / (2 * total) - spread) / (1 + square / total))


def _find_multiplying(registry: Registry, evidence: Evidence) -> Iterator[ConfigFinding]:
    for one, route, host in _routes(registry, evidence):
        attempts = route["retries"]["attempts"]
        sent, received = evidence.both_sides(host)
        if not attempts.number or attempts.number < 0 or sent < FEWEST or received < MORE * sent:
            continue
        parameters = (
            ("host", host.service),
            ("factor", f"{received / sent:.2f}"),
            ("attempts", str(attempts.number)),
            ("worst", str(attempts.number + 1)),
        )
        yield ConfigFinding(
            "MSH0104",
            Severity.WARNING,
            one,
            attempts.path,
            parameters,
            basis=evidence.basis(sent),
        )


TIGHT_TIMEOUT = JoinedRule("MSH0103", ("VirtualService",), _find_tight)
MULTIPLYING_RETRIES = JoinedRule("MSH0104", ("VirtualService",), _find_multiplying)
