"""Typed queries evaluated on raw counters: what Prometheus would answer, without one.

The demo and recorded snapshots hold counters; this module turns them into the tables of a ``Reply``. It knows
neither where the counters come from nor what the labels mean.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph.fields import LE, TIME, VALUE
from mesh_graph.sources.matching import Selection, select
from mesh_graph.sources.query import Function, MetricQuery
from mesh_graph.sources.rates import Windows, counter_rate, histogram_quantile
from mesh_graph.sources.raw import newest_samples, samples_table
from mesh_graph.sources.store import LOOKBACK_S, CounterStore

__all__ = ["choose", "evaluate"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
        matcher for matcher in query.matchers if not (query.function.is_raw and matcher.label == LE)
    )
    return select(store.labels(query.family), by, of_series, query.either)


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
        return samples_table(store, query, ats, chosen)
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
                return self._quantile(add_up(self._rate("bucket")))
            case Function.SERIES:
                return add_up(np.where(np.isnan(self._ages()), np.nan, 1.0))
            case Function.SAMPLES:
                return self._samples()
            case Function.MAX:
                return self._extreme(np.fmax, self._newest())
            case Function.AGE:
                return self._extreme(np.fmin, self._ages())
            case Function.RAW | Function.RAW_SUM | Function.LATEST:
                raise ValueError(f"{query.function} is not computed, it is read")

    def _quantile(self, counts: Floats) -> Floats:
        """Of each group by the edges that it has: proxies may count with different ones."""
        edges = np.array(self._store.edges(self._query.family), dtype=np.float64)
        quantile, known = self._query.quantile or 0.0, ~np.isnan(counts)
        if (known == known[:, :1]).all():
            return histogram_quantile(quantile, edges, counts)
        quantiles = np.full((len(counts), counts.shape[-1]), np.nan)
        columns = np.moveaxis(counts, 1, -1)
        layouts, which = np.unique(
            np.moveaxis(known, 1, -1).reshape(-1, len(edges)), axis=0, return_inverse=True
        )
        which = which.reshape(columns.shape[:-1])
        for number, has in enumerate(layouts):
            # Without the last bucket nobody knows how many there were.
            if has.any() and has[-1]:
                of_layout = columns[which == number][:, has].T
                quantiles[which == number] = histogram_quantile(quantile, edges[has], of_layout)
        return quantiles

    def _rate(self, part: str) -> Floats:
        return self._per_series(part, self._query.window_s, counter_rate)

    def _samples(self) -> Floats:
        def count(samples: Floats, windows: Windows) -> Floats:
            found = windows.count(samples).astype(np.float64)
            return np.where(found > 0, found, np.nan)

        return self._extreme(np.fmax, self._per_series("count", self._query.window_s, count))

    def _newest(self) -> Floats:
        """Each series' newest sample that still counts."""

        def newest(samples: Floats, windows: Windows) -> Floats:
            return newest_samples(samples, windows.times / 1000, self._ats)

        return self._per_series("count", LOOKBACK_S, newest)

    def _ages(self) -> Floats:
        """Age of each series' newest sample that still counts, seconds."""

        def age(samples: Floats, windows: Windows) -> Floats:
            if not len(windows.times):
                return np.full((len(samples), len(self._ats)), np.nan)
            when = np.where(np.isnan(samples), -np.inf, windows.times / 1000)
            newest = np.maximum.accumulate(when, axis=1)[:, np.maximum(windows.last - 1, 0)]
            since = np.where(windows.last > 0, self._ats - newest, np.inf)
            return np.where(since < LOOKBACK_S, since, np.nan)

        return self._per_series("count", LOOKBACK_S, age)

    def _per_series(self, part: str, window_s: float, compute: Callable[[Floats, Windows], Floats]) -> Floats:
        """What is computed of each series' samples, per instant; NaN for a series without any."""
        family, rows = self._query.family, self._chosen.rows
        inside = (len(self._store.edges(family)),) if part == "bucket" else ()
        values = np.full((len(rows), *inside, len(self._ats)), np.nan)
        span = (float(self._ats[0]) - window_s, float(self._ats[-1]))
        for scraped in self._store.read(family, part, rows, span):
            windows = Windows.over(scraped.times, self._ats, window_s)
            values[scraped.series] = compute(scraped.samples, windows)
        return values

    def _extreme(self, pick: np.ufunc, values: Floats) -> Floats:
        """Least or greatest per group, past NaN."""
        if not len(self._chosen.starts):
            return values[:0]
        extreme: Floats = pick.reduceat(values, self._chosen.starts, axis=0)
        return extreme
