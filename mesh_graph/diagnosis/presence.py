"""First half of the ladder: whether the metrics are there, for this view, in this window."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from mesh_graph import fields
from mesh_graph.codec import format_duration, format_instant
from mesh_graph.diagnosis.asking import Ask, Case
from mesh_graph.diagnosis.report import Finding, Verdict
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, any_of
from mesh_graph.sources.scrape import ScrapeInterval

__all__ = [
    "Outcome",
    "check_labels",
    "check_namespaces",
    "check_scope",
    "check_series",
    "check_traffic",
    "check_window",
    "label_queries",
    "scrape_interval",
]

FAMILIES = (Family.REQUESTS, Family.TCP_SENT)
"""The families of which a mesh with any traffic has at least one."""
TOO_SHORT = 2
"""A window of fewer scrape intervals than this holds no rate."""
ROUND_S = 5
"""Windows that are proposed are multiples of this: a measured interval may be a little short."""
SHOWN_NAMES = 5
LOOK_BACK_S = 3600
"""How far back an earlier trace of what is missing is looked for."""
NEEDED_LABELS = (
    fields.REPORTER,
    fields.SOURCE_WORKLOAD,
    fields.SOURCE_WORKLOAD_NAMESPACE,
    fields.DESTINATION_WORKLOAD,
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_SERVICE,
    fields.DESTINATION_SERVICE_NAME,
    fields.DESTINATION_SERVICE_NAMESPACE,
)
"""Labels without which a row has no place in the graph. Istio writes ``unknown`` where it does not know."""
REQUEST_LABELS = (fields.REQUEST_PROTOCOL, fields.RESPONSE_CODE, fields.RESPONSE_FLAGS)
"""Labels of requests without which errors are not told from successes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a rung held, and what is to be said about it."""

    verdict: Verdict
    finding: Finding | None = None

    @classmethod
    def passed(cls) -> Self:
        """Nothing to say."""
        return cls(Verdict.PASSED)

    @classmethod
    def skipped(cls) -> Self:
        """The rung does not apply."""
        return cls(Verdict.SKIPPED)

    @classmethod
    def remark(cls, message: str, **parameters: str) -> Self:
        """Worth knowing; the ladder goes on."""
        return cls(Verdict.REMARK, Finding.of(message, **parameters))

    @classmethod
    def failed(cls, message: str, **parameters: str) -> Self:
        """The reason why there is nothing to draw."""
        return cls(Verdict.FAILED, Finding.of(message, **parameters))


def check_scope(ask: Ask, case: Case) -> Outcome:
    """Whether the query scope matches any of Istio's series."""
    if case.unscoped is None:
        return Outcome.skipped()
    if _has_series(ask):
        return Outcome.passed()
    beyond = Ask(case.unscoped, ask.at)
    outside = _has_series(beyond)
    ask.add_evidence(beyond)
    return Outcome.failed("scope-matches-nothing") if outside else Outcome.passed()


def check_series(ask: Ask, case: Case) -> Outcome:
    """Whether any of Istio's series exists at the instant; if not, whether one does at another."""
    if _has_series(ask):
        return Outcome.passed()
    now = ask.source.now()
    if case.at > now:
        return Outcome.failed("instant-in-future", at=format_instant(case.at), now=format_instant(now))
    if ask.total(_samples(LOOK_BACK_S)):
        return Outcome.failed(
            "scrapes-stopped", at=format_instant(case.at), span=format_duration(LOOK_BACK_S)
        )
    if case.view.at is not None and ask.total(_samples(LOOK_BACK_S), now):
        return Outcome.failed("instant-before-data", at=format_instant(case.at))
    return Outcome.failed("no-istio-series")


def check_labels(ask: Ask, case: Case) -> Outcome:
    """Whether the series carry the labels that give a row its place."""
    family = next((family for family in FAMILIES if ask.total([_count(family)])), None)
    if family is None:
        return Outcome.skipped()
    series = ask.total([_count(family)])
    lacking = {label: ask.total([query]) for label, query in label_queries(family).items()}
    gone = [label for label, count in lacking.items() if count == series]
    if gone:
        return Outcome.failed("labels-dropped", labels=_listed(gone), family=family.value)
    partly = [label for label, count in lacking.items() if count]
    if partly:
        worst = f"{max(lacking.values()):.0f}"
        return Outcome.remark(
            "labels-partly-dropped", labels=_listed(partly), count=worst, series=f"{series:.0f}"
        )
    return Outcome.passed()


def label_queries(family: Family) -> dict[str, MetricQuery]:
    """By each label that a row of the family needs, what counts the series without it."""
    labels = NEEDED_LABELS + (REQUEST_LABELS if family is Family.REQUESTS else ())
    return {label: _count(family, Matcher(label, "=", "")) for label in labels}


def check_namespaces(ask: Ask, case: Case) -> Outcome:
    """Whether the mesh knows the namespaces that were selected."""
    wanted = case.view.namespaces
    if not wanted:
        return Outcome.skipped()
    missing = sorted(set(wanted) - _present(ask, wanted))
    if not missing:
        return Outcome.passed()
    known = set(
        ask.source.label_values(fields.DESTINATION_WORKLOAD_NAMESPACE, (), case.at - LOOK_BACK_S, case.at)
    )
    close = {name for wrong in missing for name in difflib.get_close_matches(wrong, known)} - set(wanted)
    shown = sorted(close or known - set(wanted))[:SHOWN_NAMES]
    parameters = {"namespaces": _listed(missing), "close": _listed(shown), "known": f"{len(known)}"}
    if len(missing) < len(wanted):
        return Outcome.remark("namespace-unknown", **parameters)
    return Outcome.failed("namespace-unknown", **parameters)


def check_window(ask: Ask, case: Case) -> Outcome:
    """Whether the window holds the two samples that a rate needs.

    A rate that is there settles it: of series that are younger than five minutes the measured interval is too
    long.
    """
    interval = case.interval_s or scrape_interval(ask)
    if interval is None:
        return Outcome.skipped()
    shortest = TOO_SHORT * interval
    if case.view.window_s >= shortest or _has_traffic(ask, case):
        return Outcome.passed()
    return Outcome.failed(
        "window-too-short",
        window=format_duration(case.view.window_s),
        interval=format_duration(math.ceil(interval)),
        shortest=format_duration(ROUND_S * math.ceil(shortest / ROUND_S)),
    )


def scrape_interval(ask: Ask) -> float | None:
    """Scrape interval of Istio's metrics, seconds; None without any.

    Raises
    ------
    SourceError
        If the source does not answer.
    """
    interval = ScrapeInterval(lambda query, at: ask.tables([query], at), lambda: 0.0)
    return interval.around((), ask.at)


def check_traffic(ask: Ask, case: Case) -> Outcome:
    """Whether anything was counted for the view within the window."""
    if _has_traffic(ask, case):
        return Outcome.passed()
    series = sum(ask.total(case.queries(family, Function.SERIES)) for family in FAMILIES)
    silent = "no-traffic" if case.view.idle else "idle-hidden"
    message = "traffic-earlier" if _has_traffic(ask, case, LOOK_BACK_S) else silent
    return Outcome.failed(
        message,
        window=format_duration(case.view.window_s),
        series=f"{series:.0f}",
        span=format_duration(LOOK_BACK_S),
    )


def _count(family: Family, *matchers: Matcher, by: tuple[str, ...] = ()) -> MetricQuery:
    return MetricQuery(family, Function.SERIES, by, matchers)


def _samples(span_s: int) -> tuple[MetricQuery, ...]:
    return tuple(MetricQuery(family, Function.SAMPLES, (), window_s=span_s) for family in FAMILIES)


def _has_series(ask: Ask) -> bool:
    return any(ask.total([_count(family)]) for family in FAMILIES)


def _has_traffic(ask: Ask, case: Case, window_s: int | None = None) -> bool:
    return any(ask.total(case.queries(family, Function.RATE, window_s=window_s)) for family in FAMILIES)


def _present(ask: Ask, namespaces: tuple[str, ...]) -> set[str]:
    ends = (
        fields.DESTINATION_WORKLOAD_NAMESPACE,
        fields.SOURCE_WORKLOAD_NAMESPACE,
        fields.DESTINATION_SERVICE_NAMESPACE,
    )
    present: set[str] = set()
    for family in FAMILIES:
        for end in ends:
            if present >= set(namespaces):
                return present
            present |= set(ask.labels(end, [_count(family, any_of(end, namespaces), by=(end,))]))
    return present


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
