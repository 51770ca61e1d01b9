"""How requests and connections ended: rows summed to ``Response`` values per edge or node."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph.fields import CODE, DESTINATION_SERVICE, FLAGS, OUTCOME
from mesh_graph.frames.codes import Ints, first_rows, group
from mesh_graph.frames.codes import texts as as_texts
from mesh_graph.topology.attributes import Response
from mesh_graph.topology.columns import sums

__all__ = ["Endings", "responses_of"]


class Endings:
    """What tells responses apart, per row of a frame, as integers in the order of their texts."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._columns = [
            _ranked(frame[name]) if name in frame else (np.zeros(len(frame), dtype=np.int64), [""])
            for name in (CODE, FLAGS, DESTINATION_SERVICE, OUTCOME)
        ]

    def codes(self, rows: Ints) -> list[Ints]:
        """Codes of the chosen rows, column by column."""
        return [codes[rows] for codes, _ in self._columns]

    def texts(self, rows: Ints) -> list[list[str]]:
        """Texts of the chosen rows, column by column."""
        return [[texts[code] for code in codes[rows].tolist()] for codes, texts in self._columns]


def _ranked(column: pd.Series[str]) -> tuple[Ints, list[str]]:
    codes, values = pd.factorize(as_texts(column))
    texts = [str(value) for value in values]
    order = sorted(range(len(texts)), key=texts.__getitem__)
    rank = np.empty(len(texts), dtype=np.int64)
    rank[order] = np.arange(len(texts))
    return rank[codes], [texts[at] for at in order]


def responses_of(
    endings: Endings, owners: Ints, rows: Ints, rates: NDArray[np.float64]
) -> dict[int, tuple[Response, ...]]:
    """Responses of each owner, largest rate first, ties by text; owners without traffic are absent.

    Parameters
    ----------
    endings : Endings
    owners : array of int64
        Number of the edge or node that a row counts for.
    rows : array of int64
        The rows, of the frame of ``endings``; a row may count for two owners.
    rates : array of float64
        Per entry of ``rows``, per second.
    """
    some = rates > 0
    owners, rows, rates = owners[some], rows[some], rates[some]
    if not len(rows):
        return {}
    groups, count = group(owners, *endings.codes(rows))
    first = first_rows(groups, count)
    rate, owner = sums(groups, rates, count), owners[first]
    order = np.lexsort((-rate, owner))
    code, flags, host, outcome = endings.texts(rows[first[order]])
    listed = list(map(Response, code, flags, host, rate[order].tolist(), outcome))
    owner = owner[order]
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    ends = np.r_[starts[1:], len(owner)]
    bounds = zip(owner[starts].tolist(), starts.tolist(), ends.tolist(), strict=True)
    return {number: tuple(listed[start:end]) for number, start, end in bounds}
