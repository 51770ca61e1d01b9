"""The kinds that are read, a row each: where the API has them, and which of their fields are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["CONFIGURATION", "KINDS", "LEGACY", "KubeKind", "mesh_settings", "rows_of"]

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
    *(f"conditions[].{part}" for part in ("type", "status", "lastTransitionTime")),
    *(f"{statuses}[].{part}" for statuses in _STATUSES for part in (*_STATE, *_LAST)),
)
JOB = (*WORKLOAD[2:], "parallelism", "completions", "suspend")
JOB_STATUS = ("active", "succeeded", "failed", "startTime", "completionTime")
SLICE = (
    "addressType",
    "ports",
    "endpoints[].conditions",
    "endpoints[].targetRef.kind",
    "endpoints[].targetRef.name",
)
ISTIO_STATUS = ("conditions", "validationMessages", "observedGeneration")
SERVICE = ("type", "selector", "ports", "externalName", "clusterIP")
ISTIOD = (
    "replicas",
    "template.spec.containers[].image",
    "template.spec.containers[].env[].name",
    "template.spec.containers[].env[].value",
)
GATEWAY_API = "gateway.networking.k8s.io"
GATEWAY_STATUS = ("addresses", "conditions", "listeners")
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
    api_kind : str
        What the API calls it, where that is not our word.
    body : str
        Where the API has what we call the spec; empty is beside the metadata.
    only_name : str
        Name of the objects that are read, and, with ``-`` and more, of those that manifests may hold; empty
        reads all.
    only_labels : tuple of (str, str)
        Labels of the objects that are read; an empty value is any.
    """

    kind: str
    group: str
    plural: str
    versions: tuple[str, ...]
    spec: tuple[str, ...] = ALL
    status: tuple[str, ...] = NOTHING
    annotations: tuple[str, ...] | None = None
    api_kind: str = ""
    body: str = "spec"
    only_name: str = ""
    only_labels: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> dict[str, str]:
        """Parameters of the list and the watch that ask for the objects of the kind alone."""
        labels = ",".join(f"{name}={value}" if value else name for name, value in self.only_labels)
        chosen = {
            "fieldSelector": self.only_name and f"metadata.name={self.only_name}",
            "labelSelector": labels,
        }
        return {name: value for name, value in chosen.items() if value}

    def takes(self, raw: Mapping[str, Any]) -> bool:
        """Whether a raw object, whose parts may have any type, is of the kind."""
        kind, written = raw.get("kind"), raw.get("apiVersion")
        if not isinstance(kind, str) or not isinstance(written, str):
            return False
        group, _, version = written.rpartition("/")
        if (kind, group) != (self.api_kind or self.kind, self.group) or version not in self.versions:
            return False
        found = raw.get("metadata")
        metadata = found if isinstance(found, dict) else {}
        labels = metadata.get("labels")
        has = labels if isinstance(labels, dict) else {}
        is_labelled = all(name in has and value in ("", has[name]) for name, value in self.only_labels)
        return is_labelled and self._is_called(metadata.get("name"))

    def _is_called(self, name: Any) -> bool:
        is_revision = isinstance(name, str) and name.startswith(f"{self.only_name}-")
        return self.only_name in ("", name) or is_revision

    @property
    def is_namespaced(self) -> bool:
        """Whether objects of the kind are in namespaces."""
        return self.kind not in ("Namespace", "RevisionTag")

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
        """What a role's rule calls them: ``group/plural``, and in brackets the one name that is read."""
        resource = f"{self.group}/{self.plural}" if self.group else self.plural
        return f"{resource} ({self.only_name})" if self.only_name else resource


def _workloads(*kinds: str) -> Iterable[KubeKind]:
    for kind in kinds:
        yield KubeKind(kind, "apps", kind.lower() + "s", ("v1",), WORKLOAD, WORKLOAD_STATUS)


def _istio(group: str, **plurals: str) -> Iterable[KubeKind]:
    for kind, plural in plurals.items():
        versions = _VERSIONS.get(kind, ISTIO)
        yield KubeKind(kind, f"{group}.istio.io", plural, versions, status=ISTIO_STATUS)


_VERSIONS = {
    "EnvoyFilter": ("v1alpha3",),
    "Telemetry": ("v1", "v1alpha1"),
    "WasmPlugin": ("v1alpha1",),
}


KINDS: tuple[KubeKind, ...] = (
    KubeKind("Namespace", "", "namespaces", ("v1",), NOTHING, ("phase",)),
    *_workloads("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"),
    KubeKind("Job", "batch", "jobs", ("v1",), JOB, JOB_STATUS),
    KubeKind("Pod", "", "pods", ("v1",), POD, POD_STATUS, POD_ANNOTATIONS),
    KubeKind("Service", "", "services", ("v1",), SERVICE),
    KubeKind(
        "EndpointSlice", "discovery.k8s.io", "endpointslices", ("v1",), SLICE, annotations=NOTHING, body=""
    ),
    KubeKind("ServiceAccount", "", "serviceaccounts", ("v1",), NOTHING, annotations=NOTHING),
    KubeKind("ConfigMap", "", "configmaps", ("v1",), ("mesh",), body="data", only_name="istio"),
    KubeKind(
        "Istiod",
        "apps",
        "deployments",
        ("v1",),
        ISTIOD,
        api_kind="Deployment",
        only_labels=(("app", "istiod"),),
    ),
    KubeKind(
        "RevisionTag",
        "admissionregistration.k8s.io",
        "mutatingwebhookconfigurations",
        ("v1",),
        NOTHING,
        annotations=NOTHING,
        api_kind="MutatingWebhookConfiguration",
        only_labels=(("istio.io/tag", ""),),
    ),
    *_istio(
        "networking",
        VirtualService="virtualservices",
        DestinationRule="destinationrules",
        ServiceEntry="serviceentries",
        Gateway="gateways",
        Sidecar="sidecars",
        WorkloadEntry="workloadentries",
        WorkloadGroup="workloadgroups",
        EnvoyFilter="envoyfilters",
    ),
    *_istio(
        "security",
        PeerAuthentication="peerauthentications",
        RequestAuthentication="requestauthentications",
        AuthorizationPolicy="authorizationpolicies",
    ),
    *_istio("telemetry", Telemetry="telemetries"),
    *_istio("extensions", WasmPlugin="wasmplugins"),
    KubeKind(
        "K8sGateway", GATEWAY_API, "gateways", ("v1", "v1beta1"), status=GATEWAY_STATUS, api_kind="Gateway"
    ),
    KubeKind("HTTPRoute", GATEWAY_API, "httproutes", ("v1", "v1beta1")),
    KubeKind("GRPCRoute", GATEWAY_API, "grpcroutes", ("v1", "v1alpha2")),
)
"""Every kind that is read from a server."""

LEGACY: tuple[KubeKind, ...] = (
    KubeKind("RouteRule", "config.istio.io", "routerules", ("v1alpha2",)),
    KubeKind("EgressRule", "config.istio.io", "egressrules", ("v1alpha2",)),
)
"""Kinds of Istio before 0.8, read from manifests only."""

CONFIGURATION = frozenset(
    row.kind for row in (*KINDS, *LEGACY) if row.group.endswith((".istio.io", GATEWAY_API))
).union(("ConfigMap", "Istiod", "RevisionTag")) - {"WorkloadEntry"}
"""Kinds that say what traffic is to do, the mesh's own settings among them; the others are what runs: pods,
and machines that stand in for them.
"""


def mesh_settings(name: str) -> KubeKind:
    """The row of the mesh's settings, for a ConfigMap of another name: a revision's own, or a shared one."""
    (row,) = (row for row in KINDS if row.kind == "ConfigMap")
    return replace(row, only_name=name)


def rows_of(raw: Mapping[str, Any]) -> tuple[KubeKind, ...]:
    """The rows of a raw object: none for a kind that is not read, two for istiod's Deployment.

    The group is part of the identity: Istio's ``Gateway`` is not that of the Gateway API.
    """
    return tuple(row for row in (*KINDS, *LEGACY) if row.takes(raw))
