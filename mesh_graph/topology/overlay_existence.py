"""Whether there is anything behind nodes, and whether a proxy is before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx

from mesh_graph.fields import UNKNOWN
from mesh_graph.model import NodeKey
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.declared import DeclaredWorkload
from mesh_graph.topology.declared_nodes import DeclaredNodes
from mesh_graph.topology.identity import INBOUND_PASSTHROUGH, is_external_service

__all__ = ["NO_PODS", "NO_SERVICE", "NO_WORKLOAD", "add_dead", "add_sidecars"]

NO_SERVICE, NO_WORKLOAD, NO_PODS = "no-service", "no-workload", "no-pods"


def add_dead(graph: nx.MultiDiGraph[str], nodes: DeclaredNodes) -> None:
    """Write ``NodeAttr.DEAD`` on what is called, or declared and idle, with nothing behind it.

    Nothing is told of what could not be read in full, and nothing about the past. Who only calls may have
    gone since, and is not dead.
    """
    if not nodes.declared.is_present:
        return
    knows_hosts = nodes.declared.knows_services and nodes.declared.knows_entries
    for key, data, service in nodes.services():
        is_missing = service is None or not service.is_registered
        if knows_hosts and is_missing and _is_called(graph, key) and _is_plain(key, nodes):
            data[N.DEAD] = NO_SERVICE
    if not (nodes.declared.knows_workloads and nodes.declared.knows_pods):
        return
    for key, data, workloads in nodes.workloads():
        is_concerned = _is_called(graph, key) or data.get(N.IS_IDLE)
        if is_concerned and (reason := _reason(workloads)) and not nodes.machines(data):
            data[N.DEAD] = reason


def _reason(workloads: Sequence[DeclaredWorkload]) -> str:
    if not workloads:
        return NO_WORKLOAD
    return NO_PODS if all(workload.pods == 0 for workload in workloads) else ""


def _is_called(graph: nx.MultiDiGraph[str], key: str) -> bool:
    return bool(graph.in_degree(key))


def _is_plain(text: str, nodes: DeclaredNodes) -> bool:
    """Whether a node is a service of Kubernetes by its name, rather than a host."""
    key = NodeKey.parse(text)
    is_host = is_external_service(key) or key.service == UNKNOWN
    is_passed_on = key.service.startswith(INBOUND_PASSTHROUGH)
    return not is_host and not is_passed_on and nodes.entry(key.service, key.namespace) is None


def add_sidecars(nodes: DeclaredNodes) -> None:
    """Write how many pods there are and how many lack a proxy, and so which nodes have none.

    What the cluster says replaces what metrics let guess.
    """
    if not (nodes.declared.is_present and nodes.declared.knows_pods):
        return
    for _, data, workloads in nodes.workloads():
        pods = sum(workload.pods or 0 for workload in workloads)
        if not pods:
            continue
        bare = sum(workload.bare_pods for workload in workloads)
        data[N.PODS] = pods
        data.pop(N.HAS_NO_SIDECAR, None)
        _count_bare(data, bare, pods)


def _count_bare(data: dict[str, Any], bare: int, pods: int) -> None:
    if bare:
        data[N.BARE_PODS] = bare
    if bare == pods:
        data[N.HAS_NO_SIDECAR] = True
