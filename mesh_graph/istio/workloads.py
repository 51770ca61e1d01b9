"""Controllers and pods of a snapshot → workloads: each with its pods, as Istio names them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mesh_graph.fields import LATEST
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.sidecars import has_proxy
from mesh_graph.istio.subsets import WORKLOADS, version_of
from mesh_graph.sources.cluster import EMPTY, KubeObject, Snapshot

__all__ = [
    "APP_LABELS",
    "RunningWorkload",
    "WorkloadKey",
    "app_of",
    "workloads_of",
]

WorkloadKey = tuple[str, str, str]
"""Cluster, namespace and name."""
APP_LABELS = ("service.istio.io/canonical-name", "app.kubernetes.io/name", "app")
"""Labels that tell the application, the first that is there. Source: istio.io, "Canonical Service"."""
REDIRECTION, CAPTURED = "ambient.istio.io/redirection", "enabled"
"""Annotation of a pod whose traffic a node's ztunnel takes."""
CONTROL_PLANE = "istiod"
FINISHED = ("Succeeded", "Failed")


@dataclass(frozen=True, slots=True, eq=False)
class RunningWorkload:
    """One workload.

    Attributes
    ----------
    cluster, namespace, name : str
    controller : KubeObject or None
        The Deployment or the like; None for pods of a kind that is not read.
    labels : mapping of str to str
        Of its pods, by its template where there is one.
    pods : tuple of KubeObject
        Those that have not finished, by name.
    """

    cluster: str
    namespace: str
    name: str
    controller: KubeObject | None
    labels: Mapping[str, str]
    pods: tuple[KubeObject, ...]

    @property
    def is_live(self) -> bool:
        """Whether its pods are known: a manifest that no cluster has seen tells nothing of them."""
        return bool(self.pods) or self.controller is None or bool(self.controller.status)

    @property
    def app(self) -> str:
        """The application that its labels tell; its own name where they tell none."""
        return app_of(self.labels, self.name)

    @property
    def version(self) -> str:
        """The version that its labels tell."""
        return version_of(self.labels, LATEST)

    @property
    def is_ambient(self) -> bool:
        """Whether its node's ztunnel takes the traffic of every pod of it."""
        return bool(self.pods) and all(pod.annotations.get(REDIRECTION) == CAPTURED for pod in self.pods)

    @property
    def bare_pods(self) -> int:
        """Pods without a proxy, sidecar or ambient, where one is due: the control plane needs none."""
        if self.labels.get("app") == CONTROL_PLANE:
            return 0
        return sum(not _is_in_mesh(pod) for pod in self.pods)


def app_of(labels: Mapping[str, str], otherwise: str = "") -> str:
    """The application that labels tell."""
    return next((labels[name] for name in APP_LABELS if labels.get(name)), otherwise)


def _is_in_mesh(pod: KubeObject) -> bool:
    """Whether a proxy takes a pod's traffic: its own, or its node's."""
    return has_proxy(pod) or pod.annotations.get(REDIRECTION) == CAPTURED


def workloads_of(snapshot: Snapshot) -> dict[WorkloadKey, RunningWorkload]:
    """Every workload of a snapshot, those without pods among them."""
    sets = {(one.cluster, one.namespace, one.name): one for one in snapshot.objects("ReplicaSet")}
    pods: dict[WorkloadKey, list[KubeObject]] = defaultdict(list)
    for pod in snapshot.objects("Pod"):
        if Place(pod.status, "status")["phase"].text not in FINISHED:
            pods[pod.cluster, pod.namespace, _controller_of(pod, sets)].append(pod)
    found = {}
    for kind in WORKLOADS:
        for one in snapshot.objects(kind):
            key = (one.cluster, one.namespace, one.name)
            found[key] = RunningWorkload(*key, one, _template_labels(one), tuple(pods.pop(key, ())))
    for one in _own_sets(snapshot):
        key = (one.cluster, one.namespace, one.owner[1] if one.owner else one.name)
        if key not in found:
            found[key] = RunningWorkload(*key, one, _template_labels(one), tuple(pods.pop(key, ())))
    for key, own in pods.items():
        if key not in found:
            found[key] = RunningWorkload(*key, None, own[0].labels, tuple(own))
    return found


def _own_sets(snapshot: Snapshot) -> Iterator[KubeObject]:
    """ReplicaSets that no Deployment made: their own masters, or made by a kind that is not read."""
    for one in snapshot.objects("ReplicaSet"):
        if (one.owner or ("",))[0] not in WORKLOADS and spec_of(one)["replicas"].number != 0:
            yield one


def _template_labels(one: KubeObject) -> Mapping[str, str]:
    return spec_of(one)["template"]["metadata"]["labels"].labels or EMPTY


def _controller_of(pod: KubeObject, sets: Mapping[WorkloadKey, KubeObject]) -> str:
    """Name of the workload that made a pod."""
    kind, name = pod.owner or ("", pod.name)
    if kind != "ReplicaSet":
        return name
    made_by = sets.get((pod.cluster, pod.namespace, name))
    if made_by is None:
        return name.rpartition("-")[0] or name
    return made_by.owner[1] if made_by.owner else name
