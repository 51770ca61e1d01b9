"""Traffic laid out on numbered nodes: every frame with the way of each of its rows, nothing summed yet.

    Traffic ──lay_out──► Scene ──fold──► Scene ──sort──► Scene

Folding and sorting change numbers only; no row is lost or added on the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.frames.codes import Ints
from mesh_graph.model import GraphType, NodeKey, Protocol, View
from mesh_graph.topology.inject import Route, route_rows, serving, serving_cluster
from mesh_graph.topology.layer import Layer
from mesh_graph.topology.places import NOWHERE, Nodes, find_places
from mesh_graph.topology.traffic import Traffic
from mesh_graph.topology.waypoints import Waypoints

__all__ = ["Layers", "Scene", "lay_out"]


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The layers of traffic that make edges."""

    flows: Layer
    tcp: Layer
    messages: Layer

    def __iter__(self) -> Iterator[Layer]:
        return iter((self.flows, self.tcp, self.messages))

    def map(self, change: Callable[[Layer], Layer]) -> Self:
        """The same change to every layer."""
        return type(self)(change(self.flows), change(self.tcp), change(self.messages))


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Layers of traffic on common nodes.

    Attributes
    ----------
    nodes : Nodes
    now : Layers
    before : Layers
        Of the earlier view; without rows if there is none.
    reports : Layer
        What each end counted.
    drawn_as : dict of NodeKey to NodeKey
        Keys of nodes that are not drawn, to those of the nodes that stand for them.
    folded : dict of NodeKey to int
        How many nodes are folded into a node.
    declared : tuple of int
        Nodes that are drawn because something declares them, traffic or not.
    """

    nodes: Nodes
    now: Layers
    before: Layers
    reports: Layer
    drawn_as: Mapping[NodeKey, NodeKey] = field(default_factory=dict)
    folded: Mapping[NodeKey, int] = field(default_factory=dict)
    declared: tuple[int, ...] = ()

    def drawn(self) -> Ints:
        """Numbers of the nodes on any way, also of the earlier view, and of the declared ones, ascending."""
        ways = [layer.route for layer in (*self.now, *self.before)]
        ends = [part for way in ways for part in (way.source, way.via, way.destination)]
        numbers = np.unique(np.concatenate([*ends, np.array(self.declared, dtype=np.int64)]))
        return np.asarray(numbers[numbers != NOWHERE])

    def fold_sizes(self) -> Ints:
        """Per node, how many nodes are folded into it."""
        sizes = (self.folded.get(key, 0) for key in self.nodes.keys)
        return np.fromiter(sizes, dtype=np.int64, count=len(self.nodes.keys))

    def injected(self) -> NDArray[np.bool_]:
        """Per node, whether it is a service between source and destination."""
        stops = np.concatenate([layer.route.via for layer in (*self.now, *self.before)])
        return np.bincount(stops[stops != NOWHERE], minlength=len(self.nodes.keys)) > 0

    def fold(self, stands_for: Mapping[int, int]) -> Self:
        """The scene where nodes are drawn as those that stand for them."""
        if not stands_for:
            return self
        keys = self.nodes.keys
        table = np.arange(len(keys), dtype=np.int64)
        table[list(stands_for)] = list(stands_for.values())
        folded = {keys[number]: count for number, count in Counter(stands_for.values()).items()}
        into = {keys[number]: keys[other] for number, other in stands_for.items() if number != other}
        drawn_as = {key: into.get(other, other) for key, other in self.drawn_as.items()} | into
        folded_scene = self._with_routes(lambda route: route.through(table))
        declared = tuple(table[list(self.declared)].tolist())
        return replace(folded_scene, drawn_as=drawn_as, folded=folded, declared=declared)

    def sort(self) -> Self:
        """The scene with none but the drawn nodes, numbered in the order of their keys' texts."""
        drawn = self.drawn().tolist()
        order = sorted(drawn, key=lambda number: self.nodes.keys[number].text)
        table = np.full(len(self.nodes.keys) + 1, NOWHERE, dtype=np.int64)
        table[order] = np.arange(len(order))
        scene = self._with_routes(lambda route: route.renumbered(table))
        declared = tuple(table[list(self.declared)].tolist())
        nodes = self.nodes.subset(order)
        return replace(scene, nodes=nodes, reports=scene.reports.placed(), declared=declared)

    def _with_routes(self, change: Callable[[Route], Route]) -> Self:
        def changed(layer: Layer) -> Layer:
            return replace(layer, route=change(layer.route))

        return replace(
            self, now=self.now.map(changed), before=self.before.map(changed), reports=changed(self.reports)
        )


def lay_out(
    traffic: Traffic,
    view: View,
    *,
    earlier: Traffic | None = None,
    waypoints: Waypoints = (),
) -> Scene:
    """Scene of the traffic by the view's graph type, before folding.

    Rows without traffic are left out, unless the view wants idle edges; those of the earlier view always.
    """
    now = _frames(traffic, idle=view.idle)
    before = tuple(frame.iloc[:0] for frame in now) if earlier is None else _frames(earlier, idle=False)
    nodes, places = find_places([*now, *before, traffic.reports], view.graph_type, waypoints)
    is_service = view.graph_type is GraphType.SERVICE
    # By what is served now alone: a comparison must not move what is drawn.
    drawn_as = serving_cluster(nodes, places[: len(now)])
    if is_service:
        # Two tables of different nodes: services without workloads, and workloads.
        drawn_as = drawn_as[serving(nodes, places[:2])]

    def layer(frame: pd.DataFrame, at: int, protocol: Protocol | None = None) -> Layer:
        arrived = frame[fields.ARRIVED].to_numpy(dtype=bool) if fields.ARRIVED in frame else None
        route = route_rows(places[at], drawn_as, services=view.services or is_service, arrived=arrived)
        return Layer.of(frame, route, protocol)

    def layers(frames: tuple[pd.DataFrame, ...], at: int) -> Layers:
        flows, tcp, messages = frames
        return Layers(
            layer(flows, at), layer(tcp, at + 1, Protocol.TCP), layer(messages, at + 2, Protocol.GRPC)
        )

    away = np.flatnonzero(drawn_as != np.arange(len(drawn_as))).tolist()
    return Scene(
        nodes,
        layers(now, 0),
        layers(before, 3),
        layer(traffic.reports, 6),
        {nodes.keys[number]: nodes.keys[drawn_as[number]] for number in away},
    )


def _frames(traffic: Traffic, *, idle: bool) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    if idle:
        return traffic.flows, traffic.tcp, traffic.messages
    return (
        _moving(traffic.flows, (fields.RATE,)),
        _moving(traffic.tcp, fields.TCP_RATES),
        _moving(traffic.messages, fields.MESSAGE_RATES),
    )


def _moving(frame: pd.DataFrame, rates: tuple[str, ...]) -> pd.DataFrame:
    """Rows with any traffic; the frame itself if all have some."""
    moving = np.logical_or.reduce([frame[rate].to_numpy() > 0 for rate in rates])
    return frame if moving.all() else frame[moving]
