"""Labels as integers: what group-bys and joins run on, without Python per row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

__all__ = ["Bools", "Floats", "Ints", "Texts", "decode", "encode", "first_rows", "group", "texts", "totals"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]

_ROOM = 2**62
_NO_WORDS: Texts = np.empty(0, dtype=object)


def texts(column: pd.Series[str]) -> Texts:
    """The column's values as Python strings; a missing one as it is."""
    values: Texts = column.to_numpy(dtype=object)
    return values


def encode(columns: Sequence[Texts], extra: Sequence[str] = ()) -> tuple[list[str], list[Ints]]:
    """Text columns as integers over one vocabulary.

    Parameters
    ----------
    columns : sequence of object array
        Each of its own length; what is no string (None, NaN) counts as ``""``.
    extra : sequence of str
        Words to have in the vocabulary in any case.

    Returns
    -------
    list of str
        The words in order, each once: codes sort as their words do. ``""`` is always the first.
    list of array of int64
        Per column, per row: position of its word.
    """
    codes, words = pd.factorize(np.concatenate([_NO_WORDS, *columns]))
    found = words.tolist()
    vocabulary = sorted({word for word in found if isinstance(word, str)}.union(extra, ("",)))
    position = {word: code for code, word in enumerate(vocabulary)}
    # The last place is for -1, pandas' code of a missing value.
    places = [position.get(word, 0) if isinstance(word, str) else 0 for word in found]
    coded = np.array([*places, 0], dtype=np.int64)[codes]
    return vocabulary, np.split(coded, np.cumsum([len(column) for column in columns])[:-1])


def decode(vocabulary: Sequence[str], columns: Sequence[Ints]) -> list[ExtensionArray]:
    """Columns of codes as text columns of a frame; the inverse of ``encode``."""
    words = pd.array(np.array(vocabulary, dtype=object), dtype="str")
    return [words.take(codes) for codes in columns]


def group(*columns: Ints) -> tuple[Ints, int]:
    """Number of the group of each row, 0.., by equal values in all columns; and the number of groups.

    Groups are numbered in the order of their values, first column first: the order of rows does not
    matter.

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
    return dense.astype(np.int64, copy=False), len(values)


def first_rows(groups: Ints, count: int) -> Ints:
    """Index of one row of each group 0..count-1, every one of which has a row: the first."""
    rows = np.empty(count, dtype=np.int64)
    rows[groups[::-1]] = np.arange(len(groups) - 1, -1, -1)
    return rows


def totals(groups: Ints, rates: Floats, count: int) -> Floats:
    """Sum of rates per group 0..count-1; of no rows too it is float64, which ``bincount``'s is not."""
    sums: Floats = np.bincount(groups, weights=rates, minlength=count).astype(np.float64, copy=False)
    return sums
