"""Raw samples read from a store of counters, a row per series and sample."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesh_graph.fields import LE, SERIES, TIME, VALUE
from mesh_graph.sources.matching import Selection, matching_rows
from mesh_graph.sources.query import Function, Matcher, MetricQuery
from mesh_graph.sources.store import LOOKBACK_S, MOST_EDGES, CounterStore, Floats

__all__ = ["newest_samples", "samples_table"]

_NONE = np.empty(0, dtype=np.int64)


def samples_table(
    store: CounterStore, query: MetricQuery, ats: Floats, chosen: Selection
) -> tuple[pd.DataFrame, int]:
    """Samples of every series by itself: those of the window before an instant, or the newest at each.

    The table of a raw ``Reply``, and the number of its series.
    """
    part = "bucket" if LE in query.by else "sum" if query.function is Function.RAW_SUM else "count"
    length = LOOKBACK_S if query.function is Function.LATEST else query.window_s
    edges = np.array(store.edges(query.family), dtype=object)
    wanted = matching_rows({LE: edges}, tuple(filter(_is_edge, query.matchers)))
    found = [(_NONE, _NONE, np.empty(0), np.empty(0))]
    for scraped in store.read(query.family, part, chosen.rows, (float(ats[0]) - length, float(ats[-1]))):
        if not len(scraped.series):
            continue
        times, samples = scraped.times, scraped.samples
        if query.function is Function.LATEST:
            times, samples = ats, newest_samples(samples, times, ats)
        cells = samples[:, wanted] if part == "bucket" else samples[:, None]
        series, edge, instant = np.nonzero(~np.isnan(cells))
        found.append((scraped.series[series], edge, cells[series, edge, instant], times[instant]))
    series, edge, values, when = map(np.concatenate, zip(*found, strict=True))
    group = np.repeat(np.arange(len(chosen.starts)), np.diff([*chosen.starts, len(chosen.rows)]))
    table = chosen.groups.take(group[series]).reset_index(drop=True)
    number = chosen.rows[series] * MOST_EDGES
    if part == "bucket":
        table[LE] = pd.array(edges[wanted][edge], dtype="str")
        number += wanted[edge]
    table = table[list(query.by)].assign(**{VALUE: values, TIME: when, SERIES: number})
    return table, len(np.unique(number))


def newest_samples(samples: Floats, times: Floats, ats: Floats) -> Floats:
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


def _is_edge(matcher: Matcher) -> bool:
    return matcher.label == LE
