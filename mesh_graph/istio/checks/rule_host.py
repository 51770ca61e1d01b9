"""KIA0202, KIA0209: a destination rule for a host that nobody has registered; a subset without labels."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.missing_host import is_registered
from mesh_graph.istio.checks.nearest import nearest
from mesh_graph.istio.hosts import Host, covers, host_of
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["RULE_HOST", "UNLABELLED_SUBSET"]


def _find_host(registry: Registry) -> Iterator[ConfigFinding]:
    services = registry.snapshot.objects("Service")
    for one in registry.snapshot.objects("DestinationRule"):
        place = spec_of(one)["host"]
        host = host_of(place.text, one.namespace)
        if _covers_something(registry, host, one) if host.is_wildcard else is_registered(registry, host, one):
            continue
        near = [s.name for s in services if s.namespace == host.namespace == one.namespace]
        close = nearest(host.service, near)
        parameters = (("host", host.name or "nothing"), ("close", close))
        changes = {place.path: close} if close else {}
        yield ConfigFinding("KIA0202", Severity.ERROR, one, place.path, parameters, changes)


def _covers_something(registry: Registry, host: Host, one: KubeObject) -> bool:
    """Whether a wildcard stands for a service, or for a host of some ServiceEntry."""
    suffix = "svc.cluster.local"
    services = (f"{s.name}.{s.namespace}.{suffix}" for s in registry.snapshot.objects("Service"))
    entries = registry.snapshot.objects("ServiceEntry")
    outside = (name.lower() for entry in entries for name in spec_of(entry)["hosts"].texts)
    if not registry.is_whole:
        return True
    return any(covers(host.name, name) for names in (services, outside) for name in names)


def _find_unlabelled(registry: Registry) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects("DestinationRule"):
        subsets = list(spec_of(one)["subsets"])
        is_labelled = any(subset["labels"].value for subset in subsets)
        for subset in subsets:
            if not subset["labels"].value:
                severity = Severity.UNKNOWN if is_labelled else Severity.WARNING
                parameters = (("subset", subset["name"].text),)
                yield ConfigFinding("KIA0209", severity, one, subset.path, parameters)


RULE_HOST = Rule("KIA0202", ("DestinationRule", "Service", "ServiceEntry"), _find_host)
UNLABELLED_SUBSET = Rule("KIA0209", ("DestinationRule",), _find_unlabelled)
