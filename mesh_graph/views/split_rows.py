"""Splits → rows of numbers and texts: what list, detail and machines show alike. Knows no components."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from mesh_graph.canary.counts import COUNT
from mesh_graph.canary.sample import (
    CLIENT_ERRORS,
    COUNTS,
    ERRORS,
    HUNG_UP,
    OVER_OBJECTIVE,
    ROUTED,
    TIMED,
    TOTAL,
    UNATTRIBUTED,
    VERSION,
)
from mesh_graph.canary.split import Split
from mesh_graph.canary.verdict import Judged, Quantity, State
from mesh_graph.fields import OUTCOME
from mesh_graph.topology.outcome import Outcome

__all__ = [
    "ShareRow",
    "VersionRow",
    "leading",
    "progress",
    "share_rows",
    "version_rows",
]

FAR = 0.9995
_DECIDED = frozenset({State.WORSE, State.SOUND, State.AS_DECLARED, State.DRIFTING, State.OBSERVED})


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One version's part of a split.

    Attributes
    ----------
    version : str
        ``UNATTRIBUTED`` for requests that reached none.
    role : str
        ``baseline``, ``canary`` or ``lost``.
    observed : float
        0..1; NaN without requests.
    declared : float
        0..1; NaN where nothing is declared.
    lower, upper : float
        Interval of the observed share, valid at every look; NaN where there is none.
    state : State
    requests : int
    """

    version: str
    role: str
    observed: float
    declared: float
    lower: float
    upper: float
    state: State
    requests: int


def share_rows(split: Split) -> list[ShareRow]:
    """Baseline, canaries, and what reached no version if anything did not."""
    judged = {share.version: share for share in split.judgement.shares}
    routed = _sums(split)
    whole = sum(counts[ROUTED] for counts in routed.values())
    weights = split.declared.weights
    rows = []
    for place, version in enumerate(split.versions):
        share = judged.get(version)
        count = routed.get(version, {}).get(ROUTED, 0)
        observed = share.value if share and not math.isnan(share.value) else _ratio(count, whole)
        declared = weights.get(version, 0.0) if weights is not None else math.nan
        lower, upper = _around(share)
        state = share.state if share else State.NO_TRAFFIC
        role = "canary" if place else "baseline"
        rows.append(ShareRow(version, role, observed, declared, lower, upper, state, int(count)))
    lost = routed.get(UNATTRIBUTED, {}).get(ROUTED, 0)
    if lost:
        unattributed = split.judgement.unattributed
        ratio = _ratio(lost, whole)
        rows.append(
            ShareRow(UNATTRIBUTED, "lost", ratio, math.nan, math.nan, math.nan, unattributed.state, int(lost))
        )
    return rows


def _around(share: Judged | None) -> tuple[float, float]:
    """Interval of the share itself; the judged one is of its difference to what was declared."""
    if share is None or share.interval is None:
        return math.nan, math.nan
    base = share.value - share.difference if not math.isnan(share.difference) else 0.0
    return max(0.0, base + share.interval.lower), min(1.0, base + share.interval.upper)


def _sums(split: Split) -> dict[str, dict[str, float]]:
    summed = split.sample.frame.groupby(VERSION)[list(COUNTS)].sum(min_count=1)
    return {
        str(version): {str(name): 0.0 if math.isnan(value) else float(value) for name, value in row.items()}
        for version, row in summed.to_dict("index").items()
    }


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan


@dataclass(frozen=True, slots=True)
class VersionRow:
    """What one version did since the anchor; ratios 0..1, NaN without requests.

    Attributes
    ----------
    version : str
    role : str
    requests : int
    error_ratio, client_error_ratio, hung_up_ratio : float
        By the canonical merge.
    slow_ratio : float
        Above the latency objective.
    callers_error_ratio : float
        As its callers saw it, after their retries.
    masked : int
        Errors that the callers' retries hid.
    unrouted : int
        Requests of callers without a proxy: not split by the route.
    """

    version: str
    role: str
    requests: int
    error_ratio: float
    client_error_ratio: float
    hung_up_ratio: float
    slow_ratio: float
    callers_error_ratio: float
    masked: int
    unrouted: int


def version_rows(split: Split) -> list[VersionRow]:
    """Baseline, then canaries."""
    sums = _sums(split)
    seen, failed = _callers_view(split)
    unrouted = split.evidence.unrouted.groupby(VERSION)[COUNT].sum().to_dict()
    rows = []
    for place, version in enumerate(split.versions):
        counts: Mapping[str, float] = sums.get(version, dict.fromkeys(COUNTS, 0.0))
        total = counts[TOTAL]
        of_requests = math.nan if split.is_tcp else total
        masked = counts[ERRORS] - failed.get(version, 0.0)
        rows.append(
            VersionRow(
                version,
                "canary" if place else "baseline",
                int(total),
                _ratio(counts[ERRORS], total),
                _ratio(counts[CLIENT_ERRORS], of_requests),
                _ratio(counts[HUNG_UP], of_requests),
                _ratio(counts[OVER_OBJECTIVE], counts[TIMED]),
                _ratio(failed.get(version, 0.0), seen.get(version, 0.0)),
                int(max(0.0, masked)) if seen.get(version) else 0,
                int(unrouted.get(version, 0)),
            )
        )
    return rows


def _callers_view(split: Split) -> tuple[dict[str, float], dict[str, float]]:
    """Requests, and errors, of every version as the splitting proxies counted them; none of connections.

    What is counted of a connection when it opens does not say how it fared.
    """
    if split.is_tcp:
        return {}, {}
    drawn = split.evidence.drawn
    errors = drawn[(drawn[OUTCOME] == Outcome.ERROR).to_numpy(dtype=bool)]
    seen, failed = (rows.groupby(VERSION)[COUNT].sum().to_dict() for rows in (drawn, errors))
    return {str(k): float(v) for k, v in seen.items()}, {str(k): float(v) for k, v in failed.items()}


def progress(judged: Judged) -> float:
    """How far the way to a decision is gone, 0..1; NaN where nobody knows how long it is."""
    if judged.state in _DECIDED:
        return 1.0
    if (
        judged.state not in (State.UNDECIDED, State.TOO_FEW)
        or math.isnan(judged.more_requests)
        or math.isinf(judged.more_requests)
    ):
        return math.nan
    return min(FAR, judged.requests / max(1.0, judged.requests + judged.more_requests))


def leading(split: Split) -> Judged | None:
    """What a row of the list shows: the first that is worse, else the first canary's errors."""
    lost = split.judgement.unattributed
    if lost.state is State.WORSE:
        return lost
    guardrails = [guardrail for c in split.judgement.candidates for guardrail in c.guardrails]
    worse = (guardrail for guardrail in guardrails if guardrail.state is State.WORSE)
    errors = (guardrail for guardrail in guardrails if guardrail.quantity is Quantity.ERRORS)
    return next(worse, None) or next(errors, None)
