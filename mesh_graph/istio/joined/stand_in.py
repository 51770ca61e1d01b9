"""The object that a workload of the telemetry is."""

from __future__ import annotations

from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["workload_object"]


def workload_object(registry: Registry, namespace: str, name: str) -> KubeObject:
    """Object of a workload; one with nothing but its name where the cluster does not tell."""
    found = registry.workload_named(namespace, name)
    return found.source if found else KubeObject("Workload", _first(registry), namespace, name)


def _first(registry: Registry) -> str:
    return next(iter(registry.snapshot.clusters), "")
