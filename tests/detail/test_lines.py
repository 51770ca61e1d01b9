"""Rows at instants to lines over time, on literals."""

import numpy as np
import pandas as pd
import pytest

from mesh_graph.detail.choice import Told
from mesh_graph.detail.lines import (
    LINE,
    busiest,
    heat,
    mean,
    named,
    nearest,
    quantiles,
    sum_lines,
)

TIMES = [0.0, 60.0, 120.0]
A, B = ("a", ""), ("b", "")


def rows(*values, columns=(LINE, "time", "value")):
    return pd.DataFrame({name: [row[at] for row in values] for at, name in enumerate(columns)})


def buckets(*values):
    return rows(*values, columns=(LINE, "le", "time", "value"))


def test_rows_of_a_line_add_up_and_a_step_without_any_is_no_zero():
    table = sum_lines(rows((A, 0.0, 1.0), (A, 0.0, 2.0), (A, 120.0, 0.0), (B, 60.0, 5.0)), TIMES)
    assert table[A].tolist() == pytest.approx([3.0, np.nan, 0.0], nan_ok=True)
    assert table[B].tolist() == pytest.approx([np.nan, 5.0, np.nan], nan_ok=True)


def test_without_rows_there_are_no_lines_but_all_instants():
    table = sum_lines(rows(), TIMES)
    assert table.shape == (3, 0)
    assert table.index.tolist() == TIMES


def test_an_instant_that_a_source_rounded_is_the_one_asked_for():
    assert sum_lines(rows((A, 59.9996, 1.0)), TIMES)[A].tolist()[1] == 1.0


def test_the_busiest_lines_are_kept_and_the_rest_counted():
    table = sum_lines(rows((A, 0.0, 1.0), (B, 0.0, 2.0), (("c", ""), 0.0, 3.0)), TIMES)
    shown, hidden = busiest(table, table, most=2)
    assert (list(shown.columns), hidden) == ([("c", ""), B], 1)


def test_a_quantile_lies_evenly_in_its_bucket():
    told = buckets((A, "10", 0.0, 1.2), (A, "100", 0.0, 2.4), (A, "+Inf", 0.0, 2.4))
    assert quantiles(told, TIMES, 0.5)[A].tolist()[0] == pytest.approx(10.0)
    assert quantiles(told, TIMES, 0.95)[A].tolist()[0] == pytest.approx(91.0)
    assert np.isnan(quantiles(told, TIMES, 0.5)[A].tolist()[1])


def test_a_quantile_in_the_last_bucket_is_above_the_top_edge():
    told = buckets((A, "10", 0.0, 1.0), (A, "+Inf", 0.0, 2.0))
    assert quantiles(told, TIMES, 0.99)[A].tolist()[0] == np.inf


def test_edges_are_numbers_however_they_are_written():
    told = buckets((A, "10", 0.0, 0.6), (A, "10.0", 0.0, 0.6), (A, "+Inf", 0.0, 1.2))
    assert quantiles(told, TIMES, 0.5)[A].tolist()[0] == pytest.approx(5.0)


def test_a_mean_is_the_sum_over_the_number_and_absent_without_any():
    told = buckets((A, "10", 0.0, 2.0), (A, "+Inf", 0.0, 4.0), (A, "10", 60.0, 0.0), (A, "+Inf", 60.0, 0.0))
    average = mean(told, rows((A, 0.0, 100.0), (A, 60.0, 0.0)), TIMES)
    assert average[A].tolist() == pytest.approx([25.0, np.nan, np.nan], nan_ok=True)


def test_heat_spans_the_buckets_in_use_and_adds_all_lines():
    told = buckets(
        *(
            (A, le, 0.0, rate)
            for le, rate in (("1", 0.0), ("5", 2.0), ("10", 3.0), ("50", 3.0), ("+Inf", 3.0))
        ),
        *(
            (B, le, 0.0, rate)
            for le, rate in (("1", 0.0), ("5", 1.0), ("10", 1.0), ("50", 1.0), ("+Inf", 1.0))
        ),
    )
    found = heat(told, TIMES)
    assert found.edges.tolist() == [1.0, 5.0, 10.0]
    assert found.rates[:, 0].tolist() == [3.0, 1.0]
    assert np.isnan(found.rates[:, 1]).all()


def test_heat_of_nothing_is_none():
    assert heat(buckets((A, "1", 0.0, 0.0), (A, "+Inf", 0.0, 0.0)), TIMES) is None


def test_a_line_is_named_by_its_labels_but_for_the_namespace_of_home():
    frame = pd.DataFrame(
        {
            "app": ["web", "gate", "", "unknown"],
            "ns": ["shop", "istio", "shop", "unknown"],
            "reporter": "source",
        }
    )
    lines = named(frame, ("app", "ns"), Told.MERGED, "shop")[LINE].tolist()
    assert lines == [("web", ""), ("gate · istio", ""), ("none", ""), ("unknown", "")]


def test_both_reports_are_lines_of_their_own():
    frame = pd.DataFrame({"reporter": ["source", "destination"]})
    assert named(frame, (), Told.BOTH)[LINE].tolist() == [("", "source"), ("", "destination")]


def reports():
    return rows(
        (A, "source", 1.0), (A, "destination", 2.0), (B, "source", 3.0), columns=(LINE, "reporter", "value")
    )


def test_the_server_s_report_is_preferred_line_by_line():
    assert nearest(reports(), Told.MERGED)["value"].tolist() == [2.0, 3.0]
    assert nearest(reports(), Told.BOTH)["value"].tolist() == [1.0, 2.0, 3.0]


def test_where_lines_have_one_reporter_in_common_it_is_the_server():
    assert nearest(reports(), Told.MERGED, by_line=False)["value"].tolist() == [2.0]
