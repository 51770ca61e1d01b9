"""View <-> query string."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.codec import (
    PARAMETERS,
    format_duration,
    format_instant,
    parse_duration,
    parse_instant,
    query_from_view,
    view_from_query,
)
from mesh_graph.errors import InvalidRequest
from mesh_graph.model import Box, GraphType, ResponseTime, View

names = st.text(
    st.characters(exclude_characters=",", exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12
)
views = st.builds(
    View,
    namespaces=st.sets(names).map(lambda s: tuple(sorted(s))),
    graph_type=st.sampled_from(GraphType),
    window_s=st.integers(1, 86400),
    at=st.none() | st.integers(0, 7_000_000_000).map(float),
    services=st.booleans(),
    idle=st.booleans(),
    boxes=st.sets(st.sampled_from(Box)).map(lambda s: tuple(sorted(s))),
    response_time=st.sampled_from(ResponseTime),
    throughput=st.booleans(),
    compare_s=st.integers(0, 86400),
    budget=st.integers(1, 100_000),
    find=st.just("") | st.just('rt > 200 and name = "a, b"'),
    focus=st.just("") | st.just("app|east|shop|cart-v1|cart|v1||"),
    hops=st.integers(0, 9),
)


@given(views)
def test_every_view_survives_the_round_trip(view):
    assert view_from_query(query_from_view(view)) == view


@given(views, views)
def test_round_trip_holds_against_any_defaults(view, defaults):
    assert view_from_query(query_from_view(view, defaults), defaults) == view


def test_the_default_view_has_an_empty_query():
    assert query_from_view(View()) == {}


def test_every_field_of_a_view_has_one_parameter():
    assert sorted(p.field for p in PARAMETERS.values()) == sorted(View.__dataclass_fields__)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("graph_type", "mesh"),
        ("window", "5 minutes"),
        ("window", "0"),
        ("window", "-5m"),
        ("window", "9999999999999999d"),
        ("window", "٣m"),
        ("at", "yesterday"),
        ("at", "nan"),
        ("at", "1e300"),
        ("services", "maybe"),
        ("boxes", "app,pod"),
        ("response_time", "p42"),
        ("compare", "31d"),
        ("budget", "0"),
        ("budget", "many"),
        ("find", "x" * 2001),
        ("hops", "0"),
        ("hops", "10"),
        ("hops", "far"),
        ("namespaces", ",".join(f"n{i}" for i in range(2001))),
    ],
)
def test_a_wrong_value_names_its_parameter(name, value):
    with pytest.raises(InvalidRequest, match=name) as caught:
        view_from_query({name: value})
    assert caught.value.parameter == name
    assert caught.value.advice


@given(st.dictionaries(st.sampled_from(list(PARAMETERS)), st.text(max_size=60)))
def test_any_text_gives_a_view_or_a_named_refusal(params):
    refused = None
    try:
        view_from_query(params)
    except InvalidRequest as error:
        refused = error.parameter
    assert refused is None or refused in params


def test_names_are_a_sorted_set():
    assert view_from_query({"namespaces": "b, a,,b"}).namespaces == ("a", "b")


def test_parameters_of_the_page_are_ignored():
    assert view_from_query({"labels": "rate"}) == View()


@given(st.integers(0, 10**9))
def test_durations_round_trip(seconds):
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"), [("5m", 300), ("90", 90), ("1h30m", 5400), ("1d", 86400), ("0s", 0)]
)
def test_durations_are_read(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("1970-01-01T00:00", 0.0),
        ("60.5", 60.5),
    ],
)
def test_instants_are_read(text, instant):
    assert parse_instant(text) == instant


def test_instants_are_written_in_utc():
    assert format_instant(60.0) == "1970-01-01T00:01:00Z"
