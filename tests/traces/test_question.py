"""Which traces answer a question: one span has to fulfil all of it."""

import pytest

from mesh_graph.traces.model import Span, SpanKind, Trace
from mesh_graph.traces.question import TraceQuestion, is_answer, text_of


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
