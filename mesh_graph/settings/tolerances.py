"""How many failing requests are tolerated, of which objects: the values, and how they are written as text.

One tolerance is ``code,degraded,failure,protocol,direction``, as in the field's annotation
``health.kiali.io/rate``; several are set apart by ``;``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

__all__ = ["Tolerance", "ToleranceRule", "read_tolerance_rules"]

NEVER = ("", "-")
"""Texts of a limit that is never reached."""


def _pattern(name: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"the {name} pattern {text!r} is no regular expression: {error}") from error


def _limit(text: str) -> float:
    if text in NEVER:
        return math.inf
    limit = float(text)
    if not 0 <= limit <= 100:
        raise ValueError(f"{text} is no share from 0 to 100 per cent")
    return limit


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many requests of a kind are tolerated among all of their protocol and direction.

    Attributes
    ----------
    code : str
        Pattern of response codes: a regular expression for the whole code in which ``X`` is any digit;
        ``-`` is a request without response.
    degraded, failure : float
        Per cent from which the status is degraded, or a failure; a share of nothing is neither. ``inf`` is
        never.
    protocol, direction : str
        Regular expressions for the whole protocol (http, grpc, tcp) and direction (inbound, outbound).
    outcomes : frozenset of str
        Outcomes (``topology.outcome``) that count, beside the code; empty for all.
    """

    code: str = ".*"
    degraded: float = 0.0
    failure: float = 0.0
    protocol: str = ".*"
    direction: str = ".*"
    outcomes: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in ("code", "protocol", "direction"):
            _pattern(name, getattr(self, name))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Tolerance of a text ``code,degraded,failure,protocol,direction``.

        An empty limit is never reached, and an empty pattern matches all; the last two may be left out.

        Raises
        ------
        ValueError
            If the text is not that.

        Examples
        --------
        >>> Tolerance.parse("5XX,0.1,10,http,inbound").failure
        10.0
        """
        # A code pattern may hold commas: the limits are the first two numbers beside each other.
        match = _TOLERANCE.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text.strip()!r} is not code,degraded,failure,protocol,direction")
        code, degraded, failure, protocol, direction = (part or "" for part in match.groups())
        return cls(code or ".*", _limit(degraded), _limit(failure), protocol or ".*", direction or ".*")

    def counts(self, code: str, outcome: str) -> bool:
        """Whether a request that ended so is one of those."""
        digits = self.code.replace("X", r"\d").replace("x", r"\d")
        return _matches(digits, code) and (not self.outcomes or outcome in self.outcomes)

    def covers(self, protocol: str, direction: str) -> bool:
        """Whether it speaks of this protocol and direction."""
        return _matches(self.protocol, protocol) and _matches(self.direction, direction)


@lru_cache(maxsize=1024)
def _matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; the same few codes are on all edges of a mesh."""
    return re.fullmatch(pattern, text) is not None


_NUMBER = r"\s*(\d+(?:\.\d+)?|-?)\s*"
_TOLERANCE = re.compile(rf"(.*?),{_NUMBER},{_NUMBER}(?:,\s*([^,]*?)\s*(?:,\s*([^,]*?)\s*)?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ToleranceRule:
    """Tolerances of the objects whose namespace, kind and name match; they take the place of the profile's.

    Attributes
    ----------
    namespace, kind, name : str
        Regular expressions for the whole text; kinds are app, workload and service.
    tolerances : tuple of Tolerance
    """

    namespace: str
    kind: str
    name: str
    tolerances: tuple[Tolerance, ...]

    def __post_init__(self) -> None:
        for name in ("namespace", "kind", "name"):
            _pattern(name, getattr(self, name))

    @classmethod
    def parse(cls, objects: str, tolerances: str | Iterable[str]) -> Self:
        """Rule of a text ``namespace/kind/name`` and the texts of tolerances.

        Raises
        ------
        ValueError
            If a text is not that.
        """
        parts = [part.strip() or ".*" for part in objects.split("/")]
        if len(parts) != 3:
            raise ValueError(f"{objects!r} is not namespace/kind/name")
        texts = tolerances.split(";") if isinstance(tolerances, str) else list(tolerances)
        namespace, kind, name = parts
        return cls(namespace, kind, name, tuple(Tolerance.parse(text) for text in texts if text.strip()))

    def matches(self, namespace: str, kind: str, name: str) -> bool:
        """Whether the rule is for this object."""
        pairs = ((self.namespace, namespace), (self.kind, kind), (self.name, name))
        return all(re.fullmatch(pattern, text) for pattern, text in pairs)


def read_tolerance_rules(pairs: Mapping[str, Any]) -> tuple[ToleranceRule, ...]:
    """Rules in the order of a mapping of ``namespace/kind/name`` to tolerances.

    Raises
    ------
    ValueError
        If one of them cannot be read.
    """
    return tuple(ToleranceRule.parse(objects, texts) for objects, texts in pairs.items())
