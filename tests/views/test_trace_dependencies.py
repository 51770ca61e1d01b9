"""Calls by traces beside calls by metrics."""

import json

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.answers.trace_many import DependencyRow, TraceDependencies
from mesh_graph.model import View
from mesh_graph.traces.dependencies import Dependency, MetricEdge
from mesh_graph.views.addresses import Links
from mesh_graph.views.trace_dependencies import remark_of, render_dependencies

TRACED = Dependency("a.shop", "b.shop", 200, 10, 40, is_reported=True)
SILENT = Dependency("a.shop", "erp.example", 4, 0, 4, is_reported=False)
COUNTED = MetricEdge("a.shop", "b.shop", 5.0, 0.1)


@pytest.fixture(scope="module", autouse=True)
def application():
    """Addresses are made by the Dash application that there is."""
    return dash.Dash("dependencies", use_pages=False)


def row(traced, counted):
    known = traced or counted
    return DependencyRow(known.source, known.destination, traced, counted)


def text(*rows):
    found = TraceDependencies(View(at=0.0), TraceAsk(), rows, 50, False, ())
    return json.dumps(render_dependencies(found, Links()), cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize(
    ("traced", "counted", "remark"),
    [
        (TRACED, COUNTED, ""),
        (None, COUNTED, "no trace has such a call"),
        (TRACED, None, "not counted in the last window"),
        (SILENT, None, "the callee reports no spans"),
    ],
)
def test_what_only_one_of_the_two_knows_is_said(traced, counted, remark):
    assert remark_of(row(traced, counted)) == remark


def test_a_row_has_the_numbers_of_both():
    said = text(row(TRACED, COUNTED))
    assert all(number in said for number in ('"200"', '"5%"', '"40"', "5 rps", '"2%"'))
    assert "1 pairs are known to both, 0 to traces only, 0 to metrics only" in said


def test_what_is_not_known_is_a_dash_and_no_zero():
    assert text(row(None, COUNTED)).count('"–"') == 3
    assert text(row(TRACED, None)).count('"–"') == 2


def test_nothing_known_is_said():
    assert "know any call" in text()
