"""OTLP's JSON, written by hand after the examples of opentelemetry-proto, to spans."""

import pytest

from mesh_graph.traces.model import Event, Span, SpanKind
from mesh_graph.traces.otlp import is_otlp, parse_otlp
from mesh_graph.traces.reading import Budget, NotTraces

TRACE = "5b8efff798038103d269b633813fc60c"
SPAN = "eee19b7ec3c1b174"


def raw(**more):
    return {
        "traceId": TRACE.upper(),
        "spanId": SPAN.upper(),
        "startTimeUnixNano": "1544712660000000000",
        "endTimeUnixNano": "1544712660000250000",
        **more,
    }


def document(*spans, scope=None, resource=()):
    scopes = [{"scope": scope or {}, "spans": list(spans)}]
    return {"resourceSpans": [{"resource": {"attributes": list(resource)}, "scopeSpans": scopes}]}


def text(key, value):
    return {"key": key, "value": {"stringValue": value}}


def only(parsed) -> Span:
    (trace,) = parsed.traces
    (span,) = trace.spans
    return span


def test_span_is_read_field_by_field():
    span = raw(
        parentSpanId="EEE19B7EC3C1B173",
        name="I'm a server span",
        kind=2,
        attributes=[text("my.span.attr", "some value"), {"key": "n", "value": {"intValue": "-7"}}],
        events=[
            {"timeUnixNano": "1544712660000100000", "name": "retry", "attributes": [text("why", "reset")]}
        ],
        links=[{"traceId": "1" * 32, "spanId": "2" * 16}, {"traceId": TRACE, "spanId": "3" * 16}],
        status={"code": 2, "message": "no luck"},
        traceState="a=b",
    )
    resource = [text("service.name", "my.service"), text("k8s.pod.name", "my-0")]
    parsed = parse_otlp(document(span, scope={"name": "my.library"}, resource=resource))
    assert only(parsed) == Span(
        TRACE,
        SPAN,
        "eee19b7ec3c1b173",
        "my.service",
        "I'm a server span",
        SpanKind.SERVER,
        1_544_712_660_000_000,
        250,
        True,
        {
            "my.span.attr": "some value",
            "n": -7,
            "w3c.tracestate": "a=b",
            "otel.status_description": "no luck",
            "otel.scope.name": "my.library",
        },
        {"k8s.pod.name": "my-0"},
        (Event(1_544_712_660_000_100, "retry", {"why": "reset"}),),
        ("1" * 32,),
    )
    assert parsed.traces[0].problems == ()


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (0, SpanKind.UNKNOWN),
        (1, SpanKind.INTERNAL),
        (2, SpanKind.SERVER),
        (3, SpanKind.CLIENT),
        (4, SpanKind.PRODUCER),
        (5, SpanKind.CONSUMER),
        (6, SpanKind.UNKNOWN),
        (-1, SpanKind.UNKNOWN),
        ("SPAN_KIND_CLIENT", SpanKind.CLIENT),
        ("odd", SpanKind.UNKNOWN),
        (None, SpanKind.UNKNOWN),
        ([], SpanKind.UNKNOWN),
    ],
)
def test_kind_is_a_number_or_a_name(kind, read):
    assert only(parse_otlp(document(raw(kind=kind)))).kind is read


@pytest.mark.parametrize(
    ("status", "is_error"),
    [
        ({}, False),
        ({"code": 1}, False),
        ({"code": 2}, True),
        ({"code": "STATUS_CODE_ERROR"}, True),
        (7, False),
    ],
)
def test_status_tells_whether_it_failed(status, is_error):
    assert only(parse_otlp(document(raw(status=status)))).is_error is is_error


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ({"stringValue": ""}, ""),
        ({"intValue": "42"}, 42),
        ({"intValue": 42}, 42),
        ({"intValue": "x"}, "x"),
        ({"doubleValue": 0.5}, 0.5),
        ({"boolValue": True}, True),
        ({"bytesValue": "AAE="}, "AAE="),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {"intValue": "1"}]}}, '["a",1]'),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"boolValue": False}}]}}, '{"a":false}'),
        ({"arrayValue": {}}, "[]"),
        ({}, ""),
        (None, ""),
    ],
)
def test_attribute_is_its_value_and_lists_are_json(value, read):
    span = only(parse_otlp(document(raw(attributes=[{"key": "a", "value": value}]))))
    assert span.attributes == {"a": read}


@pytest.mark.parametrize("text", ["--5", "-", "5-", "", "٣²"])
def test_number_that_is_none_stays_text(text):
    span = only(parse_otlp(document(raw(attributes=[{"key": "a", "value": {"intValue": text}}])), Budget(9)))
    assert span.attributes == {"a": text}


@pytest.mark.parametrize(("start", "end"), [(2e18, 2e18 + 4096), (2 * 10**18, "2000000000000004096")])
def test_times_are_understood_as_whatever_numbers_they_are_written(start, end):
    span = only(parse_otlp(document(raw(startTimeUnixNano=start, endTimeUnixNano=end)), Budget(9)))
    assert (span.start_us, span.duration_us) == (2 * 10**15, 4)


def test_ids_in_base64_are_understood():
    span = raw(traceId="W47/95gDgQPSabYzgT/GDA==", spanId="7uGbfsPBsXQ=", parentSpanId="")
    read = only(parse_otlp(document(span)))
    assert (read.trace_id, read.span_id, read.parent_id) == (TRACE, SPAN, "")


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda inner: inner,
        lambda inner: {"result": inner},
        lambda inner: {"trace": inner},
        lambda inner: [inner],
        lambda inner: [{"result": inner}],
        lambda inner: {"batches": inner["resourceSpans"]},
        lambda inner: {"resource_spans": inner["resourceSpans"]},
    ],
)
def test_every_wrapping_is_understood(wrapped):
    whole = wrapped(document(raw()))
    assert is_otlp(whole)
    assert only(parse_otlp(whole)).span_id == SPAN


def test_spans_of_a_trace_meet_from_several_chunks():
    chunks = [document(raw()), document(raw(spanId="1" * 16))]
    (trace,) = parse_otlp(chunks).traces
    assert {span.span_id for span in trace.spans} == {SPAN, "1" * 16}


def test_old_name_of_scopes_is_understood():
    whole = document(raw())
    (one,) = whole["resourceSpans"]
    one["instrumentationLibrarySpans"] = one.pop("scopeSpans")
    assert only(parse_otlp(whole)).span_id == SPAN


@pytest.mark.parametrize("whole", [7, "x", None])
def test_other_document_is_refused(whole):
    with pytest.raises(NotTraces):
        parse_otlp(whole)


@pytest.mark.parametrize("whole", [{}, [], {"resourceSpans": []}, {"result": {}}, {"resourceSpans": [7, {}]}])
def test_document_without_spans_has_no_traces(whole):
    assert parse_otlp(whole).traces == ()


def test_what_is_no_span_is_counted():
    assert parse_otlp(document(7, None, {}, {"traceId": ""})).unreadable == 4


def test_longer_document_than_the_budget_is_refused():
    with pytest.raises(NotTraces, match="more than 1 spans"):
        parse_otlp(document(raw(), raw()), Budget(1))
