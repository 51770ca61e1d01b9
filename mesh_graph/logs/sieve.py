"""Which lines are wanted: those with a text, without another, of a level and above.

Expressions are RE2's, whose time grows with the length of the text alone: whoever may ask here writes both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import re2

from mesh_graph.errors import InvalidRequest
from mesh_graph.logs.model import Level, Line

__all__ = ["MOST_TEXT", "Sieve"]

MOST_TEXT = 300
"""Characters of a text or expression that is looked for."""
_MOST_MEMORY = 2**20
Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Sieve:
    """What is looked for.

    Attributes
    ----------
    having, without : str
        Lines that hold the one, and not the other; empty for all, and for none. Case does not matter.
    is_regex : bool
        Whether both are regular expressions (RE2), in which it does.
    level : Level
        The least; a line that does not say its level is left out by any but ``UNKNOWN``.

    Raises
    ------
    InvalidRequest
        If a text is too long, or no expression.
    """

    having: str = ""
    without: str = ""
    is_regex: bool = False
    level: Level = Level.UNKNOWN

    def __post_init__(self) -> None:
        self._tests()

    @property
    def takes_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.having or self.without or self.level.gravity)

    def sifted(self, lines: list[Line]) -> list[Line]:
        """The lines that are wanted, in their order."""
        is_wanted, is_unwanted = self._tests()
        return [
            line
            for line in lines
            if line.level.gravity >= self.level.gravity
            and is_wanted(line.text)
            and not is_unwanted(line.text)
        ]

    def _tests(self) -> tuple[Test, Test]:
        return (
            self._test("having", self.having) if self.having else lambda _: True,
            self._test("without", self.without) if self.without else lambda _: False,
        )

    def _test(self, parameter: str, wanted: str) -> Test:
        if len(wanted) > MOST_TEXT:
            raise InvalidRequest(parameter, "is too long", f"It takes up to {MOST_TEXT} characters.")
        if not self.is_regex:
            folded = wanted.casefold()
            return lambda text: folded in text.casefold()
        expression = _compiled(parameter, wanted)
        return lambda text: expression.search(text) is not None


def _compiled(parameter: str, wanted: str) -> re2._Regexp:
    options = re2.Options()
    options.log_errors, options.max_mem = False, _MOST_MEMORY
    try:
        return re2.compile(wanted, options)
    except (re2.error, UnicodeEncodeError) as error:
        told = error.args[0] if error.args else b""
        reason = told.decode("utf-8", "replace") if isinstance(told, bytes) else "it holds half a character"
        raise InvalidRequest(
            parameter,
            f"is no regular expression: {reason[:120]}",
            "It takes RE2's syntax, which has no look-ahead and no back-references. To look for the text "
            "itself, switch expressions off.",
        ) from None
