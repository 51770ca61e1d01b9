"""The canonical rule for TCP, a table a rule: sent/received/opened/closed per second."""

from __future__ import annotations

import pytest

from tests.topology.telemetry import merged, notes, tcp, tcp_lines


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param(
            ["source a>b - 100/50/1/1", "destination a>b - 101/51/1/1"],
            ["a>b - 101/51/1/1 destination"],
            id="destination-counts-where-it-reports",
        ),
        pytest.param(
            ["source a>b - 100/50/1/1", "source a>b UC 0/0/0/2"],
            ["a>b - 100/50/1/1 source", "a>b UC 0/0/0/2 source"],
            id="source-s-whole-report-counts-where-nobody-else-reports",
        ),
        pytest.param(
            ["destination a>b - 100/50/1/1", "source a>?b UH 0/0/0/3", "source a>b UF 0/0/0/2"],
            ["a>b - 100/50/1/1 destination", "a>?b UH 0/0/0/3 source", "a>b UF 0/0/0/2 source"],
            id="failed-connections-are-added",
        ),
        pytest.param(
            ["destination a>b - 100/50/1/1", "source a>b UC 10/5/0/1", "source a>b DC 1/1/0/1"],
            ["a>b - 100/50/1/1 destination"],
            id="connections-that-arrived-are-not",
        ),
        pytest.param(
            ["source a>b - 30/60/1/1", "destination ?>b - 100/60/3/3"],
            ["a>b - 30/60/1/1 source", "?>b - 70/0/2/2 destination"],
            id="plain-text-source-is-taken-off-the-unknown-one",
        ),
        pytest.param(
            ["source a>b - 100/60/3/3", "destination ?>b - 100/60/3/3"],
            ["a>b - 100/60/3/3 source"],
            id="nothing-is-left-of-an-unknown-source-that-is-wholly-known",
        ),
        pytest.param(
            ["source a>b UF 0/0/0/2", "destination ?>b - 100/60/3/3"],
            ["a>b UF 0/0/0/2 source", "?>b - 100/60/3/3 destination"],
            id="failed-connections-are-in-no-unknown-source",
        ),
        pytest.param(
            ["source a>?db.example - 10/20/1/1"],
            ["a>?db.example - 10/20/1/1 source"],
            id="external-host-shows-the-source-s-report",
        ),
    ],
)
def test_bytes_and_connections_are_counted_once(said, shown):
    traffic = merged(tcp=tcp(*said))
    assert tcp_lines(traffic) == set(shown)
    assert not notes(traffic)


def test_half_injected_destination_shows_the_source_s_bytes():
    traffic = merged(tcp=tcp("source a>b - 200/100/1/1", "destination a>b - 100/50/1/1"))
    assert tcp_lines(traffic) == {"a>b - 200/100/1/1 source"}
    assert notes(traffic) == {"a>b tcp": "half-reported"}


def test_reports_of_tcp_are_bytes_both_ways():
    traffic = merged(tcp=tcp("source a>b - 100/50/1/1", "destination a>b - 101/51/1/1"))
    (row,) = traffic.reports.to_dict("records")
    assert (row["protocol"], row["source_rate"], row["destination_rate"]) == ("tcp", 150, 152)
    assert (row["mtls_rate"], row["mtls_known_rate"]) == (152, 152)


def test_closed_connections_are_errors_by_their_flags():
    traffic = merged(tcp=tcp("source a>b UF,URX 0/0/0/2", "source a>b - 1/1/1/1"))
    assert dict(zip(traffic.tcp["flags"], traffic.tcp["outcome"], strict=True)) == {
        "": "ok",
        "UF,URX": "error",
    }
