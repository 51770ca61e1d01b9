"""How many requests may count as one, over times that a sample is too short to show.

A user's requests go to one version and may fail together. The variance of batches shows that only as far as
batches are long; of ten-minute sessions, a sample of twenty minutes shows little. So before a canary is
called worse, what the batches show is carried on to the length of the sample, as far as sessions may reach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtrit

from mesh_graph.canary.noise import Curve
from mesh_graph.canary.sequence import Floats

__all__ = ["REACH_S", "Lumps", "lumps_of", "pooled"]

REACH_S = 600.0
"""Requests of one session are assumed to be no farther apart than this, seconds."""
_BATCHES = 16
"""Batches at least, where the sample has as many intervals: as long as may be, and still enough of them."""
_FEWEST = 2
"""Events per batch from which on their variance says something."""


@dataclass(frozen=True, slots=True)
class Lumps:
    """What batches show of requests that go together.

    Attributes
    ----------
    dispersion : float
        Variance of the batches as a multiple of that of independent requests; never below 1.
    degrees : int
        Degrees of freedom that it rests on.
    batches : int
        Of the sample.
    batch_s : float
        Length of a batch, seconds.
    """

    dispersion: float
    degrees: int
    batches: int
    batch_s: float

    def none(self) -> Lumps:
        """The same batches, if nothing went together and that were known."""
        return Lumps(1.0, 10**6, self.batches, self.batch_s)

    def size(self, width: Floats, growth: Floats | float = 1.0) -> Floats:
        """Requests that count as one over the whole sample, at least 1.

        The dispersion is raised as far as it may be wrong, with Student's t in the place of the normal
        ``width``; what is above 1 then grows from a batch to the sample as requests do that are correlated
        with all others of up to ``REACH_S``, the less the farther apart.

        Parameters
        ----------
        width : array of float
            Half-width in standard errors whose tail the answer is for.
        growth : array of float
            For so many times the traffic, in as many times the time.

        Notes
        -----
        Batches vary about the sample's mean, which moves with the sessions: B batches of m intervals with
        variance v(m) show (B·v(m) − v(T))/(B − 1), so that v − 1 is carried on by (B − 1)·x(T)/(B·x(m) −
        x(T)), with x(t) = t − t²/3R up to R = ``REACH_S``, then R − R²/3t, which is the double integral of
        the correlation 1 − s/R over (0, t)², divided by t.

        Source: the bias of batch means, Law and Kelton, "Simulation Modeling and Analysis", section 9.5.3;
        critical values that depend on how few batches there are, Ibragimov and Müller, "t-statistic based
        correlation and heterogeneity robust inference", Journal of Business & Economic Statistics 28, 2010.
        """
        with_t = -stdtrit(self.degrees, ndtr(-np.minimum(width, 8.0)))
        above = self.dispersion * np.square(with_t / width) - 1
        part = _together(self.batch_s * np.asarray(growth, dtype=np.float64))
        whole = _together(self.batch_s * self.batches * np.asarray(growth, dtype=np.float64))
        carried: Floats = (self.batches - 1) * whole / (self.batches * part - whole)
        return 1 + np.maximum(above, 0.0) * carried


def _together(seconds: Floats) -> Floats:
    """Seconds that a request shares with others of its session, of so many; x(t) of ``Lumps.size``."""
    short = seconds - np.square(seconds) / (3 * REACH_S)
    return np.where(seconds < REACH_S, short, REACH_S - REACH_S**2 / (3 * np.maximum(seconds, 1e-9)))


def lumps_of(curve: Curve, independent: float, interval_s: float) -> Lumps:
    """Lumps that the shares show.

    Parameters
    ----------
    curve : Curve
        Of the shares, with one length at least.
    independent : float
        Variance of the sum if requests were independent.
    interval_s : float
    """
    place = _place(curve, interval_s)
    batches = int(curve.batches[place])
    shown = float(curve.variances[place]) / independent if independent > 0 else 1.0
    return Lumps(max(shown, 1.0), batches - 1, batches, float(curve.lengths[place]) * interval_s)


def pooled(lumps: Lumps, bad: Floats, total: Floats, curve: Curve) -> Lumps:
    """The same, with what the baseline shows of its own bad requests; it is no worse than itself.

    What goes together within one interval (a request that is tried again) is taken off first: it shows in the
    canary's own counts. Unchanged where the baseline has too few bad requests to tell.

    Parameters
    ----------
    lumps : Lumps
    bad, total : array of float
        The baseline's, per interval.
    curve : Curve
        Of ``bad − ratio·total``, over the same lengths.
    """
    ratio = float(bad.sum() / total.sum())
    independent = ratio * (1 - ratio) * float(total.sum())
    if bad.sum() < _FEWEST * lumps.batches or independent <= 0:
        return lumps
    place = int(np.searchsorted(-curve.batches, -lumps.batches))
    shown = curve.variances[[place, 0]] / independent
    lasting = float(shown[0]) - (max(float(shown[1]) - 1, 0.0) if place else 0.0)
    dispersion = max((lumps.dispersion + lasting) / 2, 1.0)
    return Lumps(dispersion, 2 * lumps.degrees, lumps.batches, lumps.batch_s)


def _place(curve: Curve, interval_s: float) -> int:
    """The longest batches of which there are enough; none need be longer than twice what sessions reach."""
    enough = (curve.batches >= _BATCHES) & (curve.lengths * interval_s <= 2 * REACH_S)
    return int(np.flatnonzero(enough)[-1]) if enough.any() else 0
