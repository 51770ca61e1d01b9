"""The split: is a version's share of the requests what was declared, and how many reached no version."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mesh_graph.canary.forecast import Ahead, growth_until
from mesh_graph.canary.noise import batch_length, is_changing, spread_curve
from mesh_graph.canary.sample import Rules
from mesh_graph.canary.sequence import GROWTH, ONE_LOOK, Arm, Floats, multiplier, widened, wilson
from mesh_graph.canary.tally import Tally
from mesh_graph.canary.verdict import Bounds, Judged, Quantity, State

__all__ = ["judge_share", "judge_unattributed", "share_margin", "with_time"]


@dataclass(frozen=True, slots=True)
class _Share:
    arm: Arm
    dispersion: float
    batches: int
    best: float
    alpha: float

    def bounds(self, growth: Floats | float = 1.0) -> tuple[Floats, Floats]:
        requests = self.arm.requests * growth
        width = widened(multiplier(requests, self.best, self.alpha), self.dispersion, self.batches * growth)
        return wilson(Arm(self.arm.ratio, requests), width)


def share_margin(weight: float, rules: Rules) -> float:
    """Half-width of what is still as declared: none at weight 0, which promises that nothing arrives."""
    if weight <= 0:
        return 0.0
    return max(rules.share_margin, rules.share_margin_relative * min(weight, 1 - weight))


def judge_share(version: str, counts: tuple[Floats, Floats], weight: float | None, rules: Rules) -> Judged:
    """The share of one version.

    Parameters
    ----------
    version : str
    counts : (array of float, array of float)
        Requests of the version and of all versions, per interval.
    weight : float or None
        Declared, 0..1; None if nothing is.
    rules : Rules
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
    length = batch_length(curve)
    if length is None:
        return replace(known, state=State.CANNOT_SAY)
    variance, batches = curve.at(length)
    changing = is_changing(
        residuals, variance, batches, share_margin(ratio if weight is None else weight, rules)
    )
    independent = ratio * (1 - ratio) / total
    dispersion = max(variance / independent, 1.0) if independent > 0 else 1.0
    share = _Share(Arm(ratio, total), dispersion, batches, _best(weight or ratio, rules), rules.alpha / 2)
    return _decided(replace(known, changing=changing, dispersion=dispersion, batches=batches), share, rules)


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
    return replace(
        judged, state=State.UNDECIDED, more_requests=_more(share, weight - margin, weight + margin)
    )


def _more(share: _Share, low: float, high: float) -> float:
    """Requests until it is as likely as not decided; NaN if not within 1,000 times as many."""
    lower, upper = share.bounds(GROWTH)
    ratio = float(share.arm.ratio)
    variance = share.dispersion * ratio * (1 - ratio) / float(share.arm.requests)
    return float(share.arm.requests) * (growth_until(Ahead(ratio, variance, lower, upper), low, high) - 1)


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
    return replace(known, state=State.UNDECIDED, more_requests=_more(share, -math.inf, rules.error_margin))


def with_time(judged: Judged, counts: Tally) -> Judged:
    """A judgement with the time that the requests still wanted take, if they keep coming as they did."""
    rate = judged.requests / counts.seconds if counts.seconds else 0.0
    return replace(judged, more_seconds=judged.more_requests / rate if rate else math.nan)
