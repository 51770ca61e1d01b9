"""Hostile and mistaken spans: put right where nothing is invented, and each a finding."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.traces.formats import read_traces
from mesh_graph.traces.jaeger import parse_jaeger
from mesh_graph.traces.model import Span, SpanKind, SpanProblem, Trace
from mesh_graph.traces.otlp import parse_otlp
from mesh_graph.traces.reading import MAX_TEXT, Budget, NotTraces, as_id, as_kind, as_micros, plain
from mesh_graph.traces.zipkin import parse_zipkin

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


def zipkin(**more):
    return {"traceId": TRACE, "id": SPAN, "timestamp": 1_000_000, "duration": 250, **more}


def only(*raws) -> tuple[Trace, Span]:
    (trace,) = parse_zipkin(list(raws)).traces
    (span,) = trace.spans
    return trace, span


@pytest.mark.parametrize(
    ("value", "digits", "read"),
    [
        ("ABC", 16, ("0000000000000abc", True)),
        (TRACE, 32, (TRACE, True)),
        (" 1 ", 16, ("0" * 15 + "1", True)),
        ("", 16, ("", True)),
        (None, 16, ("", True)),
        ("0000000000000000", 16, ("", True)),
        (12, 16, ("0" * 14 + "12", True)),
    ],
)
def test_ids_get_one_spelling(value, digits, read):
    assert as_id(value, digits) == read


@pytest.mark.parametrize("value", ["xyz", "1" * 17, "-1", "0x1f", "1.5", "é", ["1"], {"a": 1}, "\ud800"])
def test_what_is_no_id_becomes_one_that_is_always_the_same(value):
    made, is_proper = as_id(value, 16)
    assert not is_proper
    assert len(made) == 16
    assert int(made, 16) >= 0
    assert as_id(value, 16) == (made, False)


@pytest.mark.parametrize(
    ("value", "per_us", "read"),
    [
        (5, 1, 5),
        ("5", 1, 5),
        (5.9, 1, 5),
        ("1544712660000000999", 1000, 1_544_712_660_000_000),
        (-5, 1, -5),
        (None, 1, None),
        ("", 1, None),
        ("soon", 1, None),
        (True, 1, None),
        ([], 1, None),
        (1e300, 1, None),
        (float("inf"), 1, None),
        (float("nan"), 1, None),
        ("9" * 5000, 1, None),
        (10**16, 1, None),
    ],
)
def test_times_are_whole_microseconds_that_can_be(value, per_us, read):
    assert as_micros(value, per_us) == read


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("client", SpanKind.CLIENT),
        ("SERVER", SpanKind.SERVER),
        ("SPAN_KIND_PRODUCER", SpanKind.PRODUCER),
        ("other", SpanKind.UNKNOWN),
        ("", SpanKind.UNKNOWN),
        (None, SpanKind.UNKNOWN),
        (7, SpanKind.UNKNOWN),
    ],
)
def test_kinds_are_read_in_any_spelling(word, kind):
    assert as_kind(word) is kind


@pytest.mark.parametrize(
    ("value", "read"),
    [("a", "a"), (1, 1), (True, True), (None, ""), ([1, "b"], '[1,"b"]'), ({"a": None}, '{"a":null}')],
)
def test_values_that_are_no_text_become_json(value, read):
    assert plain(value) == read


def test_deep_value_is_cut_where_nobody_reads_on():
    deep = value = []
    for _ in range(500):
        value.append([])
        value = value[0]
    assert plain(deep) == "[" * 16 + '"…"' + "]" * 16


@pytest.mark.parametrize(
    ("more", "problem", "parameters"),
    [
        ({"duration": -5}, "negative-duration", {"duration_us": -5}),
        ({"duration": None}, "no-duration", {}),
        ({"duration": 10**18}, "no-duration", {}),
        ({"timestamp": None}, "no-start", {}),
        ({"timestamp": 10**18}, "no-start", {}),
        ({"timestamp": "yesterday"}, "no-start", {}),
        ({"id": "not hexadecimal"}, "odd-span-id", {"id": "not hexadecimal"}),
        ({"id": None}, "no-span-id", {}),
        ({"id": "0000000000000000"}, "no-span-id", {}),
        ({"traceId": "z" * 40}, "odd-trace-id", {"id": "z" * 40}),
        ({"tags": {"a": ["b"]}}, "tag-not-text", {"tag": "a"}),
        ({"tags": {"a": "x" * 10_000_000}}, "tag-too-long", {"tag": "a", "characters": 10_000_000}),
    ],
)
def test_what_cannot_be_is_a_finding(more, problem, parameters):
    trace, span = only(zipkin(**more))
    assert trace.problems == (SpanProblem(problem, span.span_id, parameters),)


def test_proper_span_has_no_finding():
    trace, span = only(zipkin())
    assert trace.problems == ()
    assert (span.start_us, span.duration_us) == (1_000_000, 250)


def test_negative_duration_is_kept_as_reported_and_ends_where_it_starts():
    _, span = only(zipkin(duration=-5))
    assert (span.duration_us, span.end_us) == (-5, 1_000_000)


def test_long_tag_is_cut():
    _, span = only(zipkin(tags={"a": "x" * 10_000_000}))
    assert span.attributes["a"] == "x" * (MAX_TEXT - 1) + "…"


def test_span_without_a_start_begins_with_the_earliest_of_its_trace():
    (trace,) = parse_zipkin([zipkin(id="aa"), zipkin(id="bb", timestamp=None)]).traces
    assert [span.start_us for span in trace.spans] == [1_000_000, 1_000_000]


def test_span_that_was_reported_twice_counts_once():
    (trace,) = parse_zipkin([zipkin(), zipkin(), zipkin()]).traces
    assert len(trace.spans) == 1
    assert trace.problems == (SpanProblem("repeated-span", SPAN, {"times": 3}),)


def test_different_spans_of_one_id_are_all_kept():
    (trace,) = parse_zipkin([zipkin(name="a"), zipkin(name="b")]).traces
    assert [span.name for span in trace.spans] == ["a", "b"]


def test_cycles_and_missing_parents_are_kept_as_reported():
    (trace,) = parse_zipkin([zipkin(id="aa", parentId="bb"), zipkin(id="bb", parentId="aa")]).traces
    assert {span.parent_id for span in trace.spans} == {"00000000000000aa", "00000000000000bb"}


def test_spans_with_the_lower_half_of_the_id_join_their_trace_and_it_is_said():
    (trace,) = parse_zipkin([zipkin(), zipkin(id="aa", traceId=TRACE[16:])]).traces
    assert trace.trace_id == TRACE
    assert {span.trace_id for span in trace.spans} == {TRACE}
    assert trace.problems == (SpanProblem("short-trace-id", "00000000000000aa", {"spans": 1}),)


def test_trace_whose_id_is_short_throughout_is_left_alone():
    (trace,) = parse_zipkin([zipkin(traceId=TRACE[16:])]).traces
    assert (trace.trace_id, trace.problems) == ("0" * 16 + TRACE[16:], ())


def test_checks_of_the_budget_come_while_reading():
    def stop() -> None:
        raise NotTraces("takes too long")

    with pytest.raises(NotTraces, match="too long"):
        parse_zipkin([zipkin(id=f"{n:x}") for n in range(1, 3000)], Budget(check=stop))


WORDS = [
    "key", "value", "timestamp", "serviceName", "endpoint", "fields", "traceID", "traceId", "spanID", "code",
    "tags", "stringValue", "intValue", "arrayValue", "kvlistValue", "values", "attributes", "timeUnixNano",
    "data", "spans", "resourceSpans", "scopeSpans", "result", "ipv4", "port",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def spoilt(*names: str) -> st.SearchStrategy[dict[str, object]]:
    """Objects with some of the names, and anything below them."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, JSON))


ZIPKIN = spoilt("traceId", "id", "parentId", "name", "kind", "timestamp", "duration", "localEndpoint", "tags",
                "remoteEndpoint", "annotations", "binaryAnnotations", "shared")  # fmt: skip
JAEGER = spoilt("traceID", "spanID", "references", "operationName", "startTime", "duration", "tags", "logs",
                "processID", "process", "parentSpanID")  # fmt: skip
OTLP = spoilt("traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano",
              "attributes", "events", "links", "status", "traceState")  # fmt: skip


@given(st.lists(ZIPKIN, max_size=4), st.lists(JAEGER, max_size=4), st.lists(OTLP, max_size=4), JSON)
def test_no_span_whatever_it_says_stops_the_reading(zipkin, jaeger, otlp, anything):
    named = [{"traceId": TRACE, "id": SPAN, **span} for span in zipkin]
    readings = [
        parse_zipkin([*zipkin, *named]),
        parse_jaeger({"data": [{"traceID": TRACE, "spans": [*jaeger, anything], "processes": anything}]}),
        parse_otlp(
            {"resourceSpans": [{"resource": anything, "scopeSpans": [{"spans": otlp, "scope": anything}]}]}
        ),
    ]
    for trace in (trace for reading in readings for trace in reading.traces):
        assert len(trace.trace_id) == 32
        assert trace.spans
        for span in trace.spans:
            assert len(span.span_id) == 16
            assert isinstance(span.start_us, int)
            assert isinstance(span.duration_us, int)
            values = [*span.attributes.values(), *span.resource.values()]
            assert all(isinstance(value, str | int | float | bool) for value in values)


@given(JSON)
def test_any_document_is_read_or_refused(document):
    with suppress(NotTraces):
        form, reading = read_traces(document)
        assert form
        assert reading.unreadable >= 0
