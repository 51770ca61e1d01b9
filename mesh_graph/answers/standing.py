"""What the clusters tell of one subject: its workloads with their pods, its services, what applies to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesh_graph.answers.intent_objects import CONFIG_KINDS, ConfigRow, objects_of
from mesh_graph.answers.replicas import cluster_labels
from mesh_graph.istio.checks import Checked
from mesh_graph.istio.features import ServiceConfig, ServiceKey, service_configs
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.ports import ServicePort, ports_of
from mesh_graph.istio.standing import WorkloadStanding, standing_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.workloads import RunningWorkload, workloads_of
from mesh_graph.model import NodeKey, NodeKind, View
from mesh_graph.sources.cluster import ClusterGap, KubeObject
from mesh_graph.topology.declared import ConfigRef

__all__ = ["ServiceStanding", "Standing", "standing_in"]

EVERYWHERE = View()
SHOWN = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Service")
WIDE = ("PeerAuthentication", "RequestAuthentication", "AuthorizationPolicy", "Telemetry", "Sidecar")
"""Kinds that hold for a whole namespace where they select nothing."""
ATTACHED = ("AuthorizationPolicy", "RequestAuthentication", "Telemetry", "WasmPlugin")
"""Kinds that may name the services that they are for."""


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
    named = _named(registry, serving)
    return Standing(
        tuple(map(standing_of, sorted(chosen, key=lambda one: (one.name, one.cluster)))),
        tuple(_service(one, running) for one in serving),
        tuple(
            row for row in rows if row.source.kind in CONFIG_KINDS and _applies(row, subject, chosen, named)
        ),
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


def _applies(row: ConfigRow, subject: NodeKey, chosen: list[RunningWorkload], named: set[ConfigRef]) -> bool:
    """Whether an object speaks of one of the subject's services, selects its workloads, or all around it."""
    one = row.source
    if ConfigRef(one.namespace, one.kind, one.name) in named:
        return True
    is_near = one.namespace == subject.namespace
    labels = _selector(one)
    if labels:
        is_wide = one.kind == "Gateway"
        return (is_near or is_wide) and any(labels.items() <= own.labels.items() for own in chosen)
    return is_near and one.kind in WIDE and not _targets(one)


def _selector(one: KubeObject) -> Mapping[str, str]:
    """Labels of the workloads that an object is for; empty for none."""
    spec = spec_of(one)
    if one.kind == "Gateway":
        return spec["selector"].labels
    return spec["selector"]["matchLabels"].labels or spec["workloadSelector"]["labels"].labels


def _targets(one: KubeObject) -> bool:
    spec = spec_of(one)
    return bool(spec["targetRef"]) or any(spec["targetRefs"])


def _named(registry: Registry, services: list[KubeObject]) -> set[ConfigRef]:
    """Objects that speak of services, or are attached to them."""
    configs = service_configs(registry)
    named = {ref for s in services for ref in _config_of(configs, s)}
    names = {s.name for s in services}
    for kind in ATTACHED:
        for one in registry.snapshot.objects(kind):
            if any(one.namespace == s.namespace for s in services) and _attached(one) & names:
                named.add(ConfigRef(one.namespace, one.kind, one.name))
    return named


def _config_of(configs: Mapping[ServiceKey, ServiceConfig], service: KubeObject) -> set[ConfigRef]:
    config = configs.get((service.namespace, service.name))
    return set() if config is None else config.config


def _attached(one: KubeObject) -> set[str]:
    """Names of the services that an object is attached to."""
    spec = spec_of(one)
    targets = (spec["targetRef"], *spec["targetRefs"])
    return {target["name"].text for target in targets if target["kind"].text == "Service"}
