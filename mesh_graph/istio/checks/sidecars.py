"""KIA1004, KIA1006, KIA1007: Sidecars that import what is not there, or leave open what they mean."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.exports import ALL, exported_to
from mesh_graph.istio.hosts import covers, host_of
from mesh_graph.istio.patch import REMOVED
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["MISSING_EGRESS_HOST", "MODELESS_OUTBOUND", "SELECTIVE_DEFAULT"]

ANYWHERE = "*"
Known = tuple[str, str]
"""Namespace and full name of a host that may be imported."""


def _find_host(registry: Registry) -> Iterator[ConfigFinding]:
    services, registered = frozenset(_services(registry)), list(_registered(registry))
    for one in registry.snapshot.objects("Sidecar"):
        to = {ALL, one.namespace}
        seen = (hosts for cluster, to_whom, hosts in registered if cluster == one.cluster and to_whom & to)
        known = services.union(*seen)
        for egress in spec_of(one)["egress"]:
            for place in egress["hosts"]:
                if place.text and not _is_there(registry, one, place, known):
                    better = _better(registry, one, place.text)
                    parameters = (("host", place.text), ("close", better))
                    changes = {place.path: better} if better else {}
                    yield ConfigFinding("KIA1004", Severity.WARNING, one, place.path, parameters, changes)


def _services(registry: Registry) -> Iterator[Known]:
    for service in registry.snapshot.objects("Service"):
        yield service.namespace, f"{service.name}.{service.namespace}.svc.cluster.local"


def _registered(registry: Registry) -> Iterator[tuple[str, frozenset[str], frozenset[Known]]]:
    """Of each entry and route its cluster, the namespaces that see it, and its hosts."""
    for kind in ("ServiceEntry", "VirtualService"):
        for other in registry.snapshot.objects(kind):
            names = spec_of(other)["hosts"].texts
            hosts = frozenset((other.namespace, host_of(name, other.namespace).name) for name in names)
            yield other.cluster, exported_to(other), hosts


def _parts(one: KubeObject, written: str) -> tuple[str, str]:
    """Namespace and name of an imported host; ``.`` is the own namespace."""
    namespace, slash, name = written.partition("/")
    if not slash:
        return "", written
    return one.namespace if namespace == "." else namespace, name.lower()


def _is_there(registry: Registry, one: KubeObject, place: Place, known: frozenset[Known]) -> bool:
    namespace, name = _parts(one, place.text)
    if namespace == "~" or (namespace and name == "*"):
        return True
    home = namespace or one.namespace
    if not (registry.is_whole if namespace == ANYWHERE else registry.sees_services(home)):
        return True  # it may be in a namespace that is hidden
    if not namespace or (namespace, name) in known:
        return bool(namespace)
    # What is exact and in one namespace was looked up; the rest takes a look at all of them.
    return any(namespace in (ANYWHERE, home) and _fits(name, there) for home, there in known)


def _fits(name: str, known: str) -> bool:
    """Whether an imported name takes a host, or is one of those that a registered wildcard stands for."""
    return covers(name, known) or covers(known, name)


def _better(registry: Registry, one: KubeObject, written: str) -> str:
    """A host as it must be written, with namespace and in full; empty where no service fits."""
    namespace, name = _parts(one, written)
    parts = name.split(".")
    for home in (namespace, parts[1] if len(parts) > 1 else "", one.namespace):
        if home and registry.has(one.cluster, "Service", home, parts[0]):
            return f"{'.' if home == one.namespace else home}/{parts[0]}.{home}.svc.cluster.local"
    return ""


def _find_selective(registry: Registry) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects("Sidecar"):
        selector = spec_of(one)["workloadSelector"]
        if selector and one.namespace == registry.config(one.cluster).root_namespace:
            changes = {selector.path: REMOVED}
            yield ConfigFinding("KIA1006", Severity.WARNING, one, selector.path, (), changes)


def _find_modeless(registry: Registry) -> Iterator[ConfigFinding]:
    for one in registry.snapshot.objects("Sidecar"):
        policy = spec_of(one)["outboundTrafficPolicy"]
        if policy and not policy["mode"].text:
            yield ConfigFinding("KIA1007", Severity.UNKNOWN, one, f"{policy.path}/mode")


MISSING_EGRESS_HOST = Rule("KIA1004", ("Sidecar", "Service", "ServiceEntry", "VirtualService"), _find_host)
SELECTIVE_DEFAULT = Rule("KIA1006", ("Sidecar", "ConfigMap"), _find_selective)
MODELESS_OUTBOUND = Rule("KIA1007", ("Sidecar",), _find_modeless)
