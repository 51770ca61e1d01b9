"""What traces are looked for, from a query string."""

import pytest

from mesh_graph.answers.trace_list import TraceAsk
from mesh_graph.api.trace_ask import ask_of, micros_of
from mesh_graph.errors import InvalidRequest


def test_nothing_asked_is_any_trace():
    assert ask_of({"window": "5m", "tab": "path"}) == TraceAsk()


def test_every_parameter_is_read():
    params = {
        "service": " reviews.bookinfo ",
        "caller": "productpage.bookinfo",
        "operation": "GET /",
        "tags": 'http.status_code=503 guid:x-request-id=4f=2 note="two words"',
        "errors": "1",
        "min": "1.5ms",
        "max": "2s",
        "limit": "20",
    }
    assert ask_of(params) == TraceAsk(
        service="reviews.bookinfo",
        caller="productpage.bookinfo",
        operation="GET /",
        tags=(("http.status_code", "503"), ("guid:x-request-id", "4f=2"), ("note", "two words")),
        errors_only=True,
        min_duration_us=1500,
        max_duration_us=2_000_000,
        limit=20,
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tags", "error"),
        ("tags", "=1"),
        ("tags", 'a="b'),
        ("errors", "maybe"),
        ("min", "-5ms"),
        ("min", "soon"),
        ("max", "1h"),
        ("max", "٣ms"),
        ("limit", "0"),
        ("limit", "2001"),
        ("limit", "many"),
        ("limit", "9" * 5000),
        ("service", "x" * 1001),
    ],
)
def test_what_cannot_be_read_is_named(name, text):
    with pytest.raises(InvalidRequest) as raised:
        ask_of({name: text})
    assert raised.value.parameter == name
    assert raised.value.advice.startswith("It takes ")


def test_a_lower_bound_above_the_upper_is_refused():
    with pytest.raises(InvalidRequest, match="more than max"):
        ask_of({"min": "2s", "max": "100ms"})
    assert ask_of({"min": "100", "max": "100ms"}).min_duration_us == 100_000


@pytest.mark.parametrize(("text", "micros"), [("0", 0), ("7µs", 7), ("1 ms", 1000), ("1m", 60_000_000)])
def test_lengths_of_time(text, micros):
    assert micros_of(text) == micros
