"""How much longer: the traffic at which a judgement is as likely as not to be decided.

What will be seen after g times the traffic is spread around what is seen now with variance s²·(1 − 1/g),
where s² is the variance of the estimate now: the predictive distribution of a mean with a flat prior
(Spiegelhalter, Abrams and Myles, "Bayesian Approaches to Clinical Trials", section 6.5). The interval then
is as wide as its formula says.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from mesh_graph.canary.sequence import GROWTH, Floats

__all__ = ["Ahead", "growth_until"]

_LIKELY = 0.35
"""Probability at one look; with those before it, about an even chance."""


class Ahead(NamedTuple):
    """An estimate, and the ends of its interval at each of ``GROWTH``, if it stays."""

    estimate: float
    variance: float
    lower: Floats
    upper: Floats


def growth_until(ahead: Ahead, low: float, high: float, allowed: Floats | None = None) -> float:
    """How many times the traffic so far it takes until the interval is likely inside (low, high), or outside.

    Parameters
    ----------
    ahead : Ahead
    low, high : float
        What the interval has to lie inside of, or on one side of; ``-inf`` where only the upper edge counts.
    allowed : array of float, optional
        1 at those of ``GROWTH`` where being inside counts, 0 elsewhere.

    Returns
    -------
    float
        At least 1; NaN if not within 1,000 times.
    """
    below, above = ahead.estimate - ahead.lower, ahead.upper - ahead.estimate
    spread = np.sqrt(np.maximum(ahead.variance * (1 - 1 / GROWTH), 1e-30))
    inside = ndtr((high - above - ahead.estimate) / spread) - ndtr((low + below - ahead.estimate) / spread)
    outside = ndtr((ahead.estimate - high - below) / spread) + ndtr((low - above - ahead.estimate) / spread)
    likely = np.maximum(inside, 0) * (1 if allowed is None else allowed) + outside >= _LIKELY
    return float(GROWTH[likely.argmax()]) if likely.any() else math.nan
