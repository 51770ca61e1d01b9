"""What find and hide ask a graph: values of nodes and edges under the words that users know."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isinf
from typing import Any

import networkx as nx

from mesh_graph.model import NodeKind, Protocol
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr, Response
from mesh_graph.topology.find_values import Number, Truth
from mesh_graph.topology.outcome import DEGRADED_FROM

__all__ = ["EdgeFacts", "GraphFacts", "NodeFacts", "Numbers", "Texts"]

Numbers = tuple[Number, ...]
Texts = tuple[str, ...]

_KIND_WORDS = {
    NodeKind.SERVICE: ("service", "svc"),
    NodeKind.WORKLOAD: ("workload", "wl"),
    NodeKind.NAMESPACE: ("namespace", "ns"),
}
_WITH_PROXY = (NodeKind.APP, NodeKind.WORKLOAD)


def _number(value: float | None) -> Numbers:
    return () if value is None else ((float(value), float(value)),)


def _total(values: Iterable[float | None]) -> Numbers:
    known = [value for value in values if value is not None]
    return _number(sum(known)) if known else ()


class NodeFacts:
    """One node, boxes excepted; what it has no value for is empty, or None where yes or no is asked."""

    def __init__(self, graph: nx.MultiDiGraph[str], key: str, place: int) -> None:
        self.graph = graph
        self.key = key
        self.data: dict[str, Any] = graph.nodes[key]
        self.place = place

    def text(self, attribute: str) -> Texts:
        """Value of a text attribute."""
        value = self.data.get(attribute, "")
        return (value,) if value else ()

    def texts(self, attribute: str) -> Texts:
        """Values of an attribute that has several."""
        values: Texts = self.data.get(attribute, ())
        return values

    def has_feature(self, feature: str) -> bool:
        """Whether routes or rules do that to its traffic."""
        return feature in self.data.get(NodeAttr.FEATURES, ())

    def names(self) -> Texts:
        """App, service and workload; the namespace of a node that stands for one; "unknown"."""
        if self.data[NodeAttr.KIND] == NodeKind.UNKNOWN:
            return (NodeKind.UNKNOWN.value,)
        found = [self.text(name) for name in (NodeAttr.APP, NodeAttr.SERVICE, NodeAttr.WORKLOAD)]
        if self.data[NodeAttr.KIND] == NodeKind.NAMESPACE:
            found.append(self.text(NodeAttr.NAMESPACE))
        return tuple(dict.fromkeys(name for texts in found for name in texts))

    def kinds(self) -> Texts:
        """Kind, also by its short word."""
        kind = self.data[NodeAttr.KIND]
        return _KIND_WORDS.get(kind, (str(kind),))

    def rank(self) -> Numbers:
        """Place by number of edges in and out, 1 for the most; nodes with equally many share one."""
        return _number(self.place)

    def rate_in(self, protocol: Protocol) -> Numbers:
        """Rate of the incoming edges of one protocol."""
        edges = self.graph.in_edges(self.key, keys=True, data=True)
        return _total(data.get(EdgeAttr.RATE) for _, _, key, data in edges if key == protocol)

    def rate_out(self, protocol: Protocol) -> Numbers:
        """Rate of the outgoing edges of one protocol."""
        edges = self.graph.out_edges(self.key, keys=True, data=True)
        return _total(data.get(EdgeAttr.RATE) for _, _, key, data in edges if key == protocol)

    def error_ratios(self) -> list[float]:
        """Ratios of what comes in and of what goes out, as far as known."""
        ratios = (self.data.get(NodeAttr.IN_ERROR_RATIO), self.data.get(NodeAttr.OUT_ERROR_RATIO))
        return [ratio for ratio in ratios if ratio is not None]

    def error_ratio(self) -> Numbers:
        """The larger of the two."""
        return _number(max(self.error_ratios(), default=None))

    def is_healthy(self) -> Truth:
        """Whether both ratios are below where degraded begins."""
        ratios = self.error_ratios()
        return all(ratio < DEGRADED_FROM for ratio in ratios) if ratios else None

    def has_errors(self) -> Truth:
        """Whether anything failed on its way in or out."""
        ratios = self.error_ratios()
        return any(ratios) if ratios else None

    def has_traffic(self) -> Truth:
        """Whether anything moves on an edge of it, or inside it."""
        sides = (self.graph.in_edges(self.key, data=True), self.graph.out_edges(self.key, data=True))
        rates = [data.get(EdgeAttr.RATE) for side in sides for _, _, data in side]
        return any(rates) or self.has(NodeAttr.INNER_RATE)

    def has_sidecar(self) -> Truth:
        """Whether it has a proxy, or without a cluster, whether one reports; unknown of what is no workload.

        Without pods that are known, it is unknown without traffic, too.
        """
        is_told = NodeAttr.PODS in self.data or self.has_traffic()
        if self.data[NodeAttr.KIND] not in _WITH_PROXY or not is_told:
            return None
        return not self.has(NodeAttr.HAS_NO_SIDECAR)

    def has(self, attribute: str) -> bool:
        """Whether an attribute is there and neither False nor 0."""
        return bool(self.data.get(attribute))

    def is_in_state(self, state: str) -> bool:
        """Whether it is new, vanished or steady."""
        return bool(self.data.get(NodeAttr.STATE) == state)


class EdgeFacts:
    """One edge between two nodes; what it has no value for is empty, or None where yes or no is asked."""

    def __init__(self, data: dict[str, Any], source: NodeFacts, target: NodeFacts) -> None:
        self.data = data
        self.source = source
        self.target = target

    def number(self, attribute: str) -> Numbers:
        """Value of a number."""
        return _number(self.data.get(attribute))

    def protocol(self) -> Texts:
        """Protocol of the edge."""
        return (str(self.data[EdgeAttr.PROTOCOL]),)

    def of_protocol(self, protocols: tuple[Protocol, ...], attribute: str) -> Numbers:
        """Value of a number where the edge has one of the protocols."""
        return self.number(attribute) if self.data[EdgeAttr.PROTOCOL] in protocols else ()

    def responses(self) -> tuple[Response, ...]:
        """What requests or connections ended with."""
        found: tuple[Response, ...] = self.data.get(EdgeAttr.RESPONSES, ())
        return found

    def codes(self) -> Texts:
        """Codes that were answered."""
        return tuple({response.code for response in self.responses() if response.code})

    def flags(self) -> Texts:
        """Response flags that were seen."""
        return tuple({flag for response in self.responses() for flag in response.flags.split(",") if flag})

    def hosts(self) -> Texts:
        """Hosts that were called."""
        return tuple({response.host for response in self.responses() if response.host})

    def latency(self) -> Numbers:
        """Milliseconds; above the top bucket's edge only that much is known."""
        value = self.data.get(EdgeAttr.LATENCY_MS)
        if value is None or not isinf(value):
            return _number(value)
        return ((float(self.data.get(EdgeAttr.LATENCY_EDGE_MS, 0.0)), inf),)

    def bytes_rate(self) -> Numbers:
        """Bytes per second in both directions."""
        if self.data[EdgeAttr.PROTOCOL] == Protocol.TCP:
            return self.number(EdgeAttr.RATE)
        return _total(map(self.data.get, (EdgeAttr.REQUEST_BYTES_RATE, EdgeAttr.RESPONSE_BYTES_RATE)))

    def message_rate(self) -> Numbers:
        """Messages per second of gRPC in both directions."""
        return _total(map(self.data.get, (EdgeAttr.SENT_MESSAGE_RATE, EdgeAttr.RECEIVED_MESSAGE_RATE)))

    def is_healthy(self) -> Truth:
        """Whether its error ratio is below where degraded begins."""
        ratio = self.data.get(EdgeAttr.ERROR_RATIO)
        return None if ratio is None else bool(ratio < DEGRADED_FROM)

    def has_errors(self) -> Truth:
        """Whether anything failed on it."""
        ratio = self.data.get(EdgeAttr.ERROR_RATIO)
        return None if ratio is None else bool(ratio > 0)

    def has(self, attribute: str) -> bool:
        """Whether an attribute is there and neither False nor 0."""
        return bool(self.data.get(attribute))

    def is_in_state(self, state: str) -> bool:
        """Whether it is new, vanished or steady."""
        return bool(self.data.get(EdgeAttr.STATE) == state)


class GraphFacts:
    """Facts of all nodes but boxes, and of the edges between them."""

    def __init__(self, graph: nx.MultiDiGraph[str]) -> None:
        leaves = [key for key, data in graph.nodes(data=True) if data[NodeAttr.KIND] != NodeKind.BOX]
        degrees = dict(graph.degree(leaves))
        places = {degree: n for n, degree in enumerate(sorted(set(degrees.values()), reverse=True), start=1)}
        self.nodes = {key: NodeFacts(graph, key, places[degrees[key]]) for key in leaves}
        self.edges = {
            (source, target, key): EdgeFacts(data, self.nodes[source], self.nodes[target])
            for source, target, key, data in graph.edges(keys=True, data=True)
        }
