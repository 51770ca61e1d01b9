"""Tolerances as people write them."""

import math

import pytest

from mesh_graph.errors import ConfigError
from mesh_graph.settings import Tolerance, ToleranceRule, load_settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5XX,0.1,10,http,inbound", Tolerance("5XX", 0.1, 10, "http", "inbound")),
        ("5XX,0,0", Tolerance("5XX", 0, 0)),
        ("^[1-9]$|^1[0-6]$,0,10,grpc,.*", Tolerance("^[1-9]$|^1[0-6]$", 0, 10, "grpc", ".*")),
        (r"\d{2,3},1,2", Tolerance(r"\d{2,3}", 1, 2)),
        ("^-$,0,10,http|grpc", Tolerance("^-$", 0, 10, "http|grpc")),
        ("4XX,20,", Tolerance("4XX", 20, math.inf)),
        (",1,2,,outbound", Tolerance(".*", 1, 2, ".*", "outbound")),
    ],
)
def test_text_of_a_tolerance(text, expected):
    assert Tolerance.parse(text) == expected


@pytest.mark.parametrize(
    "text", ["", "5XX", "5XX,1", "5XX,a,b", "5XX,1,101", "5XX,-1,2", "[,1,2", "5XX,1,2,("]
)
def test_what_is_no_tolerance_is_refused(text):
    with pytest.raises(ValueError, match=r"is not|pattern|per cent"):
        Tolerance.parse(text)


@pytest.mark.parametrize(
    ("pattern", "code", "counts"),
    [
        ("5XX", "503", True),
        ("5xx", "5034", False),
        ("5XX", "5x3", False),
        ("X", "7", True),
        ("4XX", "503", False),
        ("^-$", "-", True),
        ("0|2.*", "204", True),
    ],
)
def test_code_pattern_is_for_the_whole_code(pattern, code, counts):
    assert Tolerance(pattern).counts(code, "error") is counts


@pytest.mark.parametrize(
    "given",
    [
        "bookinfo/app/reviews=5XX,1,5;4XX,20,",
        ["bookinfo/app/reviews=5XX,1,5;4XX,20,"],
        {"bookinfo/app/reviews": "5XX,1,5;4XX,20,"},
        {"bookinfo/app/reviews": ["5XX,1,5", "4XX,20,"]},
    ],
)
def test_rules_are_written_as_text_list_or_mapping(given):
    tolerances = (Tolerance("5XX", 1, 5), Tolerance("4XX", 20, math.inf))
    rule = ToleranceRule("bookinfo", "app", "reviews", tolerances)
    assert load_settings({"health_tolerances": given}).health_tolerances == (rule,)


@pytest.mark.parametrize("given", ["reviews=5XX,1,5", "a/b/c", "a/b/c=5XX", "a/(/c=5XX,1,2"])
def test_wrong_rule_says_what_the_setting_takes(given):
    with pytest.raises(ConfigError, match="NAMESPACE/KIND/NAME"):
        load_settings({"health_tolerances": given})
