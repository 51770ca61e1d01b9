import time
from dataclasses import replace

import pytest

from mesh_graph.diagnosis import trust
from mesh_graph.errors import SourceTimeout
from mesh_graph.model import View
from mesh_graph.sources.demo import DemoSource
from tests.diagnosis import past

NOON = 1_700_000_000 // 86400 * 86400 + 12 * 3600 + 7


def found(findings):
    """Parameters by message."""
    return {finding.message: dict(finding.parameters) for finding in findings}


def test_demo_mesh_can_be_trusted():
    assert trust(DemoSource(), View(), NOON) == ()


def test_window_of_less_than_four_scrapes_is_coarse():
    assert found(trust(DemoSource(), View(window_s=59), NOON)) == {
        "coarse-window": {"window": "59s", "interval": "15s"}
    }
    assert trust(DemoSource(), View(window_s=60), NOON) == ()


class Partial:
    """The demo mesh behind a store that warns about every answer."""

    def __init__(self):
        self._demo = DemoSource()

    def __getattr__(self, name):
        return getattr(self._demo, name)

    def instant(self, query, at):
        return replace(self._demo.instant(query, at), warnings=("store west: no such host",))


def test_warning_of_a_partial_answer_is_told_once():
    assert found(trust(Partial(), View(), NOON)) == {
        "partial-answer": {"warning": "store west: no such host"}
    }
    assert len(trust(Partial(), View(), NOON)) == 1


class Overloaded:
    """The demo mesh, which answers no more after some questions."""

    def __init__(self, patience):
        self._demo = DemoSource()
        self._patience = patience

    def __getattr__(self, name):
        return getattr(self._demo, name)

    def instant(self, query, at):
        self._patience -= 1
        if self._patience < 0:
            raise SourceTimeout(self.name, self.promql(query), "No answer within 15 s.")
        return self._demo.instant(query, at)


@pytest.mark.parametrize("patience", [0, 1, 3])
def test_picture_that_cannot_be_checked_is_not_called_right(patience):
    assert found(trust(Overloaded(patience), View(), NOON)) == {
        "trust-unanswered": {"kind": "timeout", "problem": "No answer within 15 s."}
    }


@pytest.mark.peer("prometheus")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("healthy", {}),
        (
            "replicas",
            {"doubled-by-replicas": {"label": "prometheus_replica", "values": "a, b", "example": "web-1"}},
        ),
        ("shards", {}),
        ("jobs", {"doubled-by-jobs": {"label": "job", "values": "envoy-stats, pods", "example": "cart-1"}}),
        ("jobs-apart", {}),
        ("no-reporter", {"labels-dropped": {"labels": "reporter", "family": "istio_requests_total"}}),
        ("only-clients", {"one-reporter": {"family": "requests", "reporter": "source"}}),
        ("only-servers", {"one-reporter": {"family": "requests", "reporter": "destination"}}),
    ],
)
def test_what_makes_numbers_wrong_is_found(mesh, present, name, expected):
    assert found(trust(mesh(name), View(), present)) == expected


@pytest.mark.peer("prometheus")
def test_view_of_one_namespace_is_checked_within_it(mesh, present):
    assert "doubled-by-jobs" in found(trust(mesh("jobs"), View(namespaces=("store",)), present))
    assert trust(mesh("healthy"), View(namespaces=("store",)), present) == ()


@pytest.mark.peer("prometheus")
def test_samples_that_are_late_are_dated(mesh, present):
    findings = found(trust(mesh("stopped"), View(), present - past.STOPPED_S + 120))
    assert findings["samples-late"] == {"age": "2m"}


@pytest.mark.peer("prometheus")
def test_clock_that_differs_is_told(mesh, present):
    ahead = mesh("healthy", clock=lambda: time.time() + 3600)
    (finding,) = trust(ahead, View(), present)
    assert finding.message == "clocks-differ"
    assert dict(finding.parameters)["direction"] == "behind"


class Met:
    """The demo mesh, and how often it was asked alone and with others."""

    def __init__(self):
        self._demo = DemoSource()
        self.alone = 0
        self.rounds = []

    def __getattr__(self, name):
        return getattr(self._demo, name)

    def instant(self, query, at):
        self.alone += 1
        return self._demo.instant(query, at)

    def many(self, queries, at):
        wanted = list(queries)
        self.rounds.append(len(wanted))
        return {query: self._demo.instant(query, at) for query in wanted}


@pytest.mark.parametrize("view", [View(), View(namespaces=("bookinfo",))], ids=["mesh", "namespace"])
def test_the_checks_of_a_sound_mesh_ask_everything_at_once(view):
    source = Met()
    assert trust(source, view, NOON, interval_s=15.0, many=source.many) == ()
    assert source.alone == 0
    assert len(source.rounds) == 1
