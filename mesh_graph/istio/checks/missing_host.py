"""KIA1101: a route to a host that nobody has registered; its requests are answered 503."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.nearest import nearest
from mesh_graph.istio.exports import is_exported
from mesh_graph.istio.hosts import Host, host_of
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.istio.virtual_services import PROTOCOLS
from mesh_graph.sources.cluster import KubeObject

__all__ = ["MISSING_HOST", "is_registered", "routed"]


def routed(one: KubeObject) -> Iterator[Place]:
    """Every ``destination`` of a VirtualService's routes."""
    for protocol in PROTOCOLS:
        for route in spec_of(one)[protocol]:
            for entry in route["route"]:
                yield entry["destination"]


def is_registered(registry: Registry, host: Host, one: KubeObject) -> bool:
    """Whether a host is, or may be, a Service, or a ServiceEntry that the object's namespace sees."""
    if registry.service(host) is not None:
        return True
    if not (registry.sees_services(host.namespace) if host.is_service else registry.is_whole):
        return True  # it may be in a namespace that is hidden
    return any(is_exported(entry, one.namespace) for entry in registry.entries(one.cluster, host))


def _find(registry: Registry) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects("VirtualService"):
        for destination in routed(one):
            place = destination["host"]
            host = host_of(place.text, one.namespace)
            if not is_registered(registry, host, one):
                close = _meant(registry, host, one.namespace)
                parameters = (("host", host.name or "nothing"), ("close", close))
                changes = {place.path: close} if close and place else {}
                yield ConfigFinding("KIA1101", Severity.ERROR, one, place.path, parameters, changes)


def _meant(registry: Registry, host: Host, namespace: str) -> str:
    """The host that was probably meant, as one writes it in a namespace; empty where none is like it."""
    name, *rest = (host.service, host.namespace) if host.is_service else host.name.split(".")
    if len(rest) > 1:
        entries = registry.snapshot.objects("ServiceEntry")
        return nearest(host.name, [known for entry in entries for known in spec_of(entry)["hosts"].texts])
    (place,) = rest or (namespace,)
    services = registry.snapshot.objects("Service")
    close = nearest(name, [service.name for service in services if service.namespace == place])
    return f"{close}.{place}.svc.cluster.local" if close and place != namespace else close


MISSING_HOST = Rule("KIA1101", ("VirtualService", "Service", "ServiceEntry"), _find)
