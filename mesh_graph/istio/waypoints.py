"""The waypoint proxies of the ambient layer, as the clusters' labels tell them."""

from __future__ import annotations

from mesh_graph.istio.workloads import WorkloadKey
from mesh_graph.sources.cluster import KubeObject, Snapshot

__all__ = ["waypoints_of"]

_LABELS = (
    ("gateway.istio.io/managed", "istio.io-mesh-controller"),
    ("gateway.networking.k8s.io/gateway-class-name", "istio-waypoint"),
)
"""Of the Deployment that Istio makes for a waypoint; the first since 1.15, the second since 1.24."""


def waypoints_of(snapshot: Snapshot) -> frozenset[WorkloadKey]:
    """Cluster, namespace and name of every waypoint; no cluster where there is but one.

    A cluster may be called otherwise here than in labels; where it is the only one, that does not matter.
    """
    is_one_of_many = len(snapshot.clusters) > 1
    return frozenset(
        (workload.cluster if is_one_of_many else "", workload.namespace, workload.name)
        for workload in snapshot.objects("Deployment")
        if _is_waypoint(workload)
    )


def _is_waypoint(workload: KubeObject) -> bool:
    return any(workload.labels.get(label) == value for label, value in _LABELS)
