"""Positions for a graph: boxes within boxes, each set out from left to right in the direction of the traffic.

A box is laid out by itself, from the innermost outwards, and is one rectangle to the box around it. So boxes
never overlap, members stay together, and what changes in one namespace does not disturb another one's inside.
Positions depend on the graph's nodes, edges and boxes alone, never on rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from statistics import median_low

import networkx as nx

from mesh_graph.topology.layout_columns import Point, Spacing, arrange
from mesh_graph.topology.layout_heights import Link
from mesh_graph.topology.layout_kept import kept
from mesh_graph.topology.layout_tree import Tree, tree_of

__all__ = ["anchored", "layout"]

Position = tuple[float, float]

_LEAF_WIDTH, _LEAF_HEIGHT = 110, 78
_CENTRE_X, _CENTRE_Y = 55, 22
_PADDING, _TITLE = 14, 28
_INSIDE = Spacing(between_columns=60, between_rows=22, shared_above=4000)
_BETWEEN_NAMESPACES = Spacing(between_columns=90, between_rows=40, shared_above=0, abreast=True)
_NAMESPACE_MAP = Spacing(between_columns=60, between_rows=22, shared_above=0)
_KNOWN_SHARE, _WASTE = 2 / 3, 1.5
_GROUP_SHAPES = (1.0, 0.6, 0.4, 1.6)
"""Shapes tried for groups of namespaces, by the screen's own; a later one must be better by a tenth."""
_BETTER = 0.9


@dataclass(frozen=True, slots=True)
class _Shape:
    """Width by height of the whole, and of the groups of namespaces inside; what was laid out already."""

    root: Tree
    whole: float
    groups: float
    done: dict[int, _Block] = field(default_factory=dict)

    def of(self, tree: Tree) -> float:
        """Width by height that a tree is to fill."""
        return self.groups if tree.has_groups and tree is not self.root else self.whole


@dataclass(slots=True)
class _Block:
    width: int
    height: int
    spots: dict[str, tuple[int, int]]
    """Centre of each node, from the block's top left corner."""


def layout(
    graph: nx.MultiDiGraph[str],
    aspect: float = 1.6,
    previous: Mapping[str, Position] | None = None,
    *,
    tree: Tree | None = None,
) -> dict[str, Position]:
    """Return where each node stands.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        With the attributes of ``topology.attributes``: kind, box, parent, cluster, namespace, app, version.
    aspect : float
        Width by height of the screen to fill.
    previous : mapping of str to (float, float), optional
        Where nodes stood until now. They stay there as far as there is room, and new ones are put in between;
        everything is laid out afresh if a third of the nodes is new, or if the picture would need a screen
        wider by half than a fresh one.
    tree : Tree, optional
        Of the graph, where the caller has it.

    Returns
    -------
    dict of str to (float, float)
        Node key to the centre of its symbol, pixels, x to the right, y downwards; boxes have none. Rectangles
        of 110 x 78 pixels around two nodes (symbol and label) never overlap, and boxes leave 28 pixels above
        their members for a title. Equal arguments give equal positions, in whatever order nodes were added.
    """
    tree = tree or tree_of(graph)
    fresh, groups = _best_filled(tree, aspect)
    known = {key: previous[key] for key in fresh.keys() & previous.keys()} if previous else {}
    if not known or len(known) < _KNOWN_SHARE * len(fresh):
        return fresh
    stayed = _positions(_laid_out(tree, _Shape(tree, aspect, groups), known))
    return anchored(stayed if _need(stayed, aspect) < _WASTE * _need(fresh, aspect) else fresh, known)


def _best_filled(tree: Tree, aspect: float) -> tuple[dict[str, Position], float]:
    """Positions that fill the screen best, and the shape that groups of namespaces were given for it.

    What stands beside a group takes of the screen's width: a group of the screen's own shape may fit badly.
    """
    done: dict[int, _Block] = {}
    best: dict[str, Position] = {}
    chosen, need = aspect, inf
    for factor in _GROUP_SHAPES:
        positions = _positions(_laid_out(tree, _Shape(tree, aspect, factor * aspect, done), {}))
        if positions and _need(positions, aspect) < _BETTER * need:
            best, chosen, need = positions, factor * aspect, _need(positions, aspect)
        if not any(child.has_groups for child in tree.children):
            break
    return best, chosen


def _positions(block: _Block) -> dict[str, Position]:
    return {key: (float(x), float(y)) for key, (x, y) in block.spots.items()}


def _need(positions: Mapping[str, Position], aspect: float) -> float:
    """Width of the screen that holds the positions."""
    xs, ys = zip(*positions.values(), strict=True)
    width, height = max(xs) - min(xs) + _LEAF_WIDTH, max(ys) - min(ys) + _LEAF_HEIGHT
    return float(max(width, height * aspect))


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
    dx = median_low(previous[key][0] - positions[key][0] for key in known)
    dy = median_low(previous[key][1] - positions[key][1] for key in known)
    return {key: (x + dx, y + dy) for key, (x, y) in positions.items()}


def _laid_out(tree: Tree, shape: _Shape, previous: Mapping[str, Position]) -> _Block:
    if tree.key and tree.is_leaf:
        return _Block(_LEAF_WIDTH, _LEAF_HEIGHT, {tree.key: (_CENTRE_X, _CENTRE_Y)})
    if id(tree) in shape.done:
        return shape.done[id(tree)]
    blocks = [_laid_out(child, shape, previous) for child in tree.children]
    left, top, margin = (_PADDING, _PADDING + _TITLE, _PADDING) if tree.box else (0, 0, 0)
    block = _Block(0, 0, {})
    for child, (x, y) in zip(blocks, _corners(tree, blocks, shape.of(tree), previous), strict=True):
        block.spots.update((key, (left + x + dx, top + y + dy)) for key, (dx, dy) in child.spots.items())
        block.width = max(block.width, left + x + child.width + margin)
        block.height = max(block.height, top + y + child.height + margin)
    if not tree.has_groups:
        shape.done[id(tree)] = block
    return block


def _corners(
    tree: Tree, blocks: list[_Block], aspect: float, previous: Mapping[str, Position]
) -> Sequence[Point]:
    links = tuple(
        Link(a, b, blocks[a].spots[source][1], blocks[b].spots[target][1])
        for a, b, source, target in tree.links
    )
    spacing = _INSIDE
    if tree.holds_namespaces:
        spacing = _NAMESPACE_MAP if all(child.is_leaf for child in tree.children) else _BETWEEN_NAMESPACES
    sizes = tuple((block.width, block.height) for block in blocks)
    fresh = arrange(sizes, links, spacing, aspect)
    known = {
        number: corner for number, block in enumerate(blocks) if (corner := _known_corner(block, previous))
    }
    return kept(sizes, fresh, known, spacing) if known else fresh


def _known_corner(block: _Block, previous: Mapping[str, Position]) -> Point | None:
    """Where the block's corner was, by most of its nodes; None if all are new."""
    found = [(previous[key], spot) for key, spot in block.spots.items() if key in previous]
    if not found:
        return None
    return round(median_low(was[0] - dx for was, (dx, _) in found)), round(
        median_low(was[1] - dy for was, (_, dy) in found)
    )
