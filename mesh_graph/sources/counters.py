"""Typed queries evaluated on raw counters: what Prometheus would answer, without one.

The demo and recorded snapshots hold counters; this module turns them into the tables of a ``Reply``. It knows
neither where the counters come from nor what the labels mean.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph.fields import LE, SERIES, TIME, VALUE
from mesh_graph.sources.matching import LabelColumns, Selection, matching_rows, select
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.sources.rates import Windows, counter_rate, histogram_quantile

__all__ = ["LOOKBACK_S", "CounterStore", "choose", "evaluate"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_EDGES = 1000
LOOKBACK_S = 300
"""How old a sample may be to count as present (Prometheus' ``query.lookback-delta``)."""


class CounterStore(Protocol):
    """Raw counters of Istio's families, sampled at common times."""

    def labels(self, family: Family) -> LabelColumns:
        """Label columns of a family's series; of a histogram one series for all its buckets."""
        ...

    def edges(self, family: Family) -> tuple[str, ...]:
        """``le`` of a histogram's buckets as written, ascending, the last of them ``+Inf``."""
        ...

    def read(self, family: Family, part: str, rows: Ints, span: tuple[float, float]) -> tuple[Floats, Floats]:
        """Sample times within a span, both ends included, and the samples of some series.

        ``part`` is ``count``, ``sum`` or ``bucket``. Samples have the shape (series, times), of buckets
        (series, edges, times); NaN where a series has none.
        """
        ...


def choose(store: CounterStore, query: MetricQuery) -> Selection:
    """The series that a query touches, by group of its answer (``le`` aside).

    Raises
    ------
    ValueError
        If a matcher's expression is malformed.
    """
    has_edges = query.function is Function.BUCKET_RATE or query.function.is_raw
    by = tuple(label for label in query.by if not (label == LE and has_edges))
    of_series = tuple(
        matcher for matcher in query.matchers if not (query.function.is_raw and _is_edge(matcher))
    )
    return select(store.labels(query.family), by, of_series)


def _is_edge(matcher: Matcher) -> bool:
    return matcher.label == LE


def evaluate(
    store: CounterStore, query: MetricQuery, ats: Floats, chosen: Selection | None = None
) -> tuple[pd.DataFrame, int]:
    """A query's answer at some instants, and the number of its series.

    Parameters
    ----------
    store : CounterStore
    query : MetricQuery
    ats : array of float
        Unix seconds, ascending, at least one.
    chosen : Selection, optional
        ``choose(store, query)``, where it is known.

    Returns
    -------
    table : pandas.DataFrame
        Columns ``by``, ``value`` and ``time``; a row per group and instant that has a value.
    series : int
        Groups (of buckets: and edges) with a value at any instant.
    """
    chosen = choose(store, query) if chosen is None else chosen
    if query.function.is_raw:
        return _samples_table(store, query, ats, chosen)
    values = _Evaluation(store, query, ats, chosen).values()
    is_row = ~np.isnan(values)
    if not query.idle and query.function in (Function.RATE, Function.SUM_RATE):
        is_row &= values > 0
    *group, instant = np.nonzero(is_row)
    table = chosen.groups.take(group[0]).reset_index(drop=True)
    if query.function is Function.BUCKET_RATE:
        table[LE] = pd.array(np.array(store.edges(query.family), dtype=object)[group[1]], dtype="str")
        table = table[list(query.by)]
    table[VALUE] = values[is_row]
    table[TIME] = ats[instant]
    return table, int(is_row.any(axis=-1).sum())


def _samples_table(
    store: CounterStore, query: MetricQuery, ats: Floats, chosen: Selection
) -> tuple[pd.DataFrame, int]:
    """Samples of every series by itself: those of the window before an instant, or the newest at each."""
    part = "bucket" if LE in query.by else "count"
    length = query.window_s if query.function is Function.RAW else LOOKBACK_S
    times, samples = store.read(query.family, part, chosen.rows, (float(ats[0]) - length, float(ats[-1])))
    if query.function is Function.LATEST:
        times, samples = ats, _newest(times, samples, ats)
    edges = np.array(store.edges(query.family), dtype=object)
    if part == "bucket":
        wanted = matching_rows({LE: edges}, tuple(filter(_is_edge, query.matchers)))
        samples, edges = samples[:, wanted], edges[wanted]
    *series, instant = np.nonzero(~np.isnan(samples))
    group = np.repeat(np.arange(len(chosen.starts)), np.diff([*chosen.starts, len(chosen.rows)]))
    table = chosen.groups.take(group[series[0]]).reset_index(drop=True)
    if part == "bucket":
        table[LE] = pd.array(edges[series[1]], dtype="str")
    table = table[list(query.by)]
    number = chosen.rows[series[0]] * MOST_EDGES
    if part == "bucket":
        number += wanted[series[1]]
    table = table.assign(**{VALUE: samples[(*series, instant)], TIME: times[instant], SERIES: number})
    return table, len(np.unique(number))


def _newest(times: Floats, samples: Floats, ats: Floats) -> Floats:
    """The newest sample at each instant along the last axis; NaN where it is too old, or there is none."""
    if not len(times):
        return np.full((*samples.shape[:-1], len(ats)), np.nan)
    place = np.where(np.isnan(samples), -1, np.arange(len(times)))
    newest = np.maximum.accumulate(place, axis=-1)
    upto = np.searchsorted(times, ats, side="right") - 1
    found = np.where(upto < 0, -1, newest[..., np.maximum(upto, 0)])
    is_fresh = (found >= 0) & (ats - times[np.maximum(found, 0)] < LOOKBACK_S)
    taken = np.take_along_axis(samples, np.maximum(found, 0), axis=-1)
    return np.where(is_fresh, taken, np.nan)


class _Evaluation:
    """One query over one span of samples."""

    def __init__(self, store: CounterStore, query: MetricQuery, ats: Floats, chosen: Selection) -> None:
        self._store = store
        self._query = query
        self._ats = ats
        self._chosen = chosen

    def values(self) -> Floats:
        """Per group (buckets: and edge) and instant; NaN where there is no answer."""
        query, add_up = self._query, self._chosen.add_up
        match query.function:
            case Function.RATE:
                return add_up(self._rate("count"))
            case Function.SUM_RATE:
                return add_up(self._rate("sum"))
            case Function.BUCKET_RATE:
                return add_up(self._rate("bucket"))
            case Function.MEAN:
                total, count = add_up(self._rate("sum")), add_up(self._rate("count"))
                return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
            case Function.QUANTILE:
                edges = np.array(self._store.edges(query.family), dtype=np.float64)
                return histogram_quantile(query.quantile or 0.0, edges, add_up(self._rate("bucket")))
            case Function.SERIES:
                return add_up(np.where(np.isnan(self._ages()), np.nan, 1.0))
            case Function.SAMPLES:
                return self._samples()
            case Function.AGE:
                return self._extreme(np.fmin, self._ages())
            case Function.RAW | Function.LATEST:
                raise ValueError(f"{query.function} is not computed, it is read")

    def _rate(self, part: str) -> Floats:
        samples, windows = self._windows(part, self._query.window_s)
        return counter_rate(samples, windows)

    def _samples(self) -> Floats:
        samples, windows = self._windows("count", self._query.window_s)
        count = windows.count(samples).astype(np.float64)
        return self._extreme(np.fmax, np.where(count > 0, count, np.nan))

    def _ages(self) -> Floats:
        """Age of each series' newest sample that still counts, seconds."""
        samples, windows = self._windows("count", LOOKBACK_S)
        if not len(windows.times):
            return np.full((len(samples), len(self._ats)), np.nan)
        when = np.where(np.isnan(samples), -np.inf, windows.times / 1000)
        newest = np.maximum.accumulate(when, axis=1)[:, np.maximum(windows.last - 1, 0)]
        age = np.where(windows.last > 0, self._ats - newest, np.inf)
        return np.where(age < LOOKBACK_S, age, np.nan)

    def _windows(self, part: str, window_s: float) -> tuple[Floats, Windows]:
        span = (float(self._ats[0]) - window_s, float(self._ats[-1]))
        times, samples = self._store.read(self._query.family, part, self._chosen.rows, span)
        return samples, Windows.over(times, self._ats, window_s)

    def _extreme(self, pick: np.ufunc, values: Floats) -> Floats:
        """Least or greatest per group, past NaN."""
        if not len(self._chosen.starts):
            return values[:0]
        extreme: Floats = pick.reduceat(values, self._chosen.starts, axis=0)
        return extreme
