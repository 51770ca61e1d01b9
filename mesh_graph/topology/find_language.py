"""The find and hide language: text to expression, with mistakes explained where they are.

Grammar, loosest first; words in any case::

    any       = all { "or" all }
    all       = inverse { "and" inverse }
    inverse   = ("not" | "!") inverse | "(" any ")" | criterion
    criterion = ["is" | "has"] operand [ ["not" | "!"] operator value ]
    operator  = "=" | "!=" | ">" | ">=" | "<" | "<="
              | "contains" | "*=" | "startswith" | "^=" | "endswith" | "$="
    value     = word | "'" text "'" | '"' text '"'
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import cast

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args

from mesh_graph.errors import InvalidExpression
from mesh_graph.topology.find_operands import known_words, operand_of
from mesh_graph.topology.find_values import Quantity, read_value

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "AllOf", "AnyOf", "Criterion", "Expression", "Inverse", "Term", "parse"]

MAX_LENGTH = 2000
"""Characters of an expression."""
MAX_DEPTH = 32
"""Negations and changes between and / or, one inside the other."""

_GRAMMAR = r"""
    ?start: any
    ?any: all (_OR all)*
    ?all: inverse (_AND inverse)*
    ?inverse: _NOT inverse -> inverse
        | "(" any ")"
        | criterion
    criterion: _PREFIX? WORD -> alone
        | _PREFIX? WORD OPERATOR value -> compared
        | _PREFIX? WORD _NOT OPERATOR value -> not_compared
    ?value: WORD | QUOTED

    _OR.3: /(or|\|\|)(?![^\s()"'!])/i
    _AND.3: /(and|&&)(?![^\s()"'!])/i
    _NOT.3: /!(?!=)|not(?![^\s()"'!])/i
    _PREFIX.2: /(is|has)(?=\s)/i
    OPERATOR.3: /==|[!><*^$]?=|[><]|(contains|startswith|endswith)(?![^\s()"'!])/i
    QUOTED: /"[^"]*"|'[^']*'/
    WORD: /([^\s()"'!=<>*^$]|[*^$](?!=))+/
    %ignore /\s+/
"""
_OPERATOR_WORDS = {"contains": "*=", "startswith": "^=", "endswith": "$="}


@dataclass(frozen=True, slots=True)
class Criterion:
    """An operand alone (no operator), or compared with a value."""

    operand: str
    operator: str = ""
    value: str | float = ""


@dataclass(frozen=True, slots=True)
class Inverse:
    """Not."""

    term: Term


@dataclass(frozen=True, slots=True)
class AllOf:
    """And."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Or."""

    terms: tuple[Term, ...]


Term = Criterion | Inverse | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that was understood; ``term`` is None where the text is blank, which matches nothing."""

    text: str
    term: Term | None


def parse(text: str, parameter: str = "find") -> Expression:
    """Read an expression.

    Parameters
    ----------
    text : str
        What the user wrote; blank is an expression that matches nothing.
    parameter : str
        ``"find"`` or ``"hide"``, for the message.

    Raises
    ------
    InvalidExpression
        If it is no expression; says where, and what was expected there.
    """
    try:
        return _parsed(text)
    except _MistakeError as mistake:
        problem = f"{mistake.problem}, at character {mistake.position + 1}"
        raise InvalidExpression(
            parameter, problem, mistake.advice, mistake.position, mistake.length
        ) from None


class _MistakeError(Exception):
    def __init__(self, problem: str, advice: str, position: int, length: int) -> None:
        self.problem, self.advice, self.position, self.length = problem, advice, position, length
        super().__init__(problem)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Expression:
    if not text.strip():
        return Expression(text, None)
    if len(text) > MAX_LENGTH:
        raise _MistakeError(
            "the expression is too long",
            f"Use at most {MAX_LENGTH} characters.",
            MAX_LENGTH,
            len(text) - MAX_LENGTH,
        )
    try:
        term = cast(Term, _PARSER.parse(text))
    except UnexpectedInput as unexpected:
        raise _explained(unexpected, text) from None
    return Expression(text, term)


def _explained(unexpected: UnexpectedInput, text: str) -> _MistakeError:
    position = min(unexpected.pos_in_stream or 0, len(text))
    found = ""
    if isinstance(unexpected, UnexpectedToken):
        found = str(unexpected.token)
        position = len(text.rstrip()) if unexpected.token.type == "$END" else position
    elif text[position] in "\"'":
        return _MistakeError("a quote is not closed", f"Close it with {text[position]}.", position, 1)
    else:
        found = text[position]
    problem = f"{found!r} was not expected" if found else "something is missing at the end"
    return _MistakeError(problem, _expectation(_accepted(unexpected)), position, len(found))


def _accepted(unexpected: UnexpectedInput) -> set[str]:
    if isinstance(unexpected, UnexpectedToken):
        return set(unexpected.accepts or unexpected.expected)
    return set(getattr(unexpected, "allowed", None) or ())


def _expectation(accepted: set[str]) -> str:
    if "QUOTED" in accepted:
        return "Write a value, in quotes if it holds blanks, parentheses or operators."
    if "WORD" in accepted:
        return "Write a word of the language, 'not' or '('."
    wanted = ["an operator"] if "OPERATOR" in accepted else []
    wanted += ["'and'", "'or'"] if "_AND" in accepted else []
    wanted += ["')'"] if "RPAR" in accepted else []
    return f"Write {' or '.join(wanted)}." if wanted else "Remove it."


def _depth(term: Term) -> int:
    if isinstance(term, Inverse):
        return 1 + _depth(term.term)
    if isinstance(term, (AllOf, AnyOf)):
        return 1 + max(map(_depth, term.terms))
    return 0


def _criterion(word: Token, operator: str = "", value: Token | None = None) -> Term:
    operand = operand_of(word)
    if operand is None:
        raise _MistakeError(
            f"{str(word)!r} is no word of the language", _suggestion(word), word.start_pos or 0, len(word)
        )
    if value is None:
        return Criterion(operand.name)
    if operand.quantity is Quantity.FLAG:
        advice = f"Write {operand.name} or not {operand.name}."
        raise _MistakeError(f"{operand.name!r} stands alone", advice, word.start_pos or 0, len(word))
    text = str(value)[1:-1] if value.type == "QUOTED" else str(value)
    operator = _OPERATOR_WORDS.get(operator.casefold(), operator).replace("==", "=")
    plain = operator.replace("!=", "=")
    try:
        criterion = Criterion(operand.name, plain, read_value(text, operand.quantity, plain))
    except ValueError as error:
        problem = f"{operand.name!r} cannot be compared so with {text!r}"
        raise _MistakeError(problem, str(error), value.start_pos or 0, len(value)) from None
    return Inverse(criterion) if operator == "!=" else criterion


def _suggestion(word: str) -> str:
    if word.casefold() in ("and", "or", "&&", "||"):
        return "It joins two criteria: write one before it and one after it."
    close = get_close_matches(word.casefold(), known_words(), n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"To find a name, write: name contains {word}"


@v_args(inline=True)
class _Builder(Transformer[Token, Term]):
    """Builds terms bottom up while the parser reads, so that no input makes it recurse deeply."""

    def alone(self, word: Token) -> Term:
        return _criterion(word)

    def compared(self, word: Token, operator: Token, value: Token) -> Term:
        return _criterion(word, str(operator), value)

    def not_compared(self, word: Token, operator: Token, value: Token) -> Term:
        return self.inverse(_criterion(word, str(operator), value))

    def inverse(self, term: Term) -> Term:
        return _limited(Inverse(term))

    def all(self, *terms: Term) -> Term:
        return _limited(AllOf(terms))

    def any(self, *terms: Term) -> Term:
        return _limited(AnyOf(terms))


def _limited(term: Term) -> Term:
    if _depth(term) > MAX_DEPTH:
        raise _MistakeError("the expression is nested too deeply", f"Use at most {MAX_DEPTH} levels.", 0, 0)
    return term


_PARSER = Lark(
    _GRAMMAR, parser="lalr", transformer=_Builder(), propagate_positions=False, maybe_placeholders=False
)
