"""A real Jaeger, Zipkin and Tempo, stopped, slow, garbled or of another age: each fault says what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import orjson
import pytest

from mesh_graph.errors import (
    QueryRejected,
    SourceError,
    SourceRefused,
    SourceReplyInvalid,
    SourceTimeout,
    SourceUnreachable,
    TooMuchData,
)
from mesh_graph.sources.jaeger import JaegerTraces
from mesh_graph.sources.options import Credentials, Limits, TracingOptions
from mesh_graph.sources.tempo import TempoTraces
from mesh_graph.sources.trace_source import TraceSource
from mesh_graph.sources.zipkin import ZipkinTraces
from mesh_graph.traces.model import SpanKind
from tests import demo_traces
from tests.integration.faults import Exchange, FaultProxy, answers, forward
from tests.integration.trace_asked import asked, ids, options
from tests.peers import free_port

CLIENTS = (
    pytest.param("jaeger", marks=pytest.mark.peer("jaeger")),
    pytest.param("zipkin", marks=pytest.mark.peer("zipkin")),
    pytest.param("tempo", marks=pytest.mark.peer("tempo")),
)
OPENED: dict[str, type[JaegerTraces] | type[ZipkinTraces] | type[TempoTraces]] = {
    "jaeger": JaegerTraces,
    "zipkin": ZipkinTraces,
    "tempo": TempoTraces,
}
PAGE = b"<!doctype html><title>Jaeger UI</title>"
FRONT = "frontend.shop"


@pytest.fixture(params=CLIENTS)
def backend(request) -> str:
    return request.param


@pytest.fixture
def proxy(request, backend) -> Iterator[FaultProxy]:
    with FaultProxy(request.getfixturevalue(backend).url) as proxy:
        yield proxy


@pytest.fixture
def source(backend, proxy) -> Iterator[TraceSource]:
    """A client of the backend that has found out whom it talks to."""
    source = OPENED[backend](options(proxy.url, timeout_s=3, max_bytes=4_000_000))
    source.services()
    yield source
    source.close()


@pytest.fixture
def before_jaeger(jaeger) -> Iterator[FaultProxy]:
    with FaultProxy(jaeger.url) as proxy:
        yield proxy


def asks(source: TraceSource) -> tuple[Callable[[], object], ...]:
    """Every way of asking."""
    return (
        source.services,
        lambda: source.operations(FRONT),
        lambda: source.find(asked(service=FRONT, limit=5)),
        lambda: source.trace("f" * 32),
    )


def error_of(ask: Callable[[], object]) -> SourceError:
    with pytest.raises(SourceError) as caught:
        ask()
    assert caught.value.problem.endswith(".")
    return caught.value


@pytest.mark.parametrize("client", [JaegerTraces, ZipkinTraces, TempoTraces])
def test_backend_that_is_down_is_unreachable(client):
    source = client(TracingOptions(url=f"http://127.0.0.1:{free_port()}", limits=Limits(timeout_s=5)))
    error = error_of(lambda: source.find(asked(service=FRONT)))
    assert isinstance(error, SourceUnreachable)
    assert "connection refused" in error.problem
    assert error.source == source.name
    source.close()


def test_backend_that_drips_runs_into_the_time_out(source, proxy):
    proxy.does(lambda exchange: exchange.drip(b'{"data": []}', 0.5))
    error = error_of(lambda: source.find(asked(service=FRONT)))
    assert isinstance(error, SourceTimeout)
    assert "raise the query time-out" in error.advice


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (PAGE, "is HTML"),
        (b"ok", "is not JSON"),
        (b'{"data": [', "is broken JSON"),
        (b"[" * 5000, "is nested too deeply"),
        (b'"words"', "has no|is no list"),
        (b"7", "has no|is no list"),
    ],
)
def test_garbage_is_an_invalid_reply_that_says_what_came(source, proxy, body, words):
    proxy.does(answers(200, body))
    for ask in asks(source):
        error = error_of(ask)
        assert isinstance(error, SourceReplyInvalid)
        assert any(word in error.problem for word in words.split("|"))
        assert "query service" in error.advice


def test_answer_above_the_cap_is_not_read_to_its_end(backend, proxy):
    source = OPENED[backend](options(proxy.url, max_bytes=20_000))
    error = error_of(lambda: source.find(asked(service=FRONT, limit=200)))
    assert isinstance(error, TooMuchData)
    assert "fewer traces" in error.advice
    source.close()


def test_answer_that_breaks_off_is_an_invalid_reply(source, proxy):
    def half(exchange: Exchange) -> None:
        whole = exchange.real().content
        exchange.answer(200, whole[: len(whole) // 2], length=len(whole))

    proxy.does(half)
    assert isinstance(error_of(lambda: source.find(asked(service=FRONT))), SourceReplyInvalid)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, SourceRefused), (403, SourceRefused), (500, SourceReplyInvalid)]
)
def test_refusal_is_told_apart_from_trouble(source, proxy, status, kind):
    proxy.does(answers(status, b"<h1>no</h1>"))
    for ask in asks(source):
        error = error_of(ask)
        assert isinstance(error, kind)
        assert str(status) in error.problem


def test_trouble_of_a_moment_is_asked_again(source, proxy):
    left = [answers(503)] * 2

    def first_bad(exchange: Exchange) -> None:
        (left.pop() if left else forward)(exchange)

    proxy.does(first_bad)
    assert len(source.find(asked(service=FRONT, limit=5)).traces) == 5


def test_fault_passes_with_its_cause(source, proxy):
    proxy.does(lambda exchange: exchange.drop())
    assert isinstance(error_of(source.services), SourceError)
    proxy.does(forward)
    assert FRONT in source.services()


def test_credentials_and_tenant_go_with_every_request(backend, proxy):
    def guarded(exchange: Exchange) -> None:
        is_known = exchange.headers["Authorization"] == "Basic ZXZlOmh1bnRlcjI="
        has_tenant = exchange.headers["X-Scope-OrgID"] == "east"
        forward(exchange) if is_known and has_tenant else exchange.answer(401)

    proxy.does(guarded)
    told = TracingOptions(
        url=proxy.url,
        credentials=Credentials(username="eve", password="hunter2"),
        headers={"X-Scope-OrgID": "east"},
    )
    source = OPENED[backend](told)
    assert len(source.find(asked(limit=3)).traces) == 3
    assert source.trace("f" * 32) is None
    source.close()
    stranger = OPENED[backend](options(proxy.url))
    assert isinstance(error_of(stranger.services), SourceRefused)
    stranger.close()


def test_backend_below_a_path_is_asked_there(backend, proxy, request):
    real = request.getfixturevalue(backend).url

    def below(exchange: Exchange) -> None:
        if exchange.path.startswith("/tracing/api/"):
            exchange.path = exchange.path.removeprefix("/tracing")
            forward(exchange)
        else:
            exchange.answer(404)

    proxy.does(below)
    source = OPENED[backend](options(f"{proxy.url}/tracing/"))
    plain = OPENED[backend](options(real))
    assert source.services() == plain.services()
    source.close()
    plain.close()


def old(exchange: Exchange) -> None:
    """A Jaeger without the stable API: its page answers whatever it does not know."""
    exchange.answer(200, PAGE) if "/api/v3/" in exchange.path else forward(exchange)


def new(exchange: Exchange) -> None:
    """A Jaeger that has dropped the old search."""
    path = exchange.path.partition("?")[0]
    gone = path in ("/api/traces", "/api/services", "/api/operations") or path.endswith("/operations")
    exchange.answer(404, PAGE) if gone and "/v3/" not in path else forward(exchange)


@pytest.mark.peer("jaeger")
@pytest.mark.parametrize(("age", "asked_by"), [(old, "/api/traces"), (new, "/api/v3/traces")])
def test_jaeger_of_any_age_is_asked_by_what_it_has(before_jaeger, age, asked_by):
    before_jaeger.does(age)
    source = JaegerTraces(options(before_jaeger.url))
    since = demo_traces.START * 1e6
    front = [
        t for t in demo_traces.some() if any(s.service == FRONT and s.start_us >= since for s in t.spans)
    ]
    wanted = ids(tuple(front))
    found = source.find(asked(service=FRONT))
    assert ids(found.traces) == wanted
    assert before_jaeger.passed[-1].path == asked_by
    failing = source.find(asked(service="reviews.bookinfo", errors_only=True, limit=3))
    assert len(failing.traces) == 3
    assert FRONT in source.services()
    assert source.operations(FRONT)
    known = source.trace(wanted[0])
    assert known is not None
    assert known.trace_id == wanted[0]
    source.close()


@pytest.mark.peer("jaeger")
def test_jaeger_is_looked_at_anew_once_it_has_changed(before_jaeger):
    source = JaegerTraces(options(before_jaeger.url))
    assert source.find(asked(service=FRONT, limit=1)).traces
    before_jaeger.does(new)
    error_of(lambda: source.find(asked(service=FRONT, limit=1)))
    assert source.find(asked(service=FRONT, limit=1)).traces
    source.close()


@pytest.mark.peer("jaeger")
def test_answer_in_chunks_is_one_answer(before_jaeger):
    def chunked(exchange: Exchange) -> None:
        real = orjson.loads(exchange.real().content)
        if "traces" not in exchange.path:
            exchange.answer(200, orjson.dumps(real))
            return
        chunks = [{"result": {"resourceSpans": [one]}} for one in real["result"]["resourceSpans"]]
        exchange.answer(200, b"\n".join(map(orjson.dumps, chunks)))

    before_jaeger.does(chunked)
    source = JaegerTraces(options(before_jaeger.url), has_v3=True)
    wanted = max(demo_traces.some(), key=lambda trace: len(trace.spans))
    found = source.trace(wanted.trace_id)
    assert found is not None
    assert len(found.spans) == len(wanted.spans)
    source.close()


@pytest.mark.peer("jaeger")
def test_what_the_backend_declines_is_said_in_its_words(before_jaeger):
    before_jaeger.does(answers(400, b'{"data":null,"errors":[{"code":400,"msg":"too far back"}]}'))
    source = JaegerTraces(options(before_jaeger.url), has_v3=False)
    error = error_of(lambda: source.find(asked(service=FRONT)))
    assert isinstance(error, QueryRejected)
    assert "too far back" in error.problem
    source.close()


def test_ends_that_share_a_span_id_are_two_spans(backend, request):
    """As Envoy reports without ``shared_span_context: false``, and as B3 clients of old do."""
    server = request.getfixturevalue(backend)
    trace_id = "5ba2ed" + str(1 + list(OPENED).index(backend)) * 26
    ends = [("CLIENT", "a.shop", 100, 9_000, {}), ("SERVER", "b.shop", 2_100, 5_000, {"shared": True})]
    start = int(demo_traces.START * 1e6)
    spans = [
        {
            "traceId": trace_id, "id": "00000000000000aa", "name": "get", "kind": kind,
            "timestamp": start + at, "duration": length, "localEndpoint": {"serviceName": service}, **more,
        }
        for kind, service, at, length, more in ends
    ]  # fmt: skip
    called = {
        **spans[0],
        "id": "00000000000000bb",
        "parentId": "00000000000000aa",
        "timestamp": start + 3_000,
    }
    called |= {"duration": 1_000, "localEndpoint": {"serviceName": "b.shop"}}
    server.take([*spans, called])
    source = OPENED[backend](options(server.url))
    client, answered, onward = wait_for(source, trace_id, 3).spans
    source.close()
    assert (client.kind, client.span_id, client.parent_id) == (SpanKind.CLIENT, "00000000000000aa", "")
    assert (answered.kind, answered.parent_id) == (SpanKind.SERVER, client.span_id)
    assert answered.span_id != client.span_id
    assert onward.parent_id == answered.span_id


def wait_for(source: TraceSource, trace_id: str, spans: int):
    """The trace, as soon as the backend has taken in all of it."""
    for _ in range(1000):
        found = source.trace(trace_id)
        if found is not None and len(found.spans) >= spans:
            return found
    raise AssertionError(f"{source.name} did not take in {trace_id}")
