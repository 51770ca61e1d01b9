"""Judgements to reasons: message ids with their numbers, the strongest first."""

from __future__ import annotations

import math

import numpy as np

from mesh_graph.canary.sample import RESET, UNKNOWN_BIRTH, VERSION, Sample
from mesh_graph.canary.verdict import Judged, Quantity, Reason, State, Verdict

__all__ = ["outlook", "reason_for", "reasons_of", "remarks_of"]

_WEIGHT = {
    State.WORSE: 0,
    State.STALE: 1,
    State.NAN: 2,
    State.NO_METRIC: 3,
    State.CANNOT_SAY: 4,
    State.CHANGING: 5,
    State.NO_TRAFFIC: 6,
    State.TOO_FEW: 7,
    State.DRIFTING: 8,
    State.UNDECIDED: 9,
    State.SOUND: 10,
    State.AS_DECLARED: 11,
    State.OBSERVED: 12,
}
_WIDE = 1.5**2
"""Times the soonest that the latest may be for one number to do: right within × 1.5."""
_FOR_ALL = frozenset({State.STALE, State.CANNOT_SAY, State.NO_TRAFFIC})
"""States that all guardrails share when one has them: said once."""


def reasons_of(
    verdict: Verdict, guardrails: tuple[Judged, ...], share: Judged, unattributed: Judged
) -> tuple[Reason, ...]:
    """Why a canary's verdict is what it is, the strongest first."""
    judged = [*guardrails, share, unattributed]
    if verdict is not Verdict.PROMOTE:
        judged.sort(key=lambda each: (_WEIGHT[each.state], -_pressure(each)))
    else:
        judged.sort(key=lambda each: (each.state is not State.DRIFTING, each.quantity is Quantity.SHARE))
    said = [reason_for(each) for each in judged if not _goes_without_saying(each)]
    return tuple(dict.fromkeys(said))


def _goes_without_saying(judged: Judged) -> bool:
    quiet = judged.quantity is Quantity.UNATTRIBUTED and judged.state in (
        State.SOUND,
        State.NO_TRAFFIC,
        State.TOO_FEW,
    )
    return quiet or (judged.quantity is Quantity.SHARE and judged.state in _FOR_ALL)


def _pressure(judged: Judged) -> float:
    """How far a difference is from its margin, or how long is still to wait; larger is graver."""
    if judged.state is State.WORSE and judged.interval:
        return judged.interval.lower / judged.margin if judged.margin else math.inf
    return judged.more_requests if math.isfinite(judged.more_requests) else math.inf


def reason_for(judged: Judged) -> Reason:
    """The one sentence about a judgement."""
    if judged.state in _FOR_ALL:
        return Reason.of(f"all.{judged.state}", version=judged.version)
    kind = judged.quantity.value
    interval = judged.interval
    numbers: dict[str, float] = {
        "value": judged.value,
        "reference": judged.reference,
        "difference": judged.difference,
        "lower": interval.lower if interval else math.nan,
        "upper": interval.upper if interval else math.nan,
        "margin": judged.margin,
        "requests": judged.requests,
        "more_requests": judged.more_requests,
        "more_seconds": judged.more_seconds,
        "soonest_seconds": judged.soonest_seconds,
        "latest_seconds": judged.latest_seconds,
    }
    return Reason.of(f"{kind}.{judged.state}{_ending(judged)}", version=judged.version, **numbers)


def outlook(judged: Judged) -> str:
    """What is known of the time that an undecided judgement still takes.

    ``""`` for one number, ``".range"`` for where it lies between, ``".open"`` for the soonest alone,
    ``".far"`` for nothing.
    """
    if math.isnan(judged.more_soonest):
        return ".far" if math.isnan(judged.more_requests) else ""
    if math.isnan(judged.more_latest):
        return ".open"
    soonest, latest = (judged.requests + more for more in (judged.more_soonest, judged.more_latest))
    return ".range" if latest > _WIDE * soonest else ""


def _ending(judged: Judged) -> str:
    if judged.state is State.TOO_FEW and judged.interval is None:
        return ".short"
    return outlook(judged) if judged.state is State.UNDECIDED else ""


def remarks_of(sample: Sample) -> tuple[Reason, ...]:
    """What is worth knowing about the counts: restarts of counters, and series of unknown birth."""
    remarks = []
    for mark, message in ((RESET, "remark.reset"), (UNKNOWN_BIRTH, "remark.unknown-birth")):
        is_marked = sample.frame[mark].to_numpy(dtype=bool)
        versions, times = np.unique(
            sample.frame[VERSION].to_numpy()[is_marked].astype(str), return_counts=True
        )
        for version, intervals in zip(versions.tolist(), times.tolist(), strict=True):
            remarks.append(Reason.of(message, version=version, intervals=intervals))
    return tuple(remarks)
