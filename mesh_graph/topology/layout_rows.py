"""Narrow rectangles among wide ones: several abreast in the room of one, so that no width is wasted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mesh_graph.topology.layout_heights import Link

__all__ = ["Rows", "rows_of"]

Size = tuple[int, int]
Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rectangles joined to rows, each row a rectangle of its own.

    Attributes
    ----------
    members : list of list of int
        Rectangles of each row from left to right; most rows have one.
    columns : list of list of int
        Rows in columns, from top to bottom.
    sizes : list of (int, int)
        Width and height of each row.
    """

    members: list[list[int]]
    columns: list[list[int]]
    sizes: list[Size]
    _offsets: dict[int, tuple[int, int]]
    """Row of each rectangle, and how far from the row's left end it stands."""

    def joined(self, links: Iterable[Link]) -> list[Link]:
        """Links between rectangles as links between their rows; those inside a row are left out."""
        found = []
        for link in links:
            source, target = self._offsets[link.source][0], self._offsets[link.target][0]
            if source != target:
                found.append(Link(source, target, link.leaves_at, link.enters_at))
        return found

    def spread(self, corners: Sequence[Point]) -> list[Point]:
        """Corners of the rectangles from the corners of their rows."""
        spread = []
        for node in range(len(self._offsets)):
            row, offset = self._offsets[node]
            spread.append((corners[row][0] + offset, corners[row][1]))
        return spread


def rows_of(columns: Iterable[Sequence[int]], sizes: Sequence[Size], gap: int) -> Rows | None:
    """Return rows of what is at most half as wide as the widest of its column; None if no two stand abreast.

    Parameters
    ----------
    columns : iterable of sequence of int
        Rectangles from top to bottom; numbers from ``len(sizes)`` on are bends and left out.
    sizes : sequence of (int, int)
    gap : int
        Free space between two of a row, pixels.

    Notes
    -----
    A row stands where its first member stood; what follows fills it, past wider ones in between.
    """
    members: list[list[int]] = []
    rows = [_column_rows([n for n in column if n < len(sizes)], sizes, gap, members) for column in columns]
    if len(members) == len(sizes):
        return None
    offsets: dict[int, tuple[int, int]] = {}
    row_sizes = []
    for number, row in enumerate(members):
        x = 0
        for node in row:
            offsets[node] = (number, x)
            x += sizes[node][0] + gap
        row_sizes.append((x - gap, max(sizes[node][1] for node in row)))
    return Rows(members, rows, row_sizes, offsets)


def _column_rows(
    column: Sequence[int], sizes: Sequence[Size], gap: int, members: list[list[int]]
) -> list[int]:
    """Numbers of the rows of one column; the rows are added to ``members``."""
    widest = max(sizes[node][0] for node in column)
    rows: list[int] = []
    room, filling = 0, -1
    for node in column:
        width = sizes[node][0] + gap
        if width <= room:
            members[filling].append(node)
            room -= width
            continue
        rows.append(len(members))
        members.append([node])
        if 2 * width <= widest + gap:
            room, filling = widest + gap - width, len(members) - 1
    return rows
