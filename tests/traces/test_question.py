"""Which traces answer a question: one span has to fulfil all of it."""

import pytest

from mesh_graph.traces.model import Span, SpanKind, Trace
from mesh_graph.traces.question import TraceQuestion, is_answer, is_named, text_of


def span(**said) -> Span:
    told = {
        "trace_id": "1" * 32,
        "span_id": "2" * 16,
        "parent_id": "",
        "service": "cart.shop",
        "name": "get",
        "kind": SpanKind.SERVER,
        "start_us": 10_000_000,
        "duration_us": 500,
        **said,
    }
    return Span(**told)


def answers(question, *spans) -> bool:
    return is_answer(Trace("1" * 32, spans), TraceQuestion(**{"start": 0, "end": 100, **question}))


@pytest.mark.parametrize(
    ("question", "fits"),
    [
        ({}, True),
        ({"service": "cart.shop"}, True),
        ({"service": "cart"}, False),
        ({"operation": "get"}, True),
        ({"operation": "put"}, False),
        ({"errors_only": True}, False),
        ({"min_duration_us": 500}, True),
        ({"min_duration_us": 501}, False),
        ({"max_duration_us": 500}, True),
        ({"max_duration_us": 499}, False),
        ({"start": 10}, True),
        ({"start": 10.000001}, False),
        ({"end": 10}, True),
        ({"end": 9.999999}, False),
        ({"tags": {"error": "false"}}, True),
        ({"tags": {"error": "true"}}, False),
        ({"tags": {"a": ""}}, False),
    ],
)
def test_span_fulfils_every_part_of_the_question(question, fits):
    assert answers(question, span()) is fits


@pytest.mark.parametrize(
    ("value", "text"), [("503", "503"), (503, "503"), (True, "true"), (False, "false"), (0.5, "0.5")]
)
def test_tag_is_compared_as_text(value, text):
    assert text_of(value) == text
    assert answers({"tags": {"a": text}}, span(attributes={"a": value}))
    assert answers({"tags": {"a": text}}, span(resource={"a": value}))
    assert not answers({"tags": {"a": text + "0"}}, span(attributes={"a": value}))


def test_parts_of_a_question_are_not_fulfilled_by_different_spans():
    failed, slow = span(is_error=True), span(duration_us=9_000)
    assert not answers({"errors_only": True, "min_duration_us": 1_000}, failed, slow)
    assert answers({"errors_only": True, "min_duration_us": 100}, failed, slow)


def test_trace_without_spans_answers_nothing():
    assert not answers({})


@pytest.mark.parametrize("name", ["http.status_code", "http.response.status_code"])
@pytest.mark.parametrize("written", ["http.status_code", "http.response.status_code"])
def test_renamed_tag_is_found_by_either_name(name, written):
    assert answers({"tags": {name: "503"}}, span(attributes={written: 503}))


def call(above=None, below=None, host="cart.shop.svc.cluster.local"):
    """The page's client span and the cart's server span below it."""
    cluster = {"upstream_cluster": f"outbound|80||{host}"}
    client = {"span_id": "a" * 16, "service": "page.shop", "kind": SpanKind.CLIENT, "attributes": cluster}
    server = {"span_id": "b" * 16, "parent_id": "a" * 16}
    return span(**{**client, **(above or {})}), span(**{**server, **(below or {})})


EDGE = {"service": "cart.shop", "caller": "page.shop"}


@pytest.mark.parametrize(
    ("question", "fits"),
    [
        ({}, True),
        ({"caller": "cart.shop", "service": "page.shop"}, False),
        ({"caller": "other.shop"}, False),
        ({"service": ""}, True),
        ({"service": "other.shop"}, False),
        ({"operation": "get"}, True),
        ({"operation": "put"}, False),
        ({"end": 9}, False),
    ],
)
def test_call_is_between_the_two_services_that_are_named(question, fits):
    assert answers(EDGE | question, *call()) is fits


@pytest.mark.parametrize("end", ["above", "below"])
def test_either_end_of_a_call_may_have_what_is_asked_for(end):
    slow = {"is_error": True, "duration_us": 9_000}
    assert answers(EDGE | {"errors_only": True, "min_duration_us": 1_000}, *call(**{end: slow}))
    assert not answers(EDGE | {"errors_only": True, "min_duration_us": 1_000}, *call({"is_error": True}))


def test_what_the_caller_did_beside_the_call_is_not_asked_about():
    """The span above may be the server's that the caller answered, where ends of a call share their id."""
    server = {"kind": SpanKind.SERVER, "is_error": True}
    assert answers(EDGE, *call(server))
    assert not answers(EDGE | {"errors_only": True}, *call(server))


def test_caller_is_directly_above():
    first, second = call()
    between = span(span_id="c" * 16, parent_id="a" * 16, service="proxy.shop", kind=SpanKind.CLIENT)
    below = call(below={"parent_id": "c" * 16})[1]
    assert not answers(EDGE, first, between, below)
    assert answers({**EDGE, "caller": "proxy.shop"}, first, between, below)
    assert not answers(EDGE, second)


def test_call_that_nobody_answered_is_to_the_host_that_it_names():
    (alone, _) = call({"is_error": True})
    assert answers(EDGE | {"errors_only": True}, alone)
    assert not answers(EDGE | {"service": "other.shop"}, alone)
    (outside, _) = call(host="api.example.com")
    assert answers({"service": "api.example.com", "caller": "page.shop"}, outside)


PLAIN = {"service": "cart", "attributes": {"istio.namespace": "shop"}}


@pytest.mark.parametrize(
    ("said", "name", "is_it"),
    [
        ({}, "cart.shop", True),
        ({}, "cart", False),
        (PLAIN, "cart.shop", True),
        (PLAIN, "cart", True),
        (PLAIN, "cart.bank", False),
        (PLAIN, "art.shop", False),
        # Nothing tells the namespace.
        ({"service": "cart"}, "cart.shop", True),
        ({"service": ""}, "cart.shop", False),
    ],
)
def test_service_is_known_by_its_long_and_by_its_plain_name(said, name, is_it):
    assert is_named(span(**said), name) is is_it


def test_call_between_plainly_named_services_is_told_by_their_namespaces():
    above = {"service": "page", "attributes": {"istio.namespace": "shop"}}
    assert answers(EDGE, *call(above, PLAIN))
    assert not answers(EDGE | {"caller": "page.bank"}, *call(above, PLAIN))
    (alone, _) = call({"service": "page"})
    assert answers({"service": "cart", "caller": "page"}, alone)
