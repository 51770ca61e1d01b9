"""What holds raw counters: the demo mesh as it would be scraped, and recorded snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mesh_graph.sources.matching import LabelColumns
from mesh_graph.sources.query import AnyFamily

__all__ = ["LOOKBACK_S", "MOST_EDGES", "CounterStore", "Floats", "Ints", "Scraped"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_EDGES = 1000
"""Of one histogram."""
LOOKBACK_S = 300
"""How old a sample may be to count as present (Prometheus' ``query.lookback-delta``)."""


@dataclass(frozen=True, slots=True, eq=False)
class Scraped:
    """Series that were scraped at the same times.

    Attributes
    ----------
    series : array of int
        Which of the rows that were asked for.
    times : array of float
        Unix seconds, ascending.
    samples : array of float
        Of shape (series, times), of buckets (series, edges, times); NaN where a series has none.
    """

    series: Ints
    times: Floats
    samples: Floats


class CounterStore(Protocol):
    """Raw samples of families; one that it does not hold has no series."""

    def labels(self, family: AnyFamily) -> LabelColumns:
        """Label columns of a family's series; of a histogram one series for all its buckets."""
        ...

    def edges(self, family: AnyFamily) -> tuple[str, ...]:
        """``le`` of a histogram's buckets as written, ascending, the last of them ``+Inf``."""
        ...

    def read(self, family: AnyFamily, part: str, rows: Ints, span: tuple[float, float]) -> Sequence[Scraped]:
        """Samples of some series within a span, both ends included; each series is in one of the answers.

        ``part`` is ``count``, ``sum`` or ``bucket``. A series without samples may be left out.
        """
        ...
