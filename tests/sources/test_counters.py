"""Typed queries on a handful of counters, answers by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from mesh_graph.sources.counters import evaluate
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.sources.store import Scraped

NAN = math.nan
TIMES = 15.0 * np.arange(5)
COUNTERS = {
    # app, pod: samples
    ("cart", "a"): [100, 130, 160, 190, 220],
    ("cart", "b"): [NAN, NAN, 0, 15, 30],
    ("bill", "c"): [7, 7, 7, 7, 7],
    ("new", "d"): [NAN, NAN, NAN, NAN, 4],
}
PER_POD = {"a": 120 / 60, "b": 30 / 60, "c": 0.0}
"""Rates over 60 s at 60 s: b is not carried back beyond its zero."""

EDGES = ("1", "10", "+Inf")
LATENCIES = {
    ("cart", "a"): {"bucket": [[0, 60], [0, 90], [0, 120]], "sum": [0, 6000], "count": [0, 120]},
    ("cart", "b"): {"bucket": [[0, 0], [0, 0], [0, 60]], "sum": [0, 3000], "count": [0, 60]},
    ("bill", "c"): {"bucket": [[5, 5], [5, 5], [5, 5]], "sum": [9, 9], "count": [5, 5]},
}
"""Samples at 0 and 60 s, from zero."""


class Literals:
    """The counters above as a store."""

    def labels(self, family: Family):
        keys = LATENCIES if family.is_histogram else COUNTERS
        apps, pods = zip(*keys, strict=True)
        return {"app": np.array(apps, dtype=object), "pod": np.array(pods, dtype=object)}

    def edges(self, family: Family):
        return EDGES if family.is_histogram else ()

    def read(self, family: Family, part: str, rows, span):
        times = np.array([0.0, 60.0]) if family.is_histogram else TIMES
        here = (times >= span[0]) & (times <= span[1])
        samples = [c[part] for c in LATENCIES.values()] if family.is_histogram else list(COUNTERS.values())
        return [Scraped(np.arange(len(rows)), times[here], np.array(samples, dtype=float)[rows][..., here])]


def ask(function: Function, by: tuple[str, ...], at: float | list[float] = 60, **options) -> pd.DataFrame:
    histogram = function in (Function.SUM_RATE, Function.BUCKET_RATE, Function.MEAN, Function.QUANTILE)
    family = options.pop("family", Family.REQUEST_DURATION if histogram else Family.REQUESTS)
    query = MetricQuery(family, function, by, window_s=options.pop("window_s", 60), **options)
    table, series = evaluate(Literals(), query, np.atleast_1d(np.array(at, dtype=float)))
    assert list(table.columns) == [*by, "value", "time"]
    assert series == (len(table.drop_duplicates(list(by))) if by else min(len(table), 1))
    return table


def rows(table: pd.DataFrame) -> dict:
    return {key[:-2]: key[-2] for key in table.itertuples(index=False, name=None)}


def test_rates_add_up_by_group_and_zero_is_left_out():
    assert rows(ask(Function.RATE, ("app",))) == {("cart",): pytest.approx(2.5)}


def test_idle_groups_are_kept_on_request_but_one_sample_is_no_rate():
    assert rows(ask(Function.RATE, ("app",), idle=True)) == {("cart",): pytest.approx(2.5), ("bill",): 0.0}


def test_rates_per_pod():
    assert rows(ask(Function.RATE, ("pod",), idle=True)) == {
        (p,): pytest.approx(v) for p, v in PER_POD.items()
    }


def test_a_label_that_series_lack_is_empty():
    assert set(rows(ask(Function.RATE, ("app", "version"), idle=True))) == {("cart", ""), ("bill", "")}


def test_the_rate_of_everything_is_one_row():
    assert rows(ask(Function.RATE, ())) == {(): pytest.approx(2.5)}


def test_matchers_choose_series():
    assert rows(ask(Function.RATE, ("app",), matchers=(Matcher("pod", "=~", "b|c"),))) == {
        ("cart",): pytest.approx(0.5)
    }


def test_no_series_gives_an_empty_table_with_its_columns():
    for function in [each for each in Function if not each.is_raw]:
        extra = {"quantile": 0.9} if function is Function.QUANTILE else {}
        by = ("app", "le") if function is Function.BUCKET_RATE else ("app",)
        assert ask(function, by, matchers=(Matcher("app", "=", "none"),), **extra).empty


def test_before_the_first_sample_there_is_nothing():
    for function in (Function.RATE, Function.SERIES, Function.SAMPLES, Function.AGE):
        assert ask(function, ("app",), at=-100).empty


def test_a_range_has_a_row_for_each_step_with_a_value():
    table = ask(Function.RATE, ("pod",), at=[15, 30, 45, 60], window_s=30, idle=True)
    steps = table.groupby("pod")["time"].apply(list).to_dict()
    assert steps == {"a": [15, 30, 45, 60], "b": [45, 60], "c": [15, 30, 45, 60]}


def test_series_are_counted_while_their_last_sample_is_young():
    assert rows(ask(Function.SERIES, ("app",))) == {("cart",): 2, ("bill",): 1, ("new",): 1}
    assert rows(ask(Function.SERIES, ("app",), at=30)) == {("cart",): 2, ("bill",): 1}
    assert rows(ask(Function.SERIES, ("app",), at=60 + 299.999)) == {("cart",): 2, ("bill",): 1, ("new",): 1}
    assert ask(Function.SERIES, ("app",), at=60 + 300).empty


def test_samples_are_those_of_the_best_series():
    assert rows(ask(Function.SAMPLES, ("app",))) == {("cart",): 5, ("bill",): 5, ("new",): 1}
    assert rows(ask(Function.SAMPLES, ("app",), window_s=20)) == {("cart",): 2, ("bill",): 2, ("new",): 1}


def test_age_is_that_of_the_newest_sample():
    assert rows(ask(Function.AGE, ("app",), at=75.5)) == {("cart",): 15.5, ("bill",): 15.5, ("new",): 15.5}
    assert rows(ask(Function.AGE, (), at=22)) == {(): 7.0}


def test_rate_of_a_histogram_is_that_of_its_count():
    table = ask(Function.RATE, ("app",), family=Family.REQUEST_DURATION, idle=True)
    assert rows(table) == {("cart",): pytest.approx(3.0), ("bill",): 0.0}


def test_sum_rate_is_in_units_of_the_family():
    assert rows(ask(Function.SUM_RATE, ("app",))) == {("cart",): pytest.approx(150.0)}


def test_mean_divides_sums_and_knows_no_zero_by_zero():
    assert rows(ask(Function.MEAN, ("app",))) == {("cart",): pytest.approx(50.0)}


def test_buckets_are_cumulative_and_keep_zeros():
    table = ask(Function.BUCKET_RATE, ("le", "app"))
    assert rows(table) == {
        ("1", "cart"): pytest.approx(1.0),
        ("10", "cart"): pytest.approx(1.5),
        ("+Inf", "cart"): pytest.approx(3.0),
        ("1", "bill"): 0.0,
        ("10", "bill"): 0.0,
        ("+Inf", "bill"): 0.0,
    }


def test_quantile_is_of_the_group_not_of_its_series():
    # cart: a third is at most 1 ms, a half at most 10 ms; half of a's own requests would be.
    assert rows(ask(Function.QUANTILE, ("app",), quantile=0.4)) == {("cart",): pytest.approx(1 + 9 * 0.4)}
    assert rows(ask(Function.QUANTILE, ("pod",), quantile=0.4)) == {
        ("a",): pytest.approx(0.8),
        ("b",): math.inf,
    }


def test_quantile_in_the_last_bucket_is_beyond_every_edge():
    assert rows(ask(Function.QUANTILE, ("app",), quantile=0.9)) == {("cart",): math.inf}


def test_columns_are_text_and_floats():
    table = ask(Function.RATE, ("app",))
    assert table.dtypes.astype(str).to_dict() == {"app": "str", "value": "float64", "time": "float64"}
    assert ask(Function.BUCKET_RATE, ("le",)).dtypes.astype(str)["le"] == "str"


def raw(function: Function, by: tuple[str, ...], at: list[float], **options) -> list[tuple]:
    family = options.pop("family", Family.REQUESTS)
    query = MetricQuery(family, function, by, window_s=options.pop("window_s", 60), **options)
    table, series = evaluate(Literals(), query, np.array(at, dtype=float))
    assert list(table.columns) == [*by, "value", "time", "series"]
    assert series == table["series"].nunique()
    return sorted(table.drop(columns="series").itertuples(index=False, name=None))


def test_raw_samples_are_not_summed():
    pods = {pod for _, pod in COUNTERS}
    found = raw(Function.RAW, ("app", "pod"), [60])
    assert {row[1] for row in found} == pods
    for (app, pod), samples in COUNTERS.items():
        expected = [(app, pod, float(v), t) for v, t in zip(samples, TIMES, strict=True) if v == v]
        assert [row for row in found if row[:2] == (app, pod)] == sorted(expected)


def test_raw_buckets_keep_their_edges():
    found = raw(Function.RAW, ("app", "pod", "le"), [60], family=Family.REQUEST_DURATION)
    of_c = [row[2:] for row in found if row[:2] == ("bill", "c")]
    assert of_c == sorted((edge, 5.0, at) for edge in EDGES for at in (0.0, 60.0))


def test_raw_samples_of_no_series_keep_their_columns():
    nobody = (Matcher("app", "=", "none"),)
    for by in (("app",), ("app", "le")):
        assert raw(Function.RAW, by, [60], matchers=nobody, family=Family.REQUEST_DURATION) == []
        assert raw(Function.LATEST, by, [0, 60], matchers=nobody, family=Family.REQUEST_DURATION) == []


def test_the_latest_sample_counts_for_five_minutes():
    found = raw(Function.LATEST, ("pod",), [7, 359, 360])
    # The newest samples are of 0 and of 60 s; d was first seen at 60 s.
    assert found == [
        ("a", 100, 7),
        ("a", 220, 359),
        ("b", 30, 359),
        ("c", 7, 7),
        ("c", 7, 359),
        ("d", 4, 359),
    ]


class TwoLayouts(Literals):
    """Proxies that count with different edges, scraped at different times."""

    def read(self, family: Family, part: str, rows, span):
        (whole,) = super().read(family, part, rows, span)
        samples = whole.samples.copy()
        if part == "bucket":
            samples[rows == 1, 0] = NAN
        for series in range(len(rows)):
            yield Scraped(np.array([series]), whole.times, samples[[series]])


def test_each_group_has_its_quantile_by_the_edges_that_it_has():
    """Two pods of one app; b lacks the edge at 1, and all of its requests are above 10."""
    query = MetricQuery(Family.REQUEST_DURATION, Function.QUANTILE, ("pod",), window_s=60, quantile=0.6)
    table, _ = evaluate(TwoLayouts(), query, np.array([60.0]))
    # a: 60, 90 and 120 at most 1, 10 and inf: the rank of 72 is 12 of 30 into (1, 10].
    assert rows(table) == {("a",): pytest.approx(1 + 9 * 12 / 30), ("b",): math.inf}


def test_edges_that_a_group_lacks_are_not_interpolated_from():
    lacking = np.array([[[60.0], [NAN], [120.0]]])
    query = MetricQuery(Family.REQUEST_DURATION, Function.QUANTILE, (), window_s=60, quantile=0.25)
    for samples, value in ((lacking, 0.5), (np.array([[[NAN], [90.0], [120.0]]]), 10 * 30 / 90)):
        store = OneGroup(np.concatenate([0 * samples, samples], axis=-1))
        table, _ = evaluate(store, query, np.array([60.0]))
        assert rows(table) == {(): pytest.approx(value)}


class OneGroup(Literals):
    """One series with the samples given, at 0 and 60 s."""

    def __init__(self, samples) -> None:
        self.samples = samples

    def labels(self, family: Family):
        return {"app": np.array(["cart"], dtype=object)}

    def read(self, family: Family, part: str, rows, span):
        return [Scraped(np.arange(1), np.array([0.0, 60.0]), self.samples)]


def test_of_gauges_the_greatest_newest_sample_counts_and_no_sum():
    assert rows(ask(Function.MAX, ("app",))) == {("cart",): 220, ("bill",): 7, ("new",): 4}
    assert rows(ask(Function.MAX, ("app",), at=30)) == {("cart",): 160, ("bill",): 7}


def test_a_sample_that_is_too_old_is_no_newest_one():
    assert rows(ask(Function.MAX, (), at=60 + 299)) == {(): 220}
    assert ask(Function.MAX, (), at=60 + 300).empty
