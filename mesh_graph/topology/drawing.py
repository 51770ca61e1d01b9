"""A scene with its edges found: which rows lie on which edge, which edges carry traffic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.topology.columns import any_of, sums
from mesh_graph.topology.edges import Edges, Lying
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
        is_folded = scene.is_folded()
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
