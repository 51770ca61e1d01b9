"""How much more a sum over time varies than independent requests would make it, and whether it changes.

Requests of one session, one connection or one retry end at the same version, so counts of neighbouring
intervals are alike. The variance comes from the sums over batches of intervals; batches that are long
enough are as good as independent. How long that is shows in the curve of the variance over the batch
length: it rises up to there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from mesh_graph.canary.sequence import Floats

__all__ = ["Curve", "batch_length", "is_changing", "is_correlated", "spread_curve", "without_step"]

RISE = 0.3
"""Correlation of neighbouring batches that is still taken for none, if the data could have shown more."""
_CHANGING_LEVEL = 0.01
_BLOCKS = 10


@dataclass(frozen=True, slots=True)
class Curve:
    """Variance of a sum over batch lengths.

    Attributes
    ----------
    lengths : array of int
        1, 2, 4 … intervals.
    batches : array of int
    variances : array of float
        Of the sum over the whole sample, from batches of that length.
    correlations : array of float
        Of neighbouring batches.
    """

    lengths: np.ndarray
    batches: np.ndarray
    variances: Floats
    correlations: Floats

    def at(self, length: int) -> tuple[float, int]:
        """Variance and number of batches at a length, or at the longest there is below it."""
        place = max(int(np.searchsorted(self.lengths, length, side="right")) - 1, 0)
        return float(self.variances[place]), int(self.batches[place])


def spread_curve(residuals: Floats, least: int) -> Curve:
    """Curve of the variance of ``residuals.sum()``, for all lengths that leave at least ``least`` batches.

    Variance at length m with B = T // m batches: T/(B·m) · B/(B−1) · Σ (batch sum − mean)². The newest
    intervals are kept where m does not divide T.

    Source: batch means, Law and Kelton, "Simulation Modeling and Analysis", section 9.5.3; doubling the
    batches until they are uncorrelated, Fishman, "Grouping observations in digital simulation", Management
    Science 24, 1978.
    """
    lengths = [1 << power for power in range(12) if len(residuals) >> power >= least]
    rows = [_spread(residuals, length) for length in lengths]
    batches = np.array([len(residuals) // length for length in lengths], dtype=np.int64)
    values = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return Curve(np.array(lengths, dtype=np.int64), batches, values[:, 0], values[:, 1])


def _spread(residuals: Floats, length: int) -> tuple[float, float]:
    batches = len(residuals) // length
    sums = residuals[len(residuals) - batches * length :].reshape(batches, length).sum(axis=1)
    sums = sums - sums.mean()
    squares = float(sums @ sums)
    variance = squares * len(residuals) / length / (batches - 1)
    return variance, float(sums[1:] @ sums[:-1]) / squares if squares > 0 else 0.0


def batch_length(curve: Curve) -> int | None:
    """Intervals per batch from which on batches are as good as independent; None if none is long enough.

    The shortest length whose neighbours are not correlated by more than ``RISE`` less one standard error
    (1/√B), and after which the variance rises no more than estimates of a constant would (two standard
    errors, √(2/(B−1))).
    """
    for place, (length, batches) in enumerate(zip(curve.lengths, curve.batches, strict=True)):
        calm = curve.correlations[place] <= RISE - 1 / math.sqrt(batches)
        later = 1 + 2 * np.sqrt(2 / (curve.batches[place + 1 :] - 1))
        if calm and bool((curve.variances[place + 1 :] <= curve.variances[place] * later).all()):
            return int(length)
    return None


def is_correlated(curve: Curve) -> bool:
    """Whether even the longest batches plainly go together; where they merely may, the answer is no.

    They vary more than the shortest by three standard errors, or their neighbours are more alike than
    ``RISE`` by one.
    """
    error = math.sqrt(1 / float(curve.batches[-1]))
    rise = 1 + 3 * math.sqrt(2 / float(curve.batches[-1] - 1))
    return bool(curve.variances[-1] > rise * curve.variances[0] or curve.correlations[-1] > RISE + error)


def without_step(residuals: Floats) -> Floats:
    """Residuals less the one step that explains most of them: centred on both sides of it.

    Source: the largest deviation of the cumulative sum, Page, "A test for a change in a parameter occurring
    at an unknown point", Biometrika 42, 1955.
    """
    total = np.cumsum(residuals - residuals.mean())
    step = int(np.abs(total[:-1]).argmax()) + 1
    return np.concatenate(
        [residuals[:step] - residuals[:step].mean(), residuals[step:] - residuals[step:].mean()]
    )


def is_changing(residuals: Floats, variance: float, batches: int, margin: float) -> bool:
    """Whether a difference is not the same over time, by more than half its margin.

    Ten blocks of the sample vary among one another more than chance makes them (F test at 1 %), and the
    standard deviation of what is left after chance, sqrt(10 · (variance from blocks − variance)), is above
    margin/2.

    Source: the moment estimate of the variance between studies, DerSimonian and Laird, "Meta-analysis in
    clinical trials", Controlled Clinical Trials 7, 1986.
    """
    if len(residuals) < 2 * _BLOCKS or variance <= 0:
        return False
    between = _spread(residuals, len(residuals) // _BLOCKS)[0]
    by_chance = float(fdtrc(_BLOCKS - 1, max(batches - 1, 1), between / variance))
    excess = math.sqrt(max(_BLOCKS * (between - variance), 0.0))
    return by_chance < _CHANGING_LEVEL and excess > margin / 2
