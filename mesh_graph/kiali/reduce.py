"""A workload graph with service nodes as a graph of services: who calls whom by what stands behind them."""

from __future__ import annotations

from mesh_graph.kiali.identity import SERVICE
from mesh_graph.kiali.traffic import Edge, EdgeKey, Node, TrafficMap, add_rates

__all__ = ["reduce_to_services"]


def reduce_to_services(graph: TrafficMap) -> TrafficMap:
    """Services, with the calls that the workloads behind them make, and the roots that call a service.

    Edges to workloads vanish; what a service's workloads call is added up, responses included, response times
    and throughput are not. Where one workload stands behind several services each has its calls.

    Parameters
    ----------
    graph : TrafficMap
        With service nodes inserted and roots marked; not modified.
    """
    reduced = TrafficMap()
    leaving = graph.outgoing()
    for name, node in graph.nodes.items():
        is_service = node.identity.type == SERVICE
        if not is_service and "isRoot" not in node.marks:
            continue
        edges = _of_service(graph, leaving, name) if is_service else _to_services(graph, leaving, name)
        if not (is_service or edges):
            continue
        outgoing: dict[str, float] = {}
        for (_, _, protocol), edge in edges.items():
            add_rates(outgoing, {protocol: edge.rates.get("", 0.0)})
        reduced.nodes[name] = Node(node.identity, node.incoming, outgoing, node.called, node.marks)
        reduced.edges |= edges
    return reduced


def _to_services(graph: TrafficMap, leaving: dict[str, list[EdgeKey]], source: str) -> dict[EdgeKey, Edge]:
    return {
        key: graph.edges[key]
        for key in leaving.get(source, ())
        if graph.nodes[key[1]].identity.type == SERVICE
    }


def _of_service(graph: TrafficMap, leaving: dict[str, list[EdgeKey]], service: str) -> dict[EdgeKey, Edge]:
    edges: dict[EdgeKey, Edge] = {}
    # A service reached over two protocols has two edges to one workload; Kiali then takes its calls twice.
    for _, workload, _ in leaving.get(service, ()):
        for (_, called, protocol), edge in _to_services(graph, leaving, workload).items():
            key = (service, called, protocol)
            if key in edges:
                _add(edges[key], edge)
            else:
                edges[key] = _copy(edge)
    return edges


def _copy(edge: Edge) -> Edge:
    responses = {code: (dict(flags), dict(hosts)) for code, (flags, hosts) in edge.responses.items()}
    return Edge(dict(edge.rates), responses, dict(edge.marks))


def _add(to: Edge, edge: Edge) -> None:
    add_rates(to.rates, edge.rates)
    for code, (flags, hosts) in edge.responses.items():
        own_flags, own_hosts = to.responses.setdefault(code, ({}, {}))
        add_rates(own_flags, flags)
        add_rates(own_hosts, hosts)
