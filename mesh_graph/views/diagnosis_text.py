"""A diagnosis as text for a terminal: the ladder with its evidence, then the trust checks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from mesh_graph.codec import format_duration, format_instant
from mesh_graph.diagnosis.report import Evidence, Finding, Report, Step, Verdict
from mesh_graph.views.messages_diagnosis import RUNGS, evidence_words, finding_words

__all__ = ["diagnosis_text"]

WIDTH = 100
_MARKS = {
    Verdict.PASSED: "ok",
    Verdict.REMARK: "note",
    Verdict.FAILED: "FAIL",
    Verdict.SKIPPED: "-",
    Verdict.UNANSWERED: "?",
    Verdict.NOT_REACHED: "",
}


def diagnosis_text(report: Report, doubts: Iterable[Finding], *, verbose: bool = False) -> str:
    """The report and the findings of the trust checks, as lines of at most 100 characters but for PromQL.

    Control characters of label values are shown as ``?``: they could move a terminal's cursor.

    Parameters
    ----------
    report : Report
    doubts : iterable of Finding
        Of ``trust``; not shown where the source could not be asked.
    verbose : bool
        Whether rungs that held show what was asked for them, too.
    """
    lines = [
        f"Asked {report.source}, {format_duration(report.window_s)} up to {format_instant(report.at)}",
        "",
    ]
    for step in report.steps:
        lines += _step_lines(step, verbose)
    if report.failure is None:
        lines += ["", *_doubt_lines(tuple(doubts))]
    return "\n".join(map(_printable, lines)) + "\n"


def _step_lines(step: Step, verbose: bool) -> Iterator[str]:
    if step.verdict is Verdict.NOT_REACHED:
        return
    yield f"{_MARKS[step.verdict]:>4}  {RUNGS[step.rung]}"
    if step.finding is not None:
        yield from _finding_lines(step.finding)
    if verbose or step.verdict in (Verdict.FAILED, Verdict.UNANSWERED):
        yield from _evidence_lines(step.evidence)


def _doubt_lines(doubts: tuple[Finding, ...]) -> Iterator[str]:
    if not doubts:
        yield "No reason found to doubt the picture."
        return
    yield "Reasons to doubt the picture:"
    for doubt in doubts:
        yield from _finding_lines(doubt)
        yield from _evidence_lines(doubt.evidence)


def _finding_lines(finding: Finding) -> Iterator[str]:
    words = finding_words(finding)
    yield from _wrapped(words.text, "      ")
    yield from _wrapped(words.fix, "      -> ")


def _evidence_lines(evidence: tuple[Evidence, ...]) -> Iterator[str]:
    for item in evidence:
        yield f"         {item.promql}"
        yield f"         = {evidence_words(item)}"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent))


def _printable(line: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in line)
