"""Heights in columns: each rectangle as near to its neighbours' height as its column leaves room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Link", "pulls_of", "settled", "tops_of"]

_BEND_HEIGHT = 12


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two rectangles, with the heights below their tops at which it leaves and enters."""

    source: int
    target: int
    leaves_at: float
    enters_at: float


Pull = tuple[int, float]
"""Another node, and how far below its top this node's top wants to be."""


def pulls_of(
    links: Iterable[Link], routes: Mapping[tuple[int, int], Sequence[int]], sizes: Sequence[tuple[int, int]]
) -> dict[int, list[Pull]]:
    """Return what pulls each node: the next stops of its links; without a route, their other ends."""
    pulls: dict[int, list[Pull]] = defaultdict(list)
    for link in links:
        ends = (link.source, link.target)
        way = routes.get(ends) or (routes.get(ends[::-1]) or [])[::-1] or ends
        heights = [link.leaves_at, *([_BEND_HEIGHT / 2] * (len(way) - 2)), link.enters_at]
        for (a, at_a), (b, at_b) in pairwise(zip(way, heights, strict=True)):
            pulls[a].append((b, at_b - at_a))
            pulls[b].append((a, at_a - at_b))
    return pulls


def tops_of(
    columns: Sequence[Sequence[int]],
    sizes: Sequence[tuple[int, int]],
    pulls: Mapping[int, Sequence[Pull]],
    gap: int,
) -> dict[int, int]:
    """Return the top of every node, bends included; the highest column sets the height of the whole.

    Parameters
    ----------
    columns : sequence of sequence of int
        Nodes from top to bottom; numbers from ``len(sizes)`` on are bends.
    sizes : sequence of (int, int)
        Widths and heights.
    pulls : mapping of int to sequence of Pull
    gap : int
        Least free space between two nodes of a column, pixels.
    """
    steps = [_steps(column, sizes, gap) for column in columns]
    bottom = max(column_steps[-1] for column_steps in steps)
    column_of = {node: number for number, column in enumerate(columns) for node in column}
    tops: dict[int, float] = {}
    for column, column_steps in zip(columns, steps, strict=True):
        slack = (bottom - column_steps[-1]) / 2
        tops.update((node, step + slack) for node, step in zip(column, column_steps, strict=False))
    forth = range(len(columns))
    for order, sides in ((forth, (-1,)), (forth[::-1], (1,)), (forth, (-1, 1)), (forth[::-1], (-1, 1))):
        for number in order:
            wanted = [_wanted(node, tops, pulls.get(node, ()), column_of, sides) for node in columns[number]]
            tops.update(zip(columns[number], settled(wanted, steps[number], bottom), strict=True))
    # Not round(): it goes to the even number, and two that just touch could overlap by a pixel.
    return {node: int(top + 0.5) for node, top in tops.items()}


def _steps(column: Sequence[int], sizes: Sequence[tuple[int, int]], gap: int) -> list[int]:
    """Tops of a column without slack, and its height as the last number."""
    steps = [0]
    for node in column:
        steps.append(steps[-1] + (sizes[node][1] if node < len(sizes) else _BEND_HEIGHT) + gap)
    return steps


def _wanted(
    node: int,
    tops: Mapping[int, float],
    pulls: Sequence[Pull],
    column_of: Mapping[int, int],
    sides: tuple[int, ...],
) -> float:
    home = column_of[node]
    found = [
        tops[other] + offset
        for other, offset in pulls
        if (column_of[other] > home) - (column_of[other] < home) in sides
    ]
    return sum(found) / len(found) if found else tops[node]


def settled(wanted: Sequence[float], steps: Sequence[int], bottom: int) -> list[float]:
    """Least squares to the wanted tops, order and distances kept: pooling of adjacent violators."""
    pools: list[tuple[float, int]] = []
    for want, step in zip(wanted, steps, strict=False):
        total, count = want - step, 1
        while pools and pools[-1][0] * count > total * pools[-1][1]:
            more, members = pools.pop()
            total, count = total + more, count + members
        pools.append((total, count))
    slack = bottom - steps[-1]
    eased = [min(max(total / count, 0.0), slack) for total, count in pools for _ in range(count)]
    return [ease + step for ease, step in zip(eased, steps, strict=False)]
