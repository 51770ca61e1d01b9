"""What a diagnosis says: message ids and parameters with the evidence beside them, never words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from mesh_graph.errors import SourceError

__all__ = ["Evidence", "Finding", "Report", "Step", "Verdict"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One question to the source and what it answered.

    Attributes
    ----------
    promql : str
        The question as Prometheus reads it.
    rows : int
        Rows of the answer.
    total : float
        Sum of their values; 0 without rows.
    error : str
        Why there was no answer; empty if there was one.
    """

    promql: str
    rows: int = 0
    total: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong or worth knowing.

    Attributes
    ----------
    message : str
        Message id; its words are in ``views/messages_diagnosis.py``.
    parameters : tuple of (str, str)
        Name and text of each parameter of the words.
    evidence : tuple of Evidence
        What it rests on.
    """

    message: str
    parameters: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @classmethod
    def of(cls, message: str, **parameters: str) -> Self:
        """A finding without evidence."""
        return cls(message, tuple(parameters.items()))


class Verdict(StrEnum):
    """How a rung of the ladder held."""

    PASSED = "passed"
    REMARK = "remark"
    """It held, but something about it is worth knowing."""
    FAILED = "failed"
    """It explains the empty graph; what comes after was not asked."""
    SKIPPED = "skipped"
    """It does not apply to this view or source."""
    UNANSWERED = "unanswered"
    """The source did not answer; the finding carries the error."""
    NOT_REACHED = "not-reached"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder.

    Attributes
    ----------
    rung : str
        Id of the rung; its question is in ``views/messages_diagnosis.py``.
    verdict : Verdict
    finding : Finding or None
        With ``REMARK``, ``FAILED`` and ``UNANSWERED``.
    evidence : tuple of Evidence
        What was asked for it, in order.
    """

    rung: str
    verdict: Verdict
    finding: Finding | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The ladder climbed for one view.

    Attributes
    ----------
    source : str
        Who was asked, for people.
    at : float
        Evaluation instant, Unix seconds.
    window_s : int
    steps : tuple of Step
        Every rung, in order.
    failure : SourceError or None
        Why the source could not be asked at all, or no longer.
    """

    source: str
    at: float
    window_s: int
    steps: tuple[Step, ...]
    failure: SourceError | None = None

    @property
    def cause(self) -> Finding | None:
        """Why the graph is empty; None if no rung failed."""
        return next((step.finding for step in self.steps if step.verdict is Verdict.FAILED), None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The cause and all that is worth knowing, in the ladder's order."""
        return tuple(step.finding for step in self.steps if step.finding is not None)
