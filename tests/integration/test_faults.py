"""A real Prometheus, stopped, or slow or garbled by a proxy: each fault says what it is, and passes."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import orjson
import pytest

from mesh_graph.errors import (
    QueryRejected,
    SourceError,
    SourceReplyInvalid,
    SourceTimeout,
    SourceUnreachable,
    TooMuchData,
)
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from tests.integration import past
from tests.integration.asked import RATE, rows, source_of
from tests.integration.faults import Exchange, FaultProxy, answers, forward

pytestmark = pytest.mark.peer("prometheus")

BAD_REGEX = MetricQuery(Family.REQUESTS, Function.RATE, (), (Matcher("reporter", "=~", "("),))


@pytest.fixture
def source(faults: FaultProxy):
    source = source_of(faults.url, timeout_s=1.5)
    yield source
    source.close()


def failing_first(times: int, fault: Callable[[Exchange], None]) -> Callable[[Exchange], None]:
    """The fault for the first requests, then none."""
    left = [fault] * times

    def do(exchange: Exchange) -> None:
        (left.pop() if left else forward)(exchange)

    return do


def truncated(exchange: Exchange) -> None:
    whole = exchange.real().content
    exchange.answer(200, whole[: len(whole) // 2], length=len(whole))


def cut_and_closed(exchange: Exchange) -> None:
    whole = exchange.real().content
    exchange.answer(200, whole[: len(whole) // 2])


def partial(exchange: Exchange) -> None:
    real = orjson.loads(exchange.real().content)
    exchange.answer(200, orjson.dumps({**real, "warnings": ["store-2 is down"], "infos": ["a gauge?"]}))


class TestStopped:
    def test_a_stopped_server_is_unreachable_and_back_when_it_is_back(self, prometheus_factory):
        server = prometheus_factory(openmetrics=past.openmetrics())
        source = source_of(server.url)
        assert rows(source) == 3
        server.stop()
        with pytest.raises(SourceUnreachable, match="connection refused") as caught:
            source.instant(RATE, past.END)
        assert caught.value.source == server.url
        assert caught.value.request == source.promql(RATE)
        assert caught.value.advice
        server.start()
        assert rows(source) == 3
        source.close()

    def test_connections_that_went_stale_in_the_pool_are_not_noticed(self, prometheus_factory):
        server = prometheus_factory(openmetrics=past.openmetrics())
        source = source_of(server.url)
        assert rows(source) == 3
        server.restart()
        assert rows(source) == 3
        source.close()

    def test_a_name_that_nobody_knows_is_said(self):
        with pytest.raises(SourceUnreachable, match="its name is not known here"):
            source_of("http://prometheus.invalid:9090").instant(RATE, past.END)

    def test_a_closed_source_answers_no_more(self, faults):
        source = source_of(faults.url)
        source.close()
        with pytest.raises(SourceUnreachable, match="closed"):
            source.instant(RATE, past.END)


class TestSlow:
    def test_silence_ends_at_the_time_out(self, faults, source):
        faults.does(lambda exchange: exchange.ended.wait(30))
        with pytest.raises(SourceTimeout, match="within the time allowed"):
            source.instant(RATE, past.END)

    def test_an_answer_that_drips_ends_at_the_time_out(self, faults, source):
        faults.does(lambda exchange: exchange.drip(exchange.real().content, pause_s=0.1))
        with pytest.raises(SourceTimeout):
            source.instant(RATE, past.END)

    def test_headers_that_drip_end_at_the_time_out(self, faults, source):
        def drip(exchange: Exchange) -> None:
            exchange.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not exchange.ended.wait(0.1):
                exchange.wfile.write(b"a")

        faults.does(drip)
        with pytest.raises(SourceTimeout):
            source.instant(RATE, past.END)

    def test_waiting_for_others_counts(self, faults):
        source = source_of(faults.url, timeout_s=1.5, max_in_flight=1)
        faults.does(lambda exchange: exchange.ended.wait(30))
        caught: list[SourceError] = []

        def ask() -> None:
            try:
                source.instant(RATE, past.END)
            except SourceError as error:
                caught.append(error)

        threads = [Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert [type(error) for error in caught] == [SourceTimeout] * 3

    def test_no_more_are_under_way_than_allowed(self, faults):
        source = source_of(faults.url, max_in_flight=2, timeout_s=20)
        both, under_way, peaks = Barrier(2), [], []

        def pairwise(exchange: Exchange) -> None:
            under_way.append(exchange)
            both.wait(10)
            peaks.append(len(under_way))
            both.wait(10)
            under_way.remove(exchange)
            forward(exchange)

        faults.does(pairwise)
        threads = [Thread(target=rows, args=(source,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert peaks == [2] * 4


class TestRejected:
    def test_a_bad_query_is_rejected_with_the_servers_words(self, faults, source):
        with pytest.raises(QueryRejected, match="error parsing regexp: missing closing") as caught:
            source.instant(BAD_REGEX, past.END)
        assert caught.value.request == source.promql(BAD_REGEX)
        assert len(faults.passed) == 1, "asking again does not mend a query"

    def test_a_range_of_too_many_steps_is_rejected(self, source):
        with pytest.raises(QueryRejected, match="11,000 points"):
            source.range(RATE, past.START, past.START + 12_000, 1.0)

    def test_a_server_that_is_asked_too_often_says_so(self, faults, source):
        faults.does(answers(429, b"slow down"))
        with pytest.raises(QueryRejected, match="too often"):
            source.instant(RATE, past.END)

    def test_an_error_under_a_200_is_an_error(self, faults, source):
        faults.does(answers(200, b'{"status":"error","errorType":"execution","error":"too many samples"}'))
        with pytest.raises(QueryRejected, match="too many samples"):
            source.instant(RATE, past.END)

    def test_a_query_that_the_server_gave_up_on_is_a_time_out(self, faults, source):
        gave_up = b'{"status":"error","errorType":"timeout","error":"query timed out in evaluation"}'
        faults.does(answers(503, gave_up))
        with pytest.raises(SourceTimeout, match="query timed out"):
            source.instant(RATE, past.END)
        assert len(faults.passed) == 1, "a query that takes too long is not asked again"


class TestTooMuch:
    def test_series_beyond_the_cap_are_not_read(self, faults):
        with pytest.raises(TooMuchData, match="more than 2 series"):
            source_of(faults.url, max_series=2).instant(RATE, past.END)
        assert rows(source_of(faults.url, max_series=3)) == 3

    def test_bytes_beyond_the_cap_are_not_read(self, faults):
        with pytest.raises(TooMuchData, match=r"more than \d.* MiB"):
            source_of(faults.url, max_bytes=100).instant(RATE, past.END)

    def test_an_endless_answer_ends_at_the_cap(self, faults):
        def endless(exchange: Exchange) -> None:
            exchange.send_response(200)
            exchange.end_headers()
            while not exchange.ended.is_set():
                exchange.wfile.write(b'{"metric":{},"value":[0,"1"]},' * 1000)

        faults.does(endless)
        with pytest.raises(TooMuchData):
            source_of(faults.url, timeout_s=30, max_series=5000).instant(RATE, past.END)

    def test_the_cap_holds_over_the_border_of_chunks(self, faults):
        def in_pieces(exchange: Exchange) -> None:
            body = exchange.real().content
            exchange.send_response(200)
            exchange.send_header("Transfer-Encoding", "chunked")
            exchange.end_headers()
            for byte in body:
                exchange.wfile.write(b"1\r\n" + bytes([byte]) + b"\r\n")
            exchange.wfile.write(b"0\r\n\r\n")

        faults.does(in_pieces)
        assert rows(source_of(faults.url, max_series=3)) == 3
        with pytest.raises(TooMuchData):
            source_of(faults.url, max_series=2).instant(RATE, past.END)


VECTOR = b'{"status":"success","data":{"resultType":"vector","result":%s}}'


class TestNonsense:
    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            (answers(200, b"<!doctype html><title>Sign in</title>"), "HTML"),
            (answers(200, b"it works"), "not JSON"),
            (answers(200, b""), "not JSON"),
            (truncated, "broke off"),
            (cut_and_closed, "broken JSON"),
            (answers(200, b"[]"), "another shape"),
            (answers(200, b'{"status":"success"}'), "no result"),
            (answers(200, b'{"status":"success","data":{"resultType":"vector","result":{}}}'), "no result"),
            (answers(200, VECTOR.replace(b"vector", b"matrix") % b"[]"), "not a vector"),
            (answers(200, VECTOR % b'[{"metric":{}}]'), "another shape"),
            (answers(200, VECTOR % b'[{"metric":{},"value":[0]}]'), "another shape"),
            (answers(200, VECTOR % b'[{"metric":{},"value":[0,"lots"]}]'), "another shape"),
            (answers(200, VECTOR % b'[{"metric":{"reporter":7},"value":[0,"1"]}]'), "another shape"),
            (answers(200, VECTOR % b"[null]"), "another shape"),
            (answers(404, b"404 page not found"), "404"),
            (answers(302, headers={"Location": "https://sso.example/?t=s3cret"}), "to https://sso.example/"),
            (answers(500, b"oops"), "500"),
            (answers(500, b'{"status":"error","errorType":"internal","error":"disk full"}'), "disk full"),
            (answers(503, b"no backends"), "503"),
        ],
    )  # fmt: skip
    def test_an_answer_that_is_not_the_apis_is_invalid(self, faults, source, fault, words):
        faults.does(fault)
        with pytest.raises(SourceReplyInvalid, match=words) as caught:
            source.instant(RATE, past.END)
        assert "s3cret" not in str(caught.value)
        faults.does(forward)
        assert rows(source) == 3

    def test_a_value_that_is_not_a_number_is_no_row_of_a_mean(self, faults, source):
        mean = MetricQuery(Family.REQUEST_DURATION, Function.MEAN, ("reporter",))
        faults.does(answers(200, VECTOR % b'[{"metric":{"reporter":"source"},"value":[0,"NaN"]}]'))
        assert source.instant(mean, past.END).table.empty

    def test_a_proxys_html_is_not_put_into_the_error(self, faults, source):
        faults.does(answers(502, b"<script>alert(1)</script>"))
        with pytest.raises(SourceReplyInvalid) as caught:
            source.instant(RATE, past.END)
        assert "<" not in str(caught.value)


class TestPartial:
    def test_warnings_travel_with_the_answer(self, faults, source):
        faults.does(partial)
        reply = source.instant(RATE, past.END)
        assert reply.warnings == ("store-2 is down", "a gauge?")
        assert len(reply.table) == 3


class TestAgain:
    @pytest.mark.parametrize("fault", [answers(502), answers(503, b"busy"), answers(504), Exchange.drop])
    def test_a_hiccup_is_asked_again(self, faults, source, fault):
        faults.does(failing_first(2, fault))
        assert rows(source) == 3
        assert len(faults.passed) == 3

    def test_an_answer_that_broke_off_is_not_asked_again(self, faults, source):
        faults.does(failing_first(1, truncated))
        with pytest.raises(SourceReplyInvalid):
            source.instant(RATE, past.END)
        assert len(faults.passed) == 1
