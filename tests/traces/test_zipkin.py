"""Zipkin's JSON, written by hand after its API's description, to spans."""

import pytest

from mesh_graph.traces.model import Event, Span, SpanKind
from mesh_graph.traces.reading import Budget, NotTraces
from mesh_graph.traces.zipkin import is_zipkin, parse_zipkin

TRACE = "5af7183fb1d4cf5f"
LONG = "0" * 16 + TRACE


def raw(**more):
    return {"traceId": TRACE, "id": "352bff9a74ca9ad2", "timestamp": 1_000_000, "duration": 250, **more}


def spans_of(*raws) -> tuple[Span, ...]:
    (trace,) = parse_zipkin(list(raws)).traces
    return trace.spans


def test_span_is_read_field_by_field():
    (span,) = spans_of(
        raw(
            parentId="6b221d5bc9e6496c",
            name="get /api",
            kind="CLIENT",
            localEndpoint={"serviceName": "frontend", "ipv4": "10.0.0.7"},
            remoteEndpoint={"serviceName": "backend", "ipv4": "10.0.0.8", "port": 8080},
            annotations=[{"timestamp": 1_000_100, "value": "wire.send"}],
            tags={"http.method": "GET", "error": "true"},
        )
    )
    assert span == Span(
        LONG,
        "352bff9a74ca9ad2",
        "6b221d5bc9e6496c",
        "frontend",
        "get /api",
        SpanKind.CLIENT,
        1_000_000,
        250,
        True,
        {"peer.service": "backend", "net.peer.ip": "10.0.0.8", "net.peer.port": 8080, "http.method": "GET"},
        {"ip": "10.0.0.7"},
        (Event(1_000_100, "wire.send"),),
    )


@pytest.mark.parametrize(
    ("error", "is_error", "kept"),
    [
        ("true", True, {}),
        ("", True, {}),
        ("connection reset", True, {"error": "connection reset"}),
        ("false", False, {}),
    ],
)
def test_tag_error_says_that_it_failed_whatever_it_holds(error, is_error, kept):
    (span,) = spans_of(raw(tags={"error": error}))
    assert (span.is_error, span.attributes) == (is_error, kept)


def end(kind, service, at, **more):
    return raw(kind=kind, timestamp=at, localEndpoint={"serviceName": service}, **more)


def test_shared_span_is_split_and_the_server_s_end_is_below_the_client_s():
    client, server = spans_of(
        end("SERVER", "backend", 1_000_050, shared=True, parentId="aa"),
        end("CLIENT", "frontend", 1_000_000, parentId="aa"),
    )
    assert (client.service, client.span_id, client.parent_id) == (
        "frontend",
        "352bff9a74ca9ad2",
        "0" * 14 + "aa",
    )
    assert (server.service, server.parent_id) == ("backend", client.span_id)
    assert server.span_id != client.span_id


@pytest.mark.parametrize(
    ("service", "above"),
    [("backend", SpanKind.SERVER), ("frontend", SpanKind.CLIENT), ("third", SpanKind.SERVER)],
)
def test_child_of_a_shared_span_belongs_to_the_end_of_its_service(service, above):
    child = end("CLIENT", service, 1_000_100) | {"id": "bb", "parentId": "352bff9a74ca9ad2"}
    spans = spans_of(end("CLIENT", "frontend", 1_000_000), end("SERVER", "backend", 1_000_050), child)
    (parent,) = [span for span in spans if span.span_id == spans[-1].parent_id]
    assert parent.kind is above


def test_server_of_a_shared_span_alone_keeps_its_id():
    (server,) = spans_of(end("SERVER", "backend", 1_000_000, shared=True, parentId="aa"))
    assert (server.span_id, server.parent_id) == ("352bff9a74ca9ad2", "0" * 14 + "aa")


def test_annotations_of_v1_make_both_ends():
    def note(value, at, service):
        return {"value": value, "timestamp": at, "endpoint": {"serviceName": service, "ipv4": "10.0.0.7"}}

    annotations = [
        note("cs", 1_000_000, "frontend"),
        note("sr", 1_000_050, "backend"),
        note("ss", 1_000_150, "backend"),
        note("cr", 1_000_250, "frontend"),
        note("cache miss", 1_000_100, "backend"),
    ]
    binary = [
        {"key": "http.path", "value": "/api", "endpoint": {"serviceName": "backend"}},
        {"key": "sa", "value": True, "endpoint": {"serviceName": "backend"}},
    ]
    plain = {
        "traceId": TRACE,
        "id": "bb",
        "name": "get",
        "annotations": annotations,
        "binaryAnnotations": binary,
    }
    client, server = spans_of(plain)
    assert (client.kind, client.service, client.start_us, client.duration_us) == (
        SpanKind.CLIENT, "frontend", 1_000_000, 250,
    )  # fmt: skip
    assert (server.kind, server.service, server.start_us, server.duration_us) == (
        SpanKind.SERVER, "backend", 1_000_050, 100,
    )  # fmt: skip
    assert server.parent_id == client.span_id
    assert server.attributes == {"http.path": "/api"}
    assert client.attributes == {}
    assert [event.name for event in server.events] == ["cache miss"]


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        ("cs", "cr", SpanKind.CLIENT),
        ("sr", "ss", SpanKind.SERVER),
        ("ms", "", SpanKind.PRODUCER),
        ("mr", "", SpanKind.CONSUMER),
    ],
)
def test_core_annotations_tell_kind_and_times(first, last, kind):
    annotations = [{"value": first, "timestamp": 2_000_000}, {"value": last, "timestamp": 2_000_300}]
    (span,) = spans_of({"traceId": TRACE, "id": "bb", "annotations": annotations})
    assert (span.kind, span.start_us) == (kind, 2_000_000)
    assert span.duration_us == (300 if last else 0)


def test_span_that_came_in_pieces_is_one():
    begun = {**end("CLIENT", "frontend", 1_000_000, tags={"a": "1"}), "duration": None}
    ended = {**end("CLIENT", "frontend", None, tags={"b": "2", "error": "late"}, name="get")}
    (span,) = spans_of(begun, ended)
    assert (span.start_us, span.duration_us, span.name, span.is_error) == (1_000_000, 250, "get", True)
    assert span.attributes == {"a": "1", "b": "2", "error": "late"}


def test_lists_of_lists_are_several_traces_newest_first():
    parsed = parse_zipkin([[raw()], [raw(traceId="b" * 32, timestamp=2_000_000)]])
    assert [trace.trace_id for trace in parsed.traces] == ["b" * 32, LONG]


@pytest.mark.parametrize("document", [{}, 7, "x", None])
def test_other_document_is_refused(document):
    with pytest.raises(NotTraces):
        parse_zipkin(document)


@pytest.mark.parametrize(("value", "text"), [({"a": 1}, '{"a":1}'), (["cs"], '["cs"]'), (7, "7"), (None, "")])
def test_annotation_that_is_no_text_is_told_as_text(value, text):
    (span,) = spans_of(raw(annotations=[{"timestamp": 1_000_100, "value": value}]))
    assert [event.name for event in span.events] == [text]


def test_what_is_no_span_is_counted():
    parsed = parse_zipkin([7, None, {}, [{"id": "1"}], []])
    assert (parsed.traces, parsed.unreadable) == ((), 4)


def test_longer_document_than_the_budget_is_refused():
    with pytest.raises(NotTraces, match="more than 1 spans"):
        parse_zipkin([raw(), raw()], Budget(1))


@pytest.mark.parametrize(
    ("document", "is_one"),
    [([raw()], True), ([[raw()]], True), ([], False), ([[]], False), (raw(), False), ([7], False)],
)
def test_zipkin_is_told_by_its_shape(document, is_one):
    assert is_zipkin(document) is is_one
