"""Whose report counts: the rules that hold for every family, on numbers of edges and reporters.

Rule numbers are those of the canonical merge (``docs/architecture.md``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mesh_graph.frames.codes import Bools, Floats, Ints, group, totals

__all__ = [
    "NEGLIGIBLE",
    "NO_REPORT",
    "Key",
    "is_live",
    "nearest_reporter",
    "outnumbers",
    "shares_taken",
    "take_off",
]

Key = tuple[Ints, ...]
"""Columns that together are the key of each row."""

NEGLIGIBLE = 1e-9
"""Rate per second under which what is left of a row is rounding: one request in thirty years."""

NO_REPORT = 9
"""No reporter's place: of an edge without rows."""


def is_live(edge: Ints, rates: Floats, count: int) -> Bools:
    """Which rows count: those with traffic, and all rows of an edge that has none at all (an idle one)."""
    live: Bools = (rates > 0) | (totals(edge, rates, count) <= 0)[edge]
    return live


def nearest_reporter(edge: Ints, reporter: Ints, count: int) -> Ints:
    """Rule 1, per edge: the reporter nearest to the server; ``NO_REPORT`` for an edge without rows."""
    nearest = np.full(count, NO_REPORT, dtype=np.int64)
    np.minimum.at(nearest, edge, reporter)
    return nearest


def shares_taken(asked: Floats, held: Floats) -> tuple[Floats, Floats]:
    """Share 0..1 of what is asked, and of what is held, that changes hands: as far as both go."""
    taken = np.minimum(asked, held)
    return _ratio(taken, asked), _ratio(taken, held)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def outnumbers(edge: Ints, rates: Floats, is_more: Bools, is_less: Bools, *, tolerance: float) -> Bools:
    """Rule 6, per row: whether, on its edge, the first rows exceed the second by more than the tolerance."""
    count = int(edge.max(initial=-1)) + 1
    more, less = (totals(edge, np.where(rows, rates, 0.0), count) for rows in (is_more, is_less))
    exceeds: Bools = (more > less * (1 + tolerance))[edge]
    return exceeds


def take_off(held: Floats, asked: Floats, of_held: Sequence[Key], of_asked: Sequence[Key]) -> Floats:
    """What is left of held rates after those asked are taken off, as far as they go.

    Parameters
    ----------
    held, asked : array of float64
        Rates of the rows that are reduced, and of those that are already inside them.
    of_held, of_asked : sequence of tuple of array of int64
        Per pass, the key of each row, in columns: rows with equal keys meet, in proportion. What a pass
        leaves over goes into the next.
    """
    for key_held, key_asked in zip(of_held, of_asked, strict=True):
        groups, count = group(*(np.concatenate(pair) for pair in zip(key_held, key_asked, strict=True)))
        mine, theirs = groups[: len(held)], groups[len(held) :]
        share_asked, share_held = shares_taken(totals(theirs, asked, count), totals(mine, held, count))
        held = held * (1 - share_held[mine])
        asked = asked * (1 - share_asked[theirs])
    return held
