"""Mutual TLS: what each namespace's servers are told to ask for, beside what their proxies saw."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from mesh_graph import fields
from mesh_graph.istio.mutual_tls import Mode, PeerModes
from mesh_graph.istio.revisions import Revisions
from mesh_graph.istio.subsets import Registry
from mesh_graph.model import NodeKey, NodeKind, Protocol, View
from mesh_graph.sources.cluster import KubeObject, Snapshot
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.traffic import Traffic

__all__ = ["MtlsAnswer", "MtlsRow", "Observed", "PlainEdge", "mtls_of"]

SOURCE = (fields.SOURCE_CLUSTER, fields.SOURCE_WORKLOAD_NAMESPACE, fields.SOURCE_WORKLOAD)
DESTINATION = (
    fields.DESTINATION_CLUSTER,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_WORKLOAD,
)
RATES = [fields.MTLS_RATE, fields.MTLS_KNOWN_RATE]


@dataclass(frozen=True, slots=True)
class Observed:
    """Traffic whose proxy knew whether it was mutual TLS.

    Attributes
    ----------
    mutual_rate, known_rate : float
        Per second: over mutual TLS, and all of it. Requests, or bytes for TCP.
    """

    mutual_rate: float = 0.0
    known_rate: float = 0.0

    @property
    def share(self) -> float | None:
        """0..1 over mutual TLS; None where nothing was seen."""
        return self.mutual_rate / self.known_rate if self.known_rate > 0 else None

    @property
    def plain_rate(self) -> float:
        """Per second in plain text."""
        return max(self.known_rate - self.mutual_rate, 0.0)

    def count(self, window_s: int) -> int:
        """How many requests, or bytes, were seen in a window."""
        return round(self.known_rate * window_s)


@dataclass(frozen=True, slots=True, eq=False)
class MtlsRow:
    """One namespace of one cluster.

    Attributes
    ----------
    cluster, namespace : str
    declared : Mode
        What holds for its workloads, and the PeerAuthentication that says so; without one Istio's default.
    exceptions : tuple of KubeObject
        PeerAuthentications for some of its workloads.
    requests : Observed
        HTTP and gRPC that its workloads received.
    tcp : Observed
        TCP bytes, both ways, of connections to its workloads.
    """

    cluster: str
    namespace: str
    declared: Mode
    exceptions: tuple[KubeObject, ...] = ()
    requests: Observed = Observed()
    tcp: Observed = Observed()


@dataclass(frozen=True, slots=True, eq=False)
class PlainEdge:
    """Traffic between two workloads, part of which went in plain text.

    Attributes
    ----------
    source, destination : NodeKey
        Workloads; a source that no proxy knows has the name ``unknown``.
    protocol : Protocol
    observed : Observed
        Requests per second, or bytes for TCP.
    declared : Mode
        What the destination's workload is told to ask for.
    """

    source: NodeKey
    destination: NodeKey
    protocol: Protocol
    observed: Observed
    declared: Mode


@dataclass(frozen=True, slots=True, eq=False)
class MtlsAnswer:
    """Answer of ``mtls_of``; shared, not to be modified.

    Attributes
    ----------
    view : View
        With its instant.
    mesh : mapping of str to Mode
        By cluster, what holds where no namespace says otherwise.
    auto_mtls : mapping of str to (bool or None)
        By cluster, whether clients use mutual TLS by themselves; None where Istio's settings were not seen.
    rows : tuple of MtlsRow
        By namespace and cluster; those with neither pods nor traffic are left out.
    plain : tuple of PlainEdge
        Largest plain rate first, requests before TCP.
    gaps : tuple of Gap
        What of the telemetry could not be had.
    """

    view: View
    mesh: Mapping[str, Mode]
    auto_mtls: Mapping[str, bool | None]
    rows: tuple[MtlsRow, ...]
    plain: tuple[PlainEdge, ...]
    gaps: tuple[Gap, ...] = field(default=())


def mtls_of(view: View, registry: Registry, traffic: Traffic, gaps: tuple[Gap, ...] = ()) -> MtlsAnswer:
    """Declared and observed mutual TLS of a view's namespaces.

    Parameters
    ----------
    view : View
        With its instant; no namespaces are all.
    registry : Registry
        Of what is declared.
    traffic : Traffic
        Of the view.
    gaps : tuple of Gap
        What of the traffic could not be had.

    Notes
    -----
    Telemetry's clusters are taken for those of the snapshot where they share a name. Where they share none
    and one cluster is declared, all traffic is its own: a context's name need not be Istio's name for it.
    """
    snapshot = registry.snapshot
    modes = PeerModes(snapshot)
    seen = _seen(traffic, _renaming(snapshot, traffic))
    labels = {(one.cluster, one.namespace, one.name): one.labels for one in registry.selected({})}
    return MtlsAnswer(
        view,
        {cluster: modes.mesh(cluster) for cluster in snapshot.clusters},
        {cluster: _auto(snapshot, cluster) for cluster in snapshot.clusters},
        tuple(_rows(view, snapshot, modes, seen)),
        tuple(_plain(view, modes, seen, labels)),
        gaps,
    )


def _auto(snapshot: Snapshot, cluster: str) -> bool | None:
    config = Revisions(snapshot).config(cluster)
    return config.auto_mtls if config.is_written else None


def _renaming(snapshot: Snapshot, traffic: Traffic) -> str | None:
    """The one cluster that all traffic is of; None where the names tell."""
    told = set(traffic.reports[fields.DESTINATION_CLUSTER])
    is_one = len(snapshot.clusters) == 1 and told.isdisjoint(snapshot.clusters)
    return snapshot.clusters[0] if is_one else None


def _seen(traffic: Traffic, cluster: str | None) -> pd.DataFrame:
    """Rates by both workloads and protocol, of the rows whose proxy knew."""
    rows = traffic.reports
    rows = rows[rows[fields.MTLS_KNOWN_RATE] > 0]
    if cluster is not None:
        rows = rows.assign(**{fields.DESTINATION_CLUSTER: cluster})
    by = [*SOURCE, *DESTINATION, fields.PROTOCOL]
    return rows.groupby(by, sort=True, as_index=False)[RATES].sum()


def _rows(view: View, snapshot: Snapshot, modes: PeerModes, seen: pd.DataFrame) -> list[MtlsRow]:
    pods = {(one.cluster, one.namespace) for one in snapshot.objects("Pod")}
    is_tcp = seen[fields.PROTOCOL] == Protocol.TCP
    tcp, requests = (_by_namespace(seen[chosen]) for chosen in (is_tcp, ~is_tcp))
    places = sorted(pods | tcp.keys() | requests.keys(), key=lambda place: place[::-1])
    return [
        MtlsRow(
            cluster,
            namespace,
            modes.namespace(cluster, namespace),
            modes.narrow(cluster, namespace),
            requests.get((cluster, namespace), Observed()),
            tcp.get((cluster, namespace), Observed()),
        )
        for cluster, namespace in places
        if _is_shown(view, namespace)
    ]


def _is_shown(view: View, namespace: str) -> bool:
    return namespace != fields.UNKNOWN and (not view.namespaces or namespace in view.namespaces)


def _by_namespace(seen: pd.DataFrame) -> dict[tuple[str, str], Observed]:
    sums = seen.groupby(list(DESTINATION[:2]))[RATES].sum()
    return {place: Observed(float(mutual), float(known)) for place, mutual, known in sums.itertuples()}


def _plain(
    view: View,
    modes: PeerModes,
    seen: pd.DataFrame,
    labels: Mapping[tuple[str, str, str], Mapping[str, str]],
) -> Collection[PlainEdge]:
    edges = []
    for row in seen[seen[fields.MTLS_RATE] < seen[fields.MTLS_KNOWN_RATE]].itertuples(index=False):
        source, destination, (protocol, mutual, known) = row[:3], row[3:6], row[6:]
        observed = Observed(float(mutual), float(known))
        cluster, namespace, _ = destination
        if observed.plain_rate > 0 and _is_shown(view, namespace):
            declared = modes.workload(cluster, namespace, labels.get(destination, {}))
            edges.append(PlainEdge(_key(*source), _key(*destination), Protocol(protocol), observed, declared))
    return sorted(edges, key=lambda edge: (edge.protocol == Protocol.TCP, -edge.observed.plain_rate))


def _key(cluster: str, namespace: str, workload: str) -> NodeKey:
    return NodeKey(NodeKind.WORKLOAD, cluster, namespace, workload=workload)
