"""KIA0601, KIA0602, KIA0701: service ports whose protocol Istio cannot tell, or that no container has."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.hosts import host_of
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.sidecars import has_sidecar
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["PORT_NAME", "PORT_NOT_EXPOSED", "PORT_PROTOCOL"]

PROTOCOLS = ("grpc", "grpc-web", "http", "http2", "https", "mongo", "mysql", "redis", "tcp", "tls", "udp")
STANDARD = "kubernetes.io/"
"""Prefix of the protocols that Kubernetes itself names; Istio reads them, too."""
WIZARD = "kiali_wizard"
MANAGED = "gateway.networking.k8s.io/gateway-name"
"""Label of a service that Istio makes for a gateway: what its proxy listens at is told to it later."""


def _services(registry: Registry) -> Iterator[KubeObject]:
    """Services with a sidecar behind them."""
    for one in registry.snapshot.objects("Service"):
        selector = spec_of(one)["selector"].labels
        pods = registry.pods(one.namespace) if selector and WIZARD not in one.labels else ()
        if any(has_sidecar(pod) for pod in pods if selector.items() <= pod.labels.items()):
            yield one


def _ports(one: KubeObject) -> Iterator[Place]:
    for port in spec_of(one)["ports"]:
        if port["protocol"].text.upper() != "UDP":
            yield port


def _find_name(registry: Registry) -> Iterator[ConfigFinding]:
    for one in _services(registry):
        for port in _ports(one):
            name = port["name"].text
            if port["appProtocol"] or _is_named(name):
                continue
            better = _renamed(name)
            parameters = (("name", name or "no name"), ("better", better))
            changes = {f"{port.path}/name": better} if better else {}
            yield ConfigFinding("KIA0601", Severity.ERROR, one, port.path, parameters, changes)


def _is_named(name: str) -> bool:
    lower = name.lower()
    return any(lower == protocol or lower.startswith(f"{protocol}-") for protocol in PROTOCOLS)


def _renamed(name: str) -> str:
    """The name with its protocol first, where it has one: ``api-http`` is ``http-api``; else empty."""
    words = name.lower().split("-")
    found = [word for word in words if word in PROTOCOLS]
    return "-".join((found[0], *(word for word in words if word != found[0]))) if found else ""


def _find_protocol(registry: Registry) -> Iterator[ConfigFinding]:
    for one in _services(registry):
        for port in _ports(one):
            written = port["appProtocol"].text
            if written and not written.startswith(STANDARD) and written.lower() not in PROTOCOLS:
                parameters = (("protocol", written), ("there", ", ".join(PROTOCOLS)))
                yield ConfigFinding("KIA0602", Severity.ERROR, one, port.path, parameters)


def _find_not_exposed(registry: Registry) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects("Service"):
        if one.namespace == registry.config(one.cluster).root_namespace:
            continue
        if MANAGED in one.labels:
            continue
        workloads = registry.workloads(host_of(one.name, one.namespace))
        declaring = [w.source for w in workloads if w.source.kind == "Deployment"]
        exposed = [port for workload in declaring for port in _container_ports(workload)]
        # Containers need not declare their ports; those that declare some are taken at their word.
        for port in spec_of(one)["ports"] if exposed else ():
            wanted = port["targetPort"].value or port["port"].value
            if not any(wanted in (there["name"].value, there["containerPort"].value) for there in exposed):
                names = ", ".join(sorted({workload.name for workload in declaring}))
                parameters = (("port", str(wanted)), ("workloads", names))
                yield ConfigFinding("KIA0701", Severity.WARNING, one, port.path, parameters)


def _container_ports(one: KubeObject) -> Iterator[Place]:
    for container in spec_of(one)["template"]["spec"]["containers"]:
        yield from container["ports"]


PORT_NAME = Rule("KIA0601", ("Service", "Pod"), _find_name)
PORT_PROTOCOL = Rule("KIA0602", ("Service", "Pod"), _find_protocol)
PORT_NOT_EXPOSED = Rule("KIA0701", ("Service", "Deployment", "ConfigMap"), _find_not_exposed)
