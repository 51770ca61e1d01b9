"""A traffic map as the JSON that clients of Kiali's graph API read."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from mesh_graph.kiali.boxes import add_boxes
from mesh_graph.kiali.numbers import percent, rate_text
from mesh_graph.kiali.options import Options
from mesh_graph.kiali.traffic import PARTS, Edge, EdgeKey, Node, Rates, TrafficMap
from mesh_graph.model import Box, Protocol

__all__ = ["render_document"]

Data = dict[str, Any]

_ERRORS = {Protocol.HTTP: ("NoResponse", "4xx", "5xx"), Protocol.GRPC: ("NoResponse", "Err")}
"""Parts that count as errors; tcp has none."""
_BOX_ORDER = {Box.CLUSTER: 0, Box.NAMESPACE: 1, Box.APP: 2}
_SORTED_BY = ("cluster", "namespace", "app", "version", "service", "workload")


def render_document(graph: TrafficMap, options: Options, at: float) -> Data:
    """The answer: ``timestamp``, ``duration``, ``graphType``, ``elements``; nodes and edges in Kiali's order.

    Parameters
    ----------
    graph : TrafficMap
    options : Options
    at : float
        Evaluation instant, Unix seconds.
    """
    ids = {name: _hash(name) for name in graph.nodes}
    nodes = [_node(ids[name], node) for name, node in graph.nodes.items()]
    add_boxes(nodes, options.graph_type, options.boxes)
    nodes.sort(key=_node_order)
    edges = [_edge(graph, ids, key, edge) for key, edge in graph.edges.items()]
    edges.sort(key=lambda data: (data["source"], data["target"], data["traffic"].get("protocol", "")))
    return {
        "timestamp": int(at),
        "duration": options.window_s,
        "graphType": options.graph_type.value,
        "elements": {
            "nodes": [{"data": data} for data in nodes],
            "edges": [{"data": data} for data in edges],
        },
    }


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _node_order(data: Data) -> tuple[Any, ...]:
    return (_BOX_ORDER.get(data.get("isBox", ""), 3), *(data.get(name, "") for name in _SORTED_BY))


def _node(name: str, node: Node) -> Data:
    identity = node.identity
    data: Data = {
        "id": name,
        "nodeType": identity.type,
        "cluster": identity.cluster,
        "namespace": identity.namespace,
    }
    named = {field: getattr(identity, field) for field in ("workload", "app", "version", "service")}
    data |= {field: text for field, text in named.items() if text}
    if node.called:
        keys = ("cluster", "namespace", "name")
        data["destServices"] = [dict(zip(keys, service, strict=True)) for service in sorted(node.called)]
    if traffic := _node_traffic(node):
        data["traffic"] = traffic
    return {**data, "healthData": None, **node.marks}


def _node_traffic(node: Node) -> list[Data]:
    traffic = []
    for protocol, parts in PARTS.items():
        incoming = node.incoming.get(protocol, {})
        rates = {f"{protocol}In{part}": incoming[part] for part in parts if incoming.get(part, 0.0) > 0}
        if (out := node.outgoing.get(protocol, 0.0)) > 0:
            rates[f"{protocol}Out"] = out
        if rates:
            texts = {name: rate_text(rate) for name, rate in rates.items()}
            traffic.append({"protocol": protocol, "rates": texts})
    return traffic


def _edge(graph: TrafficMap, ids: dict[str, str], key: EdgeKey, edge: Edge) -> Data:
    source, destination, protocol = key
    ends = ids.get(source) or _hash(source), ids.get(destination) or _hash(destination)
    data: Data = {"id": _hash(f"{ends[0]}.{ends[1]}.{protocol}"), "source": ends[0], "target": ends[1]}
    out = graph.nodes[source].outgoing.get(protocol, 0.0)
    data |= edge.marks | {"traffic": _edge_traffic(protocol, edge, out)}
    if "fromEdge" in data.get("waypoint", {}):
        returning, returned = data["waypoint"]["fromEdge"]
        # Kiali writes the edge back as one from this edge's source: from and to the same node.
        looped = _edge(graph, ids, (source, *returning[1:]), returned)
        data["waypoint"] = {**data["waypoint"], "fromEdge": looped}
    return data


def _edge_traffic(protocol: str, edge: Edge, out: float) -> Data:
    total = edge.rates.get("", 0.0)
    if total <= 0:
        return {"protocol": protocol}
    rates = {f"{protocol}{part}": rate_text(rate) for part, rate in _in_order(protocol, edge.rates)}
    if protocol in _ERRORS:
        errors = sum(edge.rates.get(part, 0.0) for part in _ERRORS[Protocol(protocol)])
        if errors > 0:
            rates[f"{protocol}PercentErr"] = percent(errors, total)
        if out > 0:
            rates[f"{protocol}PercentReq"] = percent(total, out)
    responses = {}
    for code in sorted(edge.responses):
        shares = zip(("flags", "hosts"), edge.responses[code], strict=True)
        responses[code] = {
            name: {key: percent(rate, total) for key, rate in sorted(parts.items())}
            for name, parts in shares
            if parts
        }
    return {"protocol": protocol, "rates": rates, "responses": responses}


def _in_order(protocol: str, rates: Rates) -> list[tuple[str, float]]:
    return [(part, rates[part]) for part in PARTS[protocol] if rates.get(part, 0.0) > 0]
