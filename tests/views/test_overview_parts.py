"""Totals, extremes and changes beside the overview's table."""

import json
from collections import Counter

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.answers.changes import Change
from mesh_graph.answers.overview import Overview, TopRow, Totals
from mesh_graph.health import Assessment
from mesh_graph.health.facts import KINDS
from mesh_graph.model import Status, View
from mesh_graph.topology.attributes import Gap
from mesh_graph.views.addresses import Links
from mesh_graph.views.overview_parts import render_changes, render_lines, render_tops, render_totals
from tests.health.rows import app, service

NOTHING = Totals(Counter(), {kind: Counter() for kind in KINDS}, 0.0, 0.0, 0.0)
AT = 1_795_263_000.0


@pytest.fixture(scope="module", autouse=True)
def application():
    """Addresses are made by the Dash application that there is."""
    return dash.Dash("parts", use_pages=False)


def overview(**more) -> Overview:
    given = {"top_errors": (), "top_latency": (), "top_rate": (), "changes": (), "earlier_at": AT - 3600}
    return Overview(View(at=AT), (), NOTHING, **{**given, **more}, steps=())


def text(parts) -> str:
    return json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_nothing_seen_reads_as_a_dash_and_never_as_zero():
    said = text(render_totals(NOTHING, Links()))
    assert said.count("–") == 3
    assert "0 rps" not in said
    assert "0%" not in said


def test_totals_count_each_status():
    totals = Totals(
        Counter({Status.FAILURE: 2}), {KINDS[0]: Counter({Status.HEALTHY: 1200})}, 200.0, 1.0, 0.0
    )
    said = text(render_totals(totals, Links({"window": "10m"})))
    assert all(words in said for words in ("2 failure", "1,200 healthy", "200 rps", "0.5%"))
    assert "/applications?window=10m" in said


def test_extremes_are_named_in_full_and_lead_to_their_pages():
    row = TopRow(service("reviews"), 0.125, Assessment())
    said = text(render_tops(overview(top_errors=(row,)), Links()))
    assert "reviews (shop)" in said
    assert "12%" in said or "13%" in said
    assert "/services/shop/reviews" in said
    assert said.count("None.") == 2


def test_changes_say_since_when_and_how_many_more():
    many = tuple(Change("change-app-new", app(f"a{number}")) for number in range(20))
    said = text(render_changes(overview(changes=many), Links()))
    assert "Changes since 1 h ago" in said
    assert "and 8 more" in said
    assert "Nothing came" in text(render_changes(overview(), Links()))
    assert "Nothing earlier" in text(render_changes(overview(earlier_at=None), Links()))


def test_gaps_are_told_once_each():
    gap = Gap("family-failed", (("family", "istio_requests_total"), ("reason", "no")))
    assert len(render_lines([gap, gap], ["a doubt"])) == 2
