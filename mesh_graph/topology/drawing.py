"""A scene with its edges found: which rows lie on which edge, which edges carry traffic."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.frames.codes import Ints
from mesh_graph.model import Protocol
from mesh_graph.topology.columns import any_of, sums
from mesh_graph.topology.edges import Edges, Lying
from mesh_graph.topology.layer import PROTOCOLS
from mesh_graph.topology.places import NOWHERE
from mesh_graph.topology.scene import Scene

__all__ = ["Drawing", "Strokes"]


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """The layers of one view on the edges, and what of them lies inside folded nodes."""

    flows: Lying
    tcp: Lying
    messages: Lying
    is_folded: NDArray[np.bool_]

    def __iter__(self) -> Iterator[Lying]:
        return iter((self.flows, self.tcp, self.messages))

    def present(self) -> NDArray[np.bool_]:
        """Per edge, whether any row lies on it, idle ones included."""
        return any_of([lying.has() for lying in self])

    def busy_edges(self) -> NDArray[np.bool_]:
        """Per edge, whether it carries traffic."""
        return any_of([lying.has(lying.layer.moves()) for lying in self])

    def busy_nodes(self, edges: Edges) -> NDArray[np.bool_]:
        """Per node, whether an edge of it carries traffic, or anything folded into it does."""
        busy = self.busy_edges()
        ends = [edges.source[busy], edges.destination[busy]]
        for layer in (lying.layer for lying in self):
            ends.append(layer.route.source[layer.route.inside(self.is_folded) & layer.moves()])
        return np.bincount(np.concatenate(ends), minlength=edges.nodes) > 0

    def rate(self) -> NDArray[np.float64]:
        """``EdgeAttr.RATE`` of each edge."""
        return self.flows.sum(self.flows.layer.rates(fields.RATE)) + self.tcp.sum(self.tcp.layer.bytes())

    def inner_requests(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Requests per second, all and failed, inside each node."""
        layer, nodes = self.flows.layer, len(self.is_folded)
        inside = layer.route.inside(self.is_folded)
        at, rate, failed = (
            layer.route.source[inside],
            layer.rates(fields.RATE)[inside],
            layer.failures()[inside],
        )
        return sums(at, rate, nodes), sums(at, failed, nodes)


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A scene on its edges; those that only the earlier view has are among them."""

    scene: Scene
    edges: Edges
    now: Strokes
    before: Strokes
    reports: Lying

    @classmethod
    def of(cls, scene: Scene) -> Self:
        """Find the edges of a sorted scene."""
        is_folded = scene.fold_sizes() > 0
        layers = (*scene.now, *scene.before)
        hops = [layer.route.hops(~layer.route.inside(is_folded)) for layer in layers]
        ways = [(hop, layer.protocol[hop.row]) for hop, layer in zip(hops, layers, strict=True)]
        edges = Edges.of(ways, len(is_folded))
        lying = [Lying.on(edges, layer, hop) for layer, hop in zip(layers, hops, strict=True)]
        flows, tcp, messages, *earlier = lying
        now = Strokes(flows, tcp, messages, is_folded)
        before = Strokes(earlier[0], earlier[1], earlier[2], is_folded)
        reported = scene.reports.route
        reports = Lying.on(edges, scene.reports, reported.hops(~reported.inside(is_folded)))
        return cls(scene, edges, now, before, reports)

    def is_of(self, protocols: Collection[Protocol]) -> NDArray[np.bool_]:
        """Per edge, whether it is of one of the protocols."""
        return np.isin(self.edges.protocol, [PROTOCOLS.index(protocol) for protocol in protocols])

    def folded_edges(self, whole: Scene) -> Ints:
        """Per edge at a folded node, how many edges of the whole scene it sums; 0 for all others."""
        numbers = {key: number for number, key in enumerate(self.scene.nodes.keys)}
        drawn_as = self.scene.drawn_as
        table = np.array([numbers.get(drawn_as.get(key, key), NOWHERE) for key in whole.nodes.keys])
        ways = []
        for layer in whole.now:
            hops = layer.route.hops(np.ones(len(layer.frame), dtype=bool))
            ways.append((hops, layer.protocol[hops.row]))
        parts = Edges.of(ways, len(table))
        at, found = self.edges.find(table[parts.source], table[parts.destination], parts.protocol)
        counts = np.bincount(at[found], minlength=len(self.edges))
        is_folded = self.now.is_folded
        return np.where(is_folded[self.edges.source] | is_folded[self.edges.destination], counts, 0)
