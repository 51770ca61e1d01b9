"""The demo mesh as a metrics source: the simulator's counters, scraped on a grid and evaluated in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mesh_graph.demo.containers import Containers
from mesh_graph.demo.simulator import Part, Simulator
from mesh_graph.demo.spread import LE
from mesh_graph.demo.story import story
from mesh_graph.sources.base import Reply
from mesh_graph.sources.evaluator import Evaluator, steps
from mesh_graph.sources.matching import LabelColumns
from mesh_graph.sources.promql import render
from mesh_graph.sources.query import AnyFamily, Matcher, MetricQuery, PodFamily
from mesh_graph.sources.store import Scraped

__all__ = ["SCRAPE_S", "DemoSource"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SCRAPE_S = 15
"""The demo is scraped at multiples of this many seconds."""

_STRETCH_S = 3600.0


class DemoSource:
    """Implements ``MetricsSource`` over the simulated mesh.

    Parameters
    ----------
    simulator : Simulator, optional
        The mesh; the story by default.
    clock : callable
        Present instant, Unix seconds.
    containers : Containers, optional
        What is told of its pods; the simulator's own by default.
    """

    def __init__(
        self,
        simulator: Simulator | None = None,
        clock: Callable[[], float] = time.time,
        containers: Containers | None = None,
    ) -> None:
        simulator = Simulator(story()) if simulator is None else simulator
        store = _Scrapes(simulator, containers or Containers(simulator))
        self._evaluator = Evaluator(store, self.name)
        self._clock = clock

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
        return self._evaluator.instant(query, at)

    def range(self, query: MetricQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers at ``start``, ``start + step_s`` … up to ``end``, both ends included.

        Raises
        ------
        InvalidRequest
            If the step is not positive or the end comes before the start.
        """
        return self._evaluator.range(query, steps(start, end, step_s))

    def label_values(
        self, label: str, matchers: tuple[Matcher, ...], start: float, end: float
    ) -> tuple[str, ...]:
        """Values of a label on the requests and TCP families between two instants, sorted."""
        return self._evaluator.label_values(label, matchers, start, end)

    def promql(self, query: MetricQuery) -> str:
        """The query as Prometheus reads it."""
        return render(query)

    def close(self) -> None:
        """Nothing to release."""


class _Scrapes:
    """The simulator as a ``CounterStore``: sampled every ``SCRAPE_S`` seconds, with its pods' containers."""

    def __init__(self, simulator: Simulator, containers: Containers) -> None:
        self._simulator = simulator
        self._containers = containers
        self.labels: Callable[[AnyFamily], LabelColumns] = lru_cache(maxsize=None)(self._labels)

    def edges(self, family: AnyFamily) -> tuple[str, ...]:
        return LE if family.is_histogram else ()

    def read(self, family: AnyFamily, part: str, rows: Ints, span: tuple[float, float]) -> list[Scraped]:
        times = SCRAPE_S * np.arange(np.ceil(span[0] / SCRAPE_S), np.floor(span[1] / SCRAPE_S) + 1)
        if isinstance(family, PodFamily):
            samples = self._containers.read(family.value, times, rows)
            return [Scraped(np.arange(len(rows)), times, samples)]
        order = np.argsort(rows)
        samples = self._simulator.read(family.value, Part(part), times, rows[order])
        unsorted = np.empty_like(samples)
        unsorted[order] = samples
        return [Scraped(np.arange(len(rows)), times, unsorted)]

    def is_present(self, family: AnyFamily, rows: Ints, start: float, end: float) -> NDArray[np.bool_]:
        """Whether each series has a sample between two instants; read in stretches, however long that is."""
        present = np.zeros(len(rows), dtype=bool)
        while start <= end and not present.all():
            (scraped,) = self.read(family, Part.COUNT, rows, (start, min(end, start + _STRETCH_S)))
            present |= ~np.isnan(scraped.samples).all(axis=1)
            start += _STRETCH_S
        return present

    def _labels(self, family: AnyFamily) -> LabelColumns:
        of_pods = isinstance(family, PodFamily)
        return (self._containers if of_pods else self._simulator).labels(family.value)
