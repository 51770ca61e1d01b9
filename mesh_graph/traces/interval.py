"""How well a number is known from few traces: two-sided 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from scipy.special import bdtr, betaincinv, gammaincinv, stdtrit

__all__ = ["Interval", "count_interval", "mean_interval", "quantile_ranks", "share_interval"]

_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``, both included; what the number counts says its unit."""

    low: float
    high: float


def share_interval(successes: int, trials: int) -> Interval:
    """Of a share 0..1; of no trials all of 0..1.

    Source: Clopper, Pearson (1934), doi:10.1093/biomet/26.4.404: exact, never too narrow.

    Examples
    --------
    >>> found = share_interval(0, 10)
    >>> round(found.low, 3), round(found.high, 3)
    (0.0, 0.308)
    """
    failures = trials - successes
    low = float(betaincinv(successes, failures + 1, _TAIL)) if successes else 0.0
    return Interval(low, float(betaincinv(successes + 1, failures, 1 - _TAIL)) if failures else 1.0)


def count_interval(events: int) -> Interval:
    """Of the number of independent events to be expected where so many were seen.

    Source: Garwood (1936), doi:10.1093/biomet/28.3-4.437.

    Examples
    --------
    >>> found = count_interval(3)
    >>> round(found.low, 2), round(found.high, 2)
    (0.62, 8.77)
    """
    low = float(gammaincinv(events, _TAIL)) if events else 0.0
    return Interval(low, float(gammaincinv(events + 1, 1 - _TAIL)))


def mean_interval(values: Sequence[float]) -> Interval:
    """Of the mean of values by Student's t; of fewer than two, nothing is known: all numbers."""
    count = len(values)
    if count < 2:
        return Interval(-inf, inf)
    mean = sum(values) / count
    spread = sqrt(sum((value - mean) ** 2 for value in values) / (count - 1) / count)
    width = float(stdtrit(count - 1, 1 - _TAIL)) * spread
    return Interval(mean - width, mean + width)


def quantile_ranks(quantile: float, count: int) -> tuple[int | None, int | None]:
    """Places, from 0, in a sorted sample between whose values a quantile lies.

    Each bound is None where the sample is too small to have one on that side, as nearly always above p99 of
    less than a few hundred values.

    Source: Hahn, Meeker, Statistical Intervals (1991), section 5.2.

    Examples
    --------
    >>> quantile_ranks(0.5, 10)
    (1, 8)
    >>> quantile_ranks(0.99, 50)
    (47, None)
    """
    below = bdtr(np.arange(count), count, quantile)
    low, high = int((below <= _TAIL).sum()) - 1, int((below < 1 - _TAIL).sum())
    return low if low >= 0 else None, high if high < count else None
