"""One contract for all sources of traces: the demo's, a real Jaeger, Zipkin and Tempo, and files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from mesh_graph.errors import InvalidRequest, SourceUnreachable
from mesh_graph.sources.trace_source import TraceSource
from mesh_graph.traces.model import Span, SpanKind
from tests import demo_traces
from tests.integration.trace_asked import KINDS, asked, ids, open_source

RATINGS = "ratings.bookinfo.svc.cluster.local:8080/*"
SHORT_ID = "271440d4af84ff07"
"""Of a trace of the synthetic user, whose ids have 64 bits."""


@pytest.fixture(scope="module", params=KINDS)
def source(request, tmp_path_factory) -> Iterator[TraceSource]:
    source = open_source(request.param, request, tmp_path_factory.mktemp("traces"))
    yield source
    source.close()


def expected(is_wanted: Callable[[Span], bool]) -> list[str]:
    """Ids of the traces with such a span in the time asked for, newest first."""
    start, end = demo_traces.START * 1e6, demo_traces.END * 1e6
    return [
        trace.trace_id
        for trace in demo_traces.some()
        if any(is_wanted(span) and start <= span.start_us <= end for span in trace.spans)
    ]


QUESTIONS = {
    "service": ({"service": "productpage.bookinfo"}, lambda s: s.service == "productpage.bookinfo"),
    "any service": ({}, lambda s: True),
    "operation": (
        {"service": "reviews.bookinfo", "operation": RATINGS},
        lambda s: s.service == "reviews.bookinfo" and s.name == RATINGS,
    ),
    "operation of the other end": (
        {"service": "ratings.bookinfo", "operation": RATINGS},
        lambda s: s.service == "ratings.bookinfo",
    ),
    "tag": (
        {"service": "istio-ingressgateway.istio-system", "tags": {"http.status_code": "404"}},
        lambda s: s.service.startswith("istio-ingress") and s.attributes["http.status_code"] == "404",
    ),
    "two tags of one span": (
        {"service": "reviews.bookinfo", "tags": {"http.status_code": "503", "response_flags": "UF"}},
        lambda s: s.service == "reviews.bookinfo" and s.attributes["response_flags"] == "UF",
    ),
    "tag and operation of different spans": (
        {
            "service": "reviews.bookinfo",
            "operation": "reviews.bookinfo.svc.cluster.local:8080/*",
            "tags": {"response_flags": "UF"},
        },
        lambda s: False,
    ),
    "errors": (
        {"service": "reviews.bookinfo", "errors_only": True},
        lambda s: s.service == "reviews.bookinfo" and s.is_error,
    ),
    "errors as a tag": (
        {"service": "reviews.bookinfo", "tags": {"error": "true"}},
        lambda s: s.service == "reviews.bookinfo" and s.is_error,
    ),
    "errors anywhere": ({"errors_only": True}, lambda s: s.is_error),
    "least duration": (
        {"service": "frontend.shop", "min_duration_us": 200_000},
        lambda s: s.service == "frontend.shop" and s.duration_us >= 200_000,
    ),
    "most duration": (
        {"service": "frontend.shop", "max_duration_us": 30_000},
        lambda s: s.service == "frontend.shop" and s.duration_us <= 30_000,
    ),
    "duration between": (
        {"service": "frontend.shop", "min_duration_us": 50_000, "max_duration_us": 60_000},
        lambda s: s.service == "frontend.shop" and 50_000 <= s.duration_us <= 60_000,
    ),
    "nobody": ({"service": "nobody.nowhere"}, lambda s: False),
}


def has_call(trace, caller: str, service: str, is_wanted: Callable[[Span], bool]) -> bool:
    """Whether a trace has a call between two services of which one end is wanted: by ids and hosts alone."""
    spans = {span.span_id: span for span in trace.spans}
    parents = {span.parent_id for span in trace.spans}
    start, end = demo_traces.START * 1e6, demo_traces.END * 1e6
    ends = []
    for span in trace.spans:
        above = spans.get(span.parent_id)
        if above is not None and above.service == caller and service in ("", span.service):
            ends += [span, *([above] if above.kind is SpanKind.CLIENT else [])]
        if span.service == caller and span.kind is SpanKind.CLIENT and span.span_id not in parents:
            ends += [span] if f"|{service}.svc." in span.attributes["upstream_cluster"] or not service else []
    return any(is_wanted(one) and start <= one.start_us <= end for one in ends)


CALLS = {
    "one caller of several": (("checkout.shop", "cart.shop"), {}, lambda s: True),
    "the other": (("frontend.shop", "cart.shop"), {}, lambda s: True),
    "slow": (("frontend.shop", "cart.shop"), {"min_duration_us": 2_000}, lambda s: s.duration_us >= 2_000),
    "failed": (("productpage.bookinfo", "reviews.bookinfo"), {"errors_only": True}, lambda s: s.is_error),
    # Its server's port was closed: only the caller tells.
    "failed before it arrived": (
        ("reviews.bookinfo", "ratings.bookinfo"),
        {"errors_only": True, "tags": {"response_flags": "UF"}},
        lambda s: s.is_error and s.attributes["response_flags"] == "UF",
    ),
    "arrived or not": (("reviews.bookinfo", "ratings.bookinfo"), {}, lambda s: True),
    "of whomever": (("reviews.bookinfo", ""), {}, lambda s: True),
    "nobody there reports": (("catalog.shop", "erp.legacy"), {}, lambda s: True),
    "a caller's caller": (("istio-ingressgateway.istio-system", "reviews.bookinfo"), {}, None),
    "the other way round": (("reviews.bookinfo", "productpage.bookinfo"), {}, None),
}


def is_failed(span: Span) -> bool:
    code = span.attributes["http.status_code"]
    return span.is_error or (span.kind is SpanKind.CLIENT and str(code).startswith("4"))


LENIENT = ("jaeger v3", "otlp file")
"""Where Jaeger 1.76 gives a client's span with a 4xx for failed, whatever its tags say."""


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_finds_the_traces_with_such_a_span_newest_first(source, name, request):
    said, is_wanted = QUESTIONS[name]
    kind = request.node.callspec.params["source"]
    wanted = expected(is_failed if name == "errors anywhere" and kind in LENIENT else is_wanted)
    assert bool(wanted) == (name not in ("nobody", "tag and operation of different spans"))
    found = source.find(asked(**said))
    assert ids(found.traces) == wanted
    assert not found.was_cut
    assert found.warnings == ()


@pytest.mark.parametrize("name", CALLS)
def test_traces_of_an_edge_are_those_with_such_a_call(source, name):
    (caller, service), said, is_wanted = CALLS[name]
    traces = demo_traces.some()
    wanted = [t.trace_id for t in traces if is_wanted and has_call(t, caller, service, is_wanted)]
    assert bool(wanted) == (is_wanted is not None)
    assert len(wanted) < sum(any(caller == s.service for s in trace.spans) for trace in traces)
    found = source.find(asked(service=service, caller=caller, **said))
    assert ids(found.traces) == wanted
    assert not found.was_cut


def test_time_is_that_of_the_span(source):
    spans = [s for t in demo_traces.some() for s in t.spans if s.service == "ratings.bookinfo"]
    span = spans[len(spans) // 2]
    just = {"start": span.start_us / 1e6, "end": span.start_us / 1e6}
    found = source.find(asked(service="ratings.bookinfo", **just))
    assert ids(found.traces) == [span.trace_id]


def test_found_traces_are_whole_and_as_they_were_reported(source):
    reported = {trace.trace_id: trace for trace in demo_traces.some()}
    found = source.find(asked(service="ratings.bookinfo"))
    for trace in found.traces:
        assert trace.problems == ()
        assert {span.span_id: span for span in trace.spans} == {
            span.span_id: span for span in reported[trace.trace_id].spans
        }
        starts = [span.start_us for span in trace.spans]
        assert starts == sorted(starts)


def test_longer_list_is_cut_to_the_newest_and_says_so(source):
    found = source.find(asked(service="productpage.bookinfo", limit=5))
    assert ids(found.traces) == expected(lambda s: s.service == "productpage.bookinfo")[:5]
    assert found.was_cut


def test_list_of_just_the_limit_is_whole(source):
    wanted = expected(lambda s: s.service == "ratings.bookinfo")
    found = source.find(asked(service="ratings.bookinfo", limit=len(wanted)))
    assert ids(found.traces) == wanted
    assert not found.was_cut


@pytest.mark.parametrize("short", [True, False], ids=["64 bits", "128 bits"])
def test_trace_is_found_by_its_id_however_it_is_written(source, short):
    wanted = next(t for t in demo_traces.some() if t.trace_id.endswith(SHORT_ID) is short)
    spelled = wanted.trace_id.upper().lstrip("0")
    found = source.trace(f" {spelled} ")
    assert found is not None
    assert found.trace_id == wanted.trace_id
    assert sorted(s.span_id for s in found.spans) == sorted(s.span_id for s in wanted.spans)


@pytest.mark.parametrize("trace_id", ["1", "00000000000000001234567890abcdef", "f" * 32])
def test_unknown_trace_is_none(source, trace_id):
    assert source.trace(trace_id) is None


@pytest.mark.parametrize("text", ["", "0", "xyz", "f" * 33, "../services", "a b"])
def test_what_is_no_id_is_refused(source, text):
    with pytest.raises(InvalidRequest):
        source.trace(text)


def test_services_and_operations_with_spans_are_listed(source):
    spans = [span for trace in demo_traces.some() for span in trace.spans]
    listed = source.services()
    assert list(listed) == sorted(listed)
    assert {span.service for span in spans} <= set(listed)
    assert source.operations("reviews.bookinfo") == (RATINGS, RATINGS.replace("ratings", "reviews"))
    assert source.operations("nobody.nowhere") == ()


def test_only_the_demo_says_that_it_is(source):
    assert source.is_demo == (source.name == "demo mesh")


def test_present_is_that_of_the_source(source):
    is_file = source.name.endswith(".json")
    ended = max(span.end_us for trace in demo_traces.some() for span in trace.spans) / 1e6
    assert source.now() == (ended if is_file else pytest.approx(time.time(), abs=5))


def test_closed_client_answers_no_more(source, request, tmp_path):
    if "://" not in source.name:
        return
    again = open_source(request.node.callspec.params["source"], request, tmp_path)
    again.close()
    with pytest.raises(SourceUnreachable):
        again.services()
