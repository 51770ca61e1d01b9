"""The numbers of every object at one instant: rates, errors, bytes, versions, mutual TLS."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Floats, totals
from mesh_graph.health.facts import DIRECTIONS, Facts
from mesh_graph.model import Direction, NodeKey, NodeKind, Protocol
from mesh_graph.topology.grouping import distinct_rows
from mesh_graph.topology.identity import is_known
from mesh_graph.topology.outcome import Outcome
from mesh_graph.topology.traffic import Traffic

__all__ = ["NO_FIGURES", "Figures", "figures_of", "mtls_shares", "versions_of"]

NOTHING = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Traffic of one object; http and grpc together unless it says tcp.

    Attributes
    ----------
    in_rate, in_error_rate : float
        Requests that came in, and those of them that failed, per second.
    out_rate, out_error_rate : float
        Requests that it sent.
    inner_rate : float
        Of a namespace: requests from itself to itself, which count in both.
    tcp_rate : float
        Bytes per second over tcp, both ways; of a namespace, what it sent itself counts once.
    """

    in_rate: float = NOTHING
    in_error_rate: float = NOTHING
    out_rate: float = NOTHING
    out_error_rate: float = NOTHING
    inner_rate: float = NOTHING
    tcp_rate: float = NOTHING

    @property
    def in_error_ratio(self) -> float | None:
        """0..1 of what came in; None where nothing did."""
        return self.in_error_rate / self.in_rate if self.in_rate > 0 else None

    @property
    def out_error_ratio(self) -> float | None:
        """0..1 of what it sent; None where it sent nothing."""
        return self.out_error_rate / self.out_rate if self.out_rate > 0 else None

    @property
    def error_ratio(self) -> float | None:
        """The worse of the two."""
        return max((r for r in (self.in_error_ratio, self.out_error_ratio) if r is not None), default=None)


NO_FIGURES = Figures()
"""Of what has no traffic."""


def figures_of(facts: Facts) -> dict[NodeKey, Figures]:
    """Figures of every object and namespace that there are facts about."""
    is_tcp, is_error = (
        np.array(column, dtype=np.bool_)[facts.ending]
        for column in (
            [ending.protocol == Protocol.TCP for ending in facts.endings],
            [ending.outcome == Outcome.ERROR for ending in facts.endings],
        )
    )
    is_in = facts.direction == DIRECTIONS.index(Direction.INBOUND)
    is_inner = _is_inner(facts)
    count = len(facts.keys)

    def total(rows: Bools, values: Floats) -> Floats:
        return totals(facts.subject, np.where(rows, values, 0.0), count)

    columns = (
        total(is_in & ~is_tcp, facts.rate),
        total(is_in & ~is_tcp & is_error, facts.rate),
        total(~is_in & ~is_tcp, facts.rate),
        total(~is_in & ~is_tcp & is_error, facts.rate),
        total(is_in & is_inner & ~is_tcp, facts.rate),
        total(is_in | ~is_inner, facts.bytes_rate),
    )
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    return {facts.keys[at]: Figures(*rows[at]) for at in facts.subjects().tolist()}


def _is_inner(facts: Facts) -> Bools:
    """Which facts are about a namespace's traffic with itself."""
    homes = [(key.cluster, key.namespace) for key in facts.keys]
    numbers = {home: at for at, home in enumerate(dict.fromkeys(homes))}
    home = np.array([numbers[one] for one in homes], dtype=np.int64)
    is_namespace = np.array([key.kind is NodeKind.NAMESPACE for key in facts.keys], dtype=np.bool_)
    inner: Bools = is_namespace[facts.subject] & (home[facts.subject] == home[facts.peer])
    return inner


_VERSION_ENDS = (
    (
        fields.SOURCE_CLUSTER,
        fields.SOURCE_WORKLOAD_NAMESPACE,
        fields.SOURCE_WORKLOAD,
        fields.SOURCE_CANONICAL_SERVICE,
        fields.SOURCE_CANONICAL_REVISION,
    ),
    (
        fields.DESTINATION_CLUSTER,
        fields.DESTINATION_WORKLOAD_NAMESPACE,
        fields.DESTINATION_WORKLOAD,
        fields.DESTINATION_CANONICAL_SERVICE,
        fields.DESTINATION_CANONICAL_REVISION,
        fields.DESTINATION_SERVICE_NAMESPACE,
        fields.DESTINATION_SERVICE_NAME,
    ),
)


def versions_of(traffic: Traffic) -> dict[NodeKey, tuple[str, ...]]:
    """Versions that carried traffic, sorted, of applications, workloads, and what stands behind a service."""
    found: dict[NodeKey, set[str]] = defaultdict(set)
    is_moving = (traffic.flows[fields.RATE] > 0).to_numpy()
    for labels in _VERSION_ENDS:
        moving = [traffic.flows[list(labels)][is_moving], traffic.tcp]
        for cluster, namespace, workload, app, version, *service in distinct_rows(moving, labels)[1]:
            if not (is_known(version) and is_known(app)):
                continue
            cluster, namespace = (name if is_known(name) else "" for name in (cluster, namespace))
            found[NodeKey(NodeKind.APP, cluster, namespace, app=app)].add(version)
            if is_known(workload):
                found[NodeKey(NodeKind.WORKLOAD, cluster, namespace, workload)].add(version)
            if service and is_known(service[1]):
                home = service[0] if is_known(service[0]) else namespace
                found[NodeKey(NodeKind.SERVICE, cluster, home, service=service[1])].add(version)
    return {key: tuple(sorted(versions)) for key, versions in found.items()}


def mtls_shares(traffic: Traffic) -> dict[NodeKey, float]:
    """Share of the traffic into each namespace that went over mutual TLS, 0..1; absent where no proxy knew.

    By requests; of a namespace that only tcp reaches, by bytes, which cannot be added to them.
    """
    is_tcp = traffic.reports[fields.PROTOCOL] == Protocol.TCP
    return {**_shares(traffic.reports[is_tcp]), **_shares(traffic.reports[~is_tcp])}


def _shares(reports: pd.DataFrame) -> dict[NodeKey, float]:
    place = [fields.DESTINATION_CLUSTER, fields.DESTINATION_WORKLOAD_NAMESPACE]
    sums = reports.groupby(place)[[fields.MTLS_RATE, fields.MTLS_KNOWN_RATE]].sum()
    sums = sums[sums[fields.MTLS_KNOWN_RATE] > 0]
    shares = (sums[fields.MTLS_RATE] / sums[fields.MTLS_KNOWN_RATE]).clip(upper=1.0)
    return {
        NodeKey(NodeKind.NAMESPACE, cluster if is_known(cluster) else "", namespace): share
        for (cluster, namespace), share in zip(shares.index.tolist(), shares.tolist(), strict=True)
        if is_known(namespace)
    }
