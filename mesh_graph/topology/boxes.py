"""Boxes around nodes: cluster > namespace > app, each with what crosses its border.

A box is drawn where it tells something apart: an app's around more than one node, namespaces' where the graph
has more than one namespace, clusters' where it has more than one cluster. Nodes of no known namespace or
cluster stay outside; a folded namespace is a closed box itself, only its cluster's goes around it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from mesh_graph.model import Box, NodeKey, NodeKind
from mesh_graph.topology.attributes import NodeAttr
from mesh_graph.topology.columns import Rows
from mesh_graph.topology.edges import Edges, EdgeSums
from mesh_graph.topology.nodes import write_identity, write_totals

__all__ = ["Boxed", "box_rows", "find_boxes", "write_parents"]

_OUTSIDE_IN = (Box.CLUSTER, Box.NAMESPACE, Box.APP)


@dataclass(frozen=True, slots=True)
class Boxed:
    """A box around nodes; ``members`` are the numbers of all nodes in it, at any depth."""

    key: NodeKey
    level: Box
    members: list[int]
    parent: NodeKey | None


def find_boxes(keys: Sequence[NodeKey], apps: Sequence[str], wanted: Collection[Box]) -> list[Boxed]:
    """Boxes around the nodes: clusters', namespaces', apps', each sorted by name.

    Parameters
    ----------
    keys : sequence of NodeKey
        The nodes.
    apps : sequence of str
        App of each node, also where its key has none; empty for none.
    wanted : collection of Box
    """
    found: list[Boxed] = []
    innermost: dict[int, NodeKey] = {}
    for level in _OUTSIDE_IN:
        if level not in wanted:
            continue
        members = _worth_drawing(level, keys, apps)
        found += [Boxed(key, level, members[key], innermost.get(members[key][0])) for key in sorted(members)]
        for key, inside in members.items():
            innermost.update(dict.fromkeys(inside, key))
    return found


def _worth_drawing(level: Box, keys: Sequence[NodeKey], apps: Sequence[str]) -> dict[NodeKey, list[int]]:
    members: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    homes = set()
    for number, (key, app) in enumerate(zip(keys, apps, strict=True)):
        home = (
            key.cluster,
            key.namespace if level is not Box.CLUSTER else "",
            app if level is Box.APP else "",
        )
        if _has_box(level, key, app):
            members[home].append(number)
        if level is Box.NAMESPACE and key.namespace:
            homes.add(home)
    if level is Box.APP:
        chosen = {home: inside for home, inside in members.items() if len(inside) > 1}
    else:
        chosen = members if max(len(homes), len(members)) > 1 else {}
    return {
        NodeKey(NodeKind.BOX, cluster, namespace, app=app, aggregate=level.value): inside
        for (cluster, namespace, app), inside in chosen.items()
    }


def _has_box(level: Box, key: NodeKey, app: str) -> bool:
    if level is Box.CLUSTER:
        return bool(key.cluster)
    is_home = bool(key.namespace) and key.kind is not NodeKind.NAMESPACE
    return is_home and (level is Box.NAMESPACE or bool(app))


def write_parents(rows: Rows, boxes: Sequence[Boxed]) -> None:
    """Write the innermost box of each node; nodes in none lack a parent."""
    for box in boxes:
        parent = box.key.text
        for number in box.members:
            rows[number][NodeAttr.PARENT] = parent


def box_rows(rows: Rows, boxes: Sequence[Boxed], edges: Edges, sums: EdgeSums) -> Rows:
    """Attributes of the boxes: who they are, and the sums over the edges that cross their border.

    A box is outside the view's namespaces if all its nodes are.
    """
    made: Rows = [{} for _ in boxes]
    write_identity(made, [box.key for box in boxes])
    for row, box in zip(made, boxes, strict=True):
        row[NodeAttr.BOX] = box.level.value
        if box.parent is not None:
            row[NodeAttr.PARENT] = box.parent.text
        if all(rows[number].get(NodeAttr.IS_OUTSIDE) for number in box.members):
            row[NodeAttr.IS_OUTSIDE] = True
    for level in _OUTSIDE_IN:
        numbers = [number for number, box in enumerate(boxes) if box.level is level]
        _write_crossing(made, boxes, numbers, (edges, sums))
    return made


def _write_crossing(
    made: Rows, boxes: Sequence[Boxed], numbers: Sequence[int], traffic: tuple[Edges, EdgeSums]
) -> None:
    edges, sums = traffic
    nowhere = len(boxes)
    around = np.full(edges.nodes, nowhere, dtype=np.int64)
    for number in numbers:
        around[boxes[number].members] = number
    source, destination = around[edges.source], around[edges.destination]
    crosses = source != destination
    border = Edges(source[crosses], destination[crosses], edges.protocol[crosses], nowhere + 1)
    # The last row takes what lies in no box.
    write_totals([*made, {}], border, sums.where(crosses))
