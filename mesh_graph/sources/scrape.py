"""The scrape interval of Istio's metrics, measured: nobody needs to know the server's configuration."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from mesh_graph import fields
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.sources.remembered import Remembered

__all__ = ["ScrapeInterval"]

WINDOW_S = 300
COUNTED_S = WINDOW_S - 1
"""Ranges include both ends: on scrapes that lie on them, a whole window would count one too many."""
MEASURED_HOLDS_S = 600.0
UNKNOWN_HOLDS_S = 60.0
ENTRIES = 256
HOUR_S = 3600
LATELY_S = 60
LATELY_SAMPLES = 3
"""Samples of the last minute from which it may speak against the whole window."""
YOUNG = 1.5
"""How much longer the interval of the whole window is where no series lived through it."""


class ScrapeInterval:
    """Scrape interval of the series that match, seconds.

    ``WINDOW_S / max(count_over_time(family[COUNTED_S]))``, of the requests or else the TCP family: the series
    with the most samples is one that lived through the whole window. Just after a start, or after scrapes
    failed, none did: then the last minute tells more, if it holds a few samples.

    Parameters
    ----------
    table : function of query and instant
        The source's answer.
    clock : function
        Seconds, monotonic.
    """

    def __init__(
        self, table: Callable[[MetricQuery, float], pd.DataFrame], clock: Callable[[], float]
    ) -> None:
        self._table = table
        self._measured: Remembered[tuple[tuple[Matcher, ...], int], float | None] = Remembered(clock, ENTRIES)

    def around(self, matchers: tuple[Matcher, ...], at: float) -> float | None:
        """Scrape interval about an instant, None if nothing matches; measured once per hour looked at."""
        return self._measured.get((matchers, int(at // HOUR_S)), lambda: self._measure(matchers, at))

    def _measure(self, matchers: tuple[Matcher, ...], at: float) -> tuple[float | None, float]:
        for family in (Family.REQUESTS, Family.TCP_SENT):
            if count := self._samples(family, matchers, COUNTED_S, at):
                lately = self._samples(family, matchers, LATELY_S - 1, at)
                whole, last = WINDOW_S / count, LATELY_S / max(lately, 1)
                if lately >= LATELY_SAMPLES and whole > YOUNG * last:
                    return last, UNKNOWN_HOLDS_S
                return whole, MEASURED_HOLDS_S
        return None, UNKNOWN_HOLDS_S

    def _samples(self, family: Family, matchers: tuple[Matcher, ...], span_s: int, at: float) -> float:
        """Most samples of a series in a span; 0 where nothing matches."""
        query = MetricQuery(family, Function.SAMPLES, (), matchers, window_s=span_s)
        counts = self._table(query, at)[fields.VALUE]
        return float(counts.iloc[0]) if len(counts) else 0.0
