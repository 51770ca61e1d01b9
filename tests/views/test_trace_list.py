"""Rows of the table of traces, and the words above it."""

import json
from dataclasses import replace

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.answers.trace_coverage import SampledShare
from mesh_graph.answers.trace_list import FoundList, TraceAsk
from mesh_graph.model import View
from mesh_graph.traces.interval import Interval
from mesh_graph.traces.model import TraceSummary
from mesh_graph.traces.summary import spread_of
from mesh_graph.views.addresses import Links
from mesh_graph.views.trace_list import (
    coverage_words,
    kept_words,
    quantile_words,
    render_found,
    render_nothing,
    sampled_words,
    trace_rows,
)

AT = 1_795_230_000.0


def summary(trace_id="ab", duration_us=2500, services=(("page.shop", 2), ("cart.shop", 1))):
    spans = sum(count for _, count in services)
    return TraceSummary(trace_id, "page.shop", "GET /", int(AT * 1e6), duration_us, spans, 1, services)


def found(*rows, was_cut=False, from_s=AT - 3600):
    return FoundList(View(at=AT), TraceAsk(limit=20), rows, spread_of(rows), was_cut, from_s, ())


@pytest.fixture(scope="module", autouse=True)
def application():
    """Addresses are made by the Dash application that there is."""
    return dash.Dash("traces", use_pages=False)


LINKS = Links({"at": "2026-11-21T03:00:00Z"})


def text(parts) -> str:
    return json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_a_row_leads_to_its_trace_in_the_same_time():
    (row,) = trace_rows([summary("ab")], LINKS)
    assert row["href"] == "/traces/ab?at=2026-11-21T03%3A00%3A00Z"
    assert (row["start"], row["duration"], row["spans"], row["errors"]) == (
        "2026-11-21 03:00:00.000",
        "2.5 ms",
        3,
        1,
    )
    assert (row["services"], row["service_counts"]) == (2, [["page.shop", 2], ["cart.shop", 1]])


def test_full_bar_is_the_longest_of_the_list():
    rows = trace_rows([summary("a", 100), summary("b", 400), summary("c", 0)], LINKS)
    assert [row["share"] for row in rows] == [0.25, 1.0, 0.0]
    assert trace_rows([summary("a", 0)], LINKS)[0]["share"] == 0.0


def test_of_many_services_a_row_names_some_and_counts_the_rest():
    services = tuple((f"s{number}", 1) for number in range(40))
    (row,) = trace_rows([summary(services=services)], LINKS)
    assert (row["services"], len(row["service_counts"]), row["more_services"]) == (40, 12, 28)


def test_quantiles_read_as_lengths_of_time():
    assert (
        quantile_words(found(summary("a", 1000), summary("b", 90_000)).spread)
        == "p50 1 ms · p95 90 ms · p99 90 ms"
    )
    assert quantile_words(found().spread) == ""


def test_coverage_says_since_when_a_list_is_whole():
    assert coverage_words(found(summary())) == "All that were kept in this time"
    cut = coverage_words(found(summary(), was_cut=True, from_s=AT - 60))
    assert "these are the 20" in cut
    assert "complete since 2026-11-21 02:59:00.000 UTC" in cut


def test_sampling_is_estimated_with_its_range_or_not_at_all():
    sampled = SampledShare(0.01, Interval(0.008, 0.012), 300, 30_000.0)
    said = sampled_words(replace(found(summary()), sampled=sampled))
    assert said == "about 1% of the requests are traced (0.8% to 1.2%)"
    assert sampled_words(found(summary())) == ""


def test_count_errors_and_download_stand_above_the_table():
    said = text(render_found(found(summary("a"), summary("b")), "/api/pages/traces.csv?limit=20"))
    assert '"2"' in said
    assert "traces, 6 spans" in said
    assert "/api/pages/traces.csv?limit=20" in said
    assert "csv" not in text(render_found(found(), "/api/pages/traces.csv"))


def test_no_traces_and_nobody_to_ask_are_different_and_say_what_to_do():
    nothing, nobody = text(render_nothing(found())), text(render_nothing(None))
    assert "Look back further" in nothing
    assert "--jaeger-url" in nobody


EDGE = TraceAsk(service="cart.shop", caller="page.shop")


def test_traces_that_were_looked_at_for_an_edge_are_counted():
    told = replace(found(summary("ab")), ask=EDGE, looked_at=40)
    words = "In 1 of 40 traces looked at, page.shop called cart.shop"
    assert kept_words(told) == words
    assert words in text(render_found(told, "/csv"))
    assert "In 0 of 40 traces looked at" in text(render_nothing(replace(found(), ask=EDGE, looked_at=40)))


def test_nothing_is_counted_where_the_backend_finds_the_calls_itself():
    told = replace(found(summary("ab")), ask=EDGE)
    assert kept_words(told) == ""
    assert "called" not in text(render_found(told, "/csv")) + text(render_nothing(told))
