"""The kinds that are read, a row each: where the API has them, and which of their fields are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["KINDS", "LEGACY", "KubeKind", "kind_of"]

ISTIO = ("v1", "v1beta1", "v1alpha3")
ALL = ("",)
NOTHING: tuple[str, ...] = ()

_STATE = ("name", "ready", "restartCount", "image", "state.waiting.reason", "state.terminated.reason")
_LAST = ("lastState.terminated.reason", "lastState.terminated.exitCode", "lastState.terminated.finishedAt")
_STATUSES = ("containerStatuses", "initContainerStatuses")

WORKLOAD = (
    "replicas",
    "selector.matchLabels",
    "template.metadata.labels",
    "template.metadata.annotations",
    "template.spec.serviceAccountName",
    "template.spec.containers[].name",
    "template.spec.containers[].image",
    "template.spec.containers[].ports",
)
WORKLOAD_STATUS = (
    "replicas",
    "readyReplicas",
    "availableReplicas",
    "updatedReplicas",
    "desiredNumberScheduled",
    "numberReady",
    "numberAvailable",
)
POD = (
    "nodeName",
    "serviceAccountName",
    "containers[].name",
    "containers[].image",
    "initContainers[].name",
    "initContainers[].image",
    "initContainers[].restartPolicy",
)
POD_STATUS = (
    "phase",
    "reason",
    "startTime",
    *(f"{statuses}[].{part}" for statuses in _STATUSES for part in (*_STATE, *_LAST)),
)
SERVICE = ("type", "selector", "ports", "externalName", "clusterIP")
POD_ANNOTATIONS = ("ambient.istio.io/redirection", "istio.io/rev", "prometheus.istio.io/merge-metrics")


@dataclass(frozen=True, slots=True)
class KubeKind:
    """One kind of object.

    Attributes
    ----------
    group : str
        API group; empty for the core.
    versions : tuple of str
        Versions that are understood, the preferred one first.
    spec, status : tuple of str
        Fields kept: paths joined by ``.``, a list's elements marked ``[]``; ``""`` keeps all.
    annotations : tuple of str or None
        Annotations kept; None keeps all but kubectl's copy of the whole object.
    """

    kind: str
    group: str
    plural: str
    versions: tuple[str, ...]
    spec: tuple[str, ...] = ALL
    status: tuple[str, ...] = NOTHING
    annotations: tuple[str, ...] | None = None

    @property
    def is_namespaced(self) -> bool:
        """Whether objects of the kind are in namespaces."""
        return self.kind != "Namespace"

    def path(self, version: str) -> str:
        """Where the API lists all of them."""
        return (
            f"/apis/{self.group}/{version}/{self.plural}" if self.group else f"/api/{version}/{self.plural}"
        )

    @property
    def api_version(self) -> str:
        """The preferred version with its group; items of a list do not say theirs."""
        return f"{self.group}/{self.versions[0]}".lstrip("/")

    @property
    def resource(self) -> str:
        """What a role's rule calls them: ``group/plural``."""
        return f"{self.group}/{self.plural}" if self.group else self.plural


def _workloads(*kinds: str) -> Iterable[KubeKind]:
    for kind in kinds:
        yield KubeKind(kind, "apps", kind.lower() + "s", ("v1",), WORKLOAD, WORKLOAD_STATUS)


def _istio(group: str, **plurals: str) -> Iterable[KubeKind]:
    for kind, plural in plurals.items():
        yield KubeKind(kind, f"{group}.istio.io", plural, ISTIO)


KINDS: tuple[KubeKind, ...] = (
    KubeKind("Namespace", "", "namespaces", ("v1",), NOTHING, ("phase",)),
    *_workloads("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"),
    KubeKind("Pod", "", "pods", ("v1",), POD, POD_STATUS, POD_ANNOTATIONS),
    KubeKind("Service", "", "services", ("v1",), SERVICE),
    *_istio(
        "networking",
        VirtualService="virtualservices",
        DestinationRule="destinationrules",
        ServiceEntry="serviceentries",
        Gateway="gateways",
    ),
    *_istio("security", PeerAuthentication="peerauthentications"),
    KubeKind("HTTPRoute", "gateway.networking.k8s.io", "httproutes", ("v1", "v1beta1")),
    KubeKind("GRPCRoute", "gateway.networking.k8s.io", "grpcroutes", ("v1", "v1alpha2")),
)
"""Every kind that is read from a server."""

LEGACY: tuple[KubeKind, ...] = (
    KubeKind("RouteRule", "config.istio.io", "routerules", ("v1alpha2",)),
    KubeKind("EgressRule", "config.istio.io", "egressrules", ("v1alpha2",)),
)
"""Kinds of Istio before 0.8, read from manifests only."""


def kind_of(kind: str, api_version: str) -> KubeKind | None:
    """The row of an object, None for a kind that is not read.

    The group is part of the identity: Istio's ``Gateway`` is not that of the Gateway API.
    """
    group, _, version = api_version.rpartition("/")
    for row in (*KINDS, *LEGACY):
        if (row.kind, row.group) == (kind, group) and version in row.versions:
            return row
    return None
