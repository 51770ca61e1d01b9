"""Where a span was reported, and what it called, in the graph's words: from what Istio's proxies write.

Source: Istio's tracing (service names ``app.namespace``; the tags ``istio.canonical_service``,
``istio.canonical_revision``, ``istio.namespace``, ``istio.cluster_id``), Envoy's ``node_id`` and
``upstream_cluster``, OpenTelemetry's resource attributes of Kubernetes. Pods are named by Kubernetes: a
Deployment's with a hash of its template and five letters, a DaemonSet's and a Job's with five letters, a
StatefulSet's with a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mesh_graph.traces.model import Attribute, Span, SpanKind

__all__ = ["Callee", "Place", "callee_of", "place_of", "workload_of_pod"]

_SAFE = "[bcdfghjklmnpqrstvwxz2456789]"
_POD_ENDS = (
    re.compile(rf"-{_SAFE}{{6,16}}-{_SAFE}{{5}}"),
    re.compile(rf"-{_SAFE}{{5}}"),
    re.compile(r"-\d+"),
)
_SERVICE_HOST = re.compile(r"([^.]+)\.([^.]+)\.svc(\.|$)")
_OPERATION = re.compile(r"([^/:\s]+):(\d{1,5})(/.*)?")
_WORKLOADS = ("k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name", "k8s.job.name")


@dataclass(frozen=True, slots=True)
class Place:
    """Who reported a span; each is empty where nothing tells."""

    cluster: str = ""
    namespace: str = ""
    app: str = ""
    workload: str = ""
    version: str = ""
    pod: str = ""


@dataclass(frozen=True, slots=True)
class Callee:
    """What a client's span called.

    Attributes
    ----------
    host : str
        As the proxy routed it: a service's full name, a host outside, ``PassthroughCluster`` …
    service, namespace : str
        Of a Kubernetes service; else empty.
    port : int
        0 where it is not told.
    subset : str
        Of a DestinationRule; empty for none.
    """

    host: str
    service: str = ""
    namespace: str = ""
    port: int = 0
    subset: str = ""


def place_of(span: Span) -> Place:
    """Who reported a span: by its process, else by its proxy's ``node_id``, its tags, its service's name.

    Notes
    -----
    Of a waypoint's span it is the waypoint, not whom it stands for.
    """
    pod, space = _node(span)
    app, _, told = span.service.rpartition(".")
    pod = _text(span, "k8s.pod.name") or pod or _text(span, "hostname") or _text(span, "host.name")
    namespace = _text(span, "k8s.namespace.name") or space or _text(span, "istio.namespace")
    by_process = (_text(span, name) for name in _WORKLOADS)
    return Place(
        cluster=_text(span, "k8s.cluster.name") or _text(span, "istio.cluster_id"),
        namespace=namespace or (told if app else ""),
        app=_text(span, "istio.canonical_service") or _app(span.service, namespace),
        workload=next((name for name in by_process if name), workload_of_pod(pod)),
        version=_text(span, "istio.canonical_revision") or _text(span, "service.version"),
        pod=pod,
    )


def workload_of_pod(pod: str) -> str:
    """Name of the workload that a pod is of; the pod's own where its name does not tell."""
    for end in _POD_ENDS:
        cut = re.fullmatch(rf"(.+?){end.pattern}", pod)
        if cut:
            return cut[1]
    return pod


def callee_of(span: Span) -> Callee | None:
    """What a client's span called: by ``upstream_cluster``, its operation, or what an SDK calls the peer.

    None of other spans, and where nothing tells.
    """
    if span.kind not in (SpanKind.CLIENT, SpanKind.PRODUCER):
        return None
    cluster = _text(span, "upstream_cluster") or _text(span, "upstream_cluster.name")
    parts = cluster.split("|")
    if len(parts) == 4 and parts[0] == "outbound":
        return _callee(parts[3], parts[1], parts[2])
    if cluster and not cluster.startswith("inbound"):
        return _callee(cluster, "", "")
    named = _OPERATION.fullmatch(span.name)
    if named:
        return _callee(named[1], named[2], "")
    peer = _text(span, "peer.service") or _text(span, "server.address") or _text(span, "net.peer.name")
    return _callee(peer, _text(span, "server.port"), "") if peer else None


def _callee(host: str, port: str, subset: str) -> Callee:
    named = _SERVICE_HOST.match(host)
    number = int(port) if port.isdecimal() and len(port) <= 5 else 0
    service, namespace = (named[1], named[2]) if named else ("", "")
    return Callee(host, service, namespace, number, subset)


def _node(span: Span) -> tuple[str, str]:
    """Pod and namespace of the proxy, from ``sidecar~10.0.0.7~reviews-v1-….shop~shop.svc.cluster.local``."""
    parts = (_text(span, "node_id") or _text(span, "node")).split("~")
    pod, dot, namespace = parts[2].rpartition(".") if len(parts) == 4 else ("", "", "")
    return (pod, namespace) if dot else ("", "")


def _app(service: str, namespace: str) -> str:
    """The application in a service's name; the name itself where it holds no namespace."""
    app, _, end = service.rpartition(".")
    return app if app and end == (namespace or end) else service


def _text(span: Span, name: str) -> str:
    value: Attribute | None = span.resource.get(name, span.attributes.get(name))
    return "" if value is None or isinstance(value, bool) else str(value)
