"""What the clusters tell of replicas, by the keys under which traffic knows workloads and applications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from mesh_graph.answers.desk import Desk
from mesh_graph.fields import UNKNOWN
from mesh_graph.health.assessment import Replicas
from mesh_graph.health.replicas import replica_status, replicas_of_app
from mesh_graph.istio.declared import is_present
from mesh_graph.istio.standing import WorkloadStanding, standing_of
from mesh_graph.istio.workloads import workloads_of
from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.sources.cluster import Snapshot
from mesh_graph.topology.declared import Declared

__all__ = ["cluster_labels", "replicas_at", "replicas_in"]

NEEDED = ("Deployment", "ReplicaSet", "Pod")


def replicas_at(desk: Desk, at: float, clusters: Collection[str]) -> Mapping[NodeKey, Replicas]:
    """Replicas of workloads and applications at an instant, Unix seconds.

    Parameters
    ----------
    desk : Desk
    at : float
    clusters : collection of str
        As metrics' labels call them.

    Returns
    -------
    mapping
        Empty without a cluster, for the past, and where pods or their makers were not read in full.
    """
    snapshot = desk.declared()
    if snapshot is None or not is_present(snapshot, at) or not snapshot.is_known(*NEEDED):
        return {}
    return replicas_in(snapshot, cluster_labels(snapshot, clusters))


def cluster_labels(snapshot: Snapshot, clusters: Collection[str]) -> dict[str, str]:
    """Clusters as labels call them, by their names in a snapshot; the names themselves without any label."""
    homes = Declared(clusters=snapshot.clusters).homes(clusters)
    told = {home: label for label, home in sorted(homes.items()) if label not in ("", UNKNOWN)}
    is_silent = not any(label not in ("", UNKNOWN) for label in clusters)
    return told or ({name: name for name in snapshot.clusters} if is_silent else {})


def replicas_in(snapshot: Snapshot, labels: Mapping[str, str]) -> dict[NodeKey, Replicas]:
    """Replicas of every workload and application of the clusters that ``labels`` names."""
    found: dict[NodeKey, Replicas] = {}
    apps: dict[NodeKey, list[Replicas]] = defaultdict(list)
    for running in workloads_of(snapshot).values():
        cluster = labels.get(running.cluster)
        if cluster is None or not running.is_live:
            continue
        key = NodeKey(NodeKind.WORKLOAD, cluster, running.namespace, workload=running.name)
        found[key] = _replicas(key, standing_of(running))
        apps[NodeKey(NodeKind.APP, cluster, running.namespace, app=running.app)].append(found[key])
    return found | {key: replicas_of_app(key, parts) for key, parts in apps.items()}


def _replicas(key: NodeKey, standing: WorkloadStanding) -> Replicas:
    counts = (standing.desired, standing.current, standing.available)
    return Replicas(key, replica_status(*counts), *counts, standing.troubles, standing.since)
