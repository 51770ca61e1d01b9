"""The split: is a version's share of the requests what was declared, and how many reached no version."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from mesh_graph.canary.forecast import Ahead, Forecast, growth_until
from mesh_graph.canary.lumps import Lumps, lumps_of
from mesh_graph.canary.noise import batch_length, is_changing, is_correlated, spread_curve
from mesh_graph.canary.sample import Rules
from mesh_graph.canary.sequence import GROWTH, ONE_LOOK, Arm, Floats, multiplier, widened, wilson
from mesh_graph.canary.tally import Tally
from mesh_graph.canary.verdict import Bounds, Judged, Quantity, State

__all__ = ["judge_share", "judge_unattributed", "share_margin", "with_forecast", "with_time"]


@dataclass(frozen=True, slots=True)
class _Share:
    arm: Arm
    dispersion: float
    batches: int
    best: float
    alpha: float
    lumps: Lumps | None = None
    """What to allow for where no batches were found to be independent."""

    def bounds(self, growth: Floats | float = 1.0) -> tuple[Floats, Floats]:
        requests = self.arm.requests * growth
        normal = multiplier(requests, self.best, self.alpha)
        width = widened(normal, self.dispersion, self.batches * growth)
        if self.lumps is not None:
            width = np.maximum(width, normal * np.sqrt(self.lumps.size(normal, growth)))
        return wilson(Arm(self.arm.ratio, requests), width)


def share_margin(weight: float, rules: Rules) -> float:
    """Half-width of what is still as declared: none at weight 0, which promises that nothing arrives."""
    if weight <= 0:
        return 0.0
    return max(rules.share_margin, rules.share_margin_relative * min(weight, 1 - weight))


def judge_share(
    version: str,
    counts: tuple[Floats, Floats],
    weight: float | None,
    rules: Rules,
    *,
    interval_s: float = 15.0,
) -> Judged:
    """The share of one version.

    Where no batches are as good as independent, the interval allows for lumps that last longer than any
    batch: a drift beyond them is still one. Where batches plainly go together, all else cannot be said.

    Parameters
    ----------
    version : str
    counts : (array of float, array of float)
        Requests of the version and of all versions, per interval.
    weight : float or None
        Declared, 0..1; None if nothing is.
    rules : Rules
    interval_s : float
        Length of an interval, seconds.
    """
    ours, everything = counts
    total = float(everything.sum())
    reference = math.nan if weight is None else weight
    known = Judged(Quantity.SHARE, version, State.NO_TRAFFIC, reference=reference)
    if not total > 0:
        return known if total == 0 else replace(known, state=State.NAN)
    ratio = float(ours.sum()) / total
    known = replace(known, requests=round(total), value=ratio, difference=ratio - reference)
    if weight is not None and weight <= 0:
        return replace(known, state=State.DRIFTING if ratio > 0 else State.AS_DECLARED, margin=0.0)
    residuals = (ours - ratio * everything) / total
    curve = spread_curve(residuals, rules.minimum_batches)
    if len(curve.lengths) < 2:
        return replace(known, state=State.TOO_FEW)
    calm = batch_length(curve)
    length = calm or int(curve.lengths[-1])
    variance, batches = curve.at(length)
    changing = is_changing(
        residuals, variance, batches, share_margin(ratio if weight is None else weight, rules)
    )
    independent = ratio * (1 - ratio) / total
    dispersion = max(variance / independent, 1.0) if independent > 0 else 1.0
    lumps = None if calm else lumps_of(curve, independent, interval_s)
    best = _best(weight or ratio, rules)
    share = _Share(Arm(ratio, total), dispersion, batches, best, rules.alpha / 2, lumps)
    known = replace(
        known, changing=changing, dispersion=dispersion, batches=batches, batch_s=length * interval_s
    )
    judged = _decided(known, share, rules)
    if calm is None and is_correlated(curve) and judged.state is not State.DRIFTING:
        return replace(known, state=State.CANNOT_SAY)
    return judged


def _best(weight: float, rules: Rules) -> float:
    """Requests at which three standard errors are the margin: there the sequence is tightest."""
    weight = min(max(weight, 0.001), 0.999)
    return 9 * weight * (1 - weight) / share_margin(weight, rules) ** 2


def _decided(known: Judged, share: _Share, rules: Rules) -> Judged:
    lower, upper = map(float, share.bounds())
    once = wilson(share.arm, widened(ONE_LOOK, share.dispersion, share.batches))
    weight = known.reference
    if math.isnan(weight):
        interval, one_look = Bounds(lower, upper), Bounds(float(once[0]), float(once[1]))
        return replace(known, state=State.OBSERVED, interval=interval, one_look=one_look)
    margin = share_margin(weight, rules)
    judged = replace(
        known,
        interval=Bounds(lower - weight, upper - weight),
        one_look=Bounds(float(once[0]) - weight, float(once[1]) - weight),
        margin=margin,
    )
    if lower > weight + margin or upper < weight - margin:
        return replace(judged, state=State.DRIFTING)
    if weight - margin <= lower and upper <= weight + margin:
        return replace(judged, state=State.CHANGING if known.changing else State.AS_DECLARED)
    return with_forecast(
        replace(judged, state=State.UNDECIDED), _ahead(share, weight - margin, weight + margin)
    )


def _ahead(share: _Share, low: float, high: float) -> Forecast:
    """How much longer; the soonest is what it would take if requests turn out to be independent."""
    ratio, requests = float(share.arm.ratio), float(share.arm.requests)
    likely = (ratio * requests + 1) / (requests + 2)

    def forecast(assumed: _Share) -> Forecast:
        variance = assumed.dispersion * likely * (1 - likely) / requests
        return growth_until(Ahead(ratio, variance, *assumed.bounds(GROWTH)), low, high)

    calmest = replace(share, dispersion=1.0, batches=10**6, lumps=None)
    return forecast(share)._replace(soonest=forecast(calmest).soonest)


def judge_unattributed(lost: Floats, everything: Floats, rules: Rules) -> Judged:
    """The share of requests that reached no version, against the error margin.

    Parameters
    ----------
    lost, everything : array of float
        Requests without a version, and all, per interval.
    rules : Rules
    """
    total = float(everything.sum())
    known = Judged(
        Quantity.UNATTRIBUTED, "", State.NO_TRAFFIC, round(total), reference=0.0, margin=rules.error_margin
    )
    if not total > 0:
        return known if total == 0 else replace(known, state=State.NAN, requests=0)
    ratio = float(lost.sum()) / total
    residuals = (lost - ratio * everything) / total
    curve = spread_curve(residuals, rules.minimum_batches)
    known = replace(known, value=ratio, difference=ratio)
    if not len(curve.lengths):
        return replace(known, state=State.TOO_FEW)
    variance, batches = curve.at(batch_length(curve) or int(curve.lengths[-1]))
    independent = ratio * (1 - ratio) / total
    dispersion = max(variance / independent, 1.0) if independent > 0 else 1.0
    share = _Share(Arm(ratio, total), dispersion, batches, 2.0 * rules.minimum_requests, rules.alpha / 2)
    lower, upper = map(float, share.bounds())
    known = replace(known, interval=Bounds(lower, upper), dispersion=dispersion, batches=batches)
    if upper < rules.error_margin:
        return replace(known, state=State.SOUND)
    if lower > rules.error_margin:
        return replace(known, state=State.WORSE)
    undecided = replace(known, state=State.UNDECIDED)
    return with_forecast(undecided, _ahead(share, -math.inf, rules.error_margin))


def with_forecast(judged: Judged, ahead: Forecast) -> Judged:
    """A judgement with the requests that are still wanted."""
    soonest, likely, latest = (judged.requests * (growth - 1) for growth in ahead)
    return replace(judged, more_requests=likely, more_soonest=soonest, more_latest=latest)


def with_time(judged: Judged, counts: Tally) -> Judged:
    """A judgement with the time that the requests still wanted take, if they keep coming as they did."""
    rate = judged.requests / counts.seconds if counts.seconds and judged.requests else math.nan
    return replace(
        judged,
        more_seconds=judged.more_requests / rate,
        soonest_seconds=judged.more_soonest / rate,
        latest_seconds=judged.more_latest / rate,
    )
