"""One guardrail: whether a ratio of the canary is worse than the baseline's by more than its margin."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from mesh_graph.canary.contrast import Contrast, Pair, contrast, have_different_callers, late_ratios
from mesh_graph.canary.forecast import Ahead, growth_until
from mesh_graph.canary.noise import is_changing, spread_curve
from mesh_graph.canary.sequence import GROWTH, ONE_LOOK, Arm, Floats, difference_bounds, multiplier, widened
from mesh_graph.canary.verdict import Bounds, Judged, Quantity, State

__all__ = ["Levels", "Noise", "Question", "compare"]

_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Levels:
    """Probabilities of a wrong bound, of one guardrail.

    Attributes
    ----------
    anchor : float
        Of the lower bound since the anchor: a false "worse".
    restarts : float
        Of the lower bounds of all later sequences together.
    sound : float
        Of the upper bound: a false "sound".
    """

    anchor: float
    restarts: float
    sound: float

    def restart(self, number: int) -> float:
        """Of the k-th restart, 6/(π²·k²) of ``restarts``: the sum over all k is ``restarts`` (Basel)."""
        return self.restarts * 6 / (math.pi**2 * number**2)


@dataclass(frozen=True, slots=True)
class Noise:
    """How requests cluster in time.

    Attributes
    ----------
    length : int
        Intervals per batch.
    least : int
        Batches that a variance needs.
    """

    length: int
    least: int


@dataclass(frozen=True, slots=True)
class Question:
    """What a guardrail is asked.

    Attributes
    ----------
    quantity : Quantity
    version : str
    margin, relative : float
        A difference matters above the larger of the first and the second times the baseline's ratio.
    least : int
        Requests of the canary before it can be sound; the sequence is tightest at twice as many.
    """

    quantity: Quantity
    version: str
    margin: float
    relative: float
    least: int


@dataclass(frozen=True, slots=True)
class _Sequence:
    """A contrast with the noise around it."""

    contrast: Contrast
    margin: float
    requests: float
    baseline_requests: float
    dispersion: float
    batches: int
    variance: float

    def bounds(
        self, lower: float, upper: float, best: float, growth: Floats | float = 1.0
    ) -> tuple[Floats, Floats]:
        """Both ends at two levels, if there were ``growth`` times the traffic and all else the same."""
        widths = [
            widened(multiplier(self.requests * growth, best, level), self.dispersion, self.batches * growth)
            for level in (lower, upper)
        ]
        return difference_bounds(
            _grown(self.contrast.canary, growth), _grown(self.contrast.baseline, growth), *widths
        )


def _grown(arm: Arm, growth: Floats | float) -> Arm:
    return Arm(arm.ratio, arm.requests * growth)


def compare(question: Question, pair: Pair, noise: Noise, *, levels: Levels, ends: Floats) -> Judged:
    """One guardrail judged since the anchor, and for "worse" since each full hour after it too.

    Parameters
    ----------
    question : Question
    pair : Pair
        Both versions have requests.
    noise : Noise
    levels : Levels
    ends : array of float
        Seconds from the anchor to the end of each interval.
    """
    stratified = have_different_callers(pair.canary, pair.baseline)
    pair = pair if stratified else pair.together()
    whole = _sequence(question, pair, noise) or _sequence(question, pair.together(), noise)
    if whole is None:
        return Judged(question.quantity, question.version, State.TOO_FEW)
    judged = replace(
        _judged(question, whole, levels, noise), stratified=stratified and contrast(pair) is not None
    )
    if judged.state is State.WORSE:
        return replace(judged, worse_since=0.0)
    since = _worse_restart(question, pair, noise, levels, ends)
    return judged if since is None else replace(judged, state=State.WORSE, worse_since=since)


def _sequence(question: Question, pair: Pair, noise: Noise) -> _Sequence | None:
    found = contrast(pair)
    curve = spread_curve(found.residuals, noise.least) if found else None
    if found is None or curve is None or not len(curve.lengths):
        return None
    variance, batches = curve.at(noise.length)
    independent = found.variance
    dispersion = max(variance / independent, 1.0) if independent > 0 else 1.0
    margin = max(question.margin, question.relative * float(found.baseline.ratio))
    requests, baseline_requests = float(pair.canary.sum()), float(pair.baseline.sum())
    return _Sequence(found, margin, requests, baseline_requests, dispersion, batches, variance)


def _judged(question: Question, sequence: _Sequence, levels: Levels, noise: Noise) -> Judged:
    best, found = 2.0 * question.least, sequence.contrast
    lower, upper = map(float, sequence.bounds(levels.anchor, levels.sound, best))
    width = widened(ONE_LOOK, sequence.dispersion, sequence.batches)
    once = difference_bounds(found.canary, found.baseline, width, width)
    changing = is_changing(found.residuals, sequence.variance, sequence.batches, sequence.margin)
    judged = Judged(
        question.quantity,
        question.version,
        _state(question, sequence, (lower, upper), changing),
        requests=round(sequence.requests),
        value=float(found.canary.ratio),
        reference=float(found.baseline.ratio),
        reference_requests=round(sequence.baseline_requests),
        difference=found.difference,
        interval=Bounds(lower, upper),
        one_look=Bounds(float(once[0]), float(once[1])),
        margin=sequence.margin,
        dispersion=sequence.dispersion,
        batches=sequence.batches,
        changing=changing,
    )
    more = _more(question, sequence, levels)
    return replace(judged, more_requests=more) if judged.state in (State.UNDECIDED, State.TOO_FEW) else judged


def _state(question: Question, sequence: _Sequence, ends: tuple[float, float], changing: bool) -> State:
    lower, upper = ends
    if lower > sequence.margin:
        return State.WORSE
    if sequence.requests < question.least:
        return State.TOO_FEW
    if upper < sequence.margin:
        return State.CHANGING if changing else State.SOUND
    return State.UNDECIDED


def _more(question: Question, sequence: _Sequence, levels: Levels) -> float:
    """Requests of the canary until it is as likely as not decided; NaN if not within 1,000 times as many."""
    lower, upper = sequence.bounds(levels.anchor, levels.sound, 2.0 * question.least, GROWTH)
    variance = max(sequence.variance, sequence.contrast.variance)
    ahead = Ahead(sequence.contrast.difference, variance, lower, upper)
    enough = (sequence.requests * GROWTH >= question.least).astype(np.float64)
    return sequence.requests * (growth_until(ahead, -math.inf, sequence.margin, enough) - 1)


def _worse_restart(
    question: Question, pair: Pair, noise: Noise, levels: Levels, ends: Floats
) -> float | None:
    """Seconds from the anchor to the restart whose sequence finds the canary worse; None if none does.

    Restarts whose difference is within the margin are not looked at: their bound is below it.
    """
    hours = np.arange(1, int(ends[-1] // _HOUR_S) + 1)
    places = np.searchsorted(ends, hours * _HOUR_S, side="right")
    hours, places = hours[len(ends) - places >= noise.least], places[len(ends) - places >= noise.least]
    canary, baseline = late_ratios(pair, places)
    apart = canary - baseline > np.maximum(question.margin, question.relative * baseline)
    for hour, place in zip(hours[apart][::-1], places[apart][::-1], strict=True):
        sequence = _sequence(question, pair.since(int(place)), noise)
        level = levels.restart(int(hour))
        if sequence and sequence.bounds(level, level, 2.0 * question.least)[0] > sequence.margin:
            return float(hour * _HOUR_S)
    return None
