"""Raw samples to integer counts per interval: what ``increase`` cannot say of a version that has just begun.

    series 7 of pod a    time  0   15   30   45          interval  0   1   2
                         value 8   11    1    4    ──►   count     3   1   3     (a reset before 30)

A rate extrapolates, and gives 0 for a series that is born at 1. Here a series that its target did not have at
the scrape before counts from 0, and what cannot be known is marked. Knows neither requests nor versions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.canary.sample import MOST_INTERVALS, RESET, UNKNOWN_BIRTH
from mesh_graph.frames.codes import Bools, Floats, Ints, decode, encode, first_rows, group, texts

__all__ = ["COMBINATION", "COUNT", "INTERVAL", "TARGET_LABELS", "Grid", "count_samples", "encode_rows"]

INTERVAL = "interval"
"""Number of the interval in its grid, from 0."""
COUNT = "count"
"""Events in the interval: int64, or float64 with NaN where a counter was not a number."""
COMBINATION = "combination"
"""Number of the row's combination of labels, from 0; of one count, not to be compared with another's."""
TARGET_LABELS = (fields.JOB, fields.INSTANCE, fields.POD)
"""What tells scrape targets apart."""

SAME_SCRAPE = 0.5
"""Samples of a target nearer than this part of an interval are of one scrape, or of one push."""
MISSED_SCRAPE = 1.8
"""A series was absent at a scrape only if its samples are further apart than this many intervals."""
FIRST_SCRAPE = 1.5
"""A target's first scrape comes within this many intervals of the beginning, or it was not scraped before."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Intervals of equal length, one after the other.

    Attributes
    ----------
    start : float
        Unix seconds.
    step_s : float
    count : int
        Number of intervals.
    """

    start: float
    step_s: float
    count: int

    @classmethod
    def over(cls, anchor: float, at: float, *, scrape_s: float, settle_s: float = 0.0) -> Grid:
        """The whole intervals of (anchor + settle_s, at].

        As long as a scrape interval, doubled until there are at most ``MOST_INTERVALS``. They begin at
        multiples of their length: so they stay where they are while time goes on, and splits of different
        anchors are counted in one pass.
        """
        start, step_s = anchor + settle_s, scrape_s
        while (at - start) / step_s > MOST_INTERVALS:
            step_s *= 2
        start = math.ceil(start / step_s - 1e-9) * step_s
        return cls(start, step_s, max(0, math.floor((at - start) / step_s + 1e-6)))

    @property
    def end(self) -> float:
        """End of the last interval, Unix seconds."""
        return self.start + self.count * self.step_s

    def starts(self) -> Floats:
        """Beginnings of the intervals, Unix seconds."""
        starts: Floats = self.start + self.step_s * np.arange(self.count, dtype=np.float64)
        return starts

    def place(self, times: Floats) -> Ints:
        """Interval (start, end] that each instant lies in; outside below 0, or ``count`` and more."""
        since = np.rint((times - self.start) * 1000) / np.rint(self.step_s * 1000)
        places: Ints = np.ceil(since).astype(np.int64) - 1
        return places


def count_samples(
    samples: pd.DataFrame, labels: Sequence[str], grid: Grid, begins: Floats | None = None
) -> pd.DataFrame:
    """Events per interval, summed over the series of equal labels.

    Parameters
    ----------
    samples : pandas.DataFrame
        As a source answers ``RAW`` or ``LATEST``: ``labels`` and ``TARGET_LABELS`` : str, ``value`` :
        float64, ``time`` : float64, Unix seconds, ``series`` : int64; rows may recur and stand in any order.
        Rows of one series have the same labels.
    labels : sequence of str
        Labels to keep.
    grid : Grid
    begins : array of float, optional
        Per row, since when its series is counted, Unix seconds, not before ``grid.start``, which it is if
        not given; +inf for not at all. Samples before it are passed over: the first from there on is what is
        counted from.

    Returns
    -------
    pandas.DataFrame
        ``labels`` : str, ``interval`` : int64, ``count`` : int64 (float64 with NaN where a counter was not a
        number), ``reset`` and ``unknown_birth`` : bool, ``combination`` : int64. One row per labels and
        interval in which something was counted or marked. Without samples, the same columns and no rows.

    Notes
    -----
    What a counter lost between its last scrape and its restart is not counted. A series that its target did
    not have at an earlier scrape counts from 0. One that begins with its target, long after the grid's start,
    may be new or may only not have been scraped: its first value is not counted, and that is marked.
    """
    time = samples[fields.TIME].to_numpy(dtype=np.float64)
    series = samples[fields.SERIES].to_numpy(dtype=np.int64)
    begins = np.full(len(samples), grid.start) if begins is None else begins
    within = np.flatnonzero((time >= begins - 1e-3) & (time <= grid.end + 1e-3))
    order = within[np.lexsort((time[within], series[within]))]
    is_first = np.ones(len(order), dtype=np.bool_)
    is_first[1:] = series[order[1:]] != series[order[:-1]]
    # What is text is looked at once a series, not once a sample.
    heads, number = samples.take(order[is_first]), np.cumsum(is_first) - 1
    value = samples[fields.VALUE].to_numpy(dtype=np.float64)[order]
    history = _History.of(heads, number, (time[order], value), begins[order], grid)
    count, is_reset, is_unknown = history.increases()
    place = grid.place(history.time)
    kept = (place >= 0) & (place < grid.count) & ((count != 0) | is_reset | is_unknown)
    marks = {RESET: is_reset[kept], UNKNOWN_BIRTH: is_unknown[kept]}
    return _summed(heads, labels, (number[kept], place[kept]), count[kept], marks)


@dataclass(frozen=True, slots=True, eq=False)
class _History:
    """Samples by series and time, and what their targets were scraped for."""

    series: Ints
    time: Floats
    value: Floats
    scrape: Ints
    """Number of the target's scrape, ascending in each target."""
    since_first: Floats
    """Seconds since the target's first scrape."""
    since_begin: Floats
    """Seconds since its series is counted."""
    step_s: float

    @classmethod
    def of(
        cls, heads: pd.DataFrame, series: Ints, read: tuple[Floats, Floats], begins: Floats, grid: Grid
    ) -> _History:
        """Of samples in order: a row of labels per series, and of each sample its series, time and value."""
        time, value = read
        _, codes = encode([texts(heads[label]) for label in TARGET_LABELS if label in heads])
        target = (group(*codes)[0] if codes else np.zeros(len(heads), dtype=np.int64))[series]
        # Of one target, splits that are counted since different instants know different first scrapes.
        target, targets = (
            group(target, np.unique(begins, return_inverse=True)[1]) if len(time) else (target, 0)
        )
        scrape, _ = group(target, np.rint((time - grid.start) * 1000).astype(np.int64).clip(0))
        first = np.full(targets, np.inf)
        np.minimum.at(first, target, time)
        return cls(series, time, value, scrape, time - first[target], time - begins, grid.step_s)

    def increases(self) -> tuple[Floats, Bools, Bools]:
        """Events since the sample before; whether a counter began anew; whether it has an unknown birth."""
        before = np.empty_like(self.value)
        before[1:], before[:1] = self.value[:-1], 0.0
        is_same = np.zeros(len(self.series), dtype=np.bool_)
        is_same[1:] = self.series[1:] == self.series[:-1]
        # Comparisons with NaN are false: what is not a number stays so in the difference.
        is_reset = is_same & ((self.value < before) | self._was_absent())
        is_new = self.since_first > SAME_SCRAPE * self.step_s
        is_early = self.since_begin <= FIRST_SCRAPE * self.step_s
        count = np.where(is_same & ~is_reset, self.value - before, self.value)
        is_baseline = ~is_same & ~is_new
        return np.where(is_baseline, 0.0, count), is_reset, is_baseline & ~is_early

    def _was_absent(self) -> Bools:
        """Whether the target was scraped, without this series, since the sample before."""
        absent = np.zeros(len(self.series), dtype=np.bool_)
        absent[1:] = (np.diff(self.scrape) > 1) & (np.diff(self.time) > MISSED_SCRAPE * self.step_s)
        return absent


def _summed(
    heads: pd.DataFrame,
    labels: Sequence[str],
    cells: tuple[Ints, Ints],
    count: Floats,
    marks: dict[str, Bools],
) -> pd.DataFrame:
    """Sums by labels and interval, of counts whose series and intervals are given."""
    series, place = cells
    vocabulary, codes = encode([texts(heads[label]) for label in labels])
    of_series = group(*codes)[0] if len(heads) else series
    groups, number = group(of_series[series], place) if len(place) else (place, 0)
    kept = first_rows(groups, number)
    sums = np.bincount(groups, weights=count, minlength=number)
    exact = sums if np.isnan(sums).any() else np.rint(sums).astype(np.int64)
    words = decode(vocabulary, [column[series[kept]] for column in codes])
    some = {name: np.bincount(groups, weights=mark, minlength=number) > 0 for name, mark in marks.items()}
    columns = dict(zip(labels, words, strict=True))
    combination = of_series[series[kept]]
    return pd.DataFrame(
        {**columns, INTERVAL: place[kept], COUNT: exact, **some, COMBINATION: combination}, copy=False
    )


def encode_rows(rows: pd.DataFrame, labels: Sequence[str]) -> tuple[list[str], list[Ints]]:
    """``encode`` of labels of counts, or of what follows from them; by combination where that is numbered."""
    if COMBINATION not in rows:
        return encode([texts(rows[label]) for label in labels])
    _, heads, which = np.unique(rows[COMBINATION].to_numpy(), return_index=True, return_inverse=True)
    vocabulary, codes = encode([texts(rows[label])[heads] for label in labels])
    return vocabulary, [column[which] for column in codes]
