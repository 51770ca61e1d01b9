"""What is understood, and how a mistake is explained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.errors import InvalidExpression, InvalidRequest
from mesh_graph.topology.find_language import MAX_DEPTH, MAX_LENGTH, AllOf, AnyOf, Criterion, Inverse, parse
from mesh_graph.topology.find_operands import known_words

HEALTHY, IDLE, ROOT = (Criterion(word) for word in ("healthy", "idle", "root"))
A = Criterion("app", "=", "a")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("", None),
        ("  \t", None),
        ("healthy", HEALTHY),
        ("HEALTHY", HEALTHY),
        ("is healthy", HEALTHY),
        ("has version", Criterion("version")),
        ("not healthy", Inverse(HEALTHY)),
        ("! healthy", Inverse(HEALTHY)),
        ("!healthy", Inverse(HEALTHY)),
        ("not not healthy", Inverse(Inverse(HEALTHY))),
        ("not (healthy)", Inverse(HEALTHY)),
        ("not(healthy)", Inverse(HEALTHY)),
        # and binds tighter than or; parentheses decide
        ("healthy and idle", AllOf((HEALTHY, IDLE))),
        ("healthy && idle", AllOf((HEALTHY, IDLE))),
        ("healthy OR idle Or root", AnyOf((HEALTHY, IDLE, ROOT))),
        ("healthy || idle", AnyOf((HEALTHY, IDLE))),
        ("healthy or idle and root", AnyOf((HEALTHY, AllOf((IDLE, ROOT))))),
        ("(healthy or idle) and root", AllOf((AnyOf((HEALTHY, IDLE)), ROOT))),
        ("not healthy and idle", AllOf((Inverse(HEALTHY), IDLE))),
        # operators
        ("app = a", A),
        ("app=a", A),
        ("app == a", A),
        ("app != a", Inverse(A)),
        ("app not = a", Inverse(A)),
        ("app contains a", Criterion("app", "*=", "a")),
        ("app *= a", Criterion("app", "*=", "a")),
        ("app not contains a", Inverse(Criterion("app", "*=", "a"))),
        ("app !*= a", Inverse(Criterion("app", "*=", "a"))),
        ("app StartsWith a", Criterion("app", "^=", "a")),
        ("app ^= a", Criterion("app", "^=", "a")),
        ("app ! endswith a", Inverse(Criterion("app", "$=", "a"))),
        ("app $= a", Criterion("app", "$=", "a")),
        ("http > 5", Criterion("http", ">", 5.0)),
        ("http>=5", Criterion("http", ">=", 5.0)),
        ("http < 5", Criterion("http", "<", 5.0)),
        ("http <= 5", Criterion("http", "<=", 5.0)),
        # values
        ("app = A", A),
        ("app = 'a'", A),
        ('app = "it\'s (a) = b"', Criterion("app", "=", "it's (a) = b")),
        ("app = ''", Criterion("app", "=", "")),
        ("app = and", Criterion("app", "=", "and")),
        ("app = android", Criterion("app", "=", "android")),
        ("app = notary or healthy", AnyOf((Criterion("app", "=", "notary"), HEALTHY))),
        ("host = *.example.com:443", Criterion("host", "=", "*.example.com:443")),
        ("app = Größe", Criterion("app", "=", "grösse")),
        # synonyms
        ("ns = prod", Criterion("namespace", "=", "prod")),
        ("rt > 1", Criterion("responsetime", ">", 1.0)),
        ("se", Criterion("serviceentry")),
        ("%httperror > 5", Criterion("%httperr", ">", 0.05)),
    ],
)
def test_text_is_understood_as(text, term):
    assert parse(text).term == term


@pytest.mark.parametrize(
    ("text", "position", "length", "says"),
    [
        ("naem = a", 0, 4, "Did you mean 'name'?"),
        ("healthy and httpn > 3", 12, 5, "Did you mean 'httpin'?"),
        ("reviews", 0, 7, "name contains reviews"),
        ("healthy idle", 8, 4, "Write an operator or 'and' or 'or'."),
        ("flag = UF, UH", 11, 2, "Write 'and' or 'or'."),
        ("app =", 5, 0, "Write a value"),
        ("app = ", 5, 0, "Write a value"),
        ("app = = b", 6, 1, "Write a value"),
        ("healthy and", 11, 0, "Write a word of the language"),
        ("and healthy", 4, 7, "Write an operator"),
        ("or", 0, 2, "It joins two criteria"),
        ("(healthy", 8, 0, "')'"),
        ("healthy)", 7, 1, "Remove it."),
        ("()", 1, 1, "Write a word of the language"),
        ("app = 'a", 6, 1, "a quote is not closed"),
        ("app > 3", 6, 1, "It holds text"),
        ("rt contains 3", 12, 1, "It holds a number"),
        ("rt > fast", 5, 4, "us, µs, ms, s, min"),
        ("http > 5ms", 7, 3, "Write a number"),
        ("rank < 5%", 7, 2, "Write a number."),
        ("healthy = true", 0, 7, "Write healthy or not healthy."),
    ],
)
def test_a_mistake_is_explained_where_it_is(text, position, length, says):
    with pytest.raises(InvalidExpression) as caught:
        parse(text, "hide")
    error = caught.value
    assert (error.parameter, error.position, error.length) == ("hide", position, length)
    assert says in str(error)
    assert f"at character {position + 1}" in str(error)


def test_a_mistake_is_an_invalid_request():
    assert issubclass(InvalidExpression, InvalidRequest)


def test_an_expression_that_is_too_long_is_refused():
    text = "healthy".ljust(MAX_LENGTH)
    assert parse(text).term == HEALTHY
    with pytest.raises(InvalidExpression, match="too long"):
        parse(text + " ")


@pytest.mark.parametrize("prefix", ["not ", "!", "idle and (root or "])
def test_an_expression_that_is_nested_too_deeply_is_refused(prefix):
    levels = MAX_DEPTH if prefix != "idle and (root or " else MAX_DEPTH // 2
    closing = prefix.count("(")
    parse(prefix * levels + "healthy" + ")" * closing * levels)
    with pytest.raises(InvalidExpression, match="nested too deeply"):
        parse(prefix * (levels + 1) + "healthy" + ")" * closing * (levels + 1))


def test_parentheses_alone_do_not_count_as_depth():
    assert parse("(" * 900 + "healthy" + ")" * 900).term == HEALTHY


WORDS = [
    "(",
    ")",
    "and",
    "or",
    "not",
    "!",
    "=",
    "!=",
    ">",
    "*=",
    "contains",
    "'",
    '"',
    "a",
    "5%",
    *known_words(),
]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.text(max_size=40))
def test_any_text_is_understood_or_refused_with_a_position_inside_it(text):
    mistake = mistake_in(text)
    assert mistake is None or 0 <= mistake.position <= mistake.position + mistake.length <= len(text)


def mistake_in(text):
    try:
        parse(text)
    except InvalidExpression as error:
        return error
    return None
