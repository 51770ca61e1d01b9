from dataclasses import replace

import pytest

from mesh_graph.diagnosis import Verdict, examine
from mesh_graph.diagnosis.ladder import LADDER
from mesh_graph.errors import SourceTimeout
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Function
from tests.peers import free_port

NOON = 1_700_000_000 // 86400 * 86400 + 12 * 3600 + 7

STOPPING = ("scope", "series", "labels", "namespaces", "window", "traffic")
"""Rungs that can end the climb, in order."""


def climbed(report):
    """What was found, by rung."""
    return {step.rung: step.finding.message for step in report.steps if step.finding}


def test_healthy_mesh_holds_on_every_rung():
    report = examine(DemoSource(), View(at=NOON))
    assert [step.rung for step in report.steps] == list(LADDER)
    assert {step.verdict for step in report.steps} == {Verdict.PASSED, Verdict.SKIPPED}
    assert report.cause is None
    assert report.findings == ()


def test_live_is_examined_at_the_sources_present():
    assert examine(DemoSource(clock=lambda: NOON + 0.5), View()).at == NOON + 0.5


def test_misspelled_namespace_is_named_with_the_one_that_was_meant():
    cause = examine(DemoSource(), View(namespaces=("bokinfo",), at=NOON)).cause
    assert cause.message == "namespace-unknown"
    assert dict(cause.parameters)["namespaces"] == "bokinfo"
    assert dict(cause.parameters)["close"] == "bookinfo"


def test_one_misspelled_namespace_of_two_is_a_remark():
    report = examine(DemoSource(), View(namespaces=("bokinfo", "shop"), at=NOON))
    assert report.cause is None
    assert climbed(report) == {"namespaces": "namespace-unknown"}


def test_namespace_that_only_calls_is_known():
    report = examine(DemoSource(), View(namespaces=("monitoring",), at=NOON))
    assert "namespaces" not in climbed(report)


def test_climb_ends_at_the_rung_that_failed():
    report = examine(DemoSource(), View(namespaces=("bokinfo",), at=NOON))
    verdicts = [step.verdict for step in report.steps]
    failed = verdicts.index(Verdict.FAILED)
    assert set(verdicts[failed + 1 :]) == {Verdict.NOT_REACHED}
    assert all(not step.evidence for step in report.steps[failed + 1 :])


def test_evidence_is_what_was_asked_and_answered():
    source = DemoSource()
    report = examine(source, View(namespaces=("bokinfo",), at=NOON))
    step = report.steps[list(LADDER).index("series")]
    assert step.evidence[0].promql == "count(istio_requests_total)"
    assert step.evidence[0].rows == 1
    assert report.cause.evidence[0].rows == 0
    assert 'destination_workload_namespace="bokinfo"' in report.cause.evidence[0].promql


def test_window_of_less_than_two_scrapes_is_refused_with_the_shortest_that_works():
    cause = examine(DemoSource(), View(window_s=20, at=NOON)).cause
    assert (cause.message, dict(cause.parameters)["shortest"]) == ("window-too-short", "30s")


def test_scrape_interval_that_is_known_is_not_measured():
    report = examine(DemoSource(), View(window_s=10, at=NOON), interval_s=60)
    assert dict(report.cause.parameters)["shortest"] == "2m"


def test_window_that_holds_a_rate_is_long_enough_whatever_was_measured():
    """Series that are younger than the span of the measurement seem to be scraped more rarely."""
    report = examine(DemoSource(), View(window_s=100, at=NOON), interval_s=60)
    assert report.cause is None


def test_hide_expression_is_a_remark():
    report = examine(DemoSource(), View(hide="rate > 0", at=NOON))
    assert climbed(report) == {"hide": "hidden-by-expression"}


class Slow:
    """The demo mesh, which does not answer one kind of question in time."""

    def __init__(self, function):
        self._demo = DemoSource()
        self._function = function

    def __getattr__(self, name):
        return getattr(self._demo, name)

    def instant(self, query, at):
        if query.function is self._function:
            raise SourceTimeout(self.name, self.promql(query), "No answer within 15 s.", "Ask for less.")
        return self._demo.instant(query, at)


def test_rung_without_an_answer_says_so_and_the_climb_goes_on():
    report = examine(Slow(Function.SAMPLES), View(at=NOON))
    verdicts = {step.rung: step.verdict for step in report.steps}
    assert verdicts["window"] is Verdict.UNANSWERED
    assert verdicts["traffic"] is Verdict.PASSED
    assert report.failure is None
    step = report.steps[list(LADDER).index("window")]
    assert dict(step.finding.parameters)["problem"] == "No answer within 15 s."
    assert step.evidence[-1].error == "No answer within 15 s."


def test_source_that_cannot_be_reached_is_asked_once():
    source = PrometheusSource(PrometheusOptions(url=f"http://127.0.0.1:{free_port()}"))
    report = examine(source, View(at=NOON))
    assert report.failure.kind == "unreachable"
    assert [step.verdict for step in report.steps] == [
        Verdict.SKIPPED,
        Verdict.UNANSWERED,
        *[Verdict.NOT_REACHED] * (len(LADDER) - 2),
    ]


@pytest.mark.peer("prometheus")
@pytest.mark.parametrize(
    ("name", "view", "rung", "message"),
    [
        ("nowhere", View(), "series", "no-istio-series"),
        ("stopped", View(), "series", "scrapes-stopped"),
        ("no-reporter", View(), "labels", "labels-dropped"),
        ("healthy", View(namespaces=("stor",)), "namespaces", "namespace-unknown"),
        ("healthy", View(window_s=10), "window", "window-too-short"),
        ("silent", View(), "traffic", "idle-hidden"),
        ("silent", View(idle=True), "traffic", "no-traffic"),
        ("quiet", View(), "traffic", "traffic-earlier"),
        ("quiet", View(namespaces=("store",)), "traffic", "traffic-earlier"),
    ],
)
def test_rung_that_explains_the_empty_graph_fails(mesh, present, name, view, rung, message):
    report = examine(mesh(name), replace(view, at=float(present)))
    assert report.cause.message == message
    assert [step.rung for step in report.steps if step.verdict is Verdict.FAILED] == [rung]
    passed = [step.rung for step in report.steps if step.verdict in (Verdict.PASSED, Verdict.SKIPPED)]
    assert passed == list(STOPPING[: STOPPING.index(rung)])


@pytest.mark.peer("prometheus")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("healthy", {}),
        ("some-without-code", {"labels": "labels-partly-dropped"}),
        ("app-labels", {"applications": "canonical-labels-missing"}),
        ("nameless", {"applications": "application-labels-missing"}),
        ("only-clients", {"reporters": "source-reports-only"}),
        ("only-servers", {"reporters": "destination-reports-only"}),
        ("halves", {"tcp-ends": "tcp-halves"}),
        ("passthrough", {"reporters": "source-reports-only", "destinations": "passthrough-only"}),
        ("probes", {"reporters": "destination-reports-only", "sources": "unknown-sources-only"}),
    ],
)
def test_odd_traffic_is_remarked_upon(mesh, present, name, found):
    assert climbed(examine(mesh(name), View(at=float(present)))) == found


@pytest.mark.peer("prometheus")
def test_scope_that_matches_nothing_is_told_from_a_mesh_without_metrics(mesh, present):
    report = examine(mesh("nowhere"), View(at=float(present)), unscoped=mesh())
    assert report.cause.message == "scope-matches-nothing"
    assert report.steps[0].evidence[-1].rows == 1
    assert 'mesh="nowhere"' not in report.steps[0].evidence[-1].promql


@pytest.mark.peer("prometheus")
def test_instant_without_data_is_told_from_a_mesh_without_metrics(mesh, present):
    early = examine(mesh("healthy"), View(at=present - 7200.0))
    late = examine(mesh("healthy"), View(at=present + 7200.0))
    assert (early.cause.message, late.cause.message) == ("instant-before-data", "instant-in-future")


@pytest.mark.peer("prometheus")
def test_labels_that_are_missing_are_named(mesh, present):
    dropped = examine(mesh("no-reporter"), View(at=float(present))).cause
    partly = examine(mesh("some-without-code"), View(at=float(present))).findings[0]
    assert dict(dropped.parameters)["labels"] == "reporter"
    assert dict(partly.parameters) == {"labels": "response_code", "count": "1", "series": "2"}
