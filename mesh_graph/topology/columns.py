"""Attributes of many nodes or edges, written a column at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mesh_graph.frames.codes import Ints

__all__ = ["Rows", "any_of", "put", "put_counts", "put_flag", "put_ratio", "sums"]

Rows = list[dict[str, Any]]
"""One dict of attributes per node or edge."""


def put(rows: Rows, name: str, values: Iterable[Any], where: NDArray[np.bool_] | None = None) -> None:
    """Write a value per row, or only to the rows where the mask holds (the values are still one per row)."""
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    if where is None:
        for row, value in zip(rows, listed, strict=True):
            row[name] = value
        return
    for row, value, wanted in zip(rows, listed, where.tolist(), strict=True):
        if wanted:
            row[name] = value


def put_flag(rows: Rows, name: str, where: NDArray[np.bool_]) -> None:
    """Write True to the rows where the mask holds; the others lack the attribute."""
    for at in np.flatnonzero(where).tolist():
        rows[at][name] = True


def put_counts(rows: Rows, name: str, counts: Ints) -> None:
    """Write counts; rows whose count is 0 lack the attribute."""
    put(rows, name, counts, counts > 0)


def put_ratio(rows: Rows, name: str, part: NDArray[np.float64], whole: NDArray[np.float64]) -> None:
    """Write part / whole, 0..1; rows whose whole is 0 lack the attribute."""
    some = whole > 0
    put(rows, name, np.minimum(np.divide(part, whole, out=np.zeros_like(part), where=some), 1.0), some)


def any_of(masks: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Where any of the masks holds."""
    return np.asarray(np.logical_or.reduce(masks), dtype=bool)


def sums(groups: Ints, values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Sum of the values of each group 0..count-1."""
    return np.bincount(groups, weights=values, minlength=count).astype(np.float64, copy=False)
