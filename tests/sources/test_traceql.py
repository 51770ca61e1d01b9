"""Questions become TraceQL in which no name and no value can break out of its place."""

from __future__ import annotations

import pytest

from mesh_graph.sources.traceql import operations_query, trace_query
from mesh_graph.traces.question import TraceQuestion

NEWEST = " with (most_recent=true)"
FAILED = '(status = error || span."error" = true || span."error" = "true")'


def query(**said) -> str:
    text = trace_query(TraceQuestion(start=0, end=1, **said))
    assert text.endswith(NEWEST)
    return text.removesuffix(NEWEST)


@pytest.mark.parametrize(
    ("said", "spans"),
    [
        ({}, "{  }"),
        ({"service": "reviews.shop"}, '{ resource.service.name = "reviews.shop" }'),
        ({"operation": "GET /"}, '{ name = "GET /" }'),
        ({"errors_only": True}, f"{{ {FAILED} }}"),
        ({"min_duration_us": 0}, "{ duration >= 0us }"),
        # 2.5 µs are 2 by our count, so the bound is the next whole one.
        ({"max_duration_us": 2}, "{ duration < 3us }"),
        ({"tags": {"error": "true"}}, f"{{ {FAILED} }}"),
        ({"tags": {"error": "false"}}, "{ status != error }"),
        ({"tags": {"error": "boom"}}, '{ (."error" = "boom") }'),
        (
            {"service": "a.b", "tags": {"region": "east", "zone": "1"}},
            '{ resource.service.name = "a.b" && (."region" = "east") && (."zone" = "1" || ."zone" = 1) }',
        ),
    ],
)
def test_question_becomes_one_set_of_spans(said, spans):
    assert query(**said) == spans


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("5", ['"5"', "5"]),
        ("-5", ['"-5"', "-5"]),
        ("0", ['"0"', "0"]),
        # As a number it would be another text.
        ("007", ['"007"', "7.0"]),
        ("1.5", ['"1.5"', "1.5"]),
        ("true", ['"true"', "true"]),
        ("nan", ['"nan"']),
        ("1e400", ['"1e400"']),
        ("5 || true", ['"5 || true"']),
        ("", ['""']),
    ],
)
def test_value_is_looked_for_as_text_and_as_what_else_it_can_be(value, written):
    assert (
        query(tags={"x": value})
        == f"{{ ({' || '.join(f'.{chr(34)}x{chr(34)} = {one}' for one in written)}) }}"
    )


@pytest.mark.parametrize("name", ["http.status_code", "http.response.status_code"])
def test_tag_that_was_renamed_is_looked_for_by_both_names(name):
    text = query(tags={name: "503"})
    for spelled in ("http.status_code", "http.response.status_code"):
        assert f'."{spelled}" = "503"' in text
        assert f'."{spelled}" = 503' in text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('a" } || { "', r'"a\" } || { \""'),
        ("back\\", r'"back\\"'),
        ("line\nbreak\0", r'"line\nbreak\u0000"'),
        ("été 🦊", '"été 🦊"'),
        ("half \ud800", '"half ?"'),
    ],
)
def test_text_stays_within_its_quotes(text, written):
    assert operations_query(text) == f"{{ resource.service.name = {written} }}"


def test_name_of_a_tag_stays_within_its_quotes():
    assert query(tags={'a" = 1 || \\': "x"}) == r'{ (."a\" = 1 || \\" = "x") }'


def test_call_is_told_by_the_called_by_the_caller_or_by_the_caller_alone():
    page, cart = 'resource.service.name = "page.shop"', 'resource.service.name = "cart.shop"'
    client = "(kind = client || kind = producer)"
    text = query(service="cart.shop", caller="page.shop", min_duration_us=5)
    called = f"({{ {page} }} > {{ {cart} && duration >= 5us }})"
    calling = f"({{ {page} && duration >= 5us && {client} }} > {{ {cart} }})"
    alone = f"{{ {page} && duration >= 5us && {client} && (span."
    assert text.startswith(f"{called} || {calling} || {alone}")


@pytest.mark.parametrize(
    ("service", "pattern"),
    [
        ("cart.shop", r".*[|]cart\\x{2e}shop([.]svc[.].*)?"),
        ("cart", r".*[|]cart([.].*)?"),
        ('.*"|', r".*[|]\\x{2e}\\x{2a}\\x{22}\\x{7c}([.]svc[.].*)?"),
    ],
)
def test_host_of_a_call_is_a_pattern_of_which_the_name_is_no_part(service, pattern):
    assert f'span."upstream_cluster" =~ "{pattern}"' in query(service=service, caller="a")
