"""History → charts."""

import math

import pandas as pd
import pytest

from mesh_graph.views.charts import CHARTS, chart_rows, render_charts

NAN = math.nan


def history(**columns):
    return pd.DataFrame({"time": [1795230000.0 + 60 * step for step in range(3)], **columns})


def charts_of(frame, names=None):
    return {
        section.children[0].children: section.children[1]
        for section in render_charts(frame, names)
        if isinstance(section.children, list)
    }


def test_errors_come_first_and_only_what_is_known_is_drawn():
    frame = history(request_rate=[1.0, 2.0, 3.0], error_ratio=[0.0, 0.1, NAN], bytes_rate=[NAN, NAN, NAN])
    assert list(charts_of(frame)) == ["Errors, %", "Requests, rps"]


def test_values_are_in_the_unit_of_the_axis():
    rows = chart_rows(history(error_ratio=[0.0, 0.1, 1.0]), CHARTS[0])
    assert [row["value"] for row in rows] == pytest.approx([0.0, 10.0, 100.0])
    assert [row["time"] for row in rows] == ["03:00:00", "03:01:00", "03:02:00"]


@pytest.mark.parametrize("unknown", [NAN, math.inf])
def test_what_is_unknown_is_a_gap_not_a_zero(unknown):
    rows = chart_rows(history(latency_ms=[5.0, unknown, 7.0]), CHARTS[3])
    assert [row["value"] for row in rows] == [5.0, None, 7.0]


def test_points_are_in_the_order_of_time():
    frame = history(request_rate=[1.0, 2.0, 3.0])[::-1]
    assert [row["value"] for row in chart_rows(frame, CHARTS[1])] == [1.0, 2.0, 3.0]


def test_axes_begin_at_zero_and_lines_are_not_bridged():
    (chart,) = charts_of(history(latency_ms=[5.0, NAN, 7.0])).values()
    assert chart.yAxisProps["domain"] == [0, "auto"]
    assert chart.connectNulls is False


def test_a_longer_name_replaces_the_title():
    assert list(charts_of(history(latency_ms=[5.0, 6.0, 7.0]), {"latency_ms": "Response time p95"})) == [
        "Response time p95, ms"
    ]


def test_no_history_is_said():
    (part,) = render_charts(history(request_rate=[NAN, NAN, NAN]))
    assert part.children == "No history for this part."
