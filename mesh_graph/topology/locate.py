"""Rows of further frames on the edges of a graph that is built: what every overlay stands on.

A row is placed by the same identity as traffic, then by what the graph says of itself: which keys are drawn
as others (folding, graph type service), which services stand between source and destination. So an overlay
needs neither the view nor how it was folded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph.frames.codes import Ints
from mesh_graph.model import GraphType, NodeKey, NodeKind
from mesh_graph.topology.attributes import EdgeAttr, GraphAttr, NodeAttr
from mesh_graph.topology.columns import Rows
from mesh_graph.topology.edges import Edges, Lying
from mesh_graph.topology.inject import Route
from mesh_graph.topology.layer import PROTOCOLS, Layer
from mesh_graph.topology.places import NOWHERE, find_places

__all__ = ["Hop", "Located", "locate"]

_PROTOCOL_CODES = {protocol.value: code for code, protocol in enumerate(PROTOCOLS)}


class Hop(StrEnum):
    """Which edges a frame speaks of, where a service stands between source and destination."""

    EVERY = "every"
    TO_SERVICE = "to-service"
    """Edges that do not leave an injected service."""
    FROM_SERVICE = "from-service"
    """Edges that leave an injected service."""


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """Rows of a frame on edges; a row through a service lies on two.

    Attributes
    ----------
    edges : list of dict
        The attributes of the graph's edges: what is written there, is written to the graph.
    at, row : array of int64
        Positions of an edge and of a row that lies on it.
    route : Route
        Per row of the frame, positions in ``nodes``; ``NOWHERE`` for an end that the graph does not draw.
    nodes : list of dict
        The attributes of the graph's nodes.
    """

    edges: Rows
    at: Ints
    row: Ints
    route: Route
    nodes: Rows


def locate(graph: nx.MultiDiGraph[str], frame: pd.DataFrame, hop: Hop = Hop.EVERY) -> Located:
    """Place the rows of a frame on the edges of a graph.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As ``build_graph`` gives it.
    frame : pandas.DataFrame
        Columns ``BASE_LABELS`` and ``protocol``. Rows that lie on no edge of the graph are left out.
    hop : Hop
    """
    numbers = {text: number for number, text in enumerate(graph)}
    nodes: Rows = list(graph.nodes.values())
    is_injected = np.array([bool(node.get(NodeAttr.IS_INJECTED)) for node in nodes], dtype=bool)
    edges, rows = _edges(graph, numbers)
    route = _route(graph, numbers, frame, is_injected)
    placed = (route.source != NOWHERE) & (route.destination != NOWHERE)
    # Rows of edges that leave a service tell no source, and so none that the graph would have to draw.
    hops = route.hops_from_services() if hop is Hop.FROM_SERVICE else route.hops(placed)
    lying = Lying.on(edges, Layer.of(frame, route), hops)
    leaves = is_injected[edges.source[lying.edge]]
    wanted = ~leaves if hop is Hop.TO_SERVICE else np.full(len(leaves), True)
    return Located(rows, lying.edge[wanted], lying.row[wanted], route, nodes)


def _edges(graph: nx.MultiDiGraph[str], numbers: dict[str, int]) -> tuple[Edges, Rows]:
    listed = [
        (numbers[source], numbers[destination], _PROTOCOL_CODES[row[EdgeAttr.PROTOCOL]], row)
        for source, destination, row in graph.edges(data=True)
    ]
    listed.sort(key=lambda edge: edge[:3])
    source, destination, protocol = (
        np.fromiter((edge[place] for edge in listed), np.int64, len(listed)) for place in range(3)
    )
    return Edges(source, destination, protocol, len(numbers)), [edge[3] for edge in listed]


def _route(
    graph: nx.MultiDiGraph[str], numbers: dict[str, int], frame: pd.DataFrame, is_injected: NDArray[np.bool_]
) -> Route:
    nodes, (places,) = find_places([frame], GraphType(graph.graph[GraphAttr.GRAPH_TYPE]))
    drawn_as = graph.graph[GraphAttr.DRAWN_AS]
    # The last place is for NOWHERE.
    table = np.array([*(_drawn(key, numbers, drawn_as) for key in nodes.keys), NOWHERE], dtype=np.int64)
    service, destination = table[places.service], table[places.destination]
    stops = (service != NOWHERE) & np.append(is_injected, False)[service] & (service != destination)
    return Route(table[places.source], np.where(stops, service, NOWHERE), destination)


def _drawn(key: NodeKey, numbers: dict[str, int], drawn_as: dict[str, str]) -> int:
    text = key.text
    number = numbers.get(drawn_as.get(text, text))
    if number is None:
        number = numbers.get(NodeKey(NodeKind.NAMESPACE, key.cluster, key.namespace).text, NOWHERE)
    return number
