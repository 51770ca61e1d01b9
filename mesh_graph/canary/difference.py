"""The difference of two versions with the noise around it: its interval at every look, now and later."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mesh_graph.canary.contrast import Contrast, Pair, contrast
from mesh_graph.canary.lumps import Lumps, pooled
from mesh_graph.canary.noise import spread_curve
from mesh_graph.canary.sequence import Arm, Floats, difference_bounds, multiplier, widened

__all__ = ["Difference", "Noise", "difference_of"]


@dataclass(frozen=True, slots=True)
class Noise:
    """How requests cluster in time.

    Attributes
    ----------
    length : int
        Intervals per batch.
    least : int
        Batches that a variance needs.
    interval_s : float
        Length of an interval, seconds.
    at_once : float
        Dispersion of the shares within one interval, at least 1.
    lumps : Lumps
        What the shares show of requests that go together for longer.
    is_calm : bool
        Whether batches of the length are as good as independent.
    is_correlated : bool
        Whether no length in the sample is long enough, plainly.
    """

    length: int
    least: int
    interval_s: float
    at_once: float
    lumps: Lumps
    is_calm: bool = True
    is_correlated: bool = False

    def informed(self, pair: Pair) -> Noise:
        """The same, with what the baseline's own bad requests show of it."""
        bad, total = pair.baseline_bad.sum(axis=0), pair.baseline.sum(axis=0)
        curve = spread_curve(bad - total * (bad.sum() / total.sum()), self.least)
        return replace(self, lumps=pooled(self.lumps, bad, total, curve))


@dataclass(frozen=True, slots=True)
class Difference:
    """A contrast with the noise around it.

    Attributes
    ----------
    contrast : Contrast
    requests, baseline_requests : float
    dispersion : float
        Of the difference over batches of the noise's length, at least 1.
    batches : int
    variance : float
        Of the difference.
    tried_again : float
        How many requests go together at once beyond those that the shares show: retries; at least 1.
    noise : Noise
    """

    contrast: Contrast
    requests: float
    baseline_requests: float
    dispersion: float
    batches: int
    variance: float
    tried_again: float
    noise: Noise

    def bounds(
        self, lower: float, upper: float, best: float, growth: Floats | float = 1.0
    ) -> tuple[Floats, Floats]:
        """Both ends at two levels, if there were ``growth`` times the traffic and all else the same.

        The lower end, which rolls back, allows for lumps that the sample is too short to show; the upper one
        does where batches were not found to be independent.
        """
        canary, baseline = _grown(self.contrast.canary, growth), _grown(self.contrast.baseline, growth)
        low, high = (multiplier(self.requests * growth, best, level) for level in (lower, upper))
        lump = self._lump(low, growth)
        guarded = self._width(low, growth, lump)
        above = self._width(high, growth, 0.0 if self.noise.is_calm else self._lump(high, growth))
        return difference_bounds(canary, baseline, guarded, above, lump=lump)

    @property
    def spread(self) -> float:
        """Variance of the difference with a bad and a good request more on both sides: none is not never."""
        arms = (self.contrast.canary, self.contrast.baseline)
        ratios = [(float(arm.ratio) * float(arm.requests) + 1) / (float(arm.requests) + 2) for arm in arms]
        independent = (r * (1 - r) / float(arm.requests) for r, arm in zip(ratios, arms, strict=True))
        return self.dispersion * sum(independent)

    def calmest(self) -> Difference:
        """The same, if all that seems to go together did by chance."""
        noise = replace(self.noise, lumps=self.noise.lumps.none(), is_calm=True)
        return replace(self, dispersion=1.0, batches=10**6, tried_again=1.0, noise=noise)

    def _lump(self, width: Floats, growth: Floats | float) -> Floats:
        return self.tried_again * self.noise.lumps.size(width, growth)

    def _width(self, width: Floats, growth: Floats | float, lump: Floats | float) -> Floats:
        return np.maximum(widened(width, self.dispersion, self.batches * growth), width * np.sqrt(lump))


def _grown(arm: Arm, growth: Floats | float) -> Arm:
    return Arm(arm.ratio, arm.requests * growth)


def difference_of(pair: Pair, noise: Noise) -> Difference | None:
    """The difference of a pair; None where no caller called both, or there are too few intervals."""
    found = contrast(pair)
    curve = spread_curve(found.residuals, noise.least) if found else None
    if found is None or curve is None or not len(curve.lengths):
        return None
    variance, batches = curve.at(noise.length)
    independent = found.variance
    dispersion = max(variance / independent, 1.0) if independent > 0 else 1.0
    requests, baseline_requests = float(pair.canary.sum()), float(pair.baseline.sum())
    at_once = float(curve.variances[0]) / independent if independent > 0 else 1.0
    tried_again = max(at_once / noise.at_once, 1.0)
    return Difference(found, requests, baseline_requests, dispersion, batches, variance, tried_again, noise)
