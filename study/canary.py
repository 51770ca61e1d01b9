"""What the canary judgement is worth: how often it rolls back a sound version, and how soon it decides.

Every trial draws its own requests from its own seed and asks the judgement that the page asks. A look that
cannot say "worse", because no bound would be above its margin even if requests were independent, is not
computed; all others are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from mesh_graph.canary.judge import judge
from mesh_graph.canary.sample import Rules
from mesh_graph.canary.sequence import Arm, difference_bounds, multiplier
from mesh_graph.canary.verdict import Judged, Judgement, Quantity, State, Verdict
from study.traffic import Fault, Traffic, counts_of, sample_at

__all__ = ["ROWS", "Row", "run_trial"]

Outcome = Callable[[Traffic, np.ndarray], bool | None]

_RULES = Rules()
_MARGINS = np.array([_RULES.error_margin, *[_RULES.client_error_margin] * 2, _RULES.latency_margin])[:, None]
_FIRST = 2 * _RULES.minimum_batches
_HOUR, _DAY = 3600.0, 86400.0


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    name : str
    traffic : Traffic
    outcome : callable
        (traffic, counts) → whether the trial counts, or None where it cannot be asked.
    wanted : str
        ``"<= 0.05"`` or ``">= 0.90"``; empty where nothing is promised.
    trials : int
    """

    name: str
    traffic: Traffic
    outcome: Outcome
    wanted: str
    trials: int = 400

    @property
    def limit(self) -> float:
        """What is wanted, 0..1; NaN if nothing is."""
        return float(self.wanted.split()[1]) if self.wanted else math.nan

    def holds(self, found: float, trials: int) -> bool:
        """Whether what was found is as wanted, within two Monte-Carlo standard errors."""
        slack = 2 * math.sqrt(self.limit * (1 - self.limit) / max(trials, 1))
        return not self.wanted or (
            found <= self.limit + slack if "<" in self.wanted else found >= self.limit - slack
        )


def run_trial(row: Row, seed: int) -> bool | None:
    """One trial of a row."""
    return row.outcome(row.traffic, counts_of(row.traffic, np.random.default_rng(seed)))


# -- outcomes


def is_ever_rolled_back(traffic: Traffic, counts: np.ndarray) -> bool:
    """Whether any look of all that a watcher takes, one per interval, says to roll back."""
    return _is_rolled_back(traffic, counts, counts.shape[2])


def _is_rolled_back(traffic: Traffic, counts: np.ndarray, last: int) -> bool:
    sums = counts[:, :, :last].cumsum(axis=2)
    asked = np.maximum(sums[:, [1, 1, 1, 5]], 1)
    old, new = (Arm(bad / of, of) for bad, of in zip(sums[:, [2, 3, 4, 6]], asked, strict=True))
    width = multiplier(new.requests, 2 * _RULES.minimum_requests, _RULES.alpha / 2 / len(_MARGINS))
    lower = difference_bounds(new, old, width, width)[0]
    apart = (lower > np.maximum(_MARGINS, _RULES.relative_margin * old.ratio)).any(axis=0)
    looks = np.flatnonzero(apart) + 1
    return any(_judged(traffic, counts, look).verdict is Verdict.ROLL_BACK for look in looks[looks >= _FIRST])


def is_rolled_back_by(requests: int) -> Outcome:
    """Whether it is rolled back at any look until the canary has had some requests."""
    return lambda traffic, counts: _is_rolled_back(traffic, counts, _reached(counts, requests))


def is_promoted_at(requests: int) -> Outcome:
    """Whether one look, when the canary has had some requests, says to promote."""
    return lambda traffic, counts: (
        _judged(traffic, counts, _reached(counts, requests)).verdict is Verdict.PROMOTE
    )


def is_promoted_at_the_end(traffic: Traffic, counts: np.ndarray) -> bool:
    """Whether the last look says to promote."""
    return _judged(traffic, counts, counts.shape[2]).verdict is Verdict.PROMOTE


def is_ever(state: State) -> Outcome:
    """Whether any look finds the canary's share in a state."""
    return lambda traffic, counts: any(
        _judged(traffic, counts, look).candidates[0].share.state is state
        for look in range(_FIRST, counts.shape[2] + 1)
    )


def is_at_the_end(state: State) -> Outcome:
    """Whether the last look finds the canary's share in a state."""
    return lambda traffic, counts: (
        _judged(traffic, counts, counts.shape[2]).candidates[0].share.state is state
    )


def cannot_be_said_at_the_end(traffic: Traffic, counts: np.ndarray) -> bool:
    """Whether the last look says that traffic is correlated over too long a time, of anything."""
    judgement = _judged(traffic, counts, counts.shape[2])
    return judgement.cannot_say or judgement.candidates[0].share.state is State.CANNOT_SAY


def is_told_how_long(quantity: Quantity, asked: int, wide: float = math.inf) -> Outcome:
    """Whether the range that is said after some intervals holds the requests that it took in truth.

    None where it was decided by then. With ``wide``, whether the one number is right within that factor.
    """

    def outcome(traffic: Traffic, counts: np.ndarray) -> bool | None:
        said = _of(traffic, counts, asked, quantity)
        looks = [
            asked,
            *(asked + np.unique(np.geomspace(1, counts.shape[2] - asked, 100).astype(int))).tolist(),
        ]
        taken = next((look for look in looks if _is_decided(_of(traffic, counts, look, quantity))), None)
        if taken == asked:
            return None
        took = taken or math.inf
        if math.isfinite(wide):
            likely = asked * (1 + said.more_requests / said.requests)
            return bool(took / wide <= likely <= took * wide)
        soonest, latest = (
            asked * (1 + more / said.requests) for more in (said.more_soonest, said.more_latest)
        )
        late = math.inf if math.isnan(latest) else latest
        return bool(soonest <= took <= late or (taken is None and late >= counts.shape[2]))

    return outcome


def _judged(traffic: Traffic, counts: np.ndarray, look: int) -> Judgement:
    return judge(sample_at(traffic, counts, look), traffic.promised, _RULES)


def _of(traffic: Traffic, counts: np.ndarray, look: int, quantity: Quantity) -> Judged:
    candidate = _judged(traffic, counts, look).candidates[0]
    return next(each for each in (*candidate.guardrails, candidate.share) if each.quantity is quantity)


def _is_decided(judged: Judged) -> bool:
    return judged.state in (State.SOUND, State.WORSE, State.AS_DECLARED, State.DRIFTING)


def _reached(counts: np.ndarray, requests: int) -> int:
    return int(np.searchsorted(counts[1, 1].cumsum(), requests)) + 1


# -- rows

_COMMON = Fault(0.01, 0.02, 0.01, 0.05)
_WATCHED = Traffic(baseline=_COMMON, canary=_COMMON, retries=2, swing=0.6)
_SESSIONS = ((1, 1.0), *((size, length) for size in (10, 50) for length in (1.0, 60.0, 600.0)))


def _false_alarms() -> Iterator[Row]:
    for by_session in (False, True):
        for size, length in _SESSIONS:
            each = "each session ends" if by_session else "each request ends"
            name = f"sessions of {size} over {length:.0f} s, {each} by itself"
            traffic = replace(_WATCHED, size=size, length_s=length, by_session=by_session)
            yield Row(name, traffic, is_ever_rolled_back, "<= 0.05", 200)


def _power() -> Iterator[Row]:
    quiet, long = Fault(), 6000.0
    plain = Traffic(seconds=long, canary=quiet, baseline=quiet)
    drift = replace(plain, seconds=1200.0, weight=0.15)
    yield Row(
        "85/15 under a declared 90/10, 20 min: drifting", drift, is_ever(State.DRIFTING), ">= 0.90", 200
    )
    bad = replace(plain, baseline=Fault(0.005), canary=Fault(0.03))
    yield Row(
        "errors 3 % against 0.5 %, 2,000 requests: roll back", bad, is_rolled_back_by(2000), ">= 0.90", 200
    )
    yield Row("equal, errors 0.1 %, 5,000 requests: promote", plain, is_promoted_at(5000), ">= 0.80")
    late = replace(plain, baseline=Fault(0.001), canary=Fault(0.001, later_errors=0.1, later_after=1200))
    name = "sound for 1,200 requests, then 10 % errors, 1,000 more: roll back"
    yield Row(name, late, is_rolled_back_by(2200), ">= 0.90", 200)
    day = replace(plain, seconds=_DAY, interval_s=45.0, rate=4.0, swing=0.8, period_s=_DAY)
    yield Row("equal under day-and-night load, one day: promote", day, is_promoted_at_the_end, ">= 0.80", 100)
    slow = replace(plain, canary=Fault(slow=0.05), baseline=Fault(slow=0.05))
    yield Row(
        "equal, 5 % above the objective, 5,000 requests: promote", slow, is_promoted_at(5000), ">= 0.80"
    )
    slower = replace(slow, canary=Fault(slow=0.15))
    name = "15 % above the objective instead of 5 %, 2,000 requests: roll back"
    yield Row(name, slower, is_rolled_back_by(2000), ">= 0.90", 200)


def _answers() -> Iterator[Row]:
    """Twenty minutes of 30-s intervals: too short to be sure of batches, long enough to answer."""
    kept = Traffic(seconds=1200.0, interval_s=30.0)
    far = replace(kept, weight=0.5, declared=0.25)
    yield Row("90/10 under 90/10, 40 intervals: cannot say", kept, cannot_be_said_at_the_end, "<= 0.01", 1000)
    yield Row(
        "50/50 under a declared 75/25, 40 intervals: drifting",
        far,
        is_at_the_end(State.DRIFTING),
        ">= 0.99",
        1000,
    )


def _how_long() -> Iterator[Row]:
    base = Traffic(seconds=8 * _HOUR, interval_s=30.0)
    cases = (
        ("equal errors, 0.1 %", base, Quantity.ERRORS),
        (
            "errors 2 % against 0.5 %",
            replace(base, baseline=Fault(0.005), canary=Fault(0.02)),
            Quantity.ERRORS,
        ),
        ("equal latency, 5 % above the objective", base, Quantity.LATENCY),
        ("90/10 under 90/10", base, Quantity.SHARE),
        ("88/12 under 90/10", replace(base, weight=0.12), Quantity.SHARE),
    )
    for name, traffic, quantity in cases:
        yield Row(f"{name}: the range holds", traffic, is_told_how_long(quantity, 40), ">= 0.80", 100)
    for name, traffic, quantity in cases:
        yield Row(
            f"{name}: the number is right within × 1.5", traffic, is_told_how_long(quantity, 40, 1.5), "", 100
        )


ROWS = {
    "False roll-backs": tuple(_false_alarms()),
    "Decisions": tuple(_power()),
    "Answers to short samples": tuple(_answers()),
    "How long it will take": tuple(_how_long()),
}
"""Rows of the table, by chapter."""
