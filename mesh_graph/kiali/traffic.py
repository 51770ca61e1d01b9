"""A traffic map: nodes and edges with their rates, as Kiali names them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from mesh_graph.kiali.identity import Identity
from mesh_graph.model import Protocol

__all__ = ["PARTS", "Edge", "EdgeKey", "Node", "Responses", "TrafficMap", "add_rates"]

PARTS: dict[str, tuple[str, ...]] = {
    Protocol.GRPC.value: ("", "NoResponse", "Err"),
    Protocol.HTTP.value: ("", "NoResponse", "3xx", "4xx", "5xx"),
    Protocol.TCP.value: ("",),
}
"""By protocol, in Kiali's order: what of an edge's rate is told apart. The first is the whole."""

EdgeKey = tuple[str, str, str]
"""Source id, destination id, protocol."""

Rates = dict[str, float]
"""Per second, by part; a part without traffic is absent."""

Responses = dict[str, tuple[Rates, Rates]]
"""By code: rate per flags, and per host."""


@dataclass(slots=True, eq=False)
class Node:
    """A node of the graph.

    Attributes
    ----------
    identity : Identity
    incoming : dict of str to Rates
        By protocol.
    outgoing : Rates
        By protocol, the whole only.
    called : set of (cluster, namespace, name)
        Services through which it was called.
    marks : dict
        Attributes of Kiali's answer beside identity and traffic, by their names there.
    """

    identity: Identity
    incoming: dict[str, Rates] = field(default_factory=dict)
    outgoing: Rates = field(default_factory=dict)
    called: set[tuple[str, str, str]] = field(default_factory=set)
    marks: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Edge:
    """Traffic from one node to another over one protocol; ``marks`` as of ``Node``."""

    rates: Rates = field(default_factory=dict)
    responses: Responses = field(default_factory=dict)
    marks: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class TrafficMap:
    """Nodes by internal id, edges by (source id, destination id, protocol)."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[EdgeKey, Edge] = field(default_factory=dict)

    def outgoing(self) -> dict[str, list[EdgeKey]]:
        """Keys of the edges that leave each node; a node without has no entry."""
        leaving: dict[str, list[EdgeKey]] = defaultdict(list)
        for key in self.edges:
            leaving[key[0]].append(key)
        return leaving


def add_rates(to: Rates, rates: Rates) -> None:
    """Add rates to others, part by part; none below or at zero is stored."""
    for part, rate in rates.items():
        if rate > 0:
            to[part] = to.get(part, 0.0) + rate
