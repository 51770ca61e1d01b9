"""What the clusters tell of one subject: its workloads with their pods, its services, what applies to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mesh_graph.answers.intent_objects import CONFIG_KINDS, ConfigRow, objects_of
from mesh_graph.answers.replicas import cluster_labels
from mesh_graph.istio.checks import Checked
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.ports import ServicePort, ports_of
from mesh_graph.istio.references import references
from mesh_graph.istio.standing import WorkloadStanding, standing_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.workloads import RunningWorkload, workloads_of
from mesh_graph.model import NodeKey, NodeKind, View
from mesh_graph.sources.cluster import ClusterGap, KubeObject

__all__ = ["ServiceStanding", "Standing", "standing_in"]

EVERYWHERE = View()
SHOWN = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Service")
WIDE = ("PeerAuthentication", "RequestAuthentication", "AuthorizationPolicy", "Telemetry", "Sidecar")
"""Kinds that hold for a whole namespace where they select nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class ServiceStanding:
    """One service.

    Attributes
    ----------
    source : KubeObject
    ports : tuple of ServicePort
    ready, endpoints : int
        Pods that it selects: those that can serve, and all.
    """

    source: KubeObject
    ports: tuple[ServicePort, ...]
    ready: int
    endpoints: int


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What the clusters tell of one subject.

    Attributes
    ----------
    workloads : tuple of WorkloadStanding
        Itself, or those of the application, or behind the service; by name.
    services : tuple of ServiceStanding
        Those that select them, or itself.
    config : tuple of ConfigRow
        Objects that apply to it, worst first.
    gaps : tuple of ClusterGap
        What of it could not be seen.
    """

    workloads: tuple[WorkloadStanding, ...]
    services: tuple[ServiceStanding, ...]
    config: tuple[ConfigRow, ...]
    gaps: tuple[ClusterGap, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is declared of it."""
        return not (self.workloads or self.services or self.config)


def standing_in(registry: Registry, checked: Checked, subject: NodeKey) -> Standing:
    """What a registry's snapshot tells of one subject.

    Parameters
    ----------
    registry : Registry
    checked : Checked
        What the rules say of the snapshot.
    subject : NodeKey
        An application, workload or service; without a cluster, in any.
    """
    snapshot = registry.snapshot
    labels = cluster_labels(snapshot, (subject.cluster,))
    rows = objects_of(EVERYWHERE, snapshot, checked).rows
    running = [
        one
        for one in workloads_of(snapshot).values()
        if one.namespace == subject.namespace
        and subject.cluster in ("", labels.get(one.cluster, one.cluster))
    ]
    services = [one for one in snapshot.objects("Service") if one.namespace == subject.namespace]
    chosen, serving = _chosen(subject, running, services)
    return Standing(
        tuple(map(standing_of, sorted(chosen, key=lambda one: (one.name, one.cluster)))),
        tuple(_service(one, running) for one in serving),
        tuple(row for row in rows if _applies(registry, row, subject, (chosen, serving))),
        tuple(gap for gap in snapshot.gaps if gap.kind in SHOWN),
    )


def _chosen(
    subject: NodeKey, running: list[RunningWorkload], services: list[KubeObject]
) -> tuple[list[RunningWorkload], list[KubeObject]]:
    """The subject's workloads and services."""
    if subject.kind is NodeKind.SERVICE:
        serving = [one for one in services if one.name == subject.service]
        return [one for one in running if any(_selects(s, one) for s in serving)], serving
    own = [
        one
        for one in running
        if (one.name == subject.workload if subject.workload else one.app == subject.app)
    ]
    return own, [one for one in services if any(_selects(one, workload) for workload in own)]


def _selects(service: KubeObject, workload: RunningWorkload) -> bool:
    selector = spec_of(service)["selector"].labels
    is_same = (service.cluster, service.namespace) == (workload.cluster, workload.namespace)
    return bool(selector) and is_same and selector.items() <= workload.labels.items()


def _service(service: KubeObject, running: list[RunningWorkload]) -> ServiceStanding:
    pods = [pod for one in running if _selects(service, one) for pod in standing_of(one).pods]
    return ServiceStanding(service, ports_of(service), sum(pod.is_ready for pod in pods), len(pods))


def _applies(
    registry: Registry,
    row: ConfigRow,
    subject: NodeKey,
    own: tuple[list[RunningWorkload], list[KubeObject]],
) -> bool:
    """Whether an object names one of the subject's services or workloads, or holds for all its namespace."""
    one = row.source
    if one.kind not in CONFIG_KINDS:
        return False
    workloads, services = own
    names = {("Service", s.namespace, s.name) for s in services}
    names |= {("Workload", w.namespace, w.name) for w in workloads}
    if any((ref.kind, ref.namespace, ref.name) in names for ref in references(registry, one)):
        return True
    return one.namespace == subject.namespace and one.kind in WIDE and not any(_selectors(one))


def _selectors(one: KubeObject) -> Iterator[str]:
    spec = spec_of(one)
    for place in (spec["selector"]["matchLabels"], spec["workloadSelector"]["labels"]):
        yield from place.labels
    for target in (spec["targetRef"], *spec["targetRefs"]):
        yield target["name"].text
