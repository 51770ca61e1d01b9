"""Requests drawn one by one: sticky sessions, retries, swinging load, faults that set in."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mesh_graph.canary.sample import (
    CALLER,
    COUNTS,
    END,
    RESET,
    START,
    UNKNOWN_BIRTH,
    VERSION,
    Declared,
    Sample,
)

__all__ = ["BASELINE", "CANARY", "Fault", "Traffic", "counts_of", "sample_at"]

BASELINE, CANARY = "v1", "v2"
_VERSIONS = (BASELINE, CANARY)


@dataclass(frozen=True)
class Fault:
    """Ratios of one version: errors, client errors, hang-ups, slow; and errors after some requests."""

    errors: float = 0.001
    client_errors: float = 0.001
    hung_up: float = 0.001
    slow: float = 0.05
    later_errors: float | None = None
    later_after: int = 0


@dataclass(frozen=True)
class Traffic:
    """One route's traffic.

    Attributes
    ----------
    rate : float
        Requests per second, on average.
    weight, declared : float
        Share of the canary that is drawn, and that is declared.
    seconds, interval_s : float
    size : int
        Requests of a session; all go to one version.
    length_s : float
        Time over which a session's requests are spread evenly at random.
    by_session : bool
        Whether all requests of a session end alike (one bad user) or each by itself.
    retries : int
        Tries after an error, at the same version, each failing again with probability ½.
    swing : float
        Load is rate·(1 + swing·sin): part by which it swings …
    period_s : float
        … in this time, seconds.
    """

    rate: float = 10.0
    weight: float = 0.1
    declared: float = 0.1
    seconds: float = 3600.0
    interval_s: float = 15.0
    size: int = 1
    length_s: float = 1.0
    by_session: bool = False
    retries: int = 0
    swing: float = 0.0
    period_s: float = 3600.0
    baseline: Fault = field(default_factory=Fault)
    canary: Fault = field(default_factory=Fault)

    @property
    def promised(self) -> Declared:
        """The declaration that the traffic is judged by."""
        return Declared(BASELINE, (CANARY,), {BASELINE: 1 - self.declared, CANARY: self.declared})


def counts_of(traffic: Traffic, rng: np.random.Generator) -> np.ndarray:
    """Counts, int64[version, column of ``COUNTS``, interval]; sessions that began before the anchor go on."""
    times, session, canary = _requests(traffic, rng)
    inside = (times >= 0) & (times < traffic.seconds)
    order = np.flatnonzero(inside)[np.argsort(times[inside], kind="stable")]
    times, session, canary = times[order], session[order], canary[order]
    ratios = _ratios(traffic, canary)
    drawn = rng.random(session.max(initial=0) + 1)[session] if traffic.by_session else rng.random(len(times))
    ends = np.cumsum(ratios[:3], axis=0)
    kind = (drawn[None, :] >= ends).sum(axis=0)
    slow_draw = (
        rng.random(session.max(initial=0) + 1)[session] if traffic.by_session else rng.random(len(times))
    )
    slow = slow_draw < ratios[3]
    tries = 1 + (kind == 0) * np.minimum(rng.geometric(0.5, len(times)) - 1, traffic.retries)
    return _binned(traffic, times, canary, (kind, slow, tries))


def _requests(traffic: Traffic, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    begin = -traffic.length_s
    most = traffic.rate / traffic.size * (1 + traffic.swing) * (traffic.seconds - begin)
    starts = rng.uniform(begin, traffic.seconds, rng.poisson(most))
    load = 1 + traffic.swing * np.sin(2 * np.pi * starts / traffic.period_s)
    starts = starts[rng.random(len(starts)) * (1 + traffic.swing) < load]
    session = np.repeat(np.arange(len(starts)), traffic.size)
    times = starts[session] + rng.uniform(0, traffic.length_s, len(session))
    canary = (rng.random(len(starts)) < traffic.weight)[session]
    return times, session, canary


def _ratios(traffic: Traffic, canary: np.ndarray) -> np.ndarray:
    old, new = traffic.baseline, traffic.canary
    pairs = ((old.errors, new.errors), (old.client_errors, new.client_errors), (old.hung_up, new.hung_up))
    ratios = np.array([np.where(canary, late, early) for early, late in (*pairs, (old.slow, new.slow))])
    if new.later_errors is not None:
        ratios[0, canary & (np.cumsum(canary) > new.later_after)] = new.later_errors
    return ratios


def _binned(
    traffic: Traffic, times: np.ndarray, canary: np.ndarray, ended: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> np.ndarray:
    kind, slow, tries = ended
    intervals = int(traffic.seconds / traffic.interval_s)
    cell = canary * intervals + (times / traffic.interval_s).astype(np.int64)
    failed = np.where(kind == 0, np.maximum(tries, 1), 0)
    columns = (np.ones_like(tries), tries, failed, kind == 1, kind == 2, tries, slow * tries)
    binned = [np.bincount(cell, column, 2 * intervals).reshape(2, intervals) for column in columns]
    return np.stack(binned, axis=1).astype(np.int64)


def sample_at(traffic: Traffic, counts: np.ndarray, intervals: int) -> Sample:
    """What had been counted after some intervals."""
    begins = np.arange(intervals) * traffic.interval_s
    frames = [
        pd.DataFrame(
            {START: begins, END: begins + traffic.interval_s, VERSION: version, CALLER: ""}
            | dict(zip(COUNTS, counts[place, :, :intervals], strict=True))
            | {RESET: False, UNKNOWN_BIRTH: False}
        )
        for place, version in enumerate(_VERSIONS)
    ]
    return Sample(pd.concat(frames), 0.0, intervals * traffic.interval_s, traffic.interval_s)
