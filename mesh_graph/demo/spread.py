"""What single requests measure: durations and sizes, as fixed sequences of values and their running totals.

The n-th event of a series takes the n-th value of its spread's sequence, over and over. So the sum and every
bucket after n events are look-ups, and agree with each other and with the count exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from mesh_graph.demo.noise import identity

__all__ = ["BUCKETS", "LE", "Spread", "Totals"]

BUCKETS = (
    0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
    300_000, 600_000, 1_800_000, 3_600_000, float("inf"),
)  # fmt: skip
"""Upper edges of Envoy's histograms as its Prometheus text has them; Istio uses them for durations in
milliseconds and sizes in bytes alike."""
LE = tuple("+Inf" if edge == float("inf") else f"{edge:.15g}" for edge in BUCKETS)
"""The edges as Envoy writes them."""

_LENGTH = 1024
_NORMAL = np.array([NormalDist().inv_cdf((i + 0.5) / _LENGTH) for i in range(_LENGTH)])

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spread:
    """A log-normal spread, rounded to integers, with a slower (or larger) tail.

    Attributes
    ----------
    median : float
        Milliseconds or bytes.
    sigma : float
        Standard deviation of the logarithm.
    tail_share : float
        0..1 of the values that are ``tail_factor`` times as large.
    tail_factor : float
    """

    median: float
    sigma: float = 0.4
    tail_share: float = 0.0
    tail_factor: float = 10.0

    def values(self) -> Ints:
        """The sequence: 1024 values in an order that looks random and is always the same."""
        order = np.random.default_rng(identity(self)).permutation(_LENGTH)
        spread = self.median * np.exp(self.sigma * _NORMAL)
        in_tail = (
            np.random.default_rng(identity(self, "tail")).permutation(_LENGTH) < self.tail_share * _LENGTH
        )
        return np.rint(np.where(in_tail, spread * self.tail_factor, spread))[order].astype(np.int64)


class Totals:
    """Sums and bucket counts of some sequences after any number of events.

    Parameters
    ----------
    sequences : sequence of array of int
        All of one length.
    """

    def __init__(self, sequences: Sequence[Ints]) -> None:
        values = np.array(sequences, dtype=np.int64).reshape(-1, _LENGTH)
        start = np.zeros((len(values), 1), dtype=np.int64)
        self._sums = np.concatenate([start, np.cumsum(values, axis=1)], axis=1)
        inside = values[:, :, None] <= np.array(BUCKETS)
        counts = np.concatenate(
            [start[:, :, None].repeat(len(BUCKETS), 2), np.cumsum(inside, axis=1)], axis=1
        )
        self._counts = counts.astype(np.int32)

    def sums(self, which: Ints, events: Ints) -> Ints:
        """Sum of the first ``events`` values of sequence ``which`` (first axis), shape of ``events``."""
        rounds, position = np.divmod(events, _LENGTH)
        which = which.reshape(-1, *[1] * (events.ndim - 1))
        sums: Ints = rounds * self._sums[which, -1] + self._sums[which, position]
        return sums

    def buckets(self, which: Ints, events: Ints) -> Ints:
        """How many of the first ``events`` values are at most each edge: shape of ``events`` plus edges."""
        rounds, position = np.divmod(events, _LENGTH)
        which = which.reshape(-1, *[1] * (events.ndim - 1))
        per_round = self._counts[which, -1].astype(np.int64)
        counts: Ints = rounds[..., None] * per_round + self._counts[which, position]
        return counts
