"""KIA1101: a route to a host that nobody has registered; its requests are answered 503."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.nearest import nearest
from mesh_graph.istio.exports import is_exported
from mesh_graph.istio.hosts import Host, covers, host_of
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
    """Whether a host is a Service, or a ServiceEntry that the object's namespace sees."""
    if registry.service(host) is not None:
        return True
    return any(
        covers(name.lower(), host.name)
        for entry in registry.snapshot.objects("ServiceEntry")
        if entry.cluster == one.cluster and is_exported(entry, one.namespace)
        for name in spec_of(entry)["hosts"].texts
    )


def _find(registry: Registry) -> Iterator[ConfigFinding]:
    services = registry.snapshot.objects("Service")
    for one in registry.snapshot.objects("VirtualService"):
        for destination in routed(one):
            place = destination["host"]
            host = host_of(place.text, one.namespace)
            if is_registered(registry, host, one):
                continue
            near = [s.name for s in services if s.namespace == (host.namespace or one.namespace)]
            close = nearest(host.service or host.name.split(".")[0], near)
            written = (
                close
                if host.namespace in ("", one.namespace)
                else f"{close}.{host.namespace}.svc.cluster.local"
            )
            yield ConfigFinding(
                "KIA1101",
                Severity.ERROR,
                one,
                place.path,
                (("host", host.name or "nothing"), ("close", close and written)),
                {place.path: written} if close and place else {},
            )


MISSING_HOST = Rule("KIA1101", ("VirtualService", "Service", "ServiceEntry"), _find)
