"""What clusters declare, as facts that a graph can be told: services, workloads, hosts outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.scope import EVERYTHING, Scope

__all__ = [
    "ENTRY",
    "NOTHING_DECLARED",
    "ConfigRef",
    "Declared",
    "DeclaredEntry",
    "DeclaredMachine",
    "DeclaredService",
    "DeclaredWorkload",
    "Feature",
]

ENTRY = "serviceentry"
"""``aggregate`` in the key of a node that stands for the hosts of one ServiceEntry."""


class Feature(StrEnum):
    """What the configuration does to the traffic of a service, or to that of one version of it."""

    VIRTUAL_SERVICE = "virtual_service"
    REQUEST_ROUTING = "request_routing"
    TRAFFIC_SHIFTING = "traffic_shifting"
    TCP_SHIFTING = "tcp_shifting"
    TIMEOUT = "timeout"
    FAULT_INJECTION = "fault_injection"
    MIRRORING = "mirroring"
    CIRCUIT_BREAKER = "circuit_breaker"


class ConfigRef(NamedTuple):
    """An object of the configuration."""

    namespace: str
    kind: str
    name: str


class DeclaredMachine(NamedTuple):
    """A WorkloadEntry: a machine outside Kubernetes; an empty version is any."""

    cluster: str
    namespace: str
    name: str
    app: str
    version: str


@dataclass(frozen=True, slots=True)
class DeclaredService:
    """One service, by namespace and name the same in all clusters.

    Attributes
    ----------
    namespace, name : str
    cluster : str
        The first that has the Service, by its name in the cluster source; empty where none has it, and the
        configuration alone speaks of it.
    features : frozenset of Feature
    hosts : tuple of str
        Host names under which routes take requests for it, sorted.
    breakers : tuple of mapping
        Labels of the subsets that have a circuit breaker of their own.
    config : tuple of ConfigRef
        What says so, sorted.
    labels : mapping of str to str
    """

    namespace: str
    name: str
    cluster: str = ""
    features: frozenset[Feature] = frozenset()
    hosts: tuple[str, ...] = ()
    breakers: tuple[Mapping[str, str], ...] = ()
    config: tuple[ConfigRef, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_registered(self) -> bool:
        """Whether there is a Service."""
        return bool(self.cluster)


@dataclass(frozen=True, slots=True)
class DeclaredWorkload:
    """One workload.

    Attributes
    ----------
    cluster, namespace, name : str
        The cluster by its name in the cluster source.
    app, version : str
        By the labels that Istio takes them from; ``latest`` is a version that no label tells.
    labels : mapping of str to str
        Of its pods.
    pods : int or None
        How many there are; None where nobody tells.
    bare_pods : int
        Those without a proxy, where one is due.
    is_ambient : bool
        Whether it has pods, and the traffic of all of them is taken by their node.
    services : tuple of (str, str)
        Namespace and name of the services that select it.
    gateway_hosts : tuple of str or None
        Hosts of the gateways that it is a proxy of; None where it is of none.
    config : tuple of ConfigRef
        Those gateways.
    """

    cluster: str
    namespace: str
    name: str
    app: str = ""
    version: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    pods: int | None = None
    bare_pods: int = 0
    is_ambient: bool = False
    services: tuple[tuple[str, str], ...] = ()
    gateway_hosts: tuple[str, ...] | None = None
    config: tuple[ConfigRef, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredEntry:
    """One ServiceEntry: hosts that no Service has.

    Attributes
    ----------
    cluster, namespace, name : str
    hosts : tuple of str
        In lower case; one may begin with ``*``.
    location : str
        ``MESH_EXTERNAL`` or ``MESH_INTERNAL``.
    seen_by : frozenset of str or None
        Namespaces that it is exported to; None is all.
    """

    cluster: str
    namespace: str
    name: str
    hosts: tuple[str, ...]
    location: str = "MESH_EXTERNAL"
    seen_by: frozenset[str] | None = None

    def has_host(self, name: str) -> bool:
        """Whether a host, or inside the mesh its first label, is one of its own."""
        name = name.lower()
        is_inside = self.location == "MESH_INTERNAL"
        return any(
            host == name
            or (is_inside and host.partition(".")[0] == name)
            or (host.startswith("*.") and name.endswith(host[1:]))
            for host in self.hosts
        )

    def is_seen_by(self, namespaces: Collection[str]) -> bool:
        """Whether any of the namespaces sees it; all of a mesh do where none is named."""
        return self.seen_by is None or not namespaces or not self.seen_by.isdisjoint(namespaces)

    @property
    def key(self) -> NodeKey:
        """Key of the node that stands for several of its hosts; its cluster is not told."""
        return NodeKey(NodeKind.SERVICE, "", self.namespace, service=self.name, aggregate=ENTRY)


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """What the clusters declare, looked up by name.

    Attributes
    ----------
    clusters : tuple of str
        Names in the cluster source.
    services : mapping of (namespace, name) to DeclaredService
    workloads : mapping of (cluster, namespace, name) to DeclaredWorkload
    entries : tuple of DeclaredEntry
    machines : tuple of DeclaredMachine
    knows_services, knows_entries, knows_routes, knows_workloads, knows_pods : bool
        Whether all of them were read, so that what is not there does not exist.
    is_present : bool
        Whether it is of the instant that is looked at. Else it holds no more than the configuration that
        has not changed since, and says nothing about what exists.
    scope : Scope
        What of the clusters was looked at.
    """

    clusters: tuple[str, ...] = ()
    services: Mapping[tuple[str, str], DeclaredService] = field(default_factory=dict)
    workloads: Mapping[tuple[str, str, str], DeclaredWorkload] = field(default_factory=dict)
    entries: tuple[DeclaredEntry, ...] = ()
    machines: tuple[DeclaredMachine, ...] = ()
    knows_services: bool = True
    knows_entries: bool = True
    knows_routes: bool = True
    knows_workloads: bool = True
    knows_pods: bool = True
    is_present: bool = True
    scope: Scope = EVERYTHING

    def sees(self, namespace: str) -> bool:
        """Whether all of a namespace was looked at: what of it is not here does not exist."""
        return self.scope.allows_everywhere(namespace)

    def homes(self, labels: Collection[str]) -> dict[str, str]:
        """Clusters as metrics' labels call them, to their names here; those that are not read are left out.

        A cluster may be called otherwise here than in labels: where there is one of each, that does not
        matter.
        """
        told = sorted({label for label in labels if label and label != "unknown"})
        if len(told) <= 1 and len(self.clusters) == 1:
            return dict.fromkeys((*told, "", "unknown"), self.clusters[0])
        return {label: label for label in told if label in self.clusters}

    def entry_of(self, host: str, namespace: str, asked: Collection[str] = ()) -> DeclaredEntry | None:
        """The ServiceEntry of a host; of several that of the namespace, then the first by name."""
        found = [entry for entry in self.entries if entry.has_host(host) and entry.is_seen_by(asked)]
        return min(found, key=lambda e: (e.namespace != namespace, e.namespace, e.name), default=None)


NOTHING_DECLARED = Declared(is_present=False)
"""Where no cluster is read."""
