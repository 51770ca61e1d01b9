"""Servers and proxies that answer as no API server should: each fault is one of ours, no watch dies of it."""

from __future__ import annotations

import json
import threading
import time

import pytest
from kubernetes.client import Configuration
from kubernetes.client.api_client import ApiClient

from mesh_graph.errors import (
    QueryRejected,
    SourceRefused,
    SourceReplyInvalid,
    SourceTimeout,
    SourceUnreachable,
    TooMuchData,
)
from mesh_graph.sources import kube_api
from mesh_graph.sources.cluster_kinds import KINDS
from mesh_graph.sources.kube import KubeSource
from mesh_graph.sources.kube_api import Absent, Gone, KubeApi
from tests.integration.faults import Exchange, FaultProxy, answers

SERVICES = next(row for row in KINDS if row.kind == "Service")
PATH = SERVICES.path("v1")
SOON_S = 10.0


@pytest.fixture
def proxy():
    with FaultProxy("http://127.0.0.1:9") as proxy:
        yield proxy


@pytest.fixture
def api(proxy):
    configuration = Configuration()
    configuration.host = proxy.url
    configuration.retries = False
    configuration.proxy = None
    api = KubeApi("east", ApiClient(configuration))
    yield api
    api.close()


def status(code: int, message: str = "why") -> bytes:
    return json.dumps({"kind": "Status", "code": code, "message": message}).encode()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (answers(401, status(401)), SourceRefused),
        (answers(403, status(403)), SourceRefused),
        (answers(404, status(404)), Absent),
        (answers(410, status(410)), Gone),
        (answers(400, status(400)), QueryRejected),
        (answers(429, status(429)), SourceReplyInvalid),
        (answers(500, b"<html>"), SourceReplyInvalid),
        (answers(302, b"", headers={"Location": "https://login.example/"}), SourceReplyInvalid),
        (answers(200, b"<html>sign in</html>"), SourceReplyInvalid),
        (answers(200, b'{"items": ['), SourceReplyInvalid),
        (answers(200, b"[]"), SourceReplyInvalid),
        (answers(200, b"{}", length=100), SourceUnreachable),
        (Exchange.drop, SourceUnreachable),
    ],
)
def test_fault_of_a_page_is_one_of_our_errors(proxy, api, fault, error):
    proxy.does(fault)
    with pytest.raises(error) as raised:
        api.page(PATH, {"limit": 1})
    assert "login" not in str(raised.value)


def test_long_reason_is_cut(proxy, api):
    proxy.does(answers(403, status(403, "x " * 5000)))
    with pytest.raises(SourceRefused) as refused:
        api.page(PATH, {})
    assert len(refused.value.problem) < 400


def test_endless_page_is_not_read_to_its_end(proxy, api):
    chunk = b"x" * 2**20

    def endless(exchange: Exchange) -> None:
        exchange.send_response_only(200)
        exchange.end_headers()
        for _ in range(200):
            exchange.wfile.write(chunk)
        exchange.close_connection = True

    proxy.does(endless)
    with pytest.raises(TooMuchData, match="more than 64 MiB"):
        api.page(PATH, {})


def test_silent_stream_times_out(proxy, api):
    proxy.does(lambda exchange: exchange.drip(b'{"type": "BOOKMARK"}\n', 0.3))
    with pytest.raises(SourceTimeout), api.stream(PATH, {}, 0.1) as events:
        list(events)


def test_closing_leaves_a_stream_alone_that_has_come_to_its_end(proxy, api):
    proxy.does(answers(200, b'{"type": "A"}\n'))
    with api.stream(PATH, {}, 5.0) as events:
        assert list(events) == [{"type": "A"}]
        api.close()


def test_stream_is_read_line_by_line_as_it_comes(proxy, api):
    lines = b'{"type": "A"}\n\n{"type": "B"}\n'

    def in_pieces(exchange: Exchange) -> None:
        exchange.send_response_only(200)
        exchange.end_headers()
        for at in range(0, len(lines), 5):
            exchange.wfile.write(lines[at : at + 5])
            exchange.wfile.flush()
            time.sleep(0.01)
        exchange.close_connection = True

    proxy.does(in_pieces)
    with api.stream(PATH, {}, 5) as events:
        assert [event["type"] for event in events] == ["A", "B"]


def test_close_wakes_who_reads_a_silent_stream(proxy, api):
    def silent(exchange: Exchange) -> None:
        exchange.send_response_only(200)
        exchange.end_headers()
        exchange.wfile.flush()
        exchange.ended.wait(SOON_S)

    proxy.does(silent)
    opened, ended = threading.Event(), threading.Event()

    def read() -> None:
        try:
            with api.stream(PATH, {}, 60) as events:
                opened.set()
                list(events)
        finally:
            ended.set()

    threading.Thread(target=read, daemon=True).start()
    assert opened.wait(SOON_S)
    api.close()
    assert ended.wait(SOON_S)


def listed(*items: object, **metadata: str) -> bytes:
    return json.dumps({"items": items, "metadata": {"resourceVersion": "7", **metadata}}).encode()


def named(name: str) -> dict:
    return {"metadata": {"name": name, "namespace": "a", "resourceVersion": "8"}}


@pytest.fixture
def serve(proxy, api):
    """A source of Services alone, whose server lists and streams what a test says, each in turn."""
    opened = []

    def start(pages: list[bytes], streams: list[bytes]) -> KubeSource:
        def fault(exchange: Exchange) -> None:
            queue = streams if "watch=true" in exchange.path else pages
            exchange.answer(200, queue.pop(0) if len(queue) > 1 else queue[0])

        proxy.does(fault)
        opened.append(KubeSource([api], [SERVICES]))
        return opened[0]

    yield start
    for source in opened:
        source.close()


def names(source: KubeSource) -> list[str]:
    return [one.name for one in source.snapshot().objects("Service")]


def soon(holds) -> None:
    until = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.02)


def event(kind: str, item: object) -> bytes:
    return json.dumps({"type": kind, "object": item}).encode() + b"\n"


def test_pages_are_followed_to_the_last(serve, proxy):
    source = serve([listed(named("b"), **{"continue": "next"}), listed(named("a"))], [b""])
    assert source.wait(SOON_S)
    assert names(source) == ["a", "b"]
    assert [passed.query for passed in proxy.passed[:2]] == ["limit=200", "limit=200&continue=next"]


def test_objects_and_events_of_odd_shapes_are_passed_over(serve):
    odd = [None, 5, "x", [], {}, {"metadata": 5}, {"metadata": {"name": 5}}, {"metadata": {"name": ""}}]
    events = [b"{}\n", *(event(kind, item) for kind in ("ADDED", "DELETED", "SOMETHING") for item in odd)]
    source = serve([listed(*odd, named("a"))], [b"".join(events) + event("ADDED", named("b")), b""])
    soon(lambda: names(source) == ["a", "b"])
    assert source.snapshot().gaps == ()


@pytest.mark.parametrize(
    "stream", [b"[]\n", b"no json\n", event("ERROR", {"code": 500}), event("ERROR", None)]
)
def test_stream_that_breaks_is_taken_up_again(serve, stream):
    source = serve([listed(named("a"))], [stream, event("ADDED", named("b")), b""])
    soon(lambda: names(source) == ["a", "b"])
    soon(lambda: not source.snapshot().gaps)


def test_forgotten_version_is_listed_anew(serve, proxy):
    gone = event("ERROR", {"code": 410, "message": "too old resource version"})
    source = serve([listed(named("a")), listed(named("b"))], [gone, b""])
    assert source.wait(SOON_S)
    while names(source) != ["b"]:
        assert names(source) == ["a"]
        assert source.snapshot().is_known("Service"), "what was read stays known meanwhile"
        time.sleep(0.02)
    watched = [passed.query for passed in proxy.passed if "watch" in passed.query]
    assert "resourceVersion=7" in watched[0]


def test_watch_is_taken_up_where_it_ended(serve, proxy):
    source = serve([listed(named("a"))], [event("ADDED", named("b")), b""])
    soon(lambda: sum("watch" in passed.query for passed in proxy.passed) >= 2)
    watched = [passed.query for passed in proxy.passed if "watch" in passed.query]
    assert "resourceVersion=8" in watched[1]
    assert sum("limit" in passed.query for passed in proxy.passed) == 1
    assert names(source) == ["a", "b"]


def test_server_that_ends_every_watch_at_once_is_not_asked_without_pause(serve, proxy):
    source = serve([listed()], [b""])
    assert source.wait(SOON_S)
    time.sleep(1.5)
    assert len(proxy.passed) <= 4


def test_page_bound_is_far_above_what_an_api_server_sends():
    assert kube_api.MAX_BYTES >= 40 * 1_500_000
