"""Intervals that hold at every look, and the one-look intervals beside them.

A page is watched, so an interval that is right at one look is wrong at some look. The confidence sequence
here holds at all looks at once. In units of the standard error its half-width is, after n requests,

    c(n) = sqrt(2 · (1 + 1/x) · log(1 + sqrt(1 + x) / (2·alpha)))      x = rho²·n      for one side,

which is the one-sided form of the Gaussian-mixture boundary of Waudby-Smith, Arbour, Sinha, Kennedy and
Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52(6),
2024: sqrt(2·(n·rho² + 1) / (n²·rho²) · log(sqrt(n·rho² + 1) / alpha)) around a mean with unit
variance. ``rho`` is fixed beforehand so that the sequence is tightest at n_best requests: setting the
derivative of c² by x to zero (two sides, each at alpha) gives x = −W₋₁(−(2·alpha)²/e) − 1, with Lambert's W.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import lambertw, ndtr, ndtri, stdtrit

__all__ = [
    "GROWTH",
    "ONE_LOOK",
    "Arm",
    "Floats",
    "corrected",
    "difference_bounds",
    "multiplier",
    "widened",
    "wilson",
]

Floats = NDArray[np.float64]

GROWTH = np.geomspace(1.0, 1000.0, 121)
"""How many times the traffic so far is looked ahead, for how long it may still take."""
ONE_LOOK = float(ndtri(0.975))
"""Half-width of a 95 % interval for one look, in standard errors."""


@lru_cache(maxsize=1024)
def _tuned(alpha: float) -> float:
    """X = rho²·n_best: where the sequence is tightest."""
    return float(-lambertw(-((2 * alpha) ** 2) / math.e, k=-1).real - 1)


def multiplier(requests: float | Floats, best: float, alpha: float) -> Floats:
    """Half-width of the sequence for one side, in standard errors.

    Parameters
    ----------
    requests : float or array
        Requests so far; infinite width at 0.
    best : float
        Requests at which the sequence is tightest; fixed before the data.
    alpha : float
        Probability that the bound is ever wrong, below 0.5.
    """
    x = np.maximum(np.asarray(requests, dtype=np.float64), 1e-9) * (_tuned(alpha) / best)
    return np.sqrt(2 * (1 + 1 / x) * np.log1p(np.sqrt(1 + x) / (2 * alpha)))


def widened(width: float | Floats, dispersion: float, batches: float | Floats) -> Floats:
    """Half-width in standard errors of independent requests, for a variance that was estimated.

    The normal half-width becomes that of Student's t with batches − 1 degrees of freedom at the same tail,
    times the root of the dispersion; never below the half-width that independent requests would have.

    Source: batch means with t, Law and Kelton, "Simulation Modeling and Analysis", section 9.5.3.
    """
    degrees = np.maximum(np.asarray(batches, dtype=np.float64) - 1, 1)
    with_t = -stdtrit(degrees, ndtr(-np.minimum(width, 8.0)))
    return np.maximum(width, with_t * math.sqrt(dispersion))


class Arm(NamedTuple):
    """One side of a comparison: its ratio, and the requests that it is as precise as."""

    ratio: float | Floats
    requests: float | Floats


def wilson(arm: Arm, width: float | Floats) -> tuple[Floats, Floats]:
    """Both ends of Wilson's score interval for a ratio, ``width`` in standard errors.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927; as
    statsmodels' ``proportion_confint(method="wilson")``, but for any width and number of requests.
    """
    spread = np.square(width) / np.asarray(arm.requests, dtype=np.float64)
    ratio = np.asarray(arm.ratio, dtype=np.float64)
    centre = ratio + spread / 2
    half = np.sqrt(spread * (ratio * (1 - ratio) + spread / 4))
    lower = np.where(ratio <= 0, 0.0, (centre - half) / (1 + spread))
    upper = np.where(ratio >= 1, 1.0, (centre + half) / (1 + spread))
    return lower, upper


def corrected(canary: Arm, baseline: Arm, lump: float | Floats) -> tuple[Arm, Arm]:
    """Both sides, each half a lump nearer to the other: what so few lumps may be off by being whole numbers.

    Source: the continuity correction of Newcombe's method 11, as below, for lumps instead of requests.
    """
    ours = np.clip(canary.ratio - lump / 2 / np.asarray(canary.requests, dtype=np.float64), 0.0, 1.0)
    theirs = np.clip(baseline.ratio + lump / 2 / np.asarray(baseline.requests, dtype=np.float64), 0.0, 1.0)
    return Arm(ours, canary.requests), Arm(theirs, baseline.requests)


def difference_bounds(
    canary: Arm,
    baseline: Arm,
    lower_width: float | Floats,
    upper_width: float | Floats,
    *,
    lump: float | Floats = 0.0,
) -> tuple[Floats, Floats]:
    """Both ends of the interval of canary − baseline, from the Wilson intervals of each.

    Parameters
    ----------
    canary, baseline : Arm
    lower_width, upper_width : float or array
        In standard errors of independent requests.
    lump : float or array
        Requests that count as one; the lower end is corrected for them.

    Source: Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
    Medicine 17, 1998, method 10.
    """
    difference = np.asarray(canary.ratio, dtype=np.float64) - baseline.ratio
    fewer, more = corrected(canary, baseline, lump)
    lowest = wilson(fewer, lower_width)[0]
    most_of_baseline = wilson(more, lower_width)[1]
    highest = wilson(canary, upper_width)[1]
    least_of_baseline = wilson(baseline, upper_width)[0]
    lower = difference - np.hypot(canary.ratio - lowest, most_of_baseline - baseline.ratio)
    upper = difference + np.hypot(highest - canary.ratio, baseline.ratio - least_of_baseline)
    return lower, upper
