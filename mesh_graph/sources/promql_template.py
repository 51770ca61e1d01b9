"""PromQL with variables, as people write it for panels of their own, made safe before it is asked.

``$scope`` stands among the matchers of every selector, so that nothing outside the page's namespace and the
source's query scope can be read; other variables stand within quoted texts, and are escaped for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import promql_parser

from mesh_graph.sources.promql import duration, matcher_text, quoted
from mesh_graph.sources.query import Matcher

__all__ = ["NAMES", "FreeQuery", "PromqlTemplate"]

NAMES = ("namespace", "app", "workload", "service")
"""Variables that stand for a name, within quotes."""
_VARIABLE = re.compile(r"\$(\w+)")
_TOKEN = re.compile(
    r"""(?P<op>(?:=~|!~)\s*)?(?P<text>"(?:[^"\\]|\\.)*")|'(?:[^'\\]|\\.)*'|`[^`]*`|\#[^\n]*|\$\w+""",
    re.VERBOSE,
)
_MARK = "__scope__"
_REGEX_SIGNS = re.compile(r"([\\.+*?()|\[\]{}^$])")


class PromqlTemplate:
    """A query with variables.

    Parameters
    ----------
    text : str

    Raises
    ------
    ValueError
        If it is no PromQL, a selector has no ``$scope``, or a variable is unknown or stands where it cannot.
    """

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._check_places()
        self._check_selectors()

    def __repr__(self) -> str:
        return f"PromqlTemplate({self._text!r})"

    @property
    def names(self) -> frozenset[str]:
        """Names that it needs, of ``NAMES``."""
        return frozenset(_VARIABLE.findall(self._text)) & frozenset(NAMES)

    def fill(self, scope: tuple[Matcher, ...], window_s: int, values: Mapping[str, str]) -> str:
        """The query as Prometheus reads it.

        Parameters
        ----------
        scope : tuple of Matcher
            Put into every selector; at least one.
        window_s : int
            Seconds for ``$window``.
        values : mapping of str to str
            Of the variables in ``names``.
        """
        return self._filled(",".join(map(matcher_text, scope)), duration(window_s), values)

    def _filled(self, scope: str, window: str, values: Mapping[str, str]) -> str:
        plain = {"scope": scope, "window": window}

        def of_token(token: re.Match[str]) -> str:
            if token["text"] is not None:
                op = token["op"] or ""
                return op + _VARIABLE.sub(
                    lambda name: _escaped(values.get(name[1]), name[0], op), token["text"]
                )
            return plain.get(token[0][1:], token[0]) if token[0].startswith("$") else token[0]

        return _TOKEN.sub(of_token, self._text)

    def _check_places(self) -> None:
        for token in _TOKEN.finditer(self._text):
            found = _VARIABLE.findall(token[0])
            known = [name for name in found if name in (*NAMES, "scope", "window")]
            if token["text"] is not None:
                wrong = [name for name in found if name not in NAMES and not name.isdecimal()]
                where = f'is none of the names that can stand in "…": {", ".join("$" + n for n in NAMES)}'
            elif token[0].startswith("$"):
                wrong = [name for name in found if name not in ("scope", "window")]
                where = 'is no variable, or stands outside of "…"'
            else:
                wrong, where = known, 'can only stand in "…", not in other quotes or a comment'
            if wrong:
                raise ValueError(f"${wrong[0]} {where}")

    def _check_selectors(self) -> None:
        if _MARK in self._text:
            raise ValueError(f"{_MARK} is no label to ask for")
        text = self._filled(f'{_MARK}=""', "5m", dict.fromkeys(NAMES, "x"))
        try:
            parsed = promql_parser.parse(text)
        except ValueError as error:
            raise ValueError(f"it is no PromQL: {error}") from None
        for selector in _selectors(parsed):
            if selector.matchers.or_matchers:
                raise ValueError("a selector joins matchers by `or`, which the scope could not hold")
            if _MARK not in {matcher.name for matcher in selector.matchers.matchers}:
                raise ValueError(
                    f"the selector {selector.prettify()} has no scope: write $scope among its matchers, as "
                    f"in {selector.name or 'metric'}{{$scope}}"
                )


@dataclass(frozen=True, slots=True)
class FreeQuery:
    """A template and what its variables stand for, but for the source's own scope.

    Attributes
    ----------
    template : PromqlTemplate
    matchers : tuple of Matcher
        What ``$scope`` holds besides the source's own, at least one.
    window_s : int
    values : tuple of (str, str)
        Variables and the names that they stand for.
    """

    template: PromqlTemplate
    matchers: tuple[Matcher, ...]
    window_s: int
    values: tuple[tuple[str, str], ...]

    def text(self, scope: tuple[Matcher, ...] = ()) -> str:
        """The query as Prometheus reads it, with a source's scope."""
        return self.template.fill((*self.matchers, *scope), self.window_s, dict(self.values))


def _escaped(value: str | None, as_written: str, op: str) -> str:
    if value is None:
        return as_written
    return quoted(_REGEX_SIGNS.sub(r"\\\1", value) if op else value)[1:-1]


def _selectors(node: Any) -> Iterator[Any]:
    """Every vector selector of an expression."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
        return
    for part in ("expr", "lhs", "rhs", "param", "args", "vector_selector"):
        inner = getattr(node, part, None)
        for one in inner if isinstance(inner, list) else [inner]:
            if one is not None:
                yield from _selectors(one)
