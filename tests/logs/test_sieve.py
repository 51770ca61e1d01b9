"""Which lines are wanted."""

import pytest

from mesh_graph.errors import InvalidRequest
from mesh_graph.logs.model import Level, Line
from mesh_graph.logs.sieve import Sieve

LINES = [
    Line(float(n), "p", "c", False, text, level=level)
    for n, (text, level) in enumerate(
        [
            ("Cart is full", Level.WARN),
            ("cart [7] was paid", Level.INFO),
            ("payment failed: time-out", Level.ERROR),
            ("says no level", Level.UNKNOWN),
        ]
    )
]


@pytest.mark.parametrize(
    ("sieve", "kept"),
    [
        (Sieve(), [0, 1, 2, 3]),
        (Sieve(having="CART"), [0, 1]),
        (Sieve(having="cart", without="paid"), [0]),
        (Sieve(without="a"), []),
        (Sieve(having="[7]"), [1]),
        (Sieve(having="[7]", is_regex=True), [1]),
        (Sieve(having="^cart", is_regex=True), [1]),
        (Sieve(having="(?i)^cart|fail(ed)?:", is_regex=True), [0, 1, 2]),
        (Sieve(level=Level.WARN), [0, 2]),
        (Sieve(level=Level.DEBUG), [0, 1, 2]),
        (Sieve(having="nothing of this"), []),
    ],
)
def test_lines_that_are_wanted(sieve, kept):
    assert [int(line.at) for line in sieve.sifted(LINES)] == kept


@pytest.mark.parametrize("parameter", ["having", "without"])
@pytest.mark.parametrize("wrong", ["a(b", "[", "(?=x)", r"(a)\1", "x{1000000}", "*"])
def test_wrong_expression_is_refused_with_its_reason_and_its_name(parameter, wrong):
    with pytest.raises(InvalidRequest, match="is no regular expression: ") as refused:
        Sieve(**{parameter: wrong}, is_regex=True)
    assert refused.value.parameter == parameter
    assert "RE2" in refused.value.advice
    assert Sieve(**{parameter: wrong}).sifted(LINES) is not None, "as a text it is none"


def test_too_long_a_text_is_refused():
    with pytest.raises(InvalidRequest, match="is too long"):
        Sieve(having="x" * 301)


def test_expression_that_others_take_for_ever_over_is_answered():
    hostile = [Line(0.0, "p", "c", False, "a" * 4000 + "!")]
    assert Sieve(having="^(a+)+$", is_regex=True).sifted(hostile) == []


def test_half_a_character_is_no_accident():
    with pytest.raises(InvalidRequest, match="having"):
        Sieve(having="\ud800", is_regex=True)


def test_sieve_knows_whether_it_takes_all():
    assert Sieve().takes_all
    assert not any(one.takes_all for one in (Sieve(having="a"), Sieve(without="a"), Sieve(level=Level.INFO)))
