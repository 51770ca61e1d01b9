"""The demo mesh as a metrics source: the simulator's counters, scraped on a grid and evaluated in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mesh_graph.demo.simulator import Part, Simulator
from mesh_graph.demo.spread import LE
from mesh_graph.demo.story import story
from mesh_graph.errors import InvalidRequest, QueryRejected
from mesh_graph.fields import TIME
from mesh_graph.sources.base import Reply
from mesh_graph.sources.counters import choose, evaluate
from mesh_graph.sources.matching import LabelColumns, Selection, matching_rows
from mesh_graph.sources.promql import render, selector
from mesh_graph.sources.query import Family, Matcher, MetricQuery
from mesh_graph.sources.store import Scraped

__all__ = ["SCRAPE_S", "DemoSource"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SCRAPE_S = 15
"""The demo is scraped at multiples of this many seconds."""

_LABELLED = (Family.REQUESTS, Family.TCP_SENT, Family.TCP_RECEIVED, Family.TCP_OPENED, Family.TCP_CLOSED)
_STRETCH_S = 3600.0


class DemoSource:
    """Implements ``MetricsSource`` over the simulated mesh.

    Parameters
    ----------
    simulator : Simulator, optional
        The mesh; the story by default.
    clock : callable
        Present instant, Unix seconds.
    """

    def __init__(self, simulator: Simulator | None = None, clock: Callable[[], float] = time.time) -> None:
        self._store = _Scrapes(Simulator(story()) if simulator is None else simulator)
        self._clock = clock
        self._choose = lru_cache(maxsize=256)(self._choose_afresh)

    @property
    def name(self) -> str:
        """Who answers: the demo mesh."""
        return "demo mesh"

    @property
    def is_demo(self) -> bool:
        """True."""
        return True

    def now(self) -> float:
        """Present instant, Unix seconds."""
        return self._clock()

    def instant(self, query: MetricQuery, at: float) -> Reply:
        """Answer at one instant (Unix seconds), past or future."""
        return self._reply(query, np.array([at], dtype=np.float64), is_range=False)

    def range(self, query: MetricQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers at ``start``, ``start + step_s`` … up to ``end``, both ends included.

        Raises
        ------
        InvalidRequest
            If the step is not positive or the end comes before the start.
        """
        if step_s <= 0 or end < start:
            raise InvalidRequest("range", f"{start} to {end} by {step_s} s has no steps")
        # Prometheus counts in milliseconds: a step that should fall on the end does.
        steps = int((round(end * 1000) - round(start * 1000)) // round(step_s * 1000))
        return self._reply(query, start + step_s * np.arange(steps + 1, dtype=np.float64), is_range=True)

    def label_values(
        self, label: str, matchers: tuple[Matcher, ...], start: float, end: float
    ) -> tuple[str, ...]:
        """Values of a label on the requests and TCP families between two instants, sorted."""
        found: set[str] = set()
        for family in _LABELLED:
            labels = self._store.labels(family)
            try:
                rows = matching_rows(labels, matchers)
            except ValueError as error:
                raise self._rejected(selector(family, matchers), error) from error
            if label in labels and len(rows):
                found.update(labels[label][rows[self._store.is_present(family, rows, start, end)]])
        return tuple(sorted(found - {""}))

    def promql(self, query: MetricQuery) -> str:
        """The query as Prometheus reads it."""
        return render(query)

    def close(self) -> None:
        """Nothing to release."""

    def _reply(self, query: MetricQuery, ats: Floats, *, is_range: bool) -> Reply:
        began = time.perf_counter()
        chosen = self._choose(query)
        table, series = evaluate(self._store, query, ats, chosen)
        if not is_range and not query.function.is_raw:
            table = table.drop(columns=TIME)
        return Reply(table, self.promql(query), series=series, seconds=time.perf_counter() - began)

    def _choose_afresh(self, query: MetricQuery) -> Selection:
        try:
            return choose(self._store, query)
        except ValueError as error:
            raise self._rejected(self.promql(query), error) from error

    def _rejected(self, request: str, error: ValueError) -> QueryRejected:
        return QueryRejected(self.name, request, f"The query has a bad matcher: {error}.")


class _Scrapes:
    """The simulator as a ``CounterStore``: sampled every ``SCRAPE_S`` seconds."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.labels: Callable[[Family], LabelColumns] = lru_cache(maxsize=None)(self._labels)

    def edges(self, family: Family) -> tuple[str, ...]:
        return LE if family.is_histogram else ()

    def read(self, family: Family, part: str, rows: Ints, span: tuple[float, float]) -> list[Scraped]:
        times = SCRAPE_S * np.arange(np.ceil(span[0] / SCRAPE_S), np.floor(span[1] / SCRAPE_S) + 1)
        order = np.argsort(rows)
        samples = self._simulator.read(family.value, Part(part), times, rows[order])
        unsorted = np.empty_like(samples)
        unsorted[order] = samples
        return [Scraped(np.arange(len(rows)), times, unsorted)]

    def is_present(self, family: Family, rows: Ints, start: float, end: float) -> NDArray[np.bool_]:
        """Whether each series has a sample between two instants; read in stretches, however long that is."""
        present = np.zeros(len(rows), dtype=bool)
        while start <= end and not present.all():
            (scraped,) = self.read(family, Part.COUNT, rows, (start, min(end, start + _STRETCH_S)))
            present |= ~np.isnan(scraped.samples).all(axis=1)
            start += _STRETCH_S
        return present

    def _labels(self, family: Family) -> LabelColumns:
        return self._simulator.labels(family.value)
