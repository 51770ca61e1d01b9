"""What Kiali's appenders serviceEntry, deadNode, idleNode and meshCheck do with a traffic map."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.fields import BLACKHOLE, PASSTHROUGH, UNKNOWN
from mesh_graph.kiali.beside import Beside
from mesh_graph.kiali.identity import SERVICE, End, Identity, identify, is_ok
from mesh_graph.kiali.identity import UNKNOWN as UNKNOWN_NODE
from mesh_graph.kiali.options import Options
from mesh_graph.kiali.traffic import Edge, Node, TrafficMap, add_rates
from mesh_graph.model import GraphType
from mesh_graph.topology.declared import DeclaredEntry

__all__ = ["add_idle_nodes", "check_mesh", "merge_entries", "remove_dead_nodes"]

IS_ENTRY = "isServiceEntry"


def merge_entries(graph: TrafficMap, beside: Beside, options: Options) -> None:
    """Draw the hosts of each ServiceEntry that a requested namespace sees as one service, named after it.

    An entry inside the mesh is known by the first label of its hosts, too. Edges to its hosts are added up by
    source and protocol.
    """
    for name, node in list(graph.nodes.items()):
        entry = _entry_of(node, beside, options)
        if entry is None:
            continue
        namespace = next((n for n in options.namespaces if entry.is_seen_by((n,))), entry.namespace)
        own = node.identity
        new = f"svc_{own.cluster}_{namespace}_{entry.name}"
        if new not in graph.nodes or IS_ENTRY not in graph.nodes[new].marks:
            graph.nodes[new] = Node(Identity(new, SERVICE, own.cluster, namespace, service=entry.name))
            graph.nodes[new].marks[IS_ENTRY] = {
                "hosts": list(entry.hosts),
                "location": entry.location,
                "namespace": entry.namespace,
            }
        _move(graph, name, new)


def _entry_of(node: Node, beside: Beside, options: Options) -> DeclaredEntry | None:
    one = node.identity
    if one.type != SERVICE or "isInjected" in node.marks or IS_ENTRY in node.marks:
        return None
    if (one.namespace, one.service) in beside.declared.services:
        return None
    home = beside.homes.get(one.cluster)
    found = [
        entry
        for entry in beside.declared.entries
        if entry.cluster == home and entry.is_seen_by(options.namespaces) and _is_host(entry, one.service)
    ]
    return min(found, key=lambda entry: (entry.namespace, entry.name), default=None)


def _is_host(entry: DeclaredEntry, name: str) -> bool:
    is_inside = entry.location == "MESH_INTERNAL"
    return any(host == name or (is_inside and host.partition(".")[0] == name) for host in entry.hosts)


def _move(graph: TrafficMap, old: str, new: str) -> None:
    """Let a node take over the traffic of another one, which goes."""
    gone, stays = graph.nodes.pop(old), graph.nodes[new]
    stays.called |= gone.called
    for protocol, rates in gone.incoming.items():
        add_rates(stays.incoming.setdefault(protocol, {}), rates)
    for (source, destination, protocol), edge in list(graph.edges.items()):
        if destination != old:
            continue
        del graph.edges[source, destination, protocol]
        kept = graph.edges.setdefault((source, new, protocol), Edge(marks=edge.marks))
        add_rates(kept.rates, edge.rates)
        for code, (flags, hosts) in edge.responses.items():
            own_flags, own_hosts = kept.responses.setdefault(code, ({}, {}))
            add_rates(own_flags, flags)
            add_rates(own_hosts, hosts)


def remove_dead_nodes(graph: TrafficMap, beside: Beside) -> None:
    """Take out nodes without traffic whose workload is gone; mark those whose workload has no pods.

    A service stays with edges to what is behind it, as a ServiceEntry, or as an egress cluster. What is left
    without edges by that is looked at again.
    """
    while dead := [name for name in graph.nodes if _is_dead(graph, name, beside)]:
        gone = set(dead)
        graph.nodes = {name: node for name, node in graph.nodes.items() if name not in gone}
        graph.edges = {key: edge for key, edge in graph.edges.items() if gone.isdisjoint((key[0], key[1]))}


def _is_dead(graph: TrafficMap, name: str, beside: Beside) -> bool:
    node = graph.nodes[name]
    one = node.identity
    if any(rates.get("", 0.0) > 0 for rates in node.incoming.values()) or any(node.outgoing.values()):
        return False
    if one.type == UNKNOWN_NODE:
        return True
    if one.type == SERVICE:
        is_kept = IS_ENTRY in node.marks or one.service in (PASSTHROUGH, BLACKHOLE)
        return not is_kept and not any(source == name for source, _, _ in graph.edges)
    if not is_ok(one.workload) or not beside.is_read(node):
        return False
    workloads = beside.workloads(node)
    if workloads and all(workload.pods == 0 for workload in workloads):
        node.marks["isDead"] = True
    return not workloads


def add_idle_nodes(graph: TrafficMap, beside: Beside, options: Options) -> None:
    """Add the services and workloads of the requested namespaces that have no traffic."""
    told = {home: label for label, home in beside.homes.items() if is_ok(label)}
    homes = told or {home: home for home in beside.homes.values()}
    seen = {(node.identity.namespace, *_names(node.identity)) for node in graph.nodes.values()}
    for end in _ends(beside, options):
        if end.namespace not in options.namespaces or end.cluster not in homes:
            continue
        identity = identify(end._replace(cluster=homes[end.cluster]), options.graph_type)
        if identity is not None and (identity.namespace, *_names(identity)) not in seen:
            graph.nodes.setdefault(identity.id, Node(identity, marks={"isIdle": True}))


def _names(one: Identity) -> tuple[str, str]:
    """What a node is known by: a service, a workload, or where it has none, an application."""
    if one.type == SERVICE:
        return "service", one.service
    return ("workload", one.workload) if is_ok(one.workload) else ("app", one.app)


def _ends(beside: Beside, options: Options) -> Iterator[End]:
    if options.injects:
        for service in beside.declared.services.values():
            if service.is_registered:
                namespace = service.namespace
                yield End(service.cluster, namespace, service.name, namespace, UNKNOWN, UNKNOWN, UNKNOWN)
    if options.graph_type is not GraphType.SERVICE:
        for one in beside.declared.workloads.values():
            yield End(one.cluster, one.namespace, "", one.namespace, one.name, one.app, one.version)


def check_mesh(graph: TrafficMap, beside: Beside) -> None:
    """Mark nodes some pods of which have no proxy where one is due, and those in the ambient mesh."""
    for node in graph.nodes.values():
        workloads = beside.workloads(node)
        if workloads and all(workload.is_ambient for workload in workloads):
            node.marks["isAmbient"] = True
        if any(one.bare_pods and one.gateway_hosts is None for one in workloads) and not _is_exempt(node):
            node.marks["isOutOfMesh"] = True


def _is_exempt(node: Node) -> bool:
    return "isWaypoint" in node.marks or "isDead" in node.marks
