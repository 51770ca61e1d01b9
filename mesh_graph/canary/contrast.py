"""The difference of two versions' ratios, caller by caller where the versions have different callers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mesh_graph.canary.sequence import Arm, Floats

__all__ = ["Contrast", "Pair", "contrast", "have_different_callers", "late_ratios"]

_MIX = 0.05
"""Part of the requests that must come from other callers before versions are compared caller by caller."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Counts of two versions, float64[caller, interval]: how many were bad, of how many."""

    canary_bad: Floats
    canary: Floats
    baseline_bad: Floats
    baseline: Floats

    def since(self, place: int) -> Pair:
        """The intervals from one on."""
        return self._each(lambda counts: counts[:, place:])

    def together(self) -> Pair:
        """All callers as one."""
        return self._each(lambda counts: counts.sum(axis=0, keepdims=True))

    def _each(self, change: Callable[[Floats], Floats]) -> Pair:
        return Pair(*map(change, (self.canary_bad, self.canary, self.baseline_bad, self.baseline)))


@dataclass(frozen=True, slots=True)
class Contrast:
    """Difference canary − baseline.

    Attributes
    ----------
    canary, baseline : Arm
        Ratios, weighted over the callers, and the requests that they are as precise as.
    residuals : array of float
        What each interval adds to the difference, less what it would add if nothing changed; together 0.
    """

    canary: Arm
    baseline: Arm
    residuals: Floats

    @property
    def difference(self) -> float:
        """Of the ratios, 0..1."""
        return float(self.canary.ratio) - float(self.baseline.ratio)

    @property
    def variance(self) -> float:
        """Of the difference, if requests were independent: p·(1 − p)/n of both, added."""
        return sum(float(arm.ratio * (1 - arm.ratio) / arm.requests) for arm in (self.canary, self.baseline))


def have_different_callers(canary: Floats, baseline: Floats) -> bool:
    """Whether more than ``_MIX`` of the requests would have to change callers to make both mixes equal.

    Parameters
    ----------
    canary, baseline : array of float64[caller, interval]
    """
    mixes = [counts.sum(axis=1) / max(float(counts.sum()), 1.0) for counts in (canary, baseline)]
    return bool(np.abs(mixes[0] - mixes[1]).sum() / 2 > _MIX)


def contrast(pair: Pair) -> Contrast | None:
    """Mantel–Haenszel risk difference of two versions, a stratum per caller; None if no caller called both.

    Weights n₁·n₀/(n₁ + n₀) per caller; the variance of a weighted ratio is that of 1/Σ(w²/n) requests (Kish).
    With one caller it is the plain difference.

    Source: Greenland and Robins, "Estimation of a common effect parameter from sparse follow-up data",
    Biometrics 41, 1985; Kish, "Survey Sampling", section 11.7.
    """
    ours, theirs = pair.canary.sum(axis=1), pair.baseline.sum(axis=1)
    shared = (ours > 0) & (theirs > 0)
    if not shared.any():
        return None
    ours, theirs = ours[shared], theirs[shared]
    weights = ours * theirs / (ours + theirs)
    weights = weights / weights.sum()
    canary, ours_left = _weighted(pair.canary_bad[shared], pair.canary[shared], weights)
    baseline, theirs_left = _weighted(pair.baseline_bad[shared], pair.baseline[shared], weights)
    return Contrast(canary, baseline, ours_left - theirs_left)


def late_ratios(pair: Pair, places: np.ndarray) -> tuple[Floats, Floats]:
    """Ratios of canary and baseline over the intervals from each place on, weighted as in ``contrast``.

    NaN where no caller called both.
    """
    bad, ours, baseline_bad, theirs = (
        counts[:, ::-1].cumsum(axis=1)[:, ::-1][:, places]
        for counts in (pair.canary_bad, pair.canary, pair.baseline_bad, pair.baseline)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = np.nan_to_num(ours * theirs / (ours + theirs))
        total = weights.sum(axis=0)
        canary = np.where(weights > 0, weights * bad / ours, 0.0).sum(axis=0) / total
        baseline = np.where(weights > 0, weights * baseline_bad / theirs, 0.0).sum(axis=0) / total
    return canary, baseline


def _weighted(bad: Floats, counts: Floats, weights: Floats) -> tuple[Arm, Floats]:
    totals = counts.sum(axis=1)
    ratios = bad.sum(axis=1) / totals
    residuals = (weights / totals) @ (bad - ratios[:, None] * counts)
    return Arm(float(weights @ ratios), float(1 / (weights**2 / totals).sum())), residuals
