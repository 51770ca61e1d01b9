"""Second half of the ladder: whether the traffic that is there is such as makes a graph."""

from __future__ import annotations

from mesh_graph import fields
from mesh_graph.diagnosis.asking import Ask, Case
from mesh_graph.diagnosis.presence import FAMILIES, Outcome
from mesh_graph.model import Reporter
from mesh_graph.sources.query import Family, Function, Matcher, any_of

__all__ = [
    "check_applications",
    "check_destinations",
    "check_hide",
    "check_reporters",
    "check_sources",
    "check_tcp_ends",
    "reporters",
]

REACHED = any_of(fields.DESTINATION_WORKLOAD, (fields.UNKNOWN, ""), negate=True)
NOWHERE = (fields.PASSTHROUGH, fields.BLACKHOLE, fields.UNKNOWN, "")
"""Services that stand for no service of the mesh."""


def check_applications(ask: Ask, case: Case) -> Outcome:
    """Whether workloads carry the labels that name application and version."""
    family = _family_with_traffic(ask, case)

    def has_series(*matchers: Matcher) -> bool:
        return ask.total(case.queries(family, Function.SERIES, (), REACHED, *matchers)) > 0

    if not has_series():
        return Outcome.skipped()
    nameless = (fields.UNKNOWN, "")
    if has_series(any_of(fields.DESTINATION_CANONICAL_SERVICE, nameless, negate=True)):
        return Outcome.passed()
    if has_series(any_of(fields.DESTINATION_APP, nameless, negate=True)):
        return Outcome.remark("canonical-labels-missing")
    return Outcome.remark("application-labels-missing")


def check_reporters(ask: Ask, case: Case) -> Outcome:
    """Whether both ends report."""
    found = reporters(ask, case, _family_with_traffic(ask, case))
    if found == (Reporter.SOURCE,):
        return Outcome.remark("source-reports-only")
    if found == (Reporter.DESTINATION,):
        return Outcome.remark("destination-reports-only")
    return Outcome.passed()


def reporters(ask: Ask, case: Case, family: Family) -> tuple[str, ...]:
    """Reporters of the view's traffic in a family, sorted."""
    return ask.labels(fields.REPORTER, case.queries(family, Function.RATE, (fields.REPORTER,)))


def check_tcp_ends(ask: Ask, case: Case) -> Outcome:
    """Whether the two ends of TCP connections know each other, which takes mutual TLS."""
    at_server = (
        Matcher(fields.REPORTER, "=", Reporter.DESTINATION),
        Matcher(fields.SOURCE_WORKLOAD, "=", fields.UNKNOWN),
    )
    at_client = (
        Matcher(fields.REPORTER, "=", Reporter.SOURCE),
        Matcher(fields.DESTINATION_WORKLOAD, "=", fields.UNKNOWN),
        any_of(fields.DESTINATION_SERVICE_NAME, (fields.PASSTHROUGH, fields.BLACKHOLE), negate=True),
    )
    halves = (
        ask.total(case.queries(Family.TCP_SENT, Function.RATE, (), *side)) for side in (at_server, at_client)
    )
    return Outcome.remark("tcp-halves") if all(halves) else Outcome.passed()


def check_destinations(ask: Ask, case: Case) -> Outcome:
    """Whether any traffic goes to a service or workload of the mesh."""
    named = any_of(fields.DESTINATION_SERVICE_NAME, NOWHERE, negate=True)
    for matcher in (named, REACHED):
        if any(ask.total(case.queries(family, Function.RATE, (), matcher)) for family in FAMILIES):
            return Outcome.passed()
    return Outcome.remark("passthrough-only")


def check_sources(ask: Ask, case: Case) -> Outcome:
    """Whether any traffic comes from a known workload."""
    known = any_of(fields.SOURCE_WORKLOAD, (fields.UNKNOWN, ""), negate=True)
    if any(ask.total(case.queries(family, Function.RATE, (), known)) for family in FAMILIES):
        return Outcome.passed()
    return Outcome.remark("unknown-sources-only")


def check_hide(ask: Ask, case: Case) -> Outcome:
    """Whether the view hides what there is."""
    if case.view.hide:
        return Outcome.remark("hidden-by-expression", expression=case.view.hide)
    return Outcome.skipped()


def _family_with_traffic(ask: Ask, case: Case) -> Family:
    has_requests = ask.total(case.queries(Family.REQUESTS, Function.RATE))
    return Family.REQUESTS if has_requests else Family.TCP_SENT
