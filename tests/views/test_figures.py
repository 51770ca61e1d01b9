"""Lines over time as Plotly figures: colours to be told apart on either ground, gaps, hostile names."""

import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest

from mesh_graph.detail.lines import Heat
from mesh_graph.views.figures import COLOURS, SERIES, UNITS, heat_figure, line_figure
from mesh_graph.views.palette import PALETTES

HOSTILE = "<img src=x onerror=alert(1)> & co"
T0 = 1_795_262_400.0


def table(**lines):
    columns = pd.Index([(name, "") for name in lines], tupleize_cols=False, dtype=object)
    values = np.array(list(lines.values()), dtype=float).T
    return pd.DataFrame(values, index=[T0, T0 + 60, T0 + 120], columns=columns)


def luminance(colour):
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", sorted({*COLOURS.values(), *SERIES}))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_line_stands_out_from_either_ground(colour, scheme):
    a, b = luminance(colour), luminance(PALETTES[scheme].surface)
    assert (max(a, b) + 0.05) / (min(a, b) + 0.05) >= 3


def test_lines_that_follow_each_other_have_different_colours():
    assert all(a != b for a, b in itertools.pairwise(SERIES))
    assert len(set(SERIES)) == len(SERIES)


def test_a_step_without_data_is_a_gap_and_so_is_what_lies_above_the_top_bucket():
    figure = line_figure("duration", table(p95=[10.0, math.nan, math.inf]), marked=(T0, T0 + 120))
    (trace,) = figure["data"]
    assert trace["y"] == [10.0, None, None]
    assert trace["connectgaps"] is False


def test_axes_begin_at_zero_and_carry_their_unit():
    figure = line_figure("errors", table(error=[0.1, 0.2, 0.3]), marked=(T0, T0 + 120))
    axis = figure["layout"]["yaxis"]
    assert (axis["rangemode"], axis["title"]["text"]) == ("tozero", "%")
    assert figure["data"][0]["y"] == pytest.approx([10.0, 20.0, 30.0])


def test_the_part_that_tables_show_is_shaded_where_it_is_not_all():
    whole = line_figure("requests", table(ok=[1, 1, 1]), marked=(T0, T0 + 120))
    part = line_figure("requests", table(ok=[1, 1, 1]), marked=(T0 + 60, T0 + 120))
    assert whole["layout"]["shapes"] == []
    assert part["layout"]["shapes"][0]["x0"] == "2026-11-21 12:01:00"


def test_names_are_text_and_no_markup():
    figure = line_figure(
        "requests", table(**{HOSTILE: [1, 1, 1]}), marked=(T0, T0 + 120), order=[(HOSTILE, "")]
    )
    assert "<" not in figure["data"][0]["name"]
    assert figure["data"][0]["name"].startswith("&lt;img")


def test_a_line_has_one_colour_in_all_charts_of_a_tab():
    order = [("a", ""), ("b", "")]
    first = line_figure("errors", table(b=[1, 1, 1], a=[1, 1, 1]), marked=(T0, T0), order=order)
    second = line_figure("requests", table(a=[1, 1, 1]), marked=(T0, T0), order=order)
    colours = {trace["name"]: trace["line"]["color"] for trace in first["data"]}
    assert colours == {"a": SERIES[0], "b": SERIES[1]}
    assert second["data"][0]["line"]["color"] == SERIES[0]


def test_what_stands_out_is_the_only_one_in_full_strength():
    order = [("a", ""), ("b", "")]
    lines = table(a=[1, 1, 1], b=[1, 1, 9])
    figure = line_figure("errors", lines, marked=(T0, T0), order=order, odd=[("b", "")])
    assert [trace["opacity"] for trace in figure["data"]] == [0.45, 1.0]


def test_heat_has_a_row_per_bucket_named_by_its_upper_edge():
    spread = Heat(
        np.array([T0, T0 + 60]), np.array([5.0, 10.0, np.inf]), np.array([[1.0, np.nan], [0.5, 0.0]])
    )
    figure = heat_figure(spread, marked=(T0, T0 + 60))
    (trace,) = figure["data"]
    assert trace["y"] == ["to 10 ms", "over 10 ms"]
    assert trace["z"] == [[1.0, None], [0.5, 0.0]]
    bounds = figure["layout"]["meta"]["bounds_ms"]
    assert bounds == {"to 10 ms": [5.0, 10.0], "over 10 ms": [10.0, None]}, "what a click on a cell means"


def test_figures_are_plain_data():
    for name in UNITS:
        json.dumps(line_figure(name, table(ok=[1, 2, math.nan]), marked=(T0, T0)), allow_nan=False)
