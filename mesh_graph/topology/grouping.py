"""Distinct combinations of labels over several frames, without Python per row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mesh_graph.frames.codes import Ints, encode, first_rows, group, texts

__all__ = ["distinct_rows"]


def distinct_rows(
    frames: Sequence[pd.DataFrame], columns: Sequence[str]
) -> tuple[list[Ints], list[tuple[str, ...]]]:
    """Distinct combinations of label columns over several frames.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        Each has all the columns, of text; a missing value counts as ``""``.
    columns : sequence of str

    Returns
    -------
    list of array of int64
        Per frame, per row: position of its combination in the list.
    list of tuple of str
        The combinations; empty if all frames are.
    """
    sizes = [len(frame) for frame in frames]
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return [np.zeros(0, dtype=np.int64) for _ in frames], []
    words, coded = encode([np.concatenate([texts(frame[column]) for frame in filled]) for column in columns])
    groups, count = group(*coded)
    rows = first_rows(groups, count)
    labels = [[words[code] for code in codes[rows].tolist()] for codes in coded]
    return np.split(groups, np.cumsum(sizes)[:-1]), list(zip(*labels, strict=True))
