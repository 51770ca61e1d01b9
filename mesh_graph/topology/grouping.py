"""Group-bys on integer codes: many rows of labels to a few distinct ones, without Python per row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Ints", "distinct_rows", "first_rows", "group"]

Ints = NDArray[np.int64]
_ROOM = 2**62


def group(*columns: Ints) -> tuple[Ints, int]:
    """Number of the group of each row, 0.., by equal values in all columns; and the number of groups.

    Groups are numbered in the order of their values, so the order of rows does not matter.

    Parameters
    ----------
    *columns : array of int64
        At least one, of one length, no value negative.
    """
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    room = 1
    for column in columns:
        size = int(column.max(initial=0)) + 1
        if room > _ROOM // size:
            codes, room = _dense(codes)
        codes = codes * size + column
        room *= size
    return _dense(codes)


def _dense(codes: Ints) -> tuple[Ints, int]:
    values, dense = np.unique(codes, return_inverse=True)
    return dense.astype(np.int64), max(len(values), 1)


def first_rows(groups: Ints, count: int) -> Ints:
    """Index of one row of each group 0..count-1, every one of which has a row."""
    rows = np.empty(count, dtype=np.int64)
    rows[groups[::-1]] = np.arange(len(groups) - 1, -1, -1)
    return rows


def distinct_rows(
    frames: Sequence[pd.DataFrame], columns: Sequence[str]
) -> tuple[list[Ints], list[tuple[str, ...]]]:
    """Distinct combinations of label columns over several frames.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        Each has all the columns, of str, object or category; a missing value counts as ``""``.
    columns : sequence of str

    Returns
    -------
    list of array of int64
        Per frame, per row: position of its combination in the list.
    list of tuple of str
        The combinations; empty if all frames are.
    """
    coded = [_coded([frame[column] for frame in frames]) for column in columns]
    if sum(len(frame) for frame in frames) == 0:
        return [np.zeros(0, dtype=np.int64) for _ in frames], []
    groups, count = group(*(codes for codes, _ in coded))
    rows = first_rows(groups, count)
    labels = [[values[code] for code in codes[rows].tolist()] for codes, values in coded]
    ends = np.cumsum([len(frame) for frame in frames])[:-1]
    return np.split(groups, ends), list(zip(*labels, strict=True))


def _coded(parts: Sequence[pd.Series[str]]) -> tuple[Ints, list[str]]:
    """Codes over all the parts end to end, and the text of each code."""
    numbers: dict[str, int] = {}
    coded = []
    for part in parts:
        codes, values = pd.factorize(part)
        # The last place is for -1, pandas' code of a missing value.
        own = [numbers.setdefault(str(value), len(numbers)) for value in values]
        own.append(numbers.setdefault("", len(numbers)))
        coded.append(np.asarray(own, dtype=np.int64)[codes])
    return np.concatenate(coded), list(numbers)
