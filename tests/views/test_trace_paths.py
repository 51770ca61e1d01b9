"""Whose time it is, as bars and rows."""

import json

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.answers.trace_many import TracePaths
from mesh_graph.model import View
from mesh_graph.traces.aggregate import Aggregate, Around, OwnerShare
from mesh_graph.traces.interval import Interval
from mesh_graph.views.addresses import Links
from mesh_graph.views.trace_paths import render_paths

ANY = TraceAsk()
AROUND = (Around(0.5, 40_000, 38_000, 42_000, 10), Around(0.95, 400_000, 300_000, None, 5))


@pytest.fixture(scope="module", autouse=True)
def application():
    """Addresses are made by the Dash application that there is."""
    return dash.Dash("paths", use_pages=False)


def owner(service, *shares, saved=None, operation="GET /"):
    known = (Interval(0.1, 0.3), None)
    return OwnerShare(service, operation, 7, shares, known, saved)


def text(*owners, around=AROUND, was_cut=False, left_out=0, ask=ANY):
    told = Aggregate(20 if owners else 0, left_out, around if owners else (), owners)
    found = TracePaths(View(at=0.0), ask, told, was_cut, 0.0, ())
    parts = render_paths(found, Links({"at": "live"}))
    return json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_owners_are_named_with_their_shares_and_what_half_would_save():
    said = text(owner("cart.shop", 0.25, 0.5, saved=(5_000.0, 90_000.0)), owner("page.shop", 0.75, 0.5))
    assert all(words in said for words in ("p50 40 ms", "p95 400 ms", "25%", "50%", "75%", "5 ms", "90 ms"))
    assert "/traces?at=live&service=cart.shop&operation=GET+%2F" in said


def test_what_is_not_sure_or_not_worked_out_is_said():
    said = text(owner("cart.shop", 0.25, 0.5))
    assert "95%: 10% to 30%" in said
    assert "too few traces to tell how sure this is" in said
    assert "95%: 300 ms to unknown; 5 traces around it" in said
    assert said.count("–") == 2, "no savings: a dash each, never a zero"


def test_parts_of_a_bar_are_the_shares_and_the_rest_is_one():
    owners = [owner(f"s{number}", 1 / 12, 1 / 12) for number in range(12)]
    found = TracePaths(View(at=0.0), TraceAsk(), Aggregate(20, 0, AROUND, tuple(owners)), False, 0.0, ())
    bars = render_paths(found, Links())[1]
    for quantile in bars.children:
        parts = quantile.children[1].children
        assert len(parts) == 11
        assert sum(part.style["flexGrow"] for part in parts) == pytest.approx(1.0)


def test_route_and_what_was_not_counted_are_named():
    said = text(owner("a", 1.0, 1.0), was_cut=True, left_out=3, ask=TraceAsk("cart.shop", "GET /cart"))
    assert "What cart.shop GET /cart waited for, in 20 traces." in said
    assert "3 have no such span" in said
    assert "more traces than were counted" in said
    assert "What the root waited for" in text(owner("a", 1.0, 1.0))
    called = text(owner("a", 1.0, 1.0), ask=TraceAsk("cart.shop", caller="page.shop"))
    assert "What cart.shop waited for when page.shop called it, in 20 traces." in called


def test_nothing_found_is_said():
    assert "No traces with such a root" in text()
