"""Rectangles that stay where they were: what is new finds room near its place in a fresh layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mesh_graph.topology.layout_columns import Point, Size, Spacing

__all__ = ["kept"]

_Rectangle = tuple[int, int, int, int]


def kept(
    sizes: Sequence[Size], fresh: Sequence[Point], previous: Mapping[int, Point], spacing: Spacing
) -> list[Point]:
    """Return corners, from (0, 0), that lie to each other as the previous ones did, as far as room allows.

    Parameters
    ----------
    sizes : sequence of (int, int)
        Widths and heights.
    fresh : sequence of (int, int)
        Corners as a layout without memory gives them.
    previous : mapping of int to (int, int)
        Corners until now of those that were there; at least one.
    spacing : Spacing
        Free space that is kept between them.

    Notes
    -----
    What has grown pushes its right or lower neighbours on, whichever is less. A new rectangle stands to the
    nearest known one as in the fresh layout, moved up or down to the nearest gap.
    """
    room = _Room(sizes, spacing)
    for node in sorted(previous, key=lambda node: (sum(previous[node]), node)):
        room.push_in(node, previous[node])
    for node in sorted(set(range(len(sizes))) - previous.keys()):
        x, y = fresh[node]
        near = min(previous, key=lambda other: (abs(fresh[other][0] - x) + abs(fresh[other][1] - y), other))
        anchor = room.corners[near]
        room.squeeze_in(node, (anchor[0] + x - fresh[near][0], anchor[1] + y - fresh[near][1]))
    left = min(x for x, _ in room.corners.values())
    top = min(y for _, y in room.corners.values())
    return [(x - left, y - top) for _, (x, y) in sorted(room.corners.items())]


class _Room:
    """Rectangles with free space around them, put in one after the other."""

    def __init__(self, sizes: Sequence[Size], spacing: Spacing) -> None:
        self.sizes = [
            (width + spacing.between_columns, height + spacing.between_rows) for width, height in sizes
        ]
        self.corners: dict[int, Point] = {}

    def push_in(self, node: int, corner: Point) -> None:
        """Put a rectangle in at a corner, or to the right of or below what stands there."""
        x, y = corner
        while hit := next(iter(self._hits(node, (x, y))), None):
            right, below = hit[2] - x, hit[3] - y
            x, y = (x + right, y) if right < below else (x, y + below)
        self.corners[node] = (x, y)

    def squeeze_in(self, node: int, corner: Point) -> None:
        """Put a rectangle in at a corner, or in the nearest gap above or below it."""
        x, y = corner
        height = self.sizes[node][1]
        beside = self._hits(node, (x, None))
        tried = [y, *(top - height for _, top, _, _ in beside), *(bottom for _, _, _, bottom in beside)]
        free = (top for top in sorted(tried, key=lambda top: abs(top - y)) if not self._hits(node, (x, top)))
        self.corners[node] = (x, next(free))

    def _hits(self, node: int, corner: tuple[int, int | None]) -> list[_Rectangle]:
        """Rectangles that one at this corner would overlap; without a top, at any height."""
        x, top = corner
        width, height = self.sizes[node]
        found = []
        for other, (left, upper) in self.corners.items():
            other_width, other_height = self.sizes[other]
            right, lower = left + other_width, upper + other_height
            if left < x + width and x < right and (top is None or (upper < top + height and top < lower)):
                found.append((left, upper, right, lower))
        return found
