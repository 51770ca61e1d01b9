"""What a metrics tab shows of panels that a team added: titles, units, failures and silence in words."""

import json

import numpy as np
import pandas as pd
import pytest

from mesh_graph.answers.metric_panels import Panel
from mesh_graph.answers.metric_queries import Span
from mesh_graph.answers.metrics import Metrics
from mesh_graph.detail.choice import Choice, Group
from mesh_graph.detail.subject import subject_key
from mesh_graph.errors import QueryRejected
from mesh_graph.model import NodeKind
from mesh_graph.views.metric_panels import render_metrics

SPAN = Span(1_700_000_000.0, 1_700_000_060.0, 60.0, 60)
CART = subject_key(NodeKind.APP, "shop", "cart")


def table(**columns):
    names = np.empty(len(columns), dtype=object)
    names[:] = [(name, "") for name in columns]
    values = np.array(list(columns.values())).T if columns else np.empty((2, 0))
    return pd.DataFrame(values, index=SPAN.times, columns=pd.Index(names, tupleize_cols=False))


def added(lines=None, **values):
    shown = {"title": "Gateway", "unit": "rps"} | values
    return Panel("added-1", table() if lines is None else lines, ("up",), **shown)


def section(panel, choice=None):
    """The panel's part of the page as JSON, and its words."""
    metrics = Metrics(CART, choice or Choice(), SPAN, 300, (panel,), ())
    parts = json.loads(json.dumps([part.to_plotly_json() for part in render_metrics(metrics)], default=plain))
    return next(part for part in walk(parts) if part.get("props", {}).get("data-panel") == panel.name)


def plain(value):
    return value.to_plotly_json() if hasattr(value, "to_plotly_json") else str(value)


def walk(part):
    if isinstance(part, dict):
        yield part
        yield from walk(list(part.values()))
    elif isinstance(part, list):
        for one in part:
            yield from walk(one)


def words(part):
    if isinstance(part, str):
        return part
    if isinstance(part, list):
        return " ".join(filter(None, map(words, part)))
    return words(part["props"].get("children") or "") if isinstance(part, dict) and "props" in part else ""


def figure(part):
    return next(one["props"]["figure"] for one in walk(part) if "figure" in one.get("props", {}))


@pytest.mark.parametrize(("unit", "head"), [("rps", "Gateway , rps"), ("", "Gateway")])
def test_an_added_panel_has_its_own_title_and_unit(unit, head):
    shown = section(added(table(a=[1.0, 2.0]), unit=unit))
    assert words(shown).startswith(head)
    assert figure(shown)["layout"]["yaxis"]["title"]["text"] == unit
    assert figure(shown)["data"][0]["y"] == [1.0, 2.0]


def test_its_lines_have_colours_of_their_own_and_a_legend_whatever_ours_are_grouped_by():
    for choice in (Choice(), Choice(group=Group.CODE)):
        drawn = figure(section(added(table(a=[1.0, 2.0], b=[2.0, 3.0])), choice))["data"]
        assert [line["name"] for line in drawn] == ["a", "b"]
        assert len({line["line"]["color"] for line in drawn}) == 2


def test_a_division_by_zero_is_a_gap_and_no_top_bucket():
    shown = section(added(table(a=[np.inf, 2.0])))
    assert figure(shown)["data"][0]["y"] == [None, 2.0]
    assert "top bucket" not in words(shown)


def test_a_failure_is_told_in_its_place():
    shown = section(added(problem=QueryRejected("prometheus", "up", "It is wrong.")))
    assert "prometheus: It is wrong." in words(shown)


def test_silence_is_told_in_its_place():
    assert "No series in this range." in words(section(added()))
