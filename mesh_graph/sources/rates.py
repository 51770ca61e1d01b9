"""``rate`` and ``histogram_quantile`` on arrays of raw samples, by Prometheus' own rules.

Source: ``promql/functions.go`` (``extrapolatedRate``) and ``promql/quantile.go`` (``bucketQuantile``) of
Prometheus 2.42, whose range selectors include both ends of the window (3.x leaves out the earlier one).
``tests/integration/test_demo_rate.py`` holds both against a running Prometheus.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Windows", "counter_rate", "histogram_quantile"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_THRESHOLD = 1.1
"""An end of the window is reached if it is within this many scrape intervals of a sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The windows ``[at - window, at]`` over one grid of sample times, in whole milliseconds.

    Attributes
    ----------
    times : array of float
        When samples were taken, Unix milliseconds, ascending.
    ats : array of float
        Evaluation instants.
    window : float
        Length of each window.
    first, last : array of int
        Positions in ``times`` of each window's first sample, and of the one after its last.
    """

    times: Floats
    ats: Floats
    window: float
    first: Ints
    last: Ints

    @classmethod
    def over(cls, times: Floats, ats: Floats, window_s: float) -> Windows:
        """The windows of ``window_s`` seconds that end at ``ats``; times in Unix seconds."""
        times, ats, window = np.rint(times * 1000), np.rint(ats * 1000), round(window_s * 1000)
        first = np.searchsorted(times, ats - window, side="left")
        return cls(times, ats, window, first, np.searchsorted(times, ats, side="right"))

    def count(self, values: Floats) -> Ints:
        """Samples per window along the last axis of ``values``; NaN is no sample."""
        seen = np.zeros((*values.shape[:-1], values.shape[-1] + 1), dtype=np.int64)
        np.cumsum(~np.isnan(values), axis=-1, out=seen[..., 1:])
        return seen[..., self.last] - seen[..., self.first]


def counter_rate(values: Floats, windows: Windows) -> Floats:
    """Rate of counters over windows, per second.

    Parameters
    ----------
    values : array of float64
        Samples on the last axis, one per ``windows.times``; NaN where there is none.
    windows : Windows

    Returns
    -------
    array of float64
        Shape of ``values`` with the windows on the last axis. NaN where a window has fewer than two samples.

    Notes
    -----
    A fall is a reset: the counter began again at zero. The increase is carried on to an end of the window
    that is near enough, else by half a scrape interval, and never back beyond the counter's zero.
    """
    flat = values.reshape(math.prod(values.shape[:-1]), values.shape[-1])
    rates = np.full((len(flat), len(windows.ats)), np.nan)
    if flat.shape[1] > 1:
        plain = (flat[:, 1:] >= flat[:, :-1]).all(axis=1)
        rates[plain] = _plain(flat[plain], windows)
        rates[~plain] = _general(flat[~plain], windows)
    return rates.reshape(*values.shape[:-1], len(windows.ats))


def _plain(values: Floats, windows: Windows) -> Floats:
    """Rates of counters that have every sample and never fall."""
    enough = windows.last - windows.first >= 2
    first, last = windows.first[enough], windows.last[enough] - 1
    rates = np.full((len(values), len(windows.ats)), np.nan)
    start = values[:, first]
    times = windows.times
    edges = _Edges(times[first], times[last], last - first + 1, windows.ats[enough], windows.window)
    rates[:, enough] = edges.extrapolate(values[:, last] - start, start)
    return rates


def _general(values: Floats, windows: Windows) -> Floats:
    """Rates of counters with gaps and resets."""
    is_sample = ~np.isnan(values)
    position = np.arange(values.shape[1])
    latest = np.maximum.accumulate(np.where(is_sample, position, -1), axis=1)
    following = np.where(is_sample, position, values.shape[1])[:, ::-1]
    following = np.minimum.accumulate(following, axis=1)[:, ::-1]
    filled = np.take_along_axis(values, np.maximum(latest, 0), axis=1)
    lost = np.zeros_like(values)
    # Comparisons with NaN, before the first sample, are false: nothing is lost there.
    lost[:, 1:] = np.where(filled[:, 1:] < filled[:, :-1], filled[:, :-1], 0.0)
    lost = np.cumsum(lost, axis=1)

    count = windows.count(values)
    first = following[:, np.minimum(windows.first, values.shape[1] - 1)]
    last = latest[:, np.maximum(windows.last - 1, 0)]
    enough = count >= 2
    first, last = np.where(enough, first, 0), np.where(enough, last, 0)

    def take(table: Floats, at: Ints) -> Floats:
        return np.take_along_axis(table, at, axis=1)

    start = take(values, first)
    increase = take(values, last) - start + take(lost, last) - take(lost, first)
    edges = _Edges(windows.times[first], windows.times[last], count, windows.ats, windows.window)
    return np.where(enough, edges.extrapolate(increase, start), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """First and last sample of windows: when they were taken and how many samples there are."""

    first: Floats
    last: Floats
    count: Ints
    ats: Floats
    window: float

    def extrapolate(self, increase: Floats, start: Floats) -> Floats:
        """Increase per second of the whole window, from that between its samples."""
        with np.errstate(divide="ignore", invalid="ignore"):
            sampled = self.last - self.first
            interval = sampled / (self.count - 1)
            to_zero = np.where((increase > 0) & (start >= 0), sampled * (start / increase), np.inf)
            to_start = np.minimum(self.first - (self.ats - self.window), to_zero)
            to_end = self.ats - self.last
            near = interval * _THRESHOLD
            reach = (
                sampled
                + np.where(to_start < near, to_start, interval / 2)
                + np.where(to_end < near, to_end, interval / 2)
            )
            return increase * (reach / sampled / (self.window / 1000))


def histogram_quantile(quantile: float, edges: Floats, counts: Floats) -> Floats:
    """Quantile of histograms whose cumulative buckets lie on the axis before the last.

    Parameters
    ----------
    quantile : float
        0..1.
    edges : array of float
        Upper edges, ascending, the last of them +inf.
    counts : array of float64
        Shape (…, edges, instants): what is at most each edge, any unit. NaN where there is no such bucket.

    Returns
    -------
    array of float64
        Shape (…, instants). In a bucket the values lie evenly; one in the last bucket is +inf, unlike in
        Prometheus, which gives the highest finite edge. NaN where there are no observations.
    """
    # Buckets can fall where their windows extrapolate differently; Prometheus takes the highest so far.
    counts = np.fmax.accumulate(np.moveaxis(counts, -2, 0), axis=0)
    rank = quantile * counts[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        bucket = np.minimum((counts[:-1] < rank).sum(axis=0), len(edges) - 1)
        below = np.maximum(bucket - 1, 0)[None]
        inside = np.take_along_axis(counts, bucket[None], axis=0)[0]
        before = np.where(bucket > 0, np.take_along_axis(counts, below, axis=0)[0], 0.0)
        bottom = np.where(bucket > 0, edges[below[0]], 0.0)
        top = edges[bucket]
        values = bottom + (top - bottom) * ((rank - before) / (inside - before))
    values = np.where(bucket == len(edges) - 1, np.inf, values)
    return np.where(counts[-1] > 0, values, np.nan)
