"""The sentences that say why."""

import pytest

from mesh_graph.health import assess
from mesh_graph.health.profiles import DEFAULT, KIALI
from mesh_graph.model import Status
from mesh_graph.settings.tolerances import Tolerance
from mesh_graph.topology.outcome import Outcome
from mesh_graph.topology.traffic import Traffic
from mesh_graph.views.messages_health import (
    FAILED,
    STATUSES,
    assessment_words,
    evidence_words,
    reason_words,
    tolerance_words,
)
from tests.health.rows import app, line_row, lines, namespace
from tests.topology.traffic_table import UNKNOWN_SOURCE, source, traffic


def words(*texts, window_s=300, key=None, profile=DEFAULT, **ends):
    return assessment_words(assess(lines(*texts, **ends), window_s, profile).of(key or app("shop")))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ["200 1.8", "503:UF 0.2"],
            "Failure: 10% of 2 rps failed, 503 could not connect to the server (UF), from page",
        ),
        (["200 99", "500 1"], "Degraded: 1% of 100 rps failed, 500 Internal Server Error, from page"),
        (["200 75", "404 25"], "Degraded: 25% of 100 rps were client errors, 404 Not Found, from page"),
        (
            ["200 0.01", "500 0.01"],
            "Failure, tentative: 50% of 0.02 rps failed, 500 Internal Server Error, from page",
        ),
        (["grpc:0 9", "grpc:14 1"], "Failure: 10% of 10 rps failed, gRPC 14 unavailable, from page"),
        (
            ["tcp 9", "tcp:UF 1"],
            "Failure: 10% of 10 closed connections/s failed, could not connect to the server (UF), from page",
        ),
        (
            ["200 9", "-:UC 1"],
            "Failure: 10% of 10 rps failed, no response, the server closed the connection (UC), from page",
        ),
        (["200 10"], "Healthy: none of 10 rps failed"),
        (["200 9999.9", "500 0.05"], "Healthy: <0.01% of 10k rps failed"),
        (["200 0.01"], "Healthy, tentative: none of 0.01 rps failed"),
    ],
)
def test_status_says_why(texts, expected):
    assert words(*texts) == expected


def test_caller_says_where_it_failed():
    assert words("200 1", "500 1", key=app("page")) == (
        "Failure: 50% of 2 rps it sent failed, 500 Internal Server Error, to shop"
    )


def test_profile_of_kiali_counts_who_hung_up():
    assert words("200 9", "-:DC 1", profile=KIALI) == (
        "Failure: 10% of 10 rps were hung up on, no response, the caller hung up (DC), from page"
    )


def test_peers_are_named_in_full_and_counted():
    others = [source(f"c{number}-v1", f"c{number}", namespace="far") for number in range(2)]
    flows = [line_row("500 1"), line_row("500 2", caller=others[0]), line_row("503 1", caller=others[1])]
    health = assess(traffic(*flows), 300)
    assert reason_words(health.of(app("shop")).reasons[0]) == (
        "100% of 4 rps failed, mostly 500 Internal Server Error, from c0 (far) and 2 others"
    )
    assert reason_words(health.of(namespace()).reasons[0], namespace()).startswith("shop: 100% of")


def test_unknown_caller_is_called_so():
    assert words("500 1", caller=UNKNOWN_SOURCE).endswith("from an unknown caller")


def test_values_are_not_read_as_templates():
    evil = source("{share}", "{share}{0}")
    assert words("500 1", caller=evil).endswith("from {share}{0}")


def test_no_data_says_which_kind():
    assert assessment_words(assess(Traffic.empty(), 300).of(app("x"))) == (
        "No data: nothing came or went in the window"
    )


def test_evidence_is_an_estimate_with_its_interval():
    check = assess(lines("200 0.00667", "500 0.00333"), 300).of(app("shop")).check
    assert evidence_words(check) == "about 1 of 3 seen; the true share is 6.1% to 79% (95% interval)"


def test_limits_are_told():
    assert tolerance_words(DEFAULT.tolerances[0]) == "degraded from 0.1%, failure from 10%"
    assert tolerance_words(Tolerance.parse("4XX,20,")) == "degraded from 20%, never a failure"


def test_every_status_and_outcome_has_its_words():
    assert set(STATUSES) == set(Status)
    assert set(FAILED) == set(Outcome)
