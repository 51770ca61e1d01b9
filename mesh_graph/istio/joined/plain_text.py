"""MSH0201: plain text where mutual TLS is declared STRICT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from mesh_graph import fields
from mesh_graph.istio.checks.finding import ConfigFinding, Severity
from mesh_graph.istio.joined.evidence import Evidence, JoinedRule
from mesh_graph.istio.mutual_tls import STRICT, Mode
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry, Workload
from mesh_graph.sources.cluster import KubeObject

__all__ = ["PLAIN_UNDER_STRICT"]

FEWEST = 1.0
"""Requests in plain text from which it is told: the server should have refused the first."""


class _Plain(NamedTuple):
    """Requests of one caller to one workload."""

    caller: str
    workload: str
    plain: float


def _find(registry: Registry, evidence: Evidence) -> Iterator[ConfigFinding]:
    found: dict[KubeObject, list[_Plain]] = defaultdict(list)
    homes = _homes(registry)
    rows = evidence.traffic.reports
    rows = rows[(rows[fields.MTLS_RATE] < rows[fields.MTLS_KNOWN_RATE]) & (rows[fields.PROTOCOL] != "tcp")]
    for row in rows.to_dict("records"):
        place = (row[fields.DESTINATION_WORKLOAD_NAMESPACE], row[fields.DESTINATION_WORKLOAD])
        mode = _mode(registry, homes.get(place, []), row[fields.DESTINATION_CLUSTER])
        if mode is not None and mode.name == STRICT and mode.source and evidence.holds(mode.source):
            plain = (row[fields.MTLS_KNOWN_RATE] - row[fields.MTLS_RATE]) * evidence.window_s
            found[mode.source].append(_Plain(row[fields.SOURCE_WORKLOAD], place[1], plain))
    for one, calls in found.items():
        count = sum(call.plain for call in calls)
        if count >= FEWEST:
            workloads = sorted({call.workload for call in calls})
            callers = sorted({_caller(call.caller) for call in calls})
            parameters = (("workloads", ", ".join(workloads)), ("callers", ", ".join(callers)))
            yield ConfigFinding(
                "MSH0201",
                Severity.ERROR,
                one,
                "spec/mtls/mode",
                parameters,
                basis=evidence.basis(count),
            )


def _homes(registry: Registry) -> dict[tuple[str, str], list[Workload]]:
    found: dict[tuple[str, str], list[Workload]] = defaultdict(list)
    for one in registry.selected({}):
        found[one.namespace, one.name].append(one)
    return found


def _mode(registry: Registry, workloads: list[Workload], cluster: str) -> Mode | None:
    """Mode of a workload, in its cluster where several have one of the name; None where nobody knows."""
    told = [one for one in workloads if one.cluster == cluster] or workloads
    places = {(one.cluster, one.namespace) for one in told}
    if len(places) != 1:
        return None
    (home,), labels = places, told[0].labels
    if registry.peer_modes.has_port_modes(*home, labels):
        return None  # the numbers do not tell ports apart
    return registry.peer_modes.workload(*home, labels)


def _caller(name: str) -> str:
    return "somebody without a proxy" if name == fields.UNKNOWN else name


PLAIN_UNDER_STRICT = JoinedRule("MSH0201", ("PeerAuthentication", "ConfigMap", *WORKLOAD_KINDS), _find)
