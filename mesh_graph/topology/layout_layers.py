"""Layers of a directed graph of small integers: cycles broken, long edges cut, crossings reduced.

The steps of Sugiyama, Tagawa and Toda (1981). Every choice falls to the smaller number where the structure
does not decide, so that equal graphs give equal layers and a change of one edge is felt near that edge.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Layers", "layers_of", "reordered"]

Pair = tuple[int, int]
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Layers:
    """Nodes in columns, first layer first, each from top to bottom.

    Attributes
    ----------
    columns : list of list of int
        Numbers from ``count`` on are bends: points where a long edge passes a layer.
    routes : dict
        Edge as (left node, right node) to all nodes on its way, bends and both ends included. An edge too
        long to be cut has no bends.
    """

    columns: list[list[int]]
    routes: dict[Pair, list[int]]


def layers_of(count: int, weights: Mapping[Pair, int]) -> Layers:
    """Return the layers of nodes 0 … count - 1, left to right in the direction of most edges.

    Parameters
    ----------
    count : int
        Number of nodes.
    weights : mapping of (int, int) to int
        Edges and how much each counts when a cycle must be broken; no self loops.
    """
    rank = {node: place for place, node in enumerate(_sequence(count, weights))}
    edges = sorted({(a, b) if rank[a] < rank[b] else (b, a) for a, b in weights})
    layer = _layer_numbers(sorted(range(count), key=rank.__getitem__), edges)
    columns: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for node in range(count):
        columns[layer[node]].append(node)
    routes = _cut(columns, layer, edges)
    return Layers(_ordered(columns, [pair for route in routes.values() for pair in pairwise(route)]), routes)


def reordered(columns: Sequence[Sequence[int]], pairs: Iterable[Pair]) -> list[list[int]]:
    """Return the columns with their nodes, 0 … n - 1, sorted anew so that fewer edges cross."""
    column_of = {node: number for number, column in enumerate(columns) for node in column}
    edges = sorted({(a, b) if column_of[a] < column_of[b] else (b, a) for a, b in pairs})
    bent = [list(column) for column in columns]
    routes = _cut(bent, [column_of[node] for node in range(len(column_of))], edges)
    order = _ordered(bent, [pair for route in routes.values() for pair in pairwise(route)])
    return [[node for node in column if node in column_of] for column in order]


def _sequence(count: int, weights: Mapping[Pair, int]) -> list[int]:
    """Order the nodes so that few edges run backwards (Eades, Lin and Smyth 1993, with weights)."""
    after, before = _neighbours(weights)
    surplus = [0] * count
    for (a, b), weight in weights.items():
        surplus[a] += weight
        surplus[b] -= weight
    entering = [len(before[node]) for node in range(count)]
    leaving = [len(after[node]) for node in range(count)]
    left = dict.fromkeys(range(count))
    head: list[int] = []
    tail: list[int] = []
    sources = [node for node in range(count) if not entering[node]]
    sinks = [node for node in range(count) if not leaving[node]]

    def take(node: int, end: list[int]) -> None:
        del left[node]
        end.append(node)
        for other in after[node]:
            entering[other] -= 1
            if other in left:
                surplus[other] += weights[node, other]
                if not entering[other]:
                    sources.append(other)
        for other in before[node]:
            leaving[other] -= 1
            if other in left:
                surplus[other] -= weights[other, node]
                if not leaving[other]:
                    sinks.append(other)

    while left:
        ready, end = (sources, head) if sources else (sinks, tail)
        if not ready:
            take(max(left, key=lambda node: (surplus[node], -node)), head)
            continue
        node = ready.pop(0)
        if node in left:
            take(node, end)
    return head + tail[::-1]


def _neighbours(pairs: Iterable[Pair]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    after: dict[int, list[int]] = defaultdict(list)
    before: dict[int, list[int]] = defaultdict(list)
    for a, b in pairs:
        after[a].append(b)
        before[b].append(a)
    return after, before


def _layer_numbers(sequence: list[int], edges: list[Pair]) -> list[int]:
    """Give each node the length of its longest way in; callers then move up to what they call."""
    after, before = _neighbours(edges)
    layer = [0] * len(sequence)
    for node in sequence:
        layer[node] = max((layer[other] + 1 for other in before[node]), default=0)
    for node in reversed(sequence):
        if len(after[node]) > len(before[node]):
            layer[node] = min(layer[other] for other in after[node]) - 1
    lowest = min(layer, default=0)
    return [number - lowest for number in layer]


def _cut(columns: list[list[int]], layer: list[int], edges: list[Pair]) -> dict[Pair, list[int]]:
    """Put a bend into every layer that an edge passes; the longest stay whole if bends would be too many."""
    spans = [layer[b] - layer[a] for a, b in edges]
    allowed, bends = 1, 0
    for span in sorted(spans):
        bends += span - 1
        if bends > 4 * len(layer) + 40:
            break
        allowed = span
    routes = {}
    number = len(layer)
    for (a, b), span in zip(edges, spans, strict=True):
        passed = range(layer[a] + 1, layer[b]) if span <= allowed else ()
        for column in passed:
            columns[column].append(number + column - layer[a] - 1)
        routes[a, b] = [a, *range(number, number + len(passed)), b]
        number += len(passed)
    return routes


def _ordered(columns: list[list[int]], segments: list[Pair]) -> list[list[int]]:
    """Sweep to and fro, each layer sorted by the mean place of its neighbours; keep the best order seen."""
    column_of = {node: number for number, column in enumerate(columns) for node in column}
    after, before = _neighbours(pair for pair in segments if column_of[pair[1]] - column_of[pair[0]] == 1)
    best, fewest = columns, _crossings(columns, after)
    current = columns
    for turn in range(_ROUNDS):
        if not fewest:
            break
        current = _swept(current, before) if turn % 2 == 0 else _swept(current[::-1], after)[::-1]
        crossings = _crossings(current, after)
        if crossings < fewest:
            best, fewest = current, crossings
    return best


def _swept(columns: list[list[int]], towards: Mapping[int, list[int]]) -> list[list[int]]:
    swept = columns[:1]
    for column in columns[1:]:
        place = {node: number for number, node in enumerate(swept[-1])}
        swept.append(
            _sorted_by_mean(column, {n: [place[o] for o in towards[n]] for n in column if n in towards})
        )
    return swept


def _sorted_by_mean(column: list[int], places: Mapping[int, list[int]]) -> list[int]:
    """Sort the nodes that have neighbours into the slots they hold; the others stay where they are."""
    mean = {node: sum(found) / len(found) for node, found in places.items() if found}
    moved = iter(sorted(mean, key=mean.__getitem__))
    return [next(moved) if node in mean else node for node in column]


def _crossings(columns: list[list[int]], after: Mapping[int, list[int]]) -> int:
    total = 0
    for left, right in pairwise(columns):
        place = {node: number for number, node in enumerate(right)}
        seen: list[int] = []
        for node in left:
            ends = sorted(place[other] for other in after.get(node, ()))
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
