"""Positions for a graph: boxes within boxes, each set out from left to right in the direction of the traffic.

A box is laid out by itself, from the innermost outwards, and is one rectangle to the box around it. So boxes
never overlap, members stay together, and what changes in one namespace does not disturb another one's inside.
Positions depend on the graph's nodes, edges and boxes alone, never on rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import networkx as nx

from mesh_graph.topology.layout_columns import Spacing, arrange
from mesh_graph.topology.layout_heights import Link
from mesh_graph.topology.layout_tree import Tree, tree_of

__all__ = ["anchored", "layout"]

Position = tuple[float, float]

_LEAF_WIDTH, _LEAF_HEIGHT = 110, 78
_CENTRE_X, _CENTRE_Y = 55, 22
_PADDING, _TITLE = 14, 28
_INSIDE = Spacing(between_columns=60, between_rows=22, shared_above=4000)
_BETWEEN_NAMESPACES = Spacing(between_columns=90, between_rows=40, shared_above=0)
_NAMESPACE_MAP = Spacing(between_columns=60, between_rows=22, shared_above=0)


@dataclass(slots=True)
class _Block:
    width: int
    height: int
    spots: dict[str, tuple[int, int]]
    """Centre of each node, from the block's top left corner."""


def layout(graph: nx.MultiDiGraph[str], aspect: float = 1.6) -> dict[str, Position]:
    """Return where each node stands.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        With the attributes of ``topology.attributes``: kind, box, parent, cluster, namespace, app, version.
    aspect : float
        Width by height of the screen to fill.

    Returns
    -------
    dict of str to (float, float)
        Node key to the centre of its symbol, pixels, x to the right, y downwards; boxes have none. Rectangles
        of 110 x 78 pixels around two nodes (symbol and label) never overlap, and boxes leave 28 pixels above
        their members for a title. Equal graphs give equal positions, whatever the order of their nodes.
    """
    block = _laid_out(tree_of(graph), aspect)
    return {key: (float(x), float(y)) for key, (x, y) in block.spots.items()}


def anchored(positions: Mapping[str, Position], previous: Mapping[str, Position]) -> dict[str, Position]:
    """Shift positions as a whole so that the nodes known before move least.

    Parameters
    ----------
    positions, previous : mapping of str to (float, float)
        The new layout, and where nodes stood until now. Without a common node nothing is shifted.
    """
    known = positions.keys() & previous.keys()
    if not known:
        return dict(positions)
    dx = median(previous[key][0] - positions[key][0] for key in known)
    dy = median(previous[key][1] - positions[key][1] for key in known)
    return {key: (x + dx, y + dy) for key, (x, y) in positions.items()}


def _laid_out(tree: Tree, aspect: float) -> _Block:
    if tree.key and tree.is_leaf:
        return _Block(_LEAF_WIDTH, _LEAF_HEIGHT, {tree.key: (_CENTRE_X, _CENTRE_Y)})
    blocks = [_laid_out(child, aspect) for child in tree.children]
    corners = _corners(tree, blocks, aspect)
    left, top = (_PADDING, _PADDING + _TITLE) if tree.box else (0, 0)
    spots = {
        key: (left + x + dx, top + y + dy)
        for block, (x, y) in zip(blocks, corners, strict=True)
        for key, (dx, dy) in block.spots.items()
    }
    pairs = list(zip(blocks, corners, strict=True))
    right = max((x + block.width for block, (x, _) in pairs), default=0)
    bottom = max((y + block.height for block, (_, y) in pairs), default=0)
    margin = _PADDING if tree.box else 0
    return _Block(left + right + margin, top + bottom + margin, spots)


def _corners(tree: Tree, blocks: list[_Block], aspect: float) -> tuple[tuple[int, int], ...]:
    links = tuple(
        Link(a, b, blocks[a].spots[source][1], blocks[b].spots[target][1])
        for a, b, source, target in tree.links
    )
    spacing = _INSIDE
    if tree.holds_namespaces:
        spacing = _NAMESPACE_MAP if all(child.is_leaf for child in tree.children) else _BETWEEN_NAMESPACES
    return arrange(tuple((b.width, b.height) for b in blocks), links, spacing, aspect)
