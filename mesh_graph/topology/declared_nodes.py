"""Which declared services, workloads and hosts outside the nodes of a graph stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import networkx as nx

from mesh_graph.fields import BLACKHOLE, LATEST, PASSTHROUGH, UNKNOWN
from mesh_graph.model import NodeKind
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.declared import (
    Declared,
    DeclaredEntry,
    DeclaredMachine,
    DeclaredService,
    DeclaredWorkload,
)

__all__ = ["DeclaredNodes"]

Node = dict[str, Any]


class DeclaredNodes:
    """The nodes of one graph beside what is declared.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
    declared : Declared
    namespaces : collection of str
        Those that the graph was asked for; empty for all.
    """

    def __init__(
        self, graph: nx.MultiDiGraph[str], declared: Declared, namespaces: Collection[str] = ()
    ) -> None:
        self.declared = declared
        self._graph = graph
        self._asked = namespaces
        self._homes = declared.homes({data.get(N.CLUSTER, "") for _, data in graph.nodes(data=True)})
        self._by_app: dict[tuple[str, str, str], list[DeclaredWorkload]] = defaultdict(list)
        for workload in declared.workloads.values():
            self._by_app[workload.cluster, workload.namespace, workload.app].append(workload)
        self.drawn_services = {
            (data.get(N.NAMESPACE, ""), data[N.SERVICE])
            for _, data in self._plain()
            if data[N.KIND] == NodeKind.SERVICE and N.SERVICE in data
        }

    def _plain(self) -> Iterator[tuple[str, Node]]:
        """Nodes that stand for themselves: no boxes, and nothing folded."""
        for key, data in self._graph.nodes(data=True):
            if data[N.KIND] not in (NodeKind.BOX, NodeKind.NAMESPACE) and not data.get(N.FOLDED):
                yield key, data

    def services(self) -> Iterator[tuple[str, Node, DeclaredService | None]]:
        """Nodes of services in namespaces that are read, with what is declared for them."""
        for key, data in self._plain():
            name, namespace = data.get(N.SERVICE, ""), data.get(N.NAMESPACE, "")
            if data[N.KIND] == NodeKind.SERVICE and namespace and self._is_read(data):
                yield key, data, self.declared.services.get((namespace, name))

    def workloads(self) -> Iterator[tuple[str, Node, list[DeclaredWorkload]]]:
        """Nodes of applications and workloads in clusters that are read, with the workloads behind them."""
        for key, data in self._plain():
            is_own = data[N.KIND] in (NodeKind.APP, NodeKind.WORKLOAD)
            if is_own and data.get(N.NAMESPACE) and self._is_read(data):
                yield key, data, self._workloads(data)

    def entries(self) -> Iterator[tuple[str, Node, DeclaredEntry]]:
        """Nodes of hosts that a ServiceEntry has."""
        for key, data in self._plain():
            if data[N.KIND] == NodeKind.SERVICE and N.SERVICE in data:
                entry = self.entry(data[N.SERVICE], data.get(N.NAMESPACE, ""))
                if entry is not None:
                    yield key, data, entry

    def entry(self, host: str, namespace: str) -> DeclaredEntry | None:
        """The ServiceEntry of a host that is no service's."""
        if host in (PASSTHROUGH, BLACKHOLE, UNKNOWN) or (namespace, host) in self.declared.services:
            return None
        return self.declared.entry_of(host, namespace, self._asked)

    def machines(self, node: Mapping[str, Any]) -> list[DeclaredMachine]:
        """WorkloadEntries that stand for a node, by application and version."""
        home, version = self._home(node), node.get(N.VERSION, "")
        app = node.get(N.APP) or node.get(N.WORKLOAD)
        return [
            machine
            for machine in self.declared.machines
            if (machine.cluster, machine.namespace, machine.app) == (home, node.get(N.NAMESPACE), app)
            and (not machine.version or version in ("", machine.version))
        ]

    def _home(self, node: Mapping[str, Any]) -> str | None:
        return self._homes.get(node.get(N.CLUSTER, ""))

    def _is_read(self, node: Mapping[str, Any]) -> bool:
        return self._home(node) is not None and self.declared.sees(node.get(N.NAMESPACE, ""))

    def _workloads(self, node: Mapping[str, Any]) -> list[DeclaredWorkload]:
        home, namespace = self._home(node) or "", node.get(N.NAMESPACE, "")
        if name := node.get(N.WORKLOAD, ""):
            found = self.declared.workloads.get((home, namespace, name))
            return [found] if found is not None else []
        version = node.get(N.VERSION, "")
        return [
            workload
            for workload in self._by_app.get((home, namespace, node.get(N.APP, "")), ())
            if version in ("", LATEST) or workload.version == version
        ]
