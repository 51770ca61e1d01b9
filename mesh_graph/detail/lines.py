"""Rows at many instants → lines over time: rates, ratios, quantiles. A step without data is NaN, never zero.

rows (time, line, value) ─► table: a row per instant, a column per line
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.detail.choice import Told
from mesh_graph.sources.rates import histogram_quantile
from mesh_graph.topology.merge_rows import REPORTERS

__all__ = [
    "LINE",
    "MOST_LINES",
    "Heat",
    "Line",
    "busiest",
    "heat",
    "lines_of",
    "mean",
    "named",
    "nearest",
    "quantiles",
    "sum_lines",
    "table_of",
]

LINE = "line"
"""Column: which line a row belongs to, a ``Line``."""
MOST_LINES = 12
"""Lines drawn of a chart, the busiest."""
Line = tuple[str, str]
"""What a line is of, and the reporter where both are shown."""
SEPARATOR = " · "
NOTHING = "none"
"""Line of rows whose label is empty: no flag, no status."""


def named(rows: pd.DataFrame, labels: Sequence[str], told: Told, home: str = "") -> pd.DataFrame:
    """The rows with a column ``LINE``: their labels' values, and their reporter where both are shown.

    A namespace that is ``home`` goes without saying.
    """
    if labels:
        values = [_shown(row, home) for row in zip(*(rows[label] for label in labels), strict=True)]
    else:
        values = [""] * len(rows)
    reporters = rows[fields.REPORTER] if told is Told.BOTH else [""] * len(rows)
    lines = np.empty(len(rows), dtype=object)
    lines[:] = list(zip(values, map(str, reporters), strict=True))
    return rows.assign(**{LINE: lines})


def _shown(values: Sequence[str], home: str) -> str:
    first, *more = values
    unsaid = ("", home, first)
    return SEPARATOR.join([NOTHING if first in ("", "-") else first, *(v for v in more if v not in unsaid)])


def nearest(rows: pd.DataFrame, told: Told, *, by_line: bool = True) -> pd.DataFrame:
    """The rows of one reporter, the nearest to the server; all of them where both are shown.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns ``LINE`` and ``reporter``.
    told : Told
    by_line : bool
        Whether each line has a reporter of its own, or all of them the same.
    """
    if told is Told.BOTH or rows.empty:
        return rows
    ranks = {reporter.value: rank for rank, reporter in enumerate(REPORTERS)}
    rank = rows[fields.REPORTER].map(ranks).fillna(len(ranks))
    return rows[rank == (rank.groupby(rows[LINE]).transform("min") if by_line else rank.min())]


def lines_of(table: pd.DataFrame) -> list[Line]:
    """The lines of a table, in its order."""
    lines: list[Any] = list(table.columns)
    return lines


def table_of(columns: Mapping[Line, pd.Series], index: pd.Index) -> pd.DataFrame:
    """Lines over time from their columns, in their order."""
    values = (
        np.array([columns[line].to_numpy() for line in columns]).T if columns else np.empty((len(index), 0))
    )
    return pd.DataFrame(
        values, index=index, columns=pd.Index(list(columns), tupleize_cols=False, dtype=object)
    )


def sum_lines(rows: pd.DataFrame, times: Sequence[float], value: str = fields.VALUE) -> pd.DataFrame:
    """Sum per line and instant.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``LINE``, ``time`` : Unix seconds, and the values.
    times : sequence of float
        All instants of the range.

    Returns
    -------
    pandas.DataFrame
        Index ``times``; a column per line, sorted; NaN where a line has no row. Without rows no columns.
    """
    steps = np.asarray(times, dtype=np.float64)
    if rows.empty:
        return pd.DataFrame(index=pd.Index(steps, name=fields.TIME))
    at = np.searchsorted((steps[1:] + steps[:-1]) / 2, rows[fields.TIME].to_numpy(dtype=np.float64))
    lines = sorted(set(rows[LINE]))
    number = {line: place for place, line in enumerate(lines)}
    table = np.full((len(steps), len(lines)), np.nan)
    column = rows[LINE].map(number).to_numpy(dtype=np.int64)
    seen = np.zeros(table.shape, dtype=np.bool_)
    seen[at, column] = True
    sums = np.zeros(table.shape)
    np.add.at(sums, (at, column), rows[value].to_numpy(dtype=np.float64))
    table[seen] = sums[seen]
    columns = pd.Index(lines, tupleize_cols=False, dtype=object)
    return pd.DataFrame(table, index=pd.Index(steps, name=fields.TIME), columns=columns)


def busiest(table: pd.DataFrame, weight: pd.DataFrame, most: int = MOST_LINES) -> tuple[pd.DataFrame, int]:
    """The columns with the greatest weight, in its order, and how many are left out."""
    total = weight.sum().reindex(table.columns, fill_value=0.0)
    order = sorted(range(len(table.columns)), key=lambda at: (-total.iloc[at], table.columns[at]))
    return table.iloc[:, order[:most]], max(0, len(order) - most)


@dataclass(frozen=True, slots=True, eq=False)
class _Histograms:
    """Cumulative rates: ``counts`` by line, edge and instant; edges ascending, the last of them +inf."""

    lines: list[Line]
    edges: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, rows: pd.DataFrame, times: Sequence[float]) -> _Histograms:
        # As numbers: le="1" and le="1.0" are one edge.
        edge_of = {text: float(text) for text in set(rows[fields.LE])}
        edges = np.array(sorted({*edge_of.values(), np.inf}))
        lines = sorted(set(rows[LINE]))
        steps = np.asarray(times, dtype=np.float64)
        at = np.searchsorted((steps[1:] + steps[:-1]) / 2, rows[fields.TIME].to_numpy(dtype=np.float64))
        edge = np.searchsorted(edges, rows[fields.LE].map(edge_of).to_numpy(dtype=np.float64))
        number = {line: place for place, line in enumerate(lines)}
        line = rows[LINE].map(number).to_numpy(dtype=np.int64)
        counts = np.zeros((len(lines), len(edges), len(steps)))
        seen = np.zeros(counts.shape, dtype=np.bool_)
        np.add.at(counts, (line, edge, at), rows[fields.VALUE].to_numpy(dtype=np.float64))
        seen[line, edge, at] = True
        counts[~seen] = np.nan
        return cls(lines, edges, counts)

    def table(self, values: np.ndarray, times: Sequence[float]) -> pd.DataFrame:
        """Values by line and instant as lines over time."""
        columns = pd.Index(self.lines, tupleize_cols=False, dtype=object)
        return pd.DataFrame(values.T, index=pd.Index(list(times), name=fields.TIME), columns=columns)


def quantiles(rows: pd.DataFrame, times: Sequence[float], quantile: float) -> pd.DataFrame:
    """A quantile per line and instant, in the unit of the edges; +inf is above the top edge.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``LINE``, ``le``, ``time``, ``value``: rates of cumulative buckets.
    times : sequence of float
    quantile : float
        0..1.
    """
    histograms = _Histograms.of(rows, times)
    return histograms.table(histogram_quantile(quantile, histograms.edges, histograms.counts), times)


def mean(rows: pd.DataFrame, totals: pd.DataFrame, times: Sequence[float]) -> pd.DataFrame:
    """Mean per line and instant: the sum over the number of observations; NaN without any.

    Parameters
    ----------
    rows : pandas.DataFrame
        Buckets, as of ``quantiles``.
    totals : pandas.DataFrame
        ``LINE``, ``time``, ``value``: rates of the sum.
    """
    histograms = _Histograms.of(rows, times)
    count = histograms.table(histograms.counts[:, -1, :], times)
    total = sum_lines(totals, times).reindex(columns=count.columns)
    return total / count.where(count > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """How observations spread over the buckets at each instant.

    Attributes
    ----------
    times : array of float
        Unix seconds.
    edges : array of float
        Lower edge of the first bucket, then the upper edge of each; the last may be +inf.
    rates : array of float64
        Observations per second, a line per bucket, a column per instant; NaN without data.
    """

    times: np.ndarray
    edges: np.ndarray
    rates: np.ndarray


def heat(rows: pd.DataFrame, times: Sequence[float]) -> Heat | None:
    """Spread of all lines together, from the least bucket with observations to the greatest; None without."""
    together = np.empty(len(rows), dtype=object)
    together[:] = [("", "")] * len(rows)
    histograms = _Histograms.of(rows.assign(**{LINE: together}), times)
    if not histograms.lines:
        return None
    cumulative = np.fmax.accumulate(histograms.counts[0], axis=0)
    rates = np.diff(cumulative, axis=0, prepend=0.0)
    used = np.flatnonzero(np.nan_to_num(rates).sum(axis=1) > 0)
    if not len(used):
        return None
    first, last = int(used[0]), int(used[-1])
    edges = np.concatenate([[0.0], histograms.edges])[first : last + 2]
    return Heat(np.asarray(times, dtype=np.float64), edges, rates[first : last + 1])
