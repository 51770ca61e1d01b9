"""The way of each row through the graph: source, perhaps the service that was called, destination.

    services shown       source ─► service ─► destination
    never arrived        source ─► service
    services not shown   source ─► destination

The graph type ``service`` draws workloads as the services they serve. A service whose every workload serves
it alone *stands for* its workloads: calls that they make leave from it. Where a workload serves several
services there is no telling on behalf of which one it calls, so those services are drawn with their workloads
behind them. Thus no request is lost, counted twice or divided by guess (Kiali's reduction repeats the calls
of a shared workload under each of its services and drops calls that no service received).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mesh_graph.frames.codes import Ints
from mesh_graph.model import NodeKind
from mesh_graph.topology.places import NOWHERE, Nodes, Places

__all__ = ["Hops", "Route", "route_rows", "serving", "serving_cluster"]


@dataclass(frozen=True, slots=True, eq=False)
class Hops:
    """Edges that rows lie on: one per row, or two through a service; ``row`` is the row's position."""

    row: Ints
    source: Ints
    destination: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """Node numbers per row; ``via`` is the service between source and destination, or ``NOWHERE``."""

    source: Ints
    via: Ints
    destination: Ints

    def through(self, stands_for: Ints) -> Self:
        """The route where each node is drawn as the node that stands for it.

        A service drawn as something else is no stop any more: source and destination are joined.
        """
        via = np.where((self.via != NOWHERE) & (stands_for[self.via] == self.via), self.via, NOWHERE)
        return type(self)(stands_for[self.source], via, stands_for[self.destination])

    def renumbered(self, table: Ints) -> Self:
        """The route with other numbers, from a table whose last entry is ``NOWHERE``."""
        return type(self)(table[self.source], table[self.via], table[self.destination])

    def where(self, mask: NDArray[np.bool_]) -> Self:
        """The route of some of the rows."""
        return type(self)(self.source[mask], self.via[mask], self.destination[mask])

    def inside(self, folded: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Per row, whether all of it lies inside one folded node."""
        at_one: NDArray[np.bool_] = (self.via == NOWHERE) & (self.source == self.destination)
        return at_one & folded[self.source]

    def hops(self, drawn: NDArray[np.bool_]) -> Hops:
        """Edges of those rows that are drawn."""
        direct = np.flatnonzero(drawn & (self.via == NOWHERE))
        stopping = np.flatnonzero(drawn & (self.via != NOWHERE))
        return Hops(
            np.concatenate([direct, stopping, stopping]),
            np.concatenate([self.source[direct], self.source[stopping], self.via[stopping]]),
            np.concatenate([self.destination[direct], self.via[stopping], self.destination[stopping]]),
        )

    def hops_from_services(self) -> Hops:
        """Edges from the service that a row stops at to where it ends, whoever called."""
        rows = np.flatnonzero((self.via != NOWHERE) & (self.destination != NOWHERE))
        return Hops(rows, self.via[rows], self.destination[rows])


def route_rows(
    places: Places, stands_for: Ints, *, services: bool, arrived: NDArray[np.bool_] | None = None
) -> Route:
    """Way of each row.

    Parameters
    ----------
    places : Places
    stands_for : array of int64
        Per node, the node that it is drawn as.
    services : bool
        Whether called services are nodes between source and destination.
    arrived : array of bool, optional
        Per row, whether it reached a destination workload; without it all did that name one.
    """
    source, destination = stands_for[places.source], stands_for[places.destination]
    called = np.where(places.service == NOWHERE, NOWHERE, stands_for[places.service])
    via = called if services else np.full_like(source, NOWHERE)
    if arrived is not None:
        destination = np.where(~arrived & (via != NOWHERE), via, destination)
    return Route(source, np.where(via == destination, NOWHERE, via), destination)


def serving_cluster(nodes: Nodes, places: Sequence[Places]) -> Ints:
    """Per node the node that it is drawn as: a service without workloads as its twin in another cluster.

    A request that reached no workload names no cluster; that of its source is only a guess. If exactly one
    other cluster serves a service of that namespace and name, the request was meant for that one.
    """
    stands_for = np.arange(len(nodes.keys), dtype=np.int64)
    is_service = nodes.of_kind(NodeKind.SERVICE)
    served = np.unique(
        np.concatenate([place.service[~is_service[place.destination]] for place in places])
    ).tolist()
    twins: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in served:
        if number != NOWHERE:
            twins[nodes.keys[number].namespace, nodes.keys[number].service].append(number)
    for number in np.setdiff1d(np.flatnonzero(is_service), served).tolist():
        found = twins.get((nodes.keys[number].namespace, nodes.keys[number].service), ())
        if len(found) == 1:
            stands_for[number] = found[0]
    return stands_for


def serving(nodes: Nodes, places: Sequence[Places]) -> Ints:
    """Per node the node that it is drawn as in the graph type ``service``.

    A workload that serves one service, whose every other workload serves it alone too, is that service; all
    else is itself.
    """
    stands_for = np.arange(len(nodes.keys), dtype=np.int64)
    services = np.concatenate([place.service for place in places])
    workloads = np.concatenate([place.destination for place in places])
    backed = (services != NOWHERE) & nodes.of_kind(NodeKind.WORKLOAD)[workloads]
    pairs = np.unique(np.stack([services[backed], workloads[backed]], axis=1), axis=0)
    service, workload = pairs[:, 0], pairs[:, 1]
    is_shared = np.bincount(workload, minlength=len(stands_for)) > 1
    has_shared = np.bincount(service, weights=is_shared[workload], minlength=len(stands_for)) > 0
    alone = ~has_shared[service]
    stands_for[workload[alone]] = service[alone]
    return stands_for
