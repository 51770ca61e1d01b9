"""Rectangles with edges between them, set out in columns from left to right and packed to a shape.

Sizes and coordinates are whole pixels, origin top left, y downwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from mesh_graph.topology.layout_heights import Link, pulls_of, tops_of
from mesh_graph.topology.layout_layers import Layers, layers_of, reordered
from mesh_graph.topology.layout_rows import rows_of

__all__ = ["Point", "Size", "Spacing", "arrange"]

Size = tuple[int, int]
Point = tuple[int, int]

_FACTORS = (1.6, 1.4, 1.25, 1.1, 1.0, 0.9, 0.8, 0.7)
_WORTH = 0.85
"""Columns are broken or shared only where the screen that the picture needs shrinks to this part."""


@dataclass(frozen=True, slots=True)
class Spacing:
    """Free space between rectangles; pixels.

    Attributes
    ----------
    shared_above : int
        Width from which layers may share a column.
    abreast : bool
        Whether narrow rectangles of a layer stand side by side, as many as the widest one is wide.
    """

    between_columns: int
    between_rows: int
    shared_above: int
    abreast: bool = False


@lru_cache(maxsize=1024)
def arrange(
    sizes: tuple[Size, ...], links: tuple[Link, ...], spacing: Spacing, aspect: float
) -> tuple[Point, ...]:
    """Return the top left corner of each rectangle: no two overlap, links run to the right where they can.

    Answers are kept: most boxes of a mesh look like others, and like themselves at the next change.

    Parameters
    ----------
    sizes : tuple of (int, int)
        Widths and heights; their order decides where links do not.
    links : tuple of Link
        No self loops.
    spacing : Spacing
    aspect : float
        Width by height of the shape to fill.
    """
    parts = _parts(len(sizes), links)
    if len(parts) <= 1:
        return tuple(_part_arranged(sizes, links, spacing, aspect))
    home = {node: number for number, part in enumerate(parts) for node in part}
    links_of: list[list[Link]] = [[] for _ in parts]
    for link in links:
        links_of[home[link.source]].append(link)
    corners: list[Point] = [(0, 0)] * len(sizes)
    extents = []
    for part, inner in zip(parts, links_of, strict=True):
        local = {node: number for number, node in enumerate(part)}
        moved = [Link(local[k.source], local[k.target], k.leaves_at, k.enters_at) for k in inner]
        for node, corner in zip(
            part, _part_arranged([sizes[n] for n in part], moved, spacing, aspect), strict=True
        ):
            corners[node] = corner
        extents.append(_extent([sizes[n] for n in part], [corners[n] for n in part]))
    for part, (x, y) in zip(parts, _shelved(extents, spacing, aspect), strict=True):
        for node in part:
            corners[node] = (corners[node][0] + x, corners[node][1] + y)
    return tuple(corners)


def _extent(sizes: Sequence[Size], corners: Sequence[Point]) -> Size:
    return (
        max(x + width for (width, _), (x, _) in zip(sizes, corners, strict=True)),
        max(y + height for (_, height), (_, y) in zip(sizes, corners, strict=True)),
    )


def _parts(count: int, links: Sequence[Link]) -> list[list[int]]:
    """Connected parts, each in order; parts in the order of their first member."""
    neighbours: dict[int, list[int]] = defaultdict(list)
    for link in links:
        neighbours[link.source].append(link.target)
        neighbours[link.target].append(link.source)
    seen: set[int] = set()
    parts = []
    for start in range(count):
        if start in seen:
            continue
        seen.add(start)
        part = [start]
        for node in part:
            fresh = [other for other in dict.fromkeys(neighbours[node]) if other not in seen]
            seen.update(fresh)
            part.extend(fresh)
        parts.append(sorted(part))
    return parts


# -- parts without links between them: rows, as text is set


def _shelved(extents: Sequence[Size], spacing: Spacing, aspect: float) -> list[Point]:
    # Similar heights share a row; by class of height, so that small changes do not reorder.
    order = sorted(range(len(extents)), key=lambda n: (-(extents[n][1] // 100).bit_length(), n))
    widest = max(width for width, _ in extents)
    ideal = sqrt(_area(extents, spacing) * aspect)
    tried = [_rows(extents, order, max(widest, ideal * factor), spacing) for factor in reversed(_FACTORS)]
    return min(tried, key=lambda corners: _need(_extent(extents, corners), aspect))


def _rows(extents: Sequence[Size], order: Sequence[int], limit: float, spacing: Spacing) -> list[Point]:
    corners: list[Point] = [(0, 0)] * len(extents)
    x = y = below = 0
    for number in order:
        width, height = extents[number]
        if x and x + width > limit:
            x, y = 0, below
        corners[number] = (x, y)
        x += width + spacing.between_columns
        below = max(below, y + height + spacing.between_rows)
    return corners


def _need(extent: Size, aspect: float) -> float:
    """Width of the smallest screen of this aspect that holds the extent."""
    return max(extent[0], extent[1] * aspect)


# -- one connected part: layers, then columns


def _part_arranged(
    sizes: Sequence[Size], links: Sequence[Link], spacing: Spacing, aspect: float
) -> list[Point]:
    if len(sizes) <= 1:
        return [(0, 0)] * len(sizes)
    layers = layers_of(len(sizes), _weights(links))
    rows = rows_of(layers.columns, sizes, spacing.between_rows) if spacing.abreast else None
    if rows is None:
        return _in_columns(layers, sizes, links, spacing, aspect)
    whole = Layers(rows.columns, {})
    return rows.spread(_in_columns(whole, rows.sizes, rows.joined(links), spacing, aspect))


def _weights(links: Iterable[Link]) -> dict[tuple[int, int], int]:
    weights: dict[tuple[int, int], int] = defaultdict(int)
    for link in links:
        weights[link.source, link.target] += 1
    return weights


def _in_columns(
    layers: Layers, sizes: Sequence[Size], links: Sequence[Link], spacing: Spacing, aspect: float
) -> list[Point]:
    columns = _best_columns(layers, sizes, spacing, aspect)
    routes = layers.routes
    if columns is not layers.columns:
        columns, routes = reordered(columns, _weights(links)), {}
    tops = tops_of(columns, sizes, pulls_of(links, routes, sizes), spacing.between_rows)
    corners: list[Point] = [(0, 0)] * len(sizes)
    x = 0
    for column in columns:
        real = [node for node in column if node < len(sizes)]
        for node in real:
            corners[node] = (x, tops[node])
        x += max(sizes[node][0] for node in real) + spacing.between_columns
    return corners


def _best_columns(layers: Layers, sizes: Sequence[Size], spacing: Spacing, aspect: float) -> list[list[int]]:
    """Keep one column a layer; break columns, or even share them, where that fills the shape much better."""
    real = [[node for node in column if node < len(sizes)] for column in layers.columns]
    width, height = _columns_extent(real, sizes, spacing)
    ideal = sqrt(_area(sizes, spacing) / aspect)
    best, need = layers.columns, _need((width, height), aspect)
    for shared, allowed in ((False, width < height * aspect), (True, width > spacing.shared_above)):
        limits = [ideal * factor for factor in _FACTORS] if allowed and ideal * aspect < need * _WORTH else []
        tried = [_filled(real, sizes, spacing, limit, shared=shared) for limit in limits]
        needs = [_need(_columns_extent(columns, sizes, spacing), aspect) for columns in tried]
        if needs and min(needs) < need * _WORTH:
            need = min(needs)
            best = tried[needs.index(need)]
    return best


def _area(sizes: Sequence[Size], spacing: Spacing) -> int:
    return sum((width + spacing.between_columns) * (height + spacing.between_rows) for width, height in sizes)


def _filled(
    layers: Sequence[Sequence[int]], sizes: Sequence[Size], spacing: Spacing, limit: float, *, shared: bool
) -> list[list[int]]:
    """Fill columns up to a height, layer by layer; a layer begins a column unless columns are shared."""
    columns: list[list[int]] = []
    room = 0.0
    last_width = 0
    for layer in layers:
        share = limit if shared else _even_limit(layer, sizes, spacing, limit)
        width = max([sizes[node][0] for node in layer])
        if not shared or not last_width / 3 < width < last_width * 3:
            room = 0.0
        last_width = width
        for node in layer:
            height = sizes[node][1] + spacing.between_rows
            if height > room:
                columns.append([])
                room = share
            columns[-1].append(node)
            room -= height
    return columns


def _even_limit(layer: Sequence[int], sizes: Sequence[Size], spacing: Spacing, limit: float) -> float:
    """Lower the limit so that the columns of one layer come out about equally high."""
    heights = [sizes[node][1] + spacing.between_rows for node in layer]
    columns = -(-sum(heights) // max(limit, 1))
    return min(limit, sum(heights) / columns + max(heights) / 2)


def _columns_extent(columns: Sequence[Sequence[int]], sizes: Sequence[Size], spacing: Spacing) -> Size:
    width = sum(max([sizes[node][0] for node in column]) + spacing.between_columns for column in columns)
    height = max([sum([sizes[node][1] + spacing.between_rows for node in column]) for column in columns])
    return width, height
