"""Trust checks: reasons why a picture that can be drawn may be wrong. A few cheap queries for any view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from mesh_graph import fields
from mesh_graph.codec import format_duration
from mesh_graph.diagnosis.asking import Ask, AskMany, Case
from mesh_graph.diagnosis.doubles import MARKS, find_doubles
from mesh_graph.diagnosis.presence import check_labels, label_queries, scrape_interval
from mesh_graph.diagnosis.report import Finding
from mesh_graph.diagnosis.shape import reporters
from mesh_graph.errors import SourceError
from mesh_graph.model import View
from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.query import Family, Function, MetricQuery

__all__ = ["COARSE", "trust"]

COARSE = 4
"""A window of fewer scrape intervals than this holds a rough rate."""
CLOCK_TOLERANCE_S = 5.0
"""Clocks that differ by less move no window noticeably; servers tell whole seconds."""
LATE = 3
"""Scrape intervals after which the newest sample is late."""
NEWEST = MetricQuery(Family.REQUESTS, Function.AGE, ())
_NAMES = {Family.REQUESTS: "requests", Family.TCP_SENT: "tcp"}


def trust(
    source: MetricsSource,
    view: View,
    at: float,
    *,
    interval_s: float | None = None,
    many: AskMany | None = None,
) -> tuple[Finding, ...]:
    """Reasons to doubt the picture of a view; empty if there are none.

    Where the source does not answer, that is the last finding: what was not checked cannot be trusted.

    Parameters
    ----------
    source : MetricsSource
    view : View
    at : float
        Evaluation instant, Unix seconds.
    interval_s : float or None
        Scrape interval, seconds; None measures it.
    many : callable, optional
        Asks several queries at the same time (``Fetcher.at``); without it they are asked one after another.
    """
    ask = Ask(source, at, many)
    case = Case(view, at, interval_s)
    findings: list[Finding] = []
    ask.ahead(_foreseen(case))
    try:
        case = replace(case, interval_s=interval_s or scrape_interval(ask))
        for check in CHECKS:
            ask.begin()
            findings += check(ask, case)
    except SourceError as error:
        findings.append(Finding.of("trust-unanswered", kind=error.kind, problem=error.problem))
    return (*findings, *_about_replies(ask))


def _foreseen(case: Case) -> Iterator[MetricQuery]:
    """What the checks of a mesh with requests ask if they find nothing."""
    yield from case.queries(Family.REQUESTS, Function.SERIES, MARKS)
    yield MetricQuery(Family.REQUESTS, Function.SERIES, ())
    yield from label_queries(Family.REQUESTS).values()
    for family in _NAMES:
        yield from case.queries(family, Function.RATE, (fields.REPORTER,))
    yield NEWEST


def _labels(ask: Ask, case: Case) -> Iterator[Finding]:
    finding = check_labels(ask, case).finding
    if finding is not None:
        yield Finding(finding.message, finding.parameters, ask.evidence)


def _one_sided(ask: Ask, case: Case) -> Iterator[Finding]:
    for family, name in _NAMES.items():
        ask.begin()
        found = reporters(ask, case, family)
        if len(found) == 1:
            yield Finding("one-reporter", (("family", name), ("reporter", found[0])), ask.evidence)


def _coarse(ask: Ask, case: Case) -> Iterator[Finding]:
    if case.interval_s is not None and case.view.window_s < COARSE * case.interval_s:
        window, interval = case.view.window_s, round(case.interval_s)
        yield Finding.of("coarse-window", window=format_duration(window), interval=format_duration(interval))


def _late(ask: Ask, case: Case) -> Iterator[Finding]:
    ages = ask.tables([NEWEST])[fields.VALUE]
    if case.interval_s is None or ages.empty:
        return
    age = float(ages.min())
    if age > LATE * case.interval_s:
        yield Finding("samples-late", (("age", format_duration(round(age))),), ask.evidence)


CHECKS: tuple[Callable[[Ask, Case], Iterator[Finding]], ...] = (
    find_doubles,
    _labels,
    _one_sided,
    _coarse,
    _late,
)
"""Every check that asks, the gravest first."""


def _about_replies(ask: Ask) -> Iterator[Finding]:
    for warning in sorted({warning for reply in ask.replies.values() for warning in reply.warnings}):
        yield Finding.of("partial-answer", warning=warning)
    offsets = [reply.clock_offset_s for reply in ask.replies.values() if reply.clock_offset_s is not None]
    offset = min(offsets, key=abs, default=0.0)
    if abs(offset) > CLOCK_TOLERANCE_S:
        direction = "ahead of" if offset > 0 else "behind"
        yield Finding.of("clocks-differ", offset=format_duration(round(abs(offset))), direction=direction)
