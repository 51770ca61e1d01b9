"""Graph attributes → the short texts on nodes and edges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mesh_graph.fields import LATEST, UNKNOWN
from mesh_graph.model import NodeKey, NodeKind, Protocol, State
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.views.numbers import format_bytes_rate, format_latency, format_percent, format_rate
from mesh_graph.views.words import say

__all__ = ["asked_name", "box_name", "edge_rate_text", "edge_texts", "node_name", "short_node_name"]

_NO_VERSION = ("", LATEST, UNKNOWN)


def short_node_name(node: Mapping[str, Any]) -> str:
    """Name of a node without its namespace: ``reviews v1``, or what the box is of."""
    kind, app = node.get(N.KIND), str(node.get(N.APP, ""))
    if kind == NodeKind.SERVICE:
        return str(node.get(N.SERVICE, "")) or say("node.unknown")
    if kind in (NodeKind.APP, NodeKind.BOX) and app:
        version = str(node.get(N.VERSION, ""))
        return app if version in _NO_VERSION else f"{app} {version}"
    name = node.get(N.WORKLOAD) or app or node.get(N.SERVICE) or node.get(N.NAMESPACE) or node.get(N.CLUSTER)
    return str(name or say("node.unknown"))


def box_name(node: Mapping[str, Any]) -> str:
    """Name of a box: of the app, namespace or cluster that it stands for."""
    return str(node.get(str(node.get(N.BOX, "")), "")) or short_node_name(node)


def asked_name(key: str) -> str:
    """Name of what a key means, where the graph has nothing of it; the key itself where it is none."""
    try:
        meant = NodeKey.parse(key)
    except ValueError:
        return key
    return short_node_name(
        {
            N.KIND: meant.kind,
            N.CLUSTER: meant.cluster,
            N.NAMESPACE: meant.namespace,
            N.WORKLOAD: meant.workload,
            N.APP: meant.app,
            N.VERSION: meant.version,
            N.SERVICE: meant.service,
        }
    )


def node_name(node: Mapping[str, Any]) -> str:
    """Name of a node with its namespace, as it is written where the graph is not in sight."""
    namespace = str(node.get(N.NAMESPACE, ""))
    name = short_node_name(node)
    return f"{name} ({namespace})" if namespace and namespace != name else name


def edge_rate_text(edge: Mapping[str, Any], digits: int = 2) -> str:
    """Rate of an edge with its unit: requests, or bytes for tcp."""
    rate = edge.get(E.RATE, 0.0)
    if edge.get(E.PROTOCOL) == Protocol.TCP:
        return format_bytes_rate(rate, digits)
    return format_rate(rate, digits=digits)


def _throughput_text(edge: Mapping[str, Any]) -> str:
    is_tcp = edge.get(E.PROTOCOL) == Protocol.TCP
    there = edge.get(E.SENT_BYTES_RATE if is_tcp else E.REQUEST_BYTES_RATE)
    back = edge.get(E.RECEIVED_BYTES_RATE if is_tcp else E.RESPONSE_BYTES_RATE)
    parts = ((arrow, rate) for arrow, rate in (("→", there), ("←", back)) if rate is not None)
    return " ".join(f"{arrow} {format_bytes_rate(rate)}" for arrow, rate in parts)


def edge_texts(edge: Mapping[str, Any]) -> dict[str, str]:
    """Text of every kind of edge label that the edge has a value for, by kind; absent is unknown."""
    if edge.get(E.STATE) == State.VANISHED:
        last = {**edge, E.RATE: edge.get(E.LAST_RATE, 0.0)}
        return {"rate": say("edge.vanished", rate=edge_rate_text(last))}
    texts = {}
    if E.RATE in edge:
        texts["rate"] = edge_rate_text(edge)
    if (share := edge.get(E.SHARE)) is not None:
        texts["share"] = format_percent(share)
    if ratio := edge.get(E.ERROR_RATIO):
        texts["errors"] = say("edge.errors", ratio=format_percent(ratio))
    if (latency := edge.get(E.LATENCY_MS)) is not None:
        texts["latency"] = format_latency(latency, edge.get(E.LATENCY_EDGE_MS))
    if throughput := _throughput_text(edge):
        texts["throughput"] = throughput
    return texts
