"""The mode of mutual TLS that DestinationRules for whole namespaces, or the mesh, tell clients to use."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["MESH_HOST", "enabling", "has_tls", "mode_place", "namespace_host", "rules_for"]

MESH_HOST = "*.local"
MUTUAL = ("ISTIO_MUTUAL", "MUTUAL")


def namespace_host(namespace: str) -> str:
    """The host that means all services of a namespace."""
    return f"*.{namespace}.svc.cluster.local"


def rules_for(registry: Registry, cluster: str, host: str) -> Iterator[KubeObject]:
    """DestinationRules of a cluster for exactly that host."""
    yield from registry.rules_named(cluster, host)


def mode_place(rule: KubeObject) -> Place:
    """Where a rule says how clients connect."""
    return spec_of(rule)["trafficPolicy"]["tls"]["mode"]


def enabling(registry: Registry, cluster: str, host: str) -> tuple[KubeObject, ...]:
    """Rules for that host by which clients use mutual TLS."""
    return tuple(rule for rule in rules_for(registry, cluster, host) if mode_place(rule).text in MUTUAL)


def has_tls(rule: KubeObject) -> bool:
    """Whether a rule says something about TLS, of all ports or of one."""
    policy = spec_of(rule)["trafficPolicy"]
    return bool(policy["tls"]) or any(port["tls"] for port in policy["portLevelSettings"])
