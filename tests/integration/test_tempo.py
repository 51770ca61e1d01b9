"""What is Tempo's own: tenants, limits, partial answers, its ages, and names that are hostile to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs

import orjson
import pytest

from mesh_graph.errors import QueryRejected, SourceRefused, SourceReplyInvalid
from mesh_graph.sources.options import TracingOptions
from mesh_graph.sources.tempo import BY_ID, OLD_BY_ID, SEARCH, TempoTraces
from mesh_graph.sources.tempo_reads import READ_IN_PART
from mesh_graph.traces.model import Span, SpanKind, Trace
from tests import demo_traces
from tests.integration.faults import Exchange, FaultProxy, forward
from tests.integration.trace_asked import asked, ids, options
from tests.trace_peers import Tempo

pytestmark = pytest.mark.peer("tempo")
FRONT = "frontend.shop"
HOSTILE = 'a"b\\c } || { {x} 🦊\n'
EARLIER = demo_traces.START - 7_200


@pytest.fixture
def proxy(tempo) -> Iterator[FaultProxy]:
    with FaultProxy(tempo.url) as proxy:
        yield proxy


@pytest.fixture
def source(proxy) -> Iterator[TempoTraces]:
    source = TempoTraces(options(proxy.url, timeout_s=30))
    yield source
    source.close()


def changed(path: str, change: Callable[[dict], object]) -> Callable[[Exchange], None]:
    """Pass everything on, with what a path's answer says changed."""

    def answer(exchange: Exchange) -> None:
        if not exchange.path.startswith(path):
            forward(exchange)
            return
        document = exchange.real().json()
        change(document)
        exchange.answer(200, orjson.dumps(document))

    return answer


def read_one_by_one(proxy: FaultProxy) -> dict[str, str]:
    """Traces that were asked for by their ids, and the queries of those requests."""
    reads = {one.path: one.query for one in proxy.passed if one.path.startswith(f"{BY_ID}/")}
    reads.pop(f"{BY_ID}/1", None)
    return reads


def wanted(service: str) -> list[str]:
    start = demo_traces.START * 1e6
    return [
        t.trace_id
        for t in demo_traces.some()
        if any(s.service == service and s.start_us >= start for s in t.spans)
    ]


def test_tenants_see_their_own_traces_only(tmp_path):
    server = Tempo(tmp_path, is_multitenant=True)
    server.start()
    try:
        east, west = demo_traces.some()[:20], demo_traces.some()[20:40]
        server.fill(east, "east")
        server.fill(west, "west")
        for tenant, own in (("east", east), ("west", west)):
            source = TempoTraces(TracingOptions(url=server.url, headers={"X-Scope-OrgID": tenant}))
            assert ids(source.find(asked()).traces) == ids(own)
            assert [source.trace(t.trace_id) is not None for t in (east[0], west[0])] == [
                own is east,
                own is west,
            ]
            source.close()
        stranger = TempoTraces(TracingOptions(url=server.url))
        with pytest.raises(SourceRefused, match="no org id") as caught:
            stranger.services()
        assert "tenant header" in caught.value.advice
        stranger.close()
    finally:
        server.stop()


def test_traces_found_are_read_in_the_time_around_the_search(source, proxy):
    assert len(source.find(asked(service=FRONT, limit=3)).traces) == 3
    searches = [passed for passed in proxy.passed if passed.path == SEARCH]
    reads = read_one_by_one(proxy)
    assert len(searches) == 1
    # One more than wanted tells whether there are more.
    assert len(reads) == 4
    for query in reads.values():
        times = parse_qs(query)
        assert int(times["start"][0]) < demo_traces.START < demo_traces.END < int(times["end"][0])


def test_tempo_that_knows_the_old_way_only_is_asked_by_it(source, proxy):
    def old(exchange: Exchange) -> None:
        exchange.answer(404, b"404 page not found\n") if exchange.path.startswith(BY_ID) else forward(
            exchange
        )

    proxy.does(old)
    assert ids(source.find(asked(service=FRONT)).traces) == wanted(FRONT)
    assert proxy.passed[-1].path.startswith(f"{OLD_BY_ID}/")
    assert source.trace(wanted(FRONT)[0]) is not None
    assert source.trace("f" * 32) is None


def test_limit_that_tempo_sets_is_kept_and_said(source, proxy):
    def strict(exchange: Exchange) -> None:
        limit = int(parse_qs(exchange.path.partition("?")[2]).get("limit", ["0"])[0])
        too_much = f"limit {limit} exceeds max limit 7".encode()
        exchange.answer(400, too_much, headers={"Content-Type": "text/plain"}) if limit > 7 else forward(
            exchange
        )

    proxy.does(strict)
    found = source.find(asked(service=FRONT))
    assert ids(found.traces) == wanted(FRONT)[:7]
    assert found.was_cut
    assert found.warnings == ("Tempo gives at most 7 traces of a search.",)
    few = source.find(asked(service=FRONT, limit=5))
    assert (ids(few.traces), few.was_cut, few.warnings) == (wanted(FRONT)[:5], True, ())


def test_search_that_was_done_in_part_is_said(source, proxy):
    proxy.does(changed(SEARCH, lambda told: told["metrics"].update(completedJobs=2, totalJobs=9)))
    found = source.find(asked(service=FRONT))
    assert ids(found.traces) == wanted(FRONT)
    assert found.was_cut
    assert found.warnings == ("Tempo returned a partial result: 2 of 9 parts of its search were done.",)


def test_trace_that_was_read_in_part_says_why(source, proxy):
    proxy.does(changed(BY_ID, lambda told: told.update(status="PARTIAL", message="trace exceeds max size")))
    (problem,) = source.trace(wanted(FRONT)[0]).problems
    assert (problem.id, problem.parameters) == (READ_IN_PART, {"reason": "trace exceeds max size"})
    found = source.find(asked(service=FRONT, limit=2))
    assert found.warnings == ("Tempo returned 3 of 3 traces found in part.",)


def test_traces_that_cannot_be_read_leave_the_others(source, proxy):
    broken, gone = wanted(FRONT)[:2]

    def partly(exchange: Exchange) -> None:
        if broken in exchange.path:
            exchange.answer(500, b"block is broken", headers={"Content-Type": "text/plain"})
        elif gone in exchange.path:
            exchange.answer(404)
        else:
            forward(exchange)

    proxy.does(partly)
    found = source.find(asked(service=FRONT))
    # Tempo goes by whole seconds: it may find one that began a moment too early.
    count = len(read_one_by_one(proxy))
    assert ids(found.traces) == wanted(FRONT)[2:]
    assert found.was_cut
    assert found.warnings == (
        f"1 of {count} traces found could not be read yet.",
        f"1 of {count} traces found could not be read: It answered 500: block is broken.",
    )


def test_reason_is_told_where_no_trace_found_can_be_read(source, proxy):
    source.services()

    def unread(exchange: Exchange) -> None:
        exchange.answer(500) if exchange.path.startswith((BY_ID, OLD_BY_ID)) else forward(exchange)

    proxy.does(unread)
    with pytest.raises(SourceReplyInvalid, match="It answered 500"):
        source.find(asked(service=FRONT))


def test_what_tempo_declines_is_said_in_its_words(source, proxy):
    def declined(exchange: Exchange) -> None:
        words = b"range specified by start and end exceeds 168h0m0s"
        exchange.answer(400, words, headers={"Content-Type": "text/plain"})

    proxy.does(declined)
    with pytest.raises(QueryRejected, match="exceeds 168h0m0s"):
        source.find(asked(service=FRONT))


def odd_trace() -> Trace:
    """One span whose names and values mean something in TraceQL, and whose status is a number."""
    span = Span(
        f"{0x0DD:032x}",
        f"{0x0DD:016x}",
        "",
        HOSTILE,
        HOSTILE,
        SpanKind.SERVER,
        int(EARLIER * 1e6),
        1_000,
        attributes={HOSTILE: HOSTILE, "http.response.status_code": "503"},
    )
    return Trace(span.trace_id, (span,))


@pytest.fixture(scope="module")
def odd(tempo) -> Trace:
    trace = odd_trace()
    tempo.fill((trace,))
    return trace


@pytest.mark.parametrize(
    ("said", "is_there"),
    [
        ({"service": HOSTILE}, True),
        ({"operation": HOSTILE}, True),
        ({"tags": {HOSTILE: HOSTILE}}, True),
        ({"service": HOSTILE, "operation": HOSTILE, "tags": {HOSTILE: HOSTILE}}, True),
        ({"tags": {"http.status_code": "503"}}, True),
        ({"tags": {"http.response.status_code": "503"}}, True),
        ({"tags": {"http.status_code": "500"}}, False),
        ({"service": HOSTILE, "caller": HOSTILE}, False),
        ({"service": 'x" || true || "'}, False),
        ({"tags": {'x" = 1 } || { "': "1"}}, False),
    ],
)
def test_hostile_names_are_looked_for_as_they_are(tempo, odd, said, is_there):
    source = TempoTraces(options(tempo.url))
    found = source.find(asked(start=EARLIER - 10, end=EARLIER + 10, **said))
    assert ids(found.traces) == ([odd.trace_id] if is_there else [])
    assert found.warnings == ()
    source.close()


def test_hostile_service_has_its_operations(tempo, odd):
    """And all others: Tempo reads what its completions are asked for less well than its searches."""
    source = TempoTraces(options(tempo.url))
    assert HOSTILE in source.services()
    assert HOSTILE in source.operations(HOSTILE)
    source.close()


def test_number_of_a_span_is_found_by_its_text(tempo):
    """Applications report numbers where proxies report texts."""
    trace = odd_trace()
    span = replace(trace.spans[0], trace_id=f"{0x1DD:032x}", service="number.shop", attributes={})
    attributes = [
        ("http.status_code", {"intValue": "418"}),
        ("ratio", {"doubleValue": 0.5}),
        ("is_hit", {"boolValue": True}),
    ]
    document = {
        "resourceSpans": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": span.service}}]},
                "scopeSpans": [
                    {
                        "spans": [
                            {
                                "traceId": span.trace_id,
                                "spanId": span.span_id,
                                "name": "get",
                                "kind": 2,
                                "startTimeUnixNano": str(span.start_us * 1000),
                                "endTimeUnixNano": str(span.end_us * 1000),
                                "attributes": [{"key": key, "value": value} for key, value in attributes],
                            }
                        ]
                    }
                ],
            }
        ]
    }
    tempo.take_otlp(document)
    source = TempoTraces(options(tempo.url))
    for tags in (
        {"http.status_code": "418"},
        {"http.response.status_code": "418"},
        {"ratio": "0.5"},
        {"is_hit": "true"},
    ):
        question = asked(start=EARLIER - 10, end=EARLIER + 10, service=span.service, tags=tags)
        for _ in range(1000):
            # It takes in spans a moment later.
            if found := ids(source.find(question).traces):
                break
        assert found == [span.trace_id]
    source.close()
