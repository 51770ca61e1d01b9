"""All guardrails of one canary: what can be compared at all, at which levels, and with which noise."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mesh_graph.canary.contrast import Pair
from mesh_graph.canary.difference import Noise
from mesh_graph.canary.guardrail import Levels, Question, compare
from mesh_graph.canary.lumps import lumps_of
from mesh_graph.canary.noise import batch_length, is_correlated, spread_curve, without_step
from mesh_graph.canary.sample import (
    CLIENT_ERRORS,
    ERRORS,
    HUNG_UP,
    OVER_OBJECTIVE,
    ROUTED,
    TIMED,
    TOTAL,
    Declared,
    Rules,
    Sample,
)
from mesh_graph.canary.sequence import Floats
from mesh_graph.canary.shares import with_time
from mesh_graph.canary.tally import Tally
from mesh_graph.canary.verdict import Judged, Quantity, State

__all__ = ["Case", "judge_guardrails"]

_STALE_INTERVALS = 3
_FIRST = 2
"""Times the batches that a variance needs, in intervals, before anything is judged."""
_COLUMNS = {
    Quantity.ERRORS: (ERRORS, TOTAL),
    Quantity.CLIENT_ERRORS: (CLIENT_ERRORS, TOTAL),
    Quantity.HUNG_UP: (HUNG_UP, TOTAL),
    Quantity.LATENCY: (OVER_OBJECTIVE, TIMED),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One canary of a route."""

    sample: Sample
    counts: Tally
    declared: Declared
    rules: Rules
    version: str

    def pair(self, quantity: Quantity) -> Pair:
        """Counts of the canary and of the baseline."""
        canary = [self.counts.of(column, self.version) for column in _COLUMNS[quantity]]
        baseline = [self.counts.of(column, self.declared.baseline) for column in _COLUMNS[quantity]]
        return Pair(*canary, *baseline)

    def question(self, quantity: Quantity) -> Question:
        """What is asked of a quantity."""
        margin = {
            Quantity.ERRORS: self.rules.error_margin,
            Quantity.LATENCY: self.rules.latency_margin,
        }.get(quantity, self.rules.client_error_margin)
        return Question(
            quantity, self.version, margin, self.rules.relative_margin, self.rules.minimum_requests
        )

    @property
    def seconds(self) -> Floats:
        """From the anchor to the end of each interval."""
        return self.counts.ends - self.sample.anchor


def judge_guardrails(case: Case) -> tuple[Judged, ...]:
    """Errors, client errors, hang-ups and latency, as far as the protocol has them.

    A false "worse" has probability ``alpha`` per route and anchor, in all: half of it since the anchor,
    half for the restarts, each shared out over the guardrails of all canaries; once one is worse, the
    others share what is left by one fewer.

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6, 1979.
    """
    quantities = [q for q, columns in _COLUMNS.items() if not case.sample.inapplicable & set(columns)]
    noise = _noise(case)
    tests = len(quantities) * len(case.declared.canaries)
    judged = {quantity: _guardrail(case, quantity, noise, tests) for quantity in quantities}
    while worse := sum(guardrail.state is State.WORSE for guardrail in judged.values()):
        others = {
            q: _guardrail(case, q, noise, max(tests - worse, 1))
            for q in judged
            if judged[q].state is not State.WORSE
        }
        judged = {q: others.get(q, judged[q]) for q in quantities}
        if not any(guardrail.state is State.WORSE for guardrail in others.values()):
            break
    return tuple(with_time(judged[quantity], case.counts) for quantity in quantities)


def _guardrail(case: Case, quantity: Quantity, noise: Noise | State, tests: int) -> Judged:
    pair = case.pair(quantity)
    missing = _missing(case, quantity, pair)
    state = missing or (noise if isinstance(noise, State) else None)
    if state is not None or isinstance(noise, State):
        return _unanswered(case, quantity, pair, state or State.TOO_FEW)
    levels = Levels(case.rules.alpha / 2 / tests, case.rules.alpha / 2 / tests, case.rules.alpha)
    judged = compare(case.question(quantity), pair, noise, levels=levels, ends=case.seconds)
    if noise.is_correlated and judged.state is not State.WORSE:
        return _unanswered(case, quantity, pair, State.CANNOT_SAY)
    return replace(judged, worse_since=judged.worse_since + case.sample.anchor)


def _missing(case: Case, quantity: Quantity, pair: Pair) -> State | None:
    """Why a quantity cannot be compared; None if it can."""
    if case.sample.absent & set(_COLUMNS[quantity]):
        return State.NO_METRIC
    values = (pair.canary_bad, pair.canary, pair.baseline_bad, pair.baseline)
    if any(np.isnan(counts).any() for counts in values):
        return State.NAN
    if pair.canary.sum() <= 0 or pair.baseline.sum() <= 0:
        return State.NO_TRAFFIC
    silence = case.sample.at - float(case.counts.ends.max())
    return State.STALE if silence > _STALE_INTERVALS * case.sample.interval_s else None


def _unanswered(case: Case, quantity: Quantity, pair: Pair, state: State) -> Judged:
    ours, theirs = float(np.nansum(pair.canary)), float(np.nansum(pair.baseline))
    value = float(np.nansum(pair.canary_bad)) / ours if ours else float("nan")
    reference = float(np.nansum(pair.baseline_bad)) / theirs if theirs else float("nan")
    if state in (State.NO_METRIC, State.NAN):
        return Judged(quantity, case.version, state)
    return Judged(
        quantity,
        case.version,
        state,
        requests=round(ours),
        value=value,
        reference=reference,
        reference_requests=round(theirs),
        difference=value - reference,
        more_requests=_wanted(case, ours),
    )


def _wanted(case: Case, ours: float) -> float:
    """Requests until there are enough of them, and enough intervals, if they keep coming as they did."""
    intervals = len(case.counts.ends)
    missing = max(_FIRST * case.rules.minimum_batches - intervals, 0)
    return max(case.rules.minimum_requests - ours, ours * missing / intervals if intervals else 0.0, 0.0)


def _noise(case: Case) -> Noise | State:
    """How requests cluster: read off how they were drawn, which no error of the canary disturbs.

    Errors that come in sessions differ between versions only because sessions stay with a version, and that
    shows in the versions' shares of the traffic. A lasting change of the share (more replicas) is no
    clustering: it is taken out where that alone makes the rest calm.
    """
    column = ROUTED if case.counts.counts[ROUTED].sum() > 0 else TOTAL
    canary = case.counts.of(column, case.version).sum(axis=0)
    both = canary + case.counts.of(column, case.declared.baseline).sum(axis=0)
    least = case.rules.minimum_batches
    if len(both) < _FIRST * least:
        return State.TOO_FEW
    if np.isnan(both).any():
        return State.NAN
    share = float(canary.sum()) / max(float(both.sum()), 1.0)
    residuals = canary - both * share
    curve = spread_curve(residuals, least)
    length = batch_length(curve)
    if length is None and len(both) >= 8 * least:
        flat = spread_curve(without_step(residuals), least)
        length, curve = (1, flat) if batch_length(flat) == 1 else (None, curve)
    independent = share * (1 - share) * float(both.sum())
    interval_s = case.sample.interval_s
    return Noise(
        length or int(curve.lengths[-1]),
        least,
        interval_s,
        at_once=max(float(curve.variances[0]) / independent, 1.0) if independent > 0 else 1.0,
        lumps=lumps_of(curve, independent, interval_s),
        is_calm=length is not None,
        is_correlated=length is None and is_correlated(curve),
    )
