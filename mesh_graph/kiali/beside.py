"""The nodes of a traffic map beside what clusters declare: the workloads and services that they stand for."""

from __future__ import annotations

from collections import defaultdict

from mesh_graph.kiali.identity import APP, SERVICE, WORKLOAD, Identity, is_ok
from mesh_graph.kiali.traffic import Node, TrafficMap
from mesh_graph.topology.declared import Declared, DeclaredService, DeclaredWorkload

__all__ = ["Beside"]


class Beside:
    """Looks up what is declared for nodes.

    Parameters
    ----------
    graph : TrafficMap
    declared : Declared
    """

    def __init__(self, graph: TrafficMap, declared: Declared) -> None:
        self.declared = declared
        self.homes = declared.homes({node.identity.cluster for node in graph.nodes.values()})
        self._by_app: dict[tuple[str, str, str], list[DeclaredWorkload]] = defaultdict(list)
        for workload in declared.workloads.values():
            self._by_app[workload.cluster, workload.namespace, workload.app].append(workload)

    def is_read(self, node: Node) -> bool:
        """Whether the node's cluster and namespace are read."""
        return node.identity.cluster in self.homes and self.declared.sees(node.identity.namespace)

    def service(self, node: Node) -> DeclaredService | None:
        """What is declared for a service's node; None for any other."""
        one = node.identity
        if one.type != SERVICE or not self.is_read(node):
            return None
        return self.declared.services.get((one.namespace, one.service))

    def workloads(self, node: Node) -> list[DeclaredWorkload]:
        """Workloads behind an app's or a workload's node, as far as they exist."""
        one = node.identity
        home = self.homes.get(one.cluster)
        if home is None or one.type not in (APP, WORKLOAD):
            return []
        if is_ok(one.workload):
            found = self.declared.workloads.get((home, one.namespace, one.workload))
            return [] if found is None else [found]
        return [w for w in self._by_app.get((home, one.namespace, one.app), ()) if _is_version(one, w)]


def _is_version(one: Identity, workload: DeclaredWorkload) -> bool:
    return not is_ok(one.version) or one.version == workload.version
