"""What is answered: verdicts, one judgement per quantity, reasons as message ids; never words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

__all__ = [
    "GRAVITY",
    "NO_ANSWER",
    "Bounds",
    "Candidate",
    "Judged",
    "Judgement",
    "Quantity",
    "Reason",
    "State",
    "Verdict",
]


class Verdict(StrEnum):
    """What to do about a canary."""

    PROMOTE = "promote"
    """Every guardrail holds on enough traffic."""
    ROLL_BACK = "roll-back"
    """A guardrail is worse than its margin allows."""
    WAIT = "wait"
    """More traffic will tell; the reasons say how much."""
    HOLD = "hold"
    """Time alone will not tell: somebody has to look."""


GRAVITY = (Verdict.ROLL_BACK, Verdict.HOLD, Verdict.WAIT, Verdict.PROMOTE)
"""The gravest first: of several versions the first one decides."""


class Quantity(StrEnum):
    """What is judged."""

    SHARE = "share"
    ERRORS = "errors"
    CLIENT_ERRORS = "client_errors"
    HUNG_UP = "hung_up"
    LATENCY = "latency"
    """Share of requests above the objective."""
    UNATTRIBUTED = "unattributed"
    """Share of the route's requests that reached no version."""


class State(StrEnum):
    """What can be said of a quantity."""

    AS_DECLARED = "as-declared"
    """Shares: the interval lies inside the margin around the declared weight."""
    DRIFTING = "drifting"
    """Shares: it lies outside."""
    SOUND = "sound"
    """Guardrails: the difference to the baseline is below the margin."""
    WORSE = "worse"
    """Guardrails: it is above."""
    UNDECIDED = "undecided"
    """The interval still covers an edge of the margin."""
    CHANGING = "changing"
    """It would be good, but it is not the same over time."""
    OBSERVED = "observed"
    """Shares without a declaration."""
    NO_TRAFFIC = "no-traffic"
    TOO_FEW = "too-few"
    """Not yet enough requests or batches for an interval."""
    NO_METRIC = "no-metric"
    NAN = "nan"
    STALE = "stale"
    CANNOT_SAY = "cannot-say"
    """Traffic is correlated over times as long as the sample."""


NO_ANSWER = frozenset({State.NO_METRIC, State.NAN, State.STALE, State.CANNOT_SAY})
"""States that waiting does not mend; with NO_TRAFFIC and TOO_FEW, none of them passes."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Both ends of an interval."""

    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence to be: its words are in ``views/messages_canary.py``.

    Attributes
    ----------
    message : str
        Message id.
    parameters : tuple of (str, str | float)
        Ratios 0..1, counts, seconds, or names, as the words want them.
    """

    message: str
    parameters: tuple[tuple[str, str | float], ...] = ()

    @classmethod
    def of(cls, message: str, **parameters: str | float) -> Self:
        """A reason with its parameters."""
        return cls(message, tuple(parameters.items()))


@dataclass(frozen=True, slots=True)
class Judged:
    """One quantity of one version.

    Attributes
    ----------
    quantity : Quantity
    version : str
    state : State
    requests : int
        Requests of the version that it rests on (shares: of all versions).
    value : float
        Observed share, or the version's ratio, 0..1; NaN without requests.
    reference : float
        Declared weight, or the baseline's ratio; NaN without one.
    reference_requests : int
        Requests of the baseline; 0 for shares.
    difference : float
        What the interval is of: ``value − reference``, by caller where ``stratified``. NaN if unknown.
    interval : Bounds or None
        Of the difference, valid at every look since the anchor: it decides. None where there is no variance.
    one_look : Bounds or None
        Of the difference at 95 %, valid if this were the only look; never decides.
    margin : float
        Difference that matters.
    dispersion : float
        Variance as a multiple of that of independent requests, at least 1; NaN if unknown.
    batch_s : float
        Length of the batches that the variance is from, seconds.
    batches : int
    stratified : bool
        Whether callers were compared with themselves, because the versions' callers differ.
    changing : bool
        Whether the difference is not the same over time.
    worse_since : float
        Since when the sequence ran that found it worse, Unix seconds; NaN unless WORSE.
    more_requests, more_seconds : float
        How much more until it is as likely as not decided; NaN where not within 1,000 times as much.
    more_soonest, more_latest : float
        Requests: one in ten is decided sooner, and one in ten later; NaN as above.
    soonest_seconds, latest_seconds : float
        The same, in time.
    """

    quantity: Quantity
    version: str
    state: State
    requests: int = 0
    value: float = float("nan")
    reference: float = float("nan")
    reference_requests: int = 0
    difference: float = float("nan")
    interval: Bounds | None = None
    one_look: Bounds | None = None
    margin: float = float("nan")
    dispersion: float = float("nan")
    batch_s: float = float("nan")
    batches: int = 0
    stratified: bool = False
    changing: bool = False
    worse_since: float = float("nan")
    more_requests: float = float("nan")
    more_seconds: float = float("nan")
    more_soonest: float = float("nan")
    more_latest: float = float("nan")
    soonest_seconds: float = float("nan")
    latest_seconds: float = float("nan")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One canary against the baseline.

    Attributes
    ----------
    version : str
    verdict : Verdict
    reasons : tuple of Reason
        Why, the strongest first.
    guardrails : tuple of Judged
        Errors, client errors, hang-ups and latency, in this order.
    share : Judged
        Of the version; it warns, it does not decide.
    """

    version: str
    verdict: Verdict
    reasons: tuple[Reason, ...]
    guardrails: tuple[Judged, ...]
    share: Judged


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that can be said of one route since its anchor.

    Attributes
    ----------
    verdict : Verdict
        Of the canaries' the gravest: roll back, hold, wait, promote.
    reasons : tuple of Reason
        Why, the strongest first; a page shows three.
    candidates : tuple of Candidate
    shares : tuple of Judged
        Of every version, the baseline's too.
    unattributed : Judged
        Requests that reached no version.
    remarks : tuple of Reason
        What is worth knowing about the sample: resets, unknown births, other callers.
    anchor, at : float
        Unix seconds.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    candidates: tuple[Candidate, ...]
    shares: tuple[Judged, ...]
    unattributed: Judged
    remarks: tuple[Reason, ...]
    anchor: float
    at: float

    @property
    def cannot_say(self) -> bool:
        """Whether the verdict is not an answer: it holds because something could not be measured."""
        return self.verdict is Verdict.HOLD and any(
            guardrail.state in NO_ANSWER
            for candidate in self.candidates
            for guardrail in candidate.guardrails
        )
