"""The demo mesh as a source."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mesh_graph import fields
from mesh_graph.errors import InvalidRequest, QueryRejected
from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.promql import render
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery

AT = 1_793_534_400.0
HISTOGRAM_ONLY = (Function.SUM_RATE, Function.BUCKET_RATE, Function.MEAN, Function.QUANTILE, Function.RAW_SUM)
RATE = MetricQuery(Family.REQUESTS, Function.RATE, fields.REQUEST_LABELS)


@pytest.fixture(scope="module")
def source() -> MetricsSource:
    return DemoSource(clock=lambda: AT)


def test_it_says_that_it_is_a_demo(source: MetricsSource):
    assert source.is_demo
    assert source.name == "demo mesh"
    assert source.now() == AT


def test_an_instant_has_the_columns_of_the_query(source: MetricsSource):
    reply = source.instant(RATE, AT)
    assert list(reply.table.columns) == [*fields.REQUEST_LABELS, fields.VALUE]
    assert reply.series == len(reply.table) > 50
    assert (reply.table[fields.VALUE] > 0).all()
    assert reply.promql == source.promql(RATE) == render(RATE)
    assert reply.warnings == ()


def test_the_same_instant_answers_the_same_whatever_was_asked_before():
    one, other = DemoSource(), DemoSource()
    other.instant(RATE, AT + 90_000)
    other.range(RATE, AT - 7200, AT - 3600, 600)
    assert one.instant(RATE, AT).table.equals(other.instant(RATE, AT).table)


def test_a_range_is_its_instants(source: MetricsSource):
    whole = source.range(RATE, AT - 100, AT, 50).table
    assert list(whole.columns) == [*fields.REQUEST_LABELS, fields.VALUE, fields.TIME]
    assert sorted(whole[fields.TIME].unique()) == [AT - 100, AT - 50, AT]
    for at, step in whole.groupby(fields.TIME):
        alone = source.instant(RATE, float(at)).table
        keys = list(fields.REQUEST_LABELS)
        both = alone.merge(step, on=keys, suffixes=("", "_of_range"))
        assert len(both) == len(alone) == len(step)
        assert both[fields.VALUE].to_numpy() == pytest.approx(both[f"{fields.VALUE}_of_range"].to_numpy())


def test_a_range_without_steps_is_refused(source: MetricsSource):
    with pytest.raises(InvalidRequest):
        source.range(RATE, AT, AT - 1, 15)
    with pytest.raises(InvalidRequest):
        source.range(RATE, AT - 1, AT, 0)


def test_a_window_without_samples_is_empty(source: MetricsSource):
    short = MetricQuery(Family.REQUESTS, Function.RATE, ("app",), window_s=5)
    assert source.instant(short, AT + 7).table.empty


def test_a_bad_expression_is_rejected_with_the_query(source: MetricsSource):
    bad = MetricQuery(Family.REQUESTS, Function.RATE, (), (Matcher("app", "=~", "(?=x)"),))
    with pytest.raises(QueryRejected) as raised:
        source.instant(bad, AT)
    assert raised.value.request == render(bad)
    with pytest.raises(QueryRejected):
        source.label_values("app", bad.matchers, AT - 60, AT)


def test_label_values_are_those_with_samples_in_the_span(source: MetricsSource):
    def values(label: str, *matchers: Matcher) -> tuple[str, ...]:
        return source.label_values(label, matchers, AT - 1800, AT)

    assert {"bookinfo", "shop", "payments"} <= set(values("destination_workload_namespace"))
    assert values("reporter") == ("destination", "source")
    assert values("reporter", Matcher("app", "=", "istio-ingressgateway")) == ("source",)
    assert values("nowhere") == ()
    assert values("app", Matcher("app", "=", "nobody")) == ()


def test_label_values_see_what_lived_earlier_in_a_long_span(source: MetricsSource):
    """The banner runs in even hours; the span starts in one and ends in the odd hour after it."""
    banner = (Matcher("app", "=", "banner"),)
    assert source.label_values("app", banner, AT + 3600 + 600, AT + 7200 - 600) == ()
    assert source.label_values("app", banner, AT + 1800, AT + 7200 - 600) == ("banner",)


def test_every_family_and_function_answers(source: MetricsSource):
    for family in Family:
        for function in Function:
            if function in HISTOGRAM_ONLY and not family.is_histogram:
                continue
            quantile = 0.95 if function is Function.QUANTILE else None
            by = ("le",) if function is Function.BUCKET_RATE else ("app",)
            query = MetricQuery(family, function, by, quantile=quantile)
            assert not source.instant(query, AT).table.empty, (family, function)


def test_sources_are_interchangeable_between_threads():
    source = DemoSource()
    instants = [AT - 600 * i for i in range(12)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda at: source.instant(RATE, at).table, instants))
    for at, table in zip(instants, together, strict=True):
        assert table.equals(DemoSource().instant(RATE, at).table)
