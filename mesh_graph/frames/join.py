"""Families that describe the same series, side by side in one frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mesh_graph.frames.codes import Ints, decode, encode, first_rows, group, texts, totals
from mesh_graph.frames.schema import Schema

__all__ = ["join"]


def join(parts: Sequence[pd.DataFrame], schema: Schema) -> pd.DataFrame:
    """Frames of equal labels and one value column each, as one frame with all value columns.

    A part without a row for some labels has 0 there; rows of one part with equal labels are added up.

    Parameters
    ----------
    parts : sequence of pandas.DataFrame
        One per value column of the schema, in order.
    schema : Schema
        The labels, then the value columns.

    Returns
    -------
    pandas.DataFrame
        One row per distinct labels, sorted by them.
    """
    width = len(schema.names) - len(parts)
    labels, values = schema.names[:width], schema.names[width:]
    sizes = [len(part) for part in parts]
    if not sum(sizes):
        return schema.empty()
    vocabulary, codes = encode([np.concatenate([texts(part[label]) for part in parts]) for label in labels])
    rows, count = group(*codes)
    kept = first_rows(rows, count)
    columns = dict(zip(labels, decode(vocabulary, [column[kept] for column in codes]), strict=True))
    rates = {
        name: totals(own, part[name].to_numpy(), count)
        for name, part, own in zip(values, parts, _split(rows, sizes), strict=True)
    }
    return pd.DataFrame({**columns, **rates}, copy=False)


def _split(rows: Ints, sizes: Sequence[int]) -> list[Ints]:
    return np.split(rows, np.cumsum(sizes)[:-1])
