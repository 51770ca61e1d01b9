"""Which names a label may have, by globs: as matchers, and what several such conditions leave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from mesh_graph.sources.query import Matcher, any_of

__all__ = ["Named", "listed", "met", "named", "patterns"]

_WILD = frozenset("*?[")
_TEXT = [chr(code) for code in range(0x21, 0x7F)]
"""What a class of characters in a glob can mean: names of Kubernetes are plain ASCII."""


@dataclass(frozen=True, slots=True)
class Named:
    """That a label is a name which one of the globs fits; with ``negate``, that none does."""

    label: str
    globs: tuple[str, ...]
    negate: bool = False

    def fits(self, name: str) -> bool:
        """Whether the label may be that name."""
        return any(fnmatchcase(name, glob) for glob in self.globs) is not self.negate

    @property
    def is_list(self) -> bool:
        """Whether it is a list of plain names."""
        return not self.negate and not any(_WILD.intersection(glob) for glob in self.globs)

    def matcher(self) -> Matcher:
        """The same as a query has it."""
        found = patterns(self.globs)
        if len(found) == 1 and re.escape(plain := re.sub(r"\\(.)", r"\1", found[0])) == found[0]:
            return any_of(self.label, [plain], negate=self.negate)
        return Matcher(self.label, "!~" if self.negate else "=~", "|".join(found))


def named(label: str, globs: tuple[str, ...]) -> tuple[Named, ...]:
    """The condition that globs are; none where they fit any name."""
    return () if "*" in globs else (Named(label, globs),)


def met(conditions: Iterable[Named]) -> tuple[Named, ...] | None:
    """The same conditions in as few words as can be told; None where a list of names has none left.

    Examples
    --------
    >>> met([Named("a", ("pay",), negate=True), Named("a", ("pay", "shop"))])
    (Named(label='a', globs=('shop',), negate=False),)
    """
    by_label: dict[str, list[Named]] = {}
    for one in conditions:
        by_label.setdefault(one.label, []).append(one)
    found: list[Named] = []
    for label, same in by_label.items():
        listed = next((one for one in same if one.is_list), None)
        if listed is None:
            unwanted = tuple(glob for one in same if one.negate for glob in one.globs)
            found += [one for one in same if not one.negate]
            found += [Named(label, unwanted, negate=True)] if unwanted else []
        elif names := tuple(name for name in listed.globs if all(one.fits(name) for one in same)):
            found.append(Named(label, names))
        else:
            return None
    return tuple(found)


def listed(matcher: Matcher) -> tuple[str, ...]:
    """The names that a matcher lists, as ``any_of`` makes it; none of one that does not."""
    values = matcher.value.split("|") if matcher.op == "=~" else [matcher.value]
    names = [re.sub(r"\\(.)", r"\1", value) for value in values] if matcher.op == "=~" else values
    return tuple(names) if any_of(matcher.label, names) == matcher else ()


def patterns(globs: Iterable[str]) -> tuple[str, ...]:
    """Globs as expressions that RE2 takes, sorted, without those that fit no name."""
    return tuple(sorted({pattern for glob in globs if (pattern := _pattern(glob)) is not None}))


def _pattern(glob: str) -> str | None:
    parts: list[str] = []
    place = 0
    while place < len(glob):
        sign, end = glob[place], glob.find("]", place + 2 + (glob[place + 1 : place + 2] == "!"))
        if sign == "[" and end > 0:
            fitting = [letter for letter in _TEXT if fnmatchcase(letter, glob[place : end + 1])]
            if not fitting:
                return None
            parts.append(f"[{''.join(map(re.escape, fitting))}]")
            place = end
        else:
            parts.append({"*": "(?s:.)*", "?": "(?s:.)"}.get(sign) or re.escape(sign))
        place += 1
    return "".join(parts)
