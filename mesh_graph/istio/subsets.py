"""What a destination's subset selects: labels from DestinationRules, versions from labels and workloads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mesh_graph.fields import LATEST
from mesh_graph.istio.hosts import Host, covers, host_of
from mesh_graph.istio.mesh_config import MeshConfig
from mesh_graph.istio.mutual_tls import PeerModes
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.revisions import Revisions
from mesh_graph.sources.cluster import EMPTY, KubeObject, Snapshot

__all__ = ["VERSION_LABELS", "WORKLOAD_KINDS", "Registry", "SubsetLabels", "Workload", "version_of"]

VERSION_LABELS = ("service.istio.io/canonical-revision", "app.kubernetes.io/version", "version")
"""Labels that tell the version, the first that is there. Source: istio.io, "Canonical Service"."""
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job")
WORKLOAD_KINDS = (*WORKLOADS, "ReplicaSet", "Pod", "WorkloadEntry")


def version_of(labels: Mapping[str, str], otherwise: str = "") -> str:
    """The version that labels tell."""
    return next((labels[name] for name in VERSION_LABELS if labels.get(name)), otherwise)


@dataclass(frozen=True, slots=True)
class Workload:
    """What makes pods.

    Attributes
    ----------
    name : str
        Its own; of ReplicaSets and pods that something unknown controls, that one's.
    labels : mapping of str to str
        Of its pods.
    source : KubeObject
        The object; of pods and ReplicaSets that something unknown controls, one of them.
    """

    name: str
    labels: Mapping[str, str]
    source: KubeObject

    @property
    def namespace(self) -> str:
        """Namespace of its pods."""
        return self.source.namespace

    @property
    def cluster(self) -> str:
        """Cluster of its pods."""
        return self.source.cluster


def account_of(one: KubeObject) -> str:
    """Service account that an object's pods run under; empty where it does not say."""
    spec = spec_of(one)
    return (
        spec["serviceAccountName"].text
        or spec["serviceAccount"].text
        or spec["template"]["spec"]["serviceAccountName"].text
    )


def workload_of(one: KubeObject) -> Workload | None:
    """The workload that an object is, or stands for; None where another object is the workload.

    ReplicaSets of a kind that is not read, such as an Argo Rollout, stand for it.
    """
    controller, name = one.owner or ("", one.name)
    if one.kind == "WorkloadEntry":
        return Workload(one.name, {**one.labels, **spec_of(one)["labels"].labels}, one)
    if one.kind == "Pod":
        return None if controller in WORKLOAD_KINDS else Workload(name, one.labels, one)
    if one.kind == "ReplicaSet" and (controller in WORKLOADS or spec_of(one)["replicas"].number == 0):
        return None
    return Workload(name, spec_of(one)["template"]["metadata"]["labels"].labels, one)


@dataclass(frozen=True, slots=True)
class SubsetLabels:
    """What a subset selects.

    Attributes
    ----------
    labels : mapping of str to str
        Empty where the subset says none, or is not declared.
    is_declared : bool
        Whether some DestinationRule of the host has the subset.
    """

    labels: Mapping[str, str]
    is_declared: bool


class Registry:
    """Services, destination rules and workloads of a snapshot, looked up by name.

    Services and workloads of one namespace and name are one over all clusters, as in a mesh of several; rules
    hold in their own cluster.

    Parameters
    ----------
    snapshot : Snapshot
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._services = {(s.namespace, s.name): s for s in snapshot.objects("Service")}
        self._rules: dict[tuple[str, str], list[KubeObject]] = defaultdict(list)
        self._wild_rules: dict[str, list[tuple[str, KubeObject]]] = defaultdict(list)
        for rule in snapshot.objects("DestinationRule"):
            host = host_of(spec_of(rule)["host"].text, rule.namespace)
            self._rules[rule.cluster, host.name].append(rule)
            if host.is_wildcard:
                self._wild_rules[rule.cluster].append((host.name, rule))
        self._workloads: dict[str, list[Workload]] = defaultdict(list)
        for kind in WORKLOAD_KINDS:
            for one in snapshot.objects(kind):
                workload = workload_of(one)
                if workload is not None:
                    self._workloads[one.namespace].append(workload)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the mesh is hidden: only then does what is not here not exist."""
        return self.snapshot.scope.is_whole

    def sees(self, namespace: str) -> bool:
        """Whether all of a namespace is here: what of it is not here does not exist.

        A folder of manifests may be a part of what is applied: it tells of the namespaces that it holds
        something of.
        """
        is_here = not self.is_folder or namespace in self._inhabited
        return is_here and self.snapshot.scope.allows_everywhere(namespace)

    def sees_services(self, namespace: str) -> bool:
        """Whether all services of a namespace are here; those of a folder without any are elsewhere."""
        is_here = not self.is_folder or any(place == namespace for place, _ in self._services)
        return is_here and self.sees(namespace)

    @cached_property
    def is_folder(self) -> bool:
        """Whether objects are of manifests rather than of a cluster."""
        return any(one.origin is not None for found in self.snapshot.by_kind.values() for one in found[:1])

    @cached_property
    def _inhabited(self) -> frozenset[str]:
        kinds = self.snapshot.by_kind.keys() - {"Namespace"}
        return frozenset(one.namespace for kind in kinds for one in self.snapshot.objects(kind))

    def sees_accounts(self, namespace: str) -> bool:
        """Whether all service accounts of a namespace are here; a folder without its workloads has none."""
        accounts = self.snapshot.objects("ServiceAccount")
        is_here = self._workloads.get(namespace) or any(one.namespace == namespace for one in accounts)
        return self.sees(namespace) and (not self.is_folder or bool(is_here))

    def knows_label(self, labels: Mapping[str, str], namespace: str | None = None) -> bool:
        """Whether workloads that labels select would be here: in a folder, if some have one of the names."""
        workloads = self.selected({}, namespace) if self.is_folder else ()
        return not self.is_folder or any(labels.keys() & one.labels.keys() for one in workloads)

    @cached_property
    def _pods(self) -> Mapping[str, list[KubeObject]]:
        found: dict[str, list[KubeObject]] = defaultdict(list)
        for pod in self.snapshot.objects("Pod"):
            found[pod.namespace].append(pod)
        return found

    def pods(self, namespace: str) -> Sequence[KubeObject]:
        """Pods of a namespace, in all clusters."""
        return self._pods.get(namespace, ())

    @cached_property
    def peer_modes(self) -> PeerModes:
        """Mutual TLS that servers ask for."""
        return PeerModes(self.snapshot)

    @cached_property
    def revisions(self) -> Revisions:
        """The control planes."""
        return Revisions(self.snapshot)

    def config(self, cluster: str, namespace: str = "") -> MeshConfig:
        """What a namespace's control plane is told; without a namespace that of the mesh."""
        return self.revisions.config(cluster, namespace)

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """Namespaces of all clusters: those that are declared, and those that objects are in."""
        declared = {one.name for one in self.snapshot.objects("Namespace")}
        used = {one.namespace for kind in self.snapshot.by_kind for one in self.snapshot.objects(kind)}
        return frozenset((declared | used) - {""})

    @cached_property
    def accounts(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        """Service accounts by cluster, (namespace, name): declared, used by pods, each namespace's own."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for cluster in self.snapshot.clusters:
            found[cluster] = {(namespace, "default") for namespace in self.namespaces}
        for one in self.snapshot.objects("ServiceAccount"):
            found[one.cluster].add((one.namespace, one.name))
        for kind in WORKLOAD_KINDS:
            for one in self.snapshot.objects(kind):
                name = account_of(one)
                if name:
                    found[one.cluster].add((one.namespace, name))
        return {cluster: frozenset(pairs) for cluster, pairs in found.items()}

    @cached_property
    def _identities(self) -> frozenset[tuple[str, str, str, str]]:
        objects = (one for kind in self.snapshot.by_kind for one in self.snapshot.objects(kind))
        return frozenset((one.cluster, one.kind, one.namespace, one.name) for one in objects)

    def has(self, cluster: str, kind: str, namespace: str, name: str) -> bool:
        """Whether there is such an object; a service may be in any cluster."""
        if kind == "Service":
            return (namespace, name) in self._services
        return (cluster, kind, namespace, name) in self._identities

    def service(self, host: Host) -> KubeObject | None:
        """The service that a host means; None where there is none."""
        return self._services.get((host.namespace, host.service))

    def rules_named(self, cluster: str, host: str) -> Sequence[KubeObject]:
        """Destination rules for exactly that host, a wildcard's included."""
        return self._rules.get((cluster, host), ())

    def rules(self, cluster: str, host: Host) -> tuple[KubeObject, ...]:
        """Destination rules for a host, those of the very name before those of a wildcard."""
        wild = [pair for pair in self._wild_rules[cluster] if covers(pair[0], host.name)]
        wild.sort(key=lambda pair: -len(pair[0]))
        return (*self._rules.get((cluster, host.name), ()), *(rule for _, rule in wild))

    @cached_property
    def _entries(self) -> tuple[Mapping[tuple[str, str], list[KubeObject]], list[tuple[str, KubeObject]]]:
        """ServiceEntries by cluster and exact host, and those of wildcards."""
        exact: dict[tuple[str, str], list[KubeObject]] = defaultdict(list)
        wild: list[tuple[str, KubeObject]] = []
        for entry in self.snapshot.objects("ServiceEntry"):
            for name in dict.fromkeys(text.lower() for text in spec_of(entry)["hosts"].texts):
                exact[entry.cluster, name].append(entry)
                if "*" in name:
                    wild.append((name, entry))
        return exact, wild

    def entries(self, cluster: str, host: Host) -> tuple[KubeObject, ...]:
        """ServiceEntries that register a host, those of the very name before those of a wildcard."""
        exact, wild = self._entries
        covering = (e for name, e in wild if e.cluster == cluster and covers(name, host.name))
        return tuple(dict.fromkeys((*exact.get((cluster, host.name), ()), *covering)))

    def subset(self, cluster: str, host: Host, name: str) -> SubsetLabels:
        """What a subset of a host selects."""
        for rule in self.rules(cluster, host):
            for subset in spec_of(rule)["subsets"]:
                if subset["name"].text == name:
                    return SubsetLabels(subset["labels"].labels, True)
        return SubsetLabels(EMPTY, False)

    def workloads(self, host: Host, labels: Mapping[str, str] = EMPTY) -> tuple[Workload, ...]:
        """Workloads behind a host's service that carry labels; a service without a selector has none."""
        service = self.service(host)
        selector = spec_of(service)["selector"].labels if service else EMPTY
        if not selector:
            return ()
        return tuple(
            one
            for one in self._workloads[host.namespace]
            if selector.items() <= one.labels.items() and labels.items() <= one.labels.items()
        )

    def selected(self, labels: Mapping[str, str], namespace: str | None = None) -> tuple[Workload, ...]:
        """Workloads that carry labels, in one namespace or in all."""
        places = self._workloads.values() if namespace is None else [self._workloads.get(namespace, [])]
        return tuple(one for place in places for one in place if labels.items() <= one.labels.items())

    @cached_property
    def _named(self) -> dict[tuple[str, str], Workload]:
        return {(one.namespace, one.name): one for one in self.selected({})}

    def workload_named(self, namespace: str, name: str) -> Workload | None:
        """A workload of that name, in any cluster; None where there is none."""
        return self._named.get((namespace, name))

    def version(self, host: Host, labels: Mapping[str, str] = EMPTY) -> str:
        """The version that labels mean behind a host; empty where they mean several, or nobody knows."""
        said = version_of(labels)
        if said:
            return said
        found = {version_of(one.labels, LATEST) for one in self.workloads(host, labels)}
        return found.pop() if len(found) == 1 else ""

    def workload_names(self, host: Host, labels: Mapping[str, str] = EMPTY) -> tuple[str, ...]:
        """Names of the workloads behind a host that carry labels, sorted."""
        return tuple(sorted({one.name for one in self.workloads(host, labels)}))
