"""Rows of labels to places: which nodes a row's traffic leaves, passes and reaches, as integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph.fields import DESTINATION_LABELS, SERVICE_LABELS, SOURCE_LABELS
from mesh_graph.frames.codes import Ints
from mesh_graph.model import GraphType, NodeKey, NodeKind
from mesh_graph.topology.grouping import distinct_rows
from mesh_graph.topology.identity import End, is_known, node_key, service_key
from mesh_graph.topology.waypoints import Waypoints, is_waypoint

__all__ = ["NOWHERE", "Ends", "Nodes", "Places", "find_ends", "find_places", "place_ends"]

NOWHERE = -1
"""In place of a node: there is none."""


@dataclass(slots=True)
class Nodes:
    """Numbered nodes: each key once, in the order of first sight.

    Attributes
    ----------
    keys : list of NodeKey
    apps, versions : dict of int to str
        What the labels say beyond the key, of nodes whose key has no app: the first by name.
    """

    keys: list[NodeKey] = field(default_factory=list)
    apps: dict[int, str] = field(default_factory=dict)
    versions: dict[int, str] = field(default_factory=dict)
    _numbers: dict[NodeKey, int] = field(default_factory=dict)

    def number(self, key: NodeKey) -> int:
        """Number of the key's node, a new one if need be."""
        number = self._numbers.setdefault(key, len(self.keys))
        if number == len(self.keys):
            self.keys.append(key)
        return number

    def subset(self, numbers: Sequence[int]) -> Nodes:
        """Some of the nodes, numbered in the order given."""
        chosen = Nodes()
        for old in numbers:
            new = chosen.number(self.keys[old])
            for hints, own in ((self.apps, chosen.apps), (self.versions, chosen.versions)):
                if old in hints:
                    own[new] = hints[old]
        return chosen

    def of_kind(self, *kinds: NodeKind) -> NDArray[np.bool_]:
        """Per node, whether it is of one of the kinds."""
        return np.fromiter((key.kind in kinds for key in self.keys), dtype=bool, count=len(self.keys))

    def hint(self, number: int, end: End) -> None:
        """Remember app and version of a workload's node; of several the first by name."""
        for hints, label in ((self.apps, end.app), (self.versions, end.version)):
            if is_known(label):
                hints[number] = min(label, hints.get(number, label))


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Node numbers per row of a frame; ``service`` is ``NOWHERE`` where none was called."""

    source: Ints
    service: Ints
    destination: Ints


def find_places(
    frames: Sequence[pd.DataFrame], graph_type: GraphType, waypoints: Waypoints = ()
) -> tuple[Nodes, list[Places]]:
    """Nodes of all the rows of several frames, and per frame where its rows lie.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        Columns ``BASE_LABELS``.
    graph_type : GraphType
    waypoints : Waypoints
        Always workload nodes, and no service is put before or behind one.
    """
    return place_ends(find_ends(frames), graph_type, waypoints)


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """The distinct ends of the rows of several frames, and per frame, per row, which they are."""

    sources: list[End]
    targets: list[End]
    rows: list[tuple[Ints, Ints]]


def find_ends(frames: Sequence[pd.DataFrame]) -> Ends:
    """Ends of all the rows of several frames with the columns ``BASE_LABELS``."""
    source_rows, source_labels = distinct_rows(frames, SOURCE_LABELS)
    target_rows, target_labels = distinct_rows(frames, DESTINATION_LABELS + SERVICE_LABELS)
    return Ends(
        [End(*labels) for labels in source_labels],
        [End(*labels) for labels in target_labels],
        list(zip(source_rows, target_rows, strict=True)),
    )


def place_ends(ends: Ends, graph_type: GraphType, waypoints: Waypoints = ()) -> tuple[Nodes, list[Places]]:
    """Nodes of ends and where their rows lie, as ``find_places``; ends serve several graph types."""
    nodes = Nodes()
    source = _numbers([_node(end, graph_type, nodes, waypoints) for end in ends.sources])
    target = _numbers([_node(end, graph_type, nodes, waypoints) for end in ends.targets])
    service = _numbers([_service(end, nodes, waypoints) for end in ends.targets])
    at_waypoint = np.fromiter((_is_waypoint(end, waypoints) for end in ends.sources), bool, len(ends.sources))
    places = []
    for sources, targets in ends.rows:
        called = np.where(at_waypoint[sources], NOWHERE, service[targets])
        places.append(Places(source[sources], called, target[targets]))
    return nodes, places


def _numbers(numbers: list[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def _is_waypoint(end: End, waypoints: Waypoints) -> bool:
    return bool(waypoints) and is_waypoint((end.cluster, end.namespace, end.workload), waypoints)


def _node(end: End, graph_type: GraphType, nodes: Nodes, waypoints: Waypoints) -> int:
    if _is_waypoint(end, waypoints):
        end, graph_type = end._replace(app="", version=""), GraphType.WORKLOAD
    key = node_key(end, graph_type)
    number = nodes.number(key)
    if key.kind is NodeKind.WORKLOAD:
        nodes.hint(number, end)
    return number


def _service(end: End, nodes: Nodes, waypoints: Waypoints) -> int:
    key = None if _is_waypoint(end, waypoints) else service_key(end)
    return NOWHERE if key is None else nodes.number(key)
