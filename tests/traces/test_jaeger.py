"""Jaeger's JSON, written by hand, to spans."""

import pytest

from mesh_graph.traces.jaeger import is_jaeger, parse_jaeger
from mesh_graph.traces.model import Event, Span, SpanKind
from mesh_graph.traces.reading import Budget, NotTraces

TRACE = "0af7651916cd43dd8448eb211c80319c"


def document(*spans, processes=None):
    return {"data": [{"traceID": TRACE, "spans": list(spans), "processes": processes or {}}]}


def raw(span_id="b7ad6b7169203331", **more):
    return {"traceID": TRACE, "spanID": span_id, "startTime": 1_000_000, "duration": 250, **more}


def only(parsed) -> Span:
    (trace,) = parsed.traces
    (span,) = trace.spans
    return span


def test_span_is_read_field_by_field():
    span = raw(
        operationName="GET /",
        processID="p1",
        references=[{"refType": "CHILD_OF", "traceID": TRACE, "spanID": "00f067aa0ba902b7"}],
        tags=[
            {"key": "span.kind", "type": "string", "value": "server"},
            {"key": "http.status_code", "type": "int64", "value": 503},
            {"key": "error", "type": "bool", "value": True},
            {"key": "otel.status_code", "type": "string", "value": "ERROR"},
            {"key": "ratio", "type": "float64", "value": 0.5},
            {"key": "is_warm", "type": "bool", "value": False},
        ],
        logs=[
            {"timestamp": 1_000_100, "fields": [{"key": "event", "value": "retry"}, {"key": "n", "value": 2}]}
        ],
    )
    processes = {"p1": {"serviceName": "cart.shop", "tags": [{"key": "ip", "value": "10.0.0.7"}]}}
    (trace,) = parse_jaeger(document(span, processes=processes)).traces
    assert trace.problems == ()
    assert trace.spans == (
        Span(
            TRACE,
            "b7ad6b7169203331",
            "00f067aa0ba902b7",
            "cart.shop",
            "GET /",
            SpanKind.SERVER,
            1_000_000,
            250,
            True,
            {"http.status_code": 503, "ratio": 0.5, "is_warm": False},
            {"ip": "10.0.0.7"},
            (Event(1_000_100, "retry", {"n": 2}),),
        ),
    )


@pytest.mark.parametrize(
    ("references", "parent", "links"),
    [
        ([], "", ()),
        ([{"refType": "FOLLOWS_FROM", "traceID": TRACE, "spanID": "aa"}], "00000000000000aa", ()),
        (
            [
                {"refType": "FOLLOWS_FROM", "traceID": TRACE, "spanID": "aa"},
                {"refType": "CHILD_OF", "traceID": TRACE, "spanID": "bb"},
            ],
            "00000000000000bb",
            (),
        ),
        ([{"refType": "CHILD_OF", "traceID": "1", "spanID": "aa"}], "", ("0" * 31 + "1",)),
        ([{"refType": "CHILD_OF", "traceID": TRACE, "spanID": "0"}], "", ()),
        (["odd", None, {}], "", ()),
    ],
)
def test_parent_is_the_span_of_this_trace_that_it_is_a_child_of(references, parent, links):
    span = only(parse_jaeger(document(raw(references=references))))
    assert (span.parent_id, span.links) == (parent, links)


def test_old_parent_field_is_understood():
    assert only(parse_jaeger(document(raw(parentSpanID="aa")))).parent_id == "00000000000000aa"


def test_one_trace_without_its_wrapper_is_read():
    assert only(parse_jaeger(document(raw())["data"][0])).trace_id == TRACE


def test_process_within_the_span_is_understood():
    span = only(parse_jaeger(document(raw(process={"serviceName": "cart.shop"}))))
    assert span.service == "cart.shop"


@pytest.mark.parametrize("data", [None, [], [{"traceID": TRACE, "spans": []}]])
def test_no_data_is_no_traces(data):
    assert parse_jaeger({"data": data, "errors": None}).traces == ()


@pytest.mark.parametrize("document", [[], 7, "x", None, {}, {"data": 7}, {"data": {"a": 1}}])
def test_other_document_is_refused(document):
    with pytest.raises(NotTraces):
        parse_jaeger(document)


def test_what_is_no_span_is_counted():
    parsed = parse_jaeger({"data": [7, {"spans": 7}, {"spans": [None, 7, {"spanID": "1"}]}]})
    assert parsed.traces == ()
    assert parsed.unreadable == 5


def test_longer_document_than_the_budget_is_refused():
    spans = document(*(raw(f"{number:016x}") for number in range(1, 5)))
    assert len(parse_jaeger(spans, Budget(4)).traces[0].spans) == 4
    with pytest.raises(NotTraces, match="more than 3 spans"):
        parse_jaeger(spans, Budget(3))


@pytest.mark.parametrize(
    ("document", "is_one"),
    [
        ({"data": []}, True),
        ({"traceID": "1", "spans": []}, True),
        ({"data": {}}, False),
        ([], False),
        ({"resourceSpans": []}, False),
    ],
)
def test_jaeger_is_told_by_its_shape(document, is_one):
    assert is_jaeger(document) is is_one
