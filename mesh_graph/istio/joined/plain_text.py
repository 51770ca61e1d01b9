"""MSH0201: plain text where mutual TLS is declared STRICT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pandas as pd

from mesh_graph import fields
from mesh_graph.istio.checks.finding import ConfigFinding, Severity
from mesh_graph.istio.joined.evidence import Evidence, JoinedRule
from mesh_graph.istio.mutual_tls import STRICT, Mode
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry, Workload
from mesh_graph.model import Protocol
from mesh_graph.sources.cluster import KubeObject

__all__ = ["PLAIN_UNDER_STRICT"]

FEWEST = 1.0
"""Requests, or bytes, in plain text from which it is told: the server should have refused the first."""
REQUESTS, BYTES = "requests", "{amount:,.0f} bytes of TCP"


class _Plain(NamedTuple):
    """Requests, or bytes of TCP, of one caller to one workload."""

    caller: tuple[str, str]
    workload: tuple[str, str]
    amount: float


def _find(registry: Registry, evidence: Evidence) -> Iterator[ConfigFinding]:
    is_tcp = evidence.traffic.reports[fields.PROTOCOL] == Protocol.TCP
    yield from _find_among(registry, evidence, ~is_tcp, lambda calls: sum(call.amount for call in calls))
    opened = evidence.opened
    yield from _find_among(
        registry,
        evidence,
        is_tcp,
        lambda calls: sum(opened.get((*pair[0], *pair[1]), 0.0) for pair in {call[:2] for call in calls}),
        BYTES,
    )


def _find_among(
    registry: Registry,
    evidence: Evidence,
    chosen: pd.Series,
    count: Callable[[list[_Plain]], float],
    what: str = REQUESTS,
) -> Iterator[ConfigFinding]:
    """Of some of the reports the plain part, by the object that declares it strict."""
    for one, calls in _plain(registry, evidence, chosen).items():
        amount = sum(call.amount for call in calls)
        if amount >= FEWEST:
            parameters = (
                ("workloads", ", ".join(sorted({call.workload[1] for call in calls}))),
                ("callers", ", ".join(sorted({_caller(call.caller[1]) for call in calls}))),
                ("what", what.format(amount=amount)),
            )
            basis = evidence.basis(count(calls))
            yield ConfigFinding("MSH0201", Severity.ERROR, one, "spec/mtls/mode", parameters, basis=basis)


def _plain(registry: Registry, evidence: Evidence, chosen: pd.Series) -> dict[KubeObject, list[_Plain]]:
    found: dict[KubeObject, list[_Plain]] = defaultdict(list)
    homes = _homes(registry)
    rows = evidence.traffic.reports[chosen.to_numpy()]
    for row in rows[rows[fields.MTLS_RATE] < rows[fields.MTLS_KNOWN_RATE]].to_dict("records"):
        workload = (row[fields.DESTINATION_WORKLOAD_NAMESPACE], row[fields.DESTINATION_WORKLOAD])
        mode = _mode(registry, homes.get(workload, []), row[fields.DESTINATION_CLUSTER])
        if mode is not None and mode.name == STRICT and mode.source and evidence.holds(mode.source):
            caller = (row[fields.SOURCE_WORKLOAD_NAMESPACE], row[fields.SOURCE_WORKLOAD])
            amount = (row[fields.MTLS_KNOWN_RATE] - row[fields.MTLS_RATE]) * evidence.window_s
            found[mode.source].append(_Plain(caller, workload, amount))
    return found


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
