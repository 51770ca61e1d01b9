"""What every metrics source promises, held against real servers over one hand-written past."""

from __future__ import annotations

import math
import time

import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.errors import QueryRejected
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.sources.scrape import ScrapeInterval
from mesh_graph.sources.snapshot import SnapshotSource
from tests.integration import past

AT = past.END
BY_CODE = ("source_workload", "reporter", "response_code")
TO_STORE = (Matcher("destination_workload_namespace", "=", "store"),)
BY_SOURCE = ("source_workload",)
# Floats are summed in any order.
EXACT = 1e-9


def ask(source, function, by, family=Family.REQUESTS, at=AT, **more) -> dict:
    """The reply's rows as a dict from labels to value."""
    return as_dict(source.instant(MetricQuery(family, function, by, **more), at).table)


def assert_nothing(answer, expected, source) -> None:
    """Before there was anything a source has no rows; what was not recorded a snapshot does not know."""
    if isinstance(source, SnapshotSource):
        with pytest.raises(QueryRejected, match="was not recorded, only"):
            answer()
    else:
        assert answer() == expected


def as_dict(table: pd.DataFrame) -> dict:
    labels = table.columns[: list(table.columns).index(fields.VALUE)]
    keys = table[list(labels)].itertuples(index=False, name=None)
    found = dict(zip(keys, table[fields.VALUE], strict=True))
    assert len(found) == len(table), "one row per set of labels"
    return found


def test_rates_are_summed_over_the_labels_that_are_not_asked_for(source):
    assert ask(source, Function.RATE, BY_CODE) == {
        ("web", "destination", "200"): pytest.approx(2.0, rel=EXACT),
        ("web", "destination", "503"): pytest.approx(0.4, rel=EXACT),
        ("web", "source", "200"): pytest.approx(1.6, rel=EXACT),
        (past.HOSTILE, "destination", "200"): pytest.approx(0.4, rel=EXACT),
    }


def test_idle_rows_are_kept_when_asked_for(source):
    busy, all_of_them = (ask(source, Function.RATE, BY_CODE, idle=idle) for idle in (False, True))
    assert set(all_of_them) - set(busy) == {("batch", "destination", "200")}
    assert all_of_them["batch", "destination", "200"] == 0


def test_columns_are_the_labels_in_the_order_asked_for_and_the_value(source):
    by = ("response_code", "source_workload", "grpc_response_status", "reporter")
    table = source.instant(MetricQuery(Family.REQUESTS, Function.RATE, by), AT).table
    assert list(table.columns) == [*by, "value"]
    assert [str(dtype) for dtype in table.dtypes] == ["str"] * 4 + ["float64"]
    assert set(table["grpc_response_status"]) == {""}


def test_an_empty_answer_keeps_its_columns_and_is_not_zero(source):
    nobody = (Matcher("source_workload", "=", "nobody"),)
    reply = source.instant(MetricQuery(Family.REQUESTS, Function.RATE, BY_CODE, nobody), AT)
    assert list(reply.table.columns) == [*BY_CODE, "value"]
    assert [str(dtype) for dtype in reply.table.dtypes] == ["str"] * 3 + ["float64"]
    assert (len(reply.table), reply.series) == (0, 0)


def test_an_empty_range_keeps_its_columns(source):
    nobody = (Matcher("source_workload", "=", "nobody"),)
    table = source.range(MetricQuery(Family.REQUESTS, Function.RATE, BY_CODE, nobody), AT - 60, AT, 15).table
    assert list(table.columns) == [*BY_CODE, "value", "time"]
    assert [str(dtype) for dtype in table.dtypes] == ["str"] * 3 + ["float64"] * 2
    assert len(table) == 0


def test_a_family_that_does_not_exist_answers_with_nothing(source):
    assert ask(source, Function.RATE, BY_SOURCE, Family.GRPC_REQUEST_MESSAGES) == {}


@pytest.mark.parametrize(
    ("matcher", "workloads"),
    [
        (Matcher("source_workload", "=", "web"), {"web"}),
        (Matcher("source_workload", "!=", "web"), {"batch", past.HOSTILE}),
        (Matcher("source_workload", "=~", "web|batch"), {"web", "batch"}),
        (Matcher("source_workload", "=~", "we"), set()),
        (Matcher("source_workload", "!~", "web|batch"), {past.HOSTILE}),
        (Matcher("source_workload", "=", past.HOSTILE), {past.HOSTILE}),
        (Matcher("source_workload", "=", "a\ud800b"), set()),
        (Matcher("grpc_response_status", "=", ""), {"web", "batch", past.HOSTILE}),
        (Matcher("grpc_response_status", "!=", ""), set()),
    ],
)
def test_matchers_choose_as_in_promql(source, matcher, workloads):
    found = ask(source, Function.RATE, BY_SOURCE, matchers=(matcher, *TO_STORE), idle=True)
    assert {workload for (workload,) in found} == workloads


def test_mean_is_sum_over_count_and_absent_without_traffic(source):
    assert ask(source, Function.MEAN, BY_SOURCE, Family.REQUEST_DURATION) == {
        ("web",): pytest.approx(12.0, rel=EXACT),
        ("slow",): pytest.approx(3_000_000.0, rel=EXACT),
    }


@pytest.mark.parametrize(
    ("quantile", "web"),
    [
        # 60 % lie in (5, 10], the rest in (50, 100]; linear inside a bucket.
        (0.3, 5 + 5 * 0.5),
        (0.6, 10.0),
        (0.8, 50 + 50 * 0.5),
        (1.0, 100.0),
    ],
)
def test_quantiles_are_interpolated_in_their_bucket(source, quantile, web):
    found = ask(source, Function.QUANTILE, BY_SOURCE, Family.REQUEST_DURATION, quantile=quantile)
    assert found["web",] == pytest.approx(web, rel=1e-9)


@pytest.mark.parametrize(
    ("quantile", "slow"),
    [
        (0.25, 1_800_000 + 1_800_000 * 0.5),
        # Half of the requests are at or below the highest finite edge, so the median is that edge.
        (0.5, 3_600_000.0),
        (0.51, math.inf),
        (0.99, math.inf),
        (1.0, math.inf),
    ],
)
def test_a_quantile_in_the_last_bucket_is_infinite_and_on_its_edge_it_is_not(source, quantile, slow):
    found = ask(source, Function.QUANTILE, BY_SOURCE, Family.REQUEST_DURATION, quantile=quantile)
    assert found["slow",] == pytest.approx(slow, rel=1e-9)


def test_a_quantile_without_traffic_is_absent(source):
    found = ask(source, Function.QUANTILE, BY_SOURCE, Family.REQUEST_DURATION, quantile=0.95)
    assert set(found) == {("web",), ("slow",)}


def test_bucket_rates_are_cumulative_and_keep_their_edges(source):
    by = ("source_workload", "le")
    found = ask(source, Function.BUCKET_RATE, by, Family.REQUEST_DURATION)
    of_web = {le: rate for (workload, le), rate in found.items() if workload == "web"}
    assert set(of_web) == set(past.EDGES)
    at = {float(le): rate for le, rate in of_web.items()}
    assert [at[5.0], at[10.0], at[50.0]] == pytest.approx([0.0, 1.2, 1.2], rel=EXACT)
    assert [at[100.0], at[3_600_000.0], at[math.inf]] == pytest.approx([2.0] * 3, rel=EXACT)


def test_sum_rates_have_the_unit_of_the_family(source):
    assert ask(source, Function.SUM_RATE, BY_SOURCE, Family.REQUEST_BYTES) == {
        ("web",): pytest.approx(past.BYTES, rel=EXACT)
    }


def test_rate_of_a_histogram_is_that_of_its_count(source):
    found = ask(source, Function.RATE, BY_SOURCE, Family.REQUEST_DURATION)
    assert found == {("web",): pytest.approx(2.0, rel=EXACT), ("slow",): pytest.approx(2.0, rel=EXACT)}


def test_tcp_is_a_counter_of_bytes(source):
    found = ask(source, Function.RATE, ("app",), Family.TCP_SENT)
    assert found == {("ztunnel",): pytest.approx(past.TCP, rel=EXACT)}


def test_series_are_those_present_at_the_instant(source):
    assert ask(source, Function.SERIES, ("reporter",)) == {("destination",): 8, ("source",): 2}
    assert_nothing(lambda: ask(source, Function.SERIES, ("reporter",), at=past.START - 3600), {}, source)


def test_samples_are_the_most_of_one_series(source):
    # 20 intervals of 15 s; a range closed at both ends, as Prometheus 2 has it, holds one sample more.
    assert ask(source, Function.SAMPLES, ("reporter",), window_s=300)["source",] in (20, 21)
    assert ask(source, Function.SAMPLES, ("reporter",), window_s=299)["source",] == 20


def test_age_counts_from_the_newest_sample(source):
    assert ask(source, Function.AGE, (), at=AT) == {(): 0}
    assert ask(source, Function.AGE, ("reporter",), at=AT + 10)["source",] == 10


RAW = ("source_workload", "reporter", "pod")
OF_WEB = (Matcher("source_workload", "=", "web"), Matcher("response_code", "=", "503"))


def test_raw_samples_are_the_counters_as_scraped_pod_by_pod(source):
    # 0.4 / s over two pods, from 1000 at the start: one more every 5 s, three between scrapes.
    query = MetricQuery(Family.REQUESTS, Function.RAW, RAW, OF_WEB, window_s=50)
    table = source.instant(query, AT).table
    assert list(table.columns) == [*RAW, "value", "time", "series"]
    assert [str(dtype) for dtype in table.dtypes] == ["str"] * 3 + ["float64"] * 2 + ["int64"]
    assert set(table["pod"]) == {"p-1", "p-2"}
    for _, samples in table.groupby("series"):
        assert list(samples.sort_values("time")["time"]) == [AT - 45, AT - 30, AT - 15, AT]
        assert list(samples.sort_values("time")["value"]) == [1351, 1354, 1357, 1360]


def test_a_series_has_the_same_number_in_every_answer(source):
    query = MetricQuery(Family.REQUESTS, Function.RAW, ("pod",), OF_WEB, window_s=20)
    early, late = (source.instant(query, at).table for at in (AT - 600, AT))
    numbers = {pod: set(rows["series"]) for pod, rows in late.groupby("pod")}
    assert {pod: set(rows["series"]) for pod, rows in early.groupby("pod")} == numbers
    assert all(len(found) == 1 for found in numbers.values())
    assert numbers["p-1"] != numbers["p-2"]


def test_raw_samples_of_a_histogram_are_its_buckets_where_edges_are_asked_for(source):
    by, web = ("source_workload", "le"), (Matcher("source_workload", "=", "web"),)
    table = source.instant(MetricQuery(Family.REQUEST_DURATION, Function.RAW, by, web, window_s=20), AT).table
    newest = {float(le): rows.loc[rows["time"].idxmax(), "value"] for le, rows in table.groupby("le")}
    assert len(newest) == len(past.EDGES)
    assert table["series"].nunique() == len(past.EDGES)
    assert [newest[5.0], newest[10.0], newest[100.0], newest[math.inf]] == [1000, 3160, 4600, 4600]
    two = MetricQuery(
        Family.REQUEST_DURATION, Function.RAW, by, (*web, Matcher("le", "=~", "10|[+]Inf")), window_s=20
    )
    assert set(source.instant(two, AT).table["le"].astype(float)) == {10.0, math.inf}
    counts = MetricQuery(Family.REQUEST_DURATION, Function.RAW, BY_SOURCE, web, window_s=20)
    assert source.instant(counts, AT).table["value"].max() == 4600


def test_raw_sums_are_read_beside_the_counts(source):
    web = (Matcher("source_workload", "=", "web"),)
    query = MetricQuery(Family.REQUEST_DURATION, Function.RAW_SUM, BY_SOURCE, web, window_s=20)
    table = source.instant(query, AT).table
    # 24 ms of 2 requests each second, from 1000 at the start.
    assert sorted(table["value"]) == [1000 + 24 * 1785, 1000 + 24 * 1800]


def test_the_newest_sample_is_read_at_every_step(source):
    query = MetricQuery(Family.REQUESTS, Function.LATEST, RAW, OF_WEB)
    table = source.range(query, AT - 20, AT, 10.0).table
    assert list(table.columns) == [*RAW, "value", "time", "series"]
    one = table[table["pod"] == "p-1"].sort_values("time")
    # The steps between scrapes read the scrape before.
    assert list(one["time"]) == [AT - 20, AT - 10, AT]
    assert list(one["value"]) == [1354, 1357, 1360]


def test_raw_samples_of_nothing_keep_their_columns(source):
    nobody = (Matcher("source_workload", "=", "nobody"),)
    raw, latest = (
        MetricQuery(Family.REQUESTS, function, RAW, nobody) for function in (Function.RAW, Function.LATEST)
    )
    for table in (source.instant(raw, AT).table, source.range(latest, AT - 60, AT, 30).table):
        assert list(table.columns) == [*RAW, "value", "time", "series"]
        assert [str(dtype) for dtype in table.dtypes] == ["str"] * 3 + ["float64"] * 2 + ["int64"]
        assert len(table) == 0


def test_grouping_by_nothing_gives_one_row(source):
    assert ask(source, Function.RATE, ()) == {(): pytest.approx(4.4, rel=EXACT)}


def test_a_range_has_a_row_per_series_and_step_with_both_ends(source):
    query = MetricQuery(Family.REQUESTS, Function.RATE, BY_CODE)
    reply = source.range(query, AT - 61.5, AT - 1.5, 20.0)
    assert list(reply.table.columns) == [*BY_CODE, "value", "time"]
    assert sorted(set(reply.table["time"])) == [AT - 61.5, AT - 41.5, AT - 21.5, AT - 1.5]
    assert (len(reply.table), reply.series) == (16, 4)
    web = reply.table[reply.table["response_code"] == "503"]
    assert list(web["value"]) == pytest.approx([0.4] * 4, rel=1e-9)


def test_a_range_equals_its_instants(source):
    query = MetricQuery(Family.REQUEST_DURATION, Function.QUANTILE, BY_SOURCE, quantile=0.8)
    whole = source.range(query, AT - 600, AT, 150.0).table
    for at, rows in whole.groupby("time"):
        assert as_dict(rows) == pytest.approx(as_dict(source.instant(query, at).table), rel=1e-9)


def test_label_values_are_sorted_and_of_the_series_that_match(source):
    assert source.label_values("response_code", (), past.START, AT) == ("200", "503")
    assert source.label_values("source_workload", TO_STORE, past.START, AT) == tuple(
        sorted(("batch", "web", past.HOSTILE))
    )
    assert source.label_values("app", (), past.START, AT) == ("ztunnel",)
    assert source.label_values("no_such_label", (), past.START, AT) == ()


def test_a_reply_says_what_was_asked_and_what_it_cost(source):
    query = MetricQuery(Family.REQUESTS, Function.RATE, ("reporter",))
    reply = source.instant(query, AT)
    assert reply.promql == "sum by (reporter) (rate(istio_requests_total[5m])) > 0"
    assert source.promql(query) == reply.promql
    assert reply.series == 2
    assert reply.warnings == ()


def test_the_scrape_interval_is_measured(source):
    # 21 samples where the range is closed at both ends.
    interval = measure(source)
    assert interval.around(TO_STORE, AT) == 15.0
    assert interval.around((), AT) == interval.around(TO_STORE, AT)


def test_the_scrape_interval_is_unknown_without_series(source):
    nobody = (Matcher("source_workload", "=", "nobody"),)
    assert measure(source).around(nobody, AT) is None
    assert_nothing(lambda: measure(source).around((), past.START - 7200), None, source)


def measure(source) -> ScrapeInterval:
    return ScrapeInterval(lambda query, at: source.instant(query, at).table, time.monotonic)


EITHER = (
    (Matcher("source_workload", "=", "web"), Matcher("reporter", "=", "destination")),
    (Matcher("source_workload", "=~", "slow|batch"),),
)


@pytest.mark.parametrize(
    "function",
    [f for f in Function if not f.is_raw and f is not Function.AGE],
)
def test_either_of_two_sets_is_what_both_hold(source, function):
    """Every function over a union of selectors, against the answers to each that are put together here."""
    by = ("source_workload",) + (("le",) if function is Function.BUCKET_RATE else ())
    more = {"quantile": 0.5} if function is Function.QUANTILE else {}
    family = Family.REQUEST_DURATION
    parts = [ask(source, function, by, family, matchers=one, **more) for one in EITHER]
    assert any(parts)
    both = ask(source, function, by, family, either=EITHER, **more)
    assert both == {key: pytest.approx(value, rel=EXACT) for part in parts for key, value in part.items()}


def test_a_quantile_of_two_sets_is_that_of_all_their_requests(source):
    quantile = {"family": Family.REQUEST_DURATION, "quantile": 0.5}
    either = ((Matcher("source_workload", "=", "web"),), (Matcher("source_workload", "=", "slow"),))
    names = (Matcher("source_workload", "=~", "web|slow"),)
    both = ask(source, Function.QUANTILE, ("reporter",), either=either, **quantile)
    assert both == ask(source, Function.QUANTILE, ("reporter",), matchers=names, **quantile)


def test_of_what_is_as_it_is_the_greatest_newest_sample_is_told(source):
    assert ask(source, Function.MAX, ("source_workload",), matchers=(*OF_WEB, *TO_STORE)) == {("web",): 1360}
    nobody = (Matcher("source_workload", "=", "nobody"),)
    assert ask(source, Function.MAX, BY_SOURCE, matchers=nobody) == {}
