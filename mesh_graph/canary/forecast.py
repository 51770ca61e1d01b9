"""How much longer: the traffic at which a judgement will have been decided, as an honest range.

What will be seen after g times the traffic is spread around what is seen now with variance s²·(1 − 1/g),
where s² is the variance of the estimate now: the predictive distribution of a mean with a flat prior
(Spiegelhalter, Abrams and Myles, "Bayesian Approaches to Clinical Trials", section 6.5). Over g it is a
Brownian motion in the time 1 − 1/g. When such a path first leaves the bounds varies by itself, most where the
difference lies near its margin: no estimate of one number can be right there. So a fixed set of such paths
is followed until the interval, as wide as its formula says, first decides; the range holds eight in ten.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mesh_graph.canary.sequence import GROWTH, Floats

__all__ = ["UNKNOWN", "Ahead", "Forecast", "growth_until"]

_PATHS = 400
_QUANTILES = (0.1, 0.5, 0.9)


class Ahead(NamedTuple):
    """An estimate, and the ends of its interval at each of ``GROWTH``, if it stays."""

    estimate: float
    variance: float
    lower: Floats
    upper: Floats


class Forecast(NamedTuple):
    """How many times the traffic so far it takes: one in ten sooner, as likely as not, one in ten later.

    NaN where it is not within the last of ``GROWTH``.
    """

    soonest: float
    likely: float
    latest: float


UNKNOWN = Forecast(math.nan, math.nan, math.nan)


def growth_until(ahead: Ahead, low: float, high: float, allowed: NDArray[np.bool_] | None = None) -> Forecast:
    """How many times the traffic so far it takes until the interval lies inside (low, high), or outside.

    Parameters
    ----------
    ahead : Ahead
    low, high : float
        What the interval has to lie inside of, or on one side of; ``-inf`` where only the upper edge counts.
    allowed : array of bool, optional
        Where, of ``GROWTH``, being inside counts; everywhere if not given.
    """
    move = math.sqrt(max(ahead.variance, 0.0)) * _paths()
    lower, upper = ahead.lower + move, ahead.upper + move
    inside = (lower >= low) & (upper <= high)
    if allowed is not None:
        inside &= allowed
    decided = inside | (lower > high) | (upper < low)
    first = np.where(decided.any(axis=1), decided.argmax(axis=1), len(GROWTH))
    places = np.quantile(first, _QUANTILES, method="higher").tolist()
    # It was decided after the place before: there the soonest may lie.
    return Forecast(*(_growth(place) for place in (max(places[0] - 1, 0), *places[1:])))


def _growth(place: int) -> float:
    return float(GROWTH[place]) if place < len(GROWTH) else math.nan


@lru_cache(maxsize=1)
def _paths() -> Floats:
    """Standard Brownian paths at 1 − 1/g for every g of ``GROWTH``: always the same, in mirrored pairs."""
    steps = np.sqrt(np.diff(1 - 1 / GROWTH, prepend=0.0))
    half = np.cumsum(np.random.default_rng(8).standard_normal((_PATHS // 2, len(GROWTH))) * steps, axis=1)
    return np.concatenate([half, -half])
