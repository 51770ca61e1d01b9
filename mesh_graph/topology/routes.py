"""Ways for edges around what they do not end at: other nodes, other boxes.

    P ──► out of its boxes ──► across the columns between ──► into the boxes of Q

In every box what it holds stands in columns with free room between them (``layout_columns``). An edge that
would run over something in a column passes it through the gap nearest to its straight line, as a dummy node
of a layered drawing would lead it. Where both ends stand in one column it goes around in the room beside it.
So an edge bends only where it has to, and its bends depend on where things stand and on itself alone: as long
as nothing moves, no bend does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import crc32

from mesh_graph.topology.layout_tree import Tree

__all__ = ["Bends", "routes"]

Point = tuple[float, float]
Bends = tuple[Point, ...]

_LEFT, _ABOVE, _RIGHT, _BELOW = 40, 26, 40, 46
"""Room of a node's symbol and name that no other edge is to touch."""
_PADDING, _TITLE = 14, 20
_CLEAR = 7
"""Least distance of an edge from what it passes; pixels."""
_LANES, _APART = 4, 4
"""Edges of different sources keep so many distances, so far apart, where they pass the same thing."""


class _Rectangle(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class _Column:
    """What stands below each other: no line to the left or right of it meets any of it."""

    left: float
    right: float
    members: list[_Rectangle] = field(default_factory=list)


@dataclass(slots=True)
class _Level:
    """What is directly in a box, or in nothing: rectangles by their number, and their columns."""

    rectangles: list[_Rectangle]
    columns: list[_Column]
    home: list[int]
    """Column of each rectangle."""

    @classmethod
    def of(cls, rectangles: list[_Rectangle]) -> _Level:
        columns: list[_Column] = []
        home = [0] * len(rectangles)
        for number in sorted(range(len(rectangles)), key=rectangles.__getitem__):
            found = rectangles[number]
            if not columns or found.left > columns[-1].right + 2 * _CLEAR:
                columns.append(_Column(found.left, found.right))
            columns[-1].members.append(found)
            columns[-1].right = max(columns[-1].right, found.right)
            home[number] = len(columns) - 1
        return cls(rectangles, columns, home)

    def are_side_by_side(self, here: int, there: int) -> bool:
        """Whether nothing can be between two: neighbouring columns without anything else."""
        one, other = self.home[here], self.home[there]
        return (
            abs(one - other) == 1 and len(self.columns[one].members) == len(self.columns[other].members) == 1
        )

    def mirrored(self) -> _Level:
        """The same with left and right exchanged."""
        return _Level.of(
            [_Rectangle(-room.right, room.top, -room.left, room.bottom) for room in self.rectangles]
        )


class _Pass(NamedTuple):
    """Part of a column that an edge has to cross; in an end's own column what is beside that end."""

    left: float
    right: float
    members: Sequence[_Rectangle]
    source: _Rectangle | None = None
    target: _Rectangle | None = None


_Step = tuple[_Level, int]
"""A level, and the number of what holds a node there."""


class _End(NamedTuple):
    """One end of an edge: where it is, and what it is in, from the innermost level to where the ends part."""

    at: Point
    steps: Sequence[_Step]

    def mirrored(self) -> _End:
        x, y = self.at
        return _End((-x, y), [(level.mirrored(), number) for level, number in self.steps])


def routes(tree: Tree, positions: Mapping[str, Point]) -> dict[tuple[str, str], Bends]:
    """Return the bends of each pair of nodes whose straight edge would run over something else.

    Parameters
    ----------
    tree : Tree
        Of the graph (``tree_of``).
    positions : mapping of str to (float, float)
        Of every node that is no box, as ``layout`` gives them.

    Returns
    -------
    dict of (str, str) to tuple of (float, float)
        (source, destination) to the points between them, pixels, in the direction of the edge. Edges that
        may run straight, and those from a node to itself, are not in it.
    """
    found: dict[tuple[str, str], Bends] = {}
    if tree.children:
        _descend(tree, positions, {}, found)
    return found


def _descend(
    tree: Tree,
    positions: Mapping[str, Point],
    steps: dict[str, list[_Step]],
    found: dict[tuple[str, str], Bends],
) -> _Rectangle:
    """Room of a part of the tree. Its edges are led as soon as all is known of what they leave and enter."""
    if tree.is_leaf:
        x, y = positions[tree.key]
        steps[tree.key] = []
        return _Rectangle(x - _LEFT, y - _ABOVE, x + _RIGHT, y + _BELOW)
    known = len(steps)
    rectangles: list[_Rectangle] = []
    homes: list[int] = []
    for number, child in enumerate(tree.children):
        rectangles.append(_descend(child, positions, steps, found))
        homes += [number] * (len(steps) - known - len(homes))
    level = _Level.of(rectangles)
    for key, number in zip(list(steps)[known:], homes, strict=True):
        steps[key].append((level, number))
    for here, there, source, target in tree.links:
        if level.are_side_by_side(here, there) and len(steps[source]) == len(steps[target]) == 1:
            continue
        ends = _End(positions[source], steps[source]), _End(positions[target], steps[target])
        if bends := _led(*ends, _CLEAR + _APART * (crc32(source.encode(errors="surrogatepass")) % _LANES)):
            found[source, target] = tuple((round(x, 1), round(y, 1)) for x, y in bends)
    padding, title = (_PADDING, _TITLE) if tree.box else (0, 0)
    lefts, tops, rights, bottoms = zip(*rectangles, strict=True)
    return _Rectangle(
        min(lefts) - padding, min(tops) - padding - title, max(rights) + padding, max(bottoms) + padding
    )


def _led(source: _End, target: _End, clear: float) -> list[Point]:
    level, here = source.steps[-1]
    there = target.steps[-1][1]
    if level.home[here] == level.home[there]:
        return _beside(source, target, clear)
    if level.home[here] < level.home[there]:
        return list(_bends(source.at, target.at, list(_across(source, target)), clear))
    return list(_bends(target.at, source.at, list(_across(target, source)), clear))[::-1]


def _across(source: _End, target: _End) -> Iterator[_Pass]:
    """What is to be passed from one node to another further right, from left to right."""
    level, here = source.steps[-1]
    there = target.steps[-1][1]
    yield from _rightwards(source.steps[:-1])
    yield _right_part(level, here)
    for column in level.columns[level.home[here] + 1 : level.home[there]]:
        yield _Pass(column.left, column.right, column.members)
    yield _left_part(level, there)
    for inner, number in reversed(target.steps[:-1]):
        for column in inner.columns[: inner.home[number]]:
            yield _Pass(column.left, column.right, column.members)
        yield _left_part(inner, number)


def _rightwards(steps: Sequence[_Step]) -> Iterator[_Pass]:
    """What stands to the right of a node in its boxes, from the innermost one out."""
    for level, number in steps:
        yield _right_part(level, number)
        for column in level.columns[level.home[number] + 1 :]:
            yield _Pass(column.left, column.right, column.members)


def _right_part(level: _Level, number: int) -> _Pass:
    own, column = level.rectangles[number], level.columns[level.home[number]]
    return _Pass(own.right, column.right, column.members, source=own)


def _left_part(level: _Level, number: int) -> _Pass:
    own, column = level.rectangles[number], level.columns[level.home[number]]
    return _Pass(column.left, own.left, column.members, target=own)


def _bends(start: Point, end: Point, passes: Sequence[_Pass], clear: float) -> Iterator[Point]:
    """Bends on the way to the right, through the gap of each column that is nearest to the line onwards."""
    at = start
    behind: list[_Pass] = []
    for each in passes:
        if not _is_in_the_way(each, start, at, end):
            behind.append(each)
            continue
        y = _gap(_others(each, start, end), _wanted(each, at, start, end), clear)
        first = (max(each.left - (0 if each.source else clear), at[0]), y)
        # What the straight line to the end passed freely may be in the way to the gap.
        yield from _bends(at, first, behind, clear)
        yield first
        at = (min(each.right + (0 if each.target else clear), end[0]), y)
        yield at
        behind = []


def _others(each: _Pass, start: Point, end: Point) -> list[_Rectangle]:
    """What else stands in the part of the column; at an end also above and below it, for steep lines."""
    left, right = (start[0] if each.source else each.left), (end[0] if each.target else each.right)
    ends = (each.source, each.target)
    return [room for room in each.members if room.left < right and room.right > left and room not in ends]


def _is_in_the_way(each: _Pass, start: Point, at: Point, end: Point) -> bool:
    """Whether the straight line onwards touches anything else in the part of the column."""
    low, high = (at[1], end[1]) if at[1] < end[1] else (end[1], at[1])
    for room in each.members:
        if room.top < high and low < room.bottom and room is not each.source and room is not each.target:
            break
    else:
        return False
    return any(_touches(at, end, room) for room in _others(each, start, end))


def _wanted(each: _Pass, at: Point, start: Point, end: Point) -> float:
    """Height at which a column is best passed: an end's own, else that of the line onwards."""
    if each.source or each.target or end[0] <= at[0]:
        return start[1] if each.source else end[1]
    return at[1] + (end[1] - at[1]) * ((each.left + each.right) / 2 - at[0]) / (end[0] - at[0])


def _gap(members: Iterable[_Rectangle], wanted: float, clear: float) -> float:
    """The height nearest to the wanted one at which nothing is touched; clear as far as there is room."""
    best, nearest = wanted, float("inf")
    below = float("-inf")
    for top, bottom in [*sorted((each.top, each.bottom) for each in members), (float("inf"), float("inf"))]:
        if top - below >= 2 * _CLEAR:
            room = min(clear, (top - below) / 2)
            height = min(max(wanted, below + room), top - room)
            if abs(height - wanted) < nearest:
                best, nearest = height, abs(height - wanted)
        below = max(below, bottom)
    return best


def _beside(source: _End, target: _End, clear: float) -> list[Point]:
    """Bends between two nodes that stand in one column, one above the other: beside it if need be."""
    level, here = source.steps[-1]
    column = level.columns[level.home[here]]
    own = {level.rectangles[here], level.rectangles[target.steps[-1][1]]}
    obstacles = [room for room in column.members if room not in own]
    for inner, number in (*source.steps[:-1], *target.steps[:-1]):
        obstacles += [room for place, room in enumerate(inner.rectangles) if place != number]
    if not any(_touches(source.at, target.at, room) for room in obstacles):
        return []
    to_right = 2 * column.right - source.at[0] - target.at[0]
    if to_right <= source.at[0] + target.at[0] - 2 * column.left:
        return _around(source, target, column.right + clear, clear)
    mirrored = _around(source.mirrored(), target.mirrored(), clear - column.left, clear)
    return [(-x, y) for x, y in mirrored]


def _around(source: _End, target: _End, x: float, clear: float) -> list[Point]:
    """Out of both ends' boxes to the right, as far as x."""
    parts = []
    for end in (source, target):
        passes = [*_rightwards(end.steps[:-1]), _right_part(*end.steps[-1])]
        inner = list(_bends(end.at, (x, end.at[1]), passes, clear))
        parts.append([*inner, (x, inner[-1][1] if inner else end.at[1])])
    return [*parts[0], *reversed(parts[1])]


def _touches(a: Point, b: Point, room: _Rectangle) -> bool:
    """Whether the line between two points meets the inside of a rectangle (Liang and Barsky 1984)."""
    enters, leaves = 0.0, 1.0
    dx, dy = b[0] - a[0], b[1] - a[1]
    for step, distance in (
        (-dx, a[0] - room.left),
        (dx, room.right - a[0]),
        (-dy, a[1] - room.top),
        (dy, room.bottom - a[1]),
    ):
        if not step:
            if distance <= 0:
                return False
        elif step < 0:
            enters = max(enters, distance / step)
        else:
            leaves = min(leaves, distance / step)
        if enters >= leaves:
            return False
    return True
