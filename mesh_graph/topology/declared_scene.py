"""What is declared, in the scene: nodes for what has no traffic, one node for the hosts of a ServiceEntry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from mesh_graph.fields import BLACKHOLE, PASSTHROUGH, UNKNOWN
from mesh_graph.model import GraphType, NodeKey, NodeKind, View
from mesh_graph.topology.declared import Declared, DeclaredEntry, DeclaredWorkload
from mesh_graph.topology.identity import End, node_key
from mesh_graph.topology.scene import Scene

__all__ = ["add_idle", "fold_entries"]


def add_idle(scene: Scene, declared: Declared, view: View) -> Scene:
    """The scene with a node for each service and workload of the view's namespaces that has no traffic."""
    if view.graph_type is GraphType.NAMESPACE or not declared.is_present:
        return scene
    nodes = scene.nodes
    drawn = [nodes.keys[number] for number in scene.drawn().tolist()]
    names = _label_names(declared, {key.cluster for key in nodes.keys})
    numbers = []
    for key, workload in _idle(declared, view, drawn):
        cluster = names.get(key.cluster)
        if cluster is not None:
            number = nodes.number(replace(key, cluster=cluster))
            numbers.append(number)
            if workload is not None and not key.app:
                nodes.apps[number], nodes.versions[number] = workload.app, workload.version
    return replace(scene, declared=tuple(numbers))


def _label_names(declared: Declared, labels: Collection[str]) -> dict[str, str]:
    """Clusters as labels call them, by their names in the cluster source."""
    homes = declared.homes(labels)
    told = {home: label for label, home in sorted(homes.items()) if label not in ("", UNKNOWN)}
    return told or {home: home for home in homes.values()}


def _idle(
    declared: Declared, view: View, drawn: Iterable[NodeKey]
) -> Iterator[tuple[NodeKey, DeclaredWorkload | None]]:
    """Keys of what is declared and not drawn, with the clusters' own names."""
    seen = {name for key in drawn for name in _names(key)}
    is_service_graph = view.graph_type is GraphType.SERVICE
    for service in declared.services.values() if view.services or is_service_graph else ():
        key = NodeKey(NodeKind.SERVICE, service.cluster, service.namespace, service=service.name)
        if service.is_registered and _is_asked(key, view) and _names(key).isdisjoint(seen):
            yield key, None
    for workload in () if is_service_graph else declared.workloads.values():
        end = End(workload.cluster, workload.namespace, workload.name, workload.app, workload.version)
        key = node_key(end, view.graph_type)
        if _is_asked(key, view) and _names(key).isdisjoint(seen):
            yield key, workload


def _names(key: NodeKey) -> set[tuple[str, str, str]]:
    """What a node is known by: a service, a workload, or where it has none, an application."""
    if key.kind is NodeKind.SERVICE:
        return {(key.namespace, "service", key.service)}
    return {(key.namespace, "workload", key.workload) if key.workload else (key.namespace, "app", key.app)}


def _is_asked(key: NodeKey, view: View) -> bool:
    return not view.namespaces or key.namespace in view.namespaces


def fold_entries(scene: Scene, declared: Declared, view: View) -> dict[int, int]:
    """Number of each host's node to that of its ServiceEntry, where several hosts of one are drawn.

    Not of an entry whose key is ``unfolded``.
    """
    hosts: dict[tuple[str, DeclaredEntry], list[int]] = defaultdict(list)
    for number in scene.drawn().tolist():
        key = scene.nodes.keys[number]
        if key.kind is not NodeKind.SERVICE or key.service in (PASSTHROUGH, BLACKHOLE, UNKNOWN):
            continue
        if (key.namespace, key.service) in declared.services:
            continue
        entry = declared.entry_of(key.service, key.namespace, view.namespaces)
        if entry is not None:
            hosts[key.cluster, entry].append(number)
    folds: dict[int, int] = {}
    for (cluster, entry), members in hosts.items():
        own = replace(entry.key, cluster=cluster)
        if len(members) > 1 and own.text not in view.unfolded:
            folds |= dict.fromkeys(members, scene.nodes.number(own))
    return folds
