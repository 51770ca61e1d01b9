"""How a real Prometheus is asked: method, scope, labels, and what is measured on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mesh_graph.answers.desk import Desk
from mesh_graph.errors import SourceRefused
from mesh_graph.fetch import Fetcher
from mesh_graph.sources.options import LabelNaming, PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from tests.integration import past
from tests.integration.asked import RATE, rows, source_of
from tests.integration.faults import Exchange, answers, forward

pytestmark = pytest.mark.peer("prometheus")


@pytest.fixture
def source(faults):
    source = source_of(faults.url, timeout_s=1.5)
    yield source
    source.close()


def refuses_post(status: int) -> Callable[[Exchange], None]:
    return lambda exchange: (
        exchange.answer(status, b"no POST here") if exchange.command == "POST" else forward(exchange)
    )


def desk_over(source: PrometheusSource, scrape_interval_s: float | None) -> Desk:
    fetcher = Fetcher(source, 2**20, 2)
    return Desk(source, fetcher, refresh_s=15, settle_s=None, scrape_interval_s=scrape_interval_s)


class TestPost:
    def test_queries_travel_in_the_body(self, faults, source):
        rows(source)
        (passed,) = faults.passed
        assert (passed.method, passed.path, passed.query) == ("POST", "/api/v1/query", "")
        assert "istio_requests_total" in passed.body

    @pytest.mark.parametrize("status", [403, 405, 501])
    def test_where_post_is_refused_get_is_used_and_remembered(self, faults, source, status):
        faults.does(refuses_post(status))
        assert [rows(source), rows(source)] == [3, 3]
        assert [passed.method for passed in faults.passed] == ["POST", "GET", "GET"]

    def test_a_forbidden_source_is_asked_by_post_again(self, faults, source):
        faults.does(answers(403))
        with pytest.raises(SourceRefused):
            rows(source)
        faults.does(forward)
        rows(source)
        assert [passed.method for passed in faults.passed] == ["POST", "GET", "POST"]


class TestInstants:
    @pytest.mark.parametrize("at", [-1e13, 1e13])
    def test_an_instant_beyond_all_calendars_has_no_rows(self, source, at):
        assert len(source.instant(RATE, at).table) == 0
        assert len(source.range(RATE, at, at + 60, 15.0).table) == 0


class TestClock:
    def test_a_server_an_hour_ahead_moves_now(self, faults):
        ours = 1_700_000_000.0
        faults.does(
            lambda exchange: exchange.answer(
                200, exchange.real().content, headers={"Date": "Tue, 14 Nov 2023 23:13:20 GMT"}
            )
        )
        source = PrometheusSource(PrometheusOptions(url=faults.url), clock=lambda: ours)
        assert source.now() == ours
        # The header is 23:13:20, ours 22:13:20; it is cut to the second.
        assert source.instant(RATE, past.END).clock_offset_s == pytest.approx(3600.5)
        assert source.now() == pytest.approx(ours + 3600)

    def test_a_clock_that_agrees_to_the_second_leaves_now_alone(self, faults):
        ours = 1_700_000_000.0
        source = PrometheusSource(PrometheusOptions(url=faults.url), clock=lambda: ours + 0.9)
        date = {"Date": "Tue, 14 Nov 2023 22:13:20 GMT"}
        faults.does(lambda exchange: exchange.answer(200, exchange.real().content, headers=date))
        assert source.instant(RATE, past.END).clock_offset_s == pytest.approx(-0.4)
        assert source.now() == ours + 0.9

    def test_a_date_that_is_none_is_no_offset(self, faults, source):
        faults.does(lambda e: e.answer(200, e.real().content, headers={"Date": "yesterday"}))
        assert source.instant(RATE, past.END).clock_offset_s is None


class TestLabels:
    def test_the_labels_are_looked_up_once(self, faults):
        query = MetricQuery(Family.REQUESTS, Function.RATE, ("destination_canonical_service",))
        source = PrometheusSource(PrometheusOptions(url=faults.url))
        for _ in range(3):
            source.instant(query, past.END)
        assert [passed.path for passed in faults.passed].count("/api/v1/query") == 3
        assert len(faults.passed) == 4

    def test_labels_that_are_set_are_not_looked_up(self, faults):
        query = MetricQuery(Family.REQUESTS, Function.RATE, ("destination_canonical_service",))
        source = PrometheusSource(PrometheusOptions(url=faults.url, labels=LabelNaming.CANONICAL))
        source.instant(query, past.END)
        assert len(faults.passed) == 1

    def test_a_mesh_without_canonical_labels_keeps_its_columns(self, prometheus_factory):
        server = prometheus_factory(openmetrics=past.openmetrics(canonical=False))
        source = source_of(server.url)
        by = ("source_canonical_service", "source_canonical_revision", "destination_canonical_service")
        to_cart = (Matcher("destination_canonical_service", "=", "cart"),)
        query = MetricQuery(Family.REQUESTS, Function.RATE, by, to_cart)
        reply = source.instant(query, past.END)
        assert list(reply.table.columns) == [*by, "value"]
        found = reply.table.set_index(by[0]).loc["web"]
        assert found.tolist() == ["v2", "cart", pytest.approx(4.0)]
        assert "source_app" in reply.promql
        assert "canonical" not in reply.promql + source.promql(query)
        ranged = source.range(query, past.END - 15, past.END, 15.0).table
        assert list(ranged.columns) == [*by, "value", "time"]
        assert source.label_values("destination_canonical_service", to_cart, past.START, past.END) == (
            "cart",
        )
        assert source.label_values("destination_app", (), past.START, past.END) == ("cart",)
        source.close()


class TestScope:
    def test_a_scope_limits_every_question(self, faults):
        only_source = (Matcher("reporter", "=", "source"),)
        source = PrometheusSource(PrometheusOptions(url=faults.url, scope=only_source))
        assert set(source.instant(RATE, past.END).table["reporter"]) == {"source"}
        assert source.label_values("source_workload", (), past.START, past.END) == ("web",)
        assert source.label_values("response_code", (), past.START, past.END) == ("200",)


class TestInterval:
    def test_what_is_set_is_not_measured(self, faults, source):
        assert desk_over(source, 30.0).scrape_interval((), past.END) == 30.0
        assert faults.passed == []

    def test_it_is_measured_once(self, faults, source):
        desk = desk_over(source, None)
        assert {desk.scrape_interval((), past.END) for _ in range(3)} == {15.0}
        # The whole window, and the last minute to check it by.
        assert len(faults.passed) == 2
