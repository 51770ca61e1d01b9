"""A diagnosis as lines for the page: why there is nothing to draw, and the doubts about a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mesh_graph.diagnosis.report import Evidence, Finding, Report, Step, Verdict
from mesh_graph.views.messages_diagnosis import RUNGS, evidence_words, finding_words

__all__ = ["doubt_lines", "report_lines"]

Line = dict[str, str]

_MARKS = {
    Verdict.PASSED: "\N{CHECK MARK}",
    Verdict.REMARK: "\N{BULLET}",
    Verdict.FAILED: "\N{BALLOT X}",
    Verdict.UNANSWERED: "?",
}


def report_lines(report: Report) -> tuple[Line, ...]:
    """Why there is nothing to draw: the cause and its fix, then the rungs that were tried.

    Returns
    -------
    tuple of dict
        ``text``, and ``kind``: "title" (what is so), "plain" (what to do), "step" (a rung), "query" (what was
        asked for the rung above and what answered).
    """
    return (*_headline(report), *(line for step in report.steps for line in _step_lines(step)))


def doubt_lines(doubts: Iterable[Finding]) -> tuple[str, ...]:
    """One text for each finding of the trust checks: what is so, and what mends it."""
    return tuple(" ".join(finding_words(doubt)) for doubt in doubts)


def _headline(report: Report) -> Iterator[Line]:
    findings = report.findings if report.cause is None else (report.cause,)
    if not findings:
        yield _line("title", "There is traffic in this view, and no reason was found why nothing is drawn.")
    for finding in findings:
        words = finding_words(finding)
        yield _line("title", words.text)
        yield _line("plain", words.fix)


def _step_lines(step: Step) -> Iterator[Line]:
    if step.verdict not in _MARKS:
        return
    yield _line("step", f"{_MARKS[step.verdict]} {RUNGS[step.rung]}")
    if step.verdict is not Verdict.PASSED:
        yield from (_line("query", _question(item)) for item in step.evidence)


def _question(evidence: Evidence) -> str:
    return f"{evidence.promql} → {evidence_words(evidence)}"


def _line(kind: str, text: str) -> Line:
    return {"kind": kind, "text": text}
