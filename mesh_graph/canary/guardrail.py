"""One guardrail: whether a ratio of the canary is worse than the baseline's by more than its margin."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from mesh_graph.canary.contrast import Pair, contrast, have_different_callers, late_ratios
from mesh_graph.canary.difference import Difference, Noise, difference_of
from mesh_graph.canary.forecast import Ahead, Forecast, growth_until
from mesh_graph.canary.noise import is_changing
from mesh_graph.canary.sequence import GROWTH, ONE_LOOK, Floats, difference_bounds, widened
from mesh_graph.canary.shares import with_forecast
from mesh_graph.canary.verdict import Bounds, Judged, Quantity, State

__all__ = ["Levels", "Question", "compare"]

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

    def allowed(self, found: Difference) -> float:
        """Difference that matters."""
        return max(self.margin, self.relative * float(found.contrast.baseline.ratio))


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
    noise = noise.informed(pair)
    stratified = have_different_callers(pair.canary, pair.baseline)
    pair = pair if stratified else pair.together()
    whole = difference_of(pair, noise) or difference_of(pair.together(), noise)
    if whole is None:
        return Judged(question.quantity, question.version, State.TOO_FEW)
    judged = replace(
        _judged(question, whole, levels, noise), stratified=stratified and contrast(pair) is not None
    )
    if judged.state is State.WORSE:
        return replace(judged, worse_since=0.0)
    since = _worse_restart(question, pair, noise, levels, ends)
    return judged if since is None else replace(judged, state=State.WORSE, worse_since=since)


def _judged(question: Question, found: Difference, levels: Levels, noise: Noise) -> Judged:
    best, of = 2.0 * question.least, found.contrast
    lower, upper = map(float, found.bounds(levels.anchor, levels.sound, best))
    width = widened(ONE_LOOK, found.dispersion, found.batches)
    once = difference_bounds(of.canary, of.baseline, width, width)
    changing = is_changing(of.residuals, found.variance, found.batches, question.allowed(found))
    judged = Judged(
        question.quantity,
        question.version,
        _state(question, found, (lower, upper), changing),
        requests=round(found.requests),
        value=float(of.canary.ratio),
        reference=float(of.baseline.ratio),
        reference_requests=round(found.baseline_requests),
        difference=of.difference,
        interval=Bounds(lower, upper),
        one_look=Bounds(float(once[0]), float(once[1])),
        margin=question.allowed(found),
        dispersion=found.dispersion,
        batches=found.batches,
        batch_s=noise.length * noise.interval_s,
        changing=changing,
    )
    waits = judged.state in (State.UNDECIDED, State.TOO_FEW)
    return with_forecast(judged, _ahead(question, found, levels)) if waits else judged


def _state(question: Question, found: Difference, ends: tuple[float, float], changing: bool) -> State:
    lower, upper = ends
    if lower > question.allowed(found):
        return State.WORSE
    if found.requests < question.least:
        return State.TOO_FEW
    if upper < question.allowed(found):
        return State.CHANGING if changing else State.SOUND
    return State.UNDECIDED


def _ahead(question: Question, found: Difference, levels: Levels) -> Forecast:
    """How much longer; the soonest is what it would take if requests turn out to be independent."""
    enough = found.requests * GROWTH >= question.least

    def forecast(assumed: Difference) -> Forecast:
        ends = assumed.bounds(levels.anchor, levels.sound, 2.0 * question.least, GROWTH)
        ahead = Ahead(assumed.contrast.difference, assumed.spread, *ends)
        return growth_until(ahead, -math.inf, question.allowed(assumed), enough)

    return forecast(found)._replace(soonest=forecast(found.calmest()).soonest)


def _worse_restart(
    question: Question, pair: Pair, noise: Noise, levels: Levels, ends: Floats
) -> float | None:
    """Seconds from the anchor to the restart whose difference finds the canary worse; None if none does.

    Restarts whose difference is within the margin are not looked at: their bound is below it.
    """
    hours = np.arange(1, int(ends[-1] // _HOUR_S) + 1)
    places = np.searchsorted(ends, hours * _HOUR_S, side="right")
    hours, places = hours[len(ends) - places >= noise.least], places[len(ends) - places >= noise.least]
    canary, baseline = late_ratios(pair, places)
    apart = canary - baseline > np.maximum(question.margin, question.relative * baseline)
    for hour, place in zip(hours[apart][::-1], places[apart][::-1], strict=True):
        found = difference_of(pair.since(int(place)), noise)
        level = levels.restart(int(hour))
        if found and found.bounds(level, level, 2.0 * question.least)[0] > question.allowed(found):
            return float(hour * _HOUR_S)
    return None
