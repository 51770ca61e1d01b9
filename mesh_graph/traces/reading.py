"""What all formats of spans share while they are read: a span under way, ids, tags and times as we have them.

Whatever a span says, reading it raises nothing: what cannot be so is put right where that can be done
without inventing anything, and becomes a ``SpanProblem``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from mesh_graph.traces.model import Attribute, Event, Span, SpanKind, SpanProblem

__all__ = [
    "ERROR",
    "Budget",
    "Draft",
    "NotTraces",
    "as_dict",
    "as_dicts",
    "as_id",
    "as_kind",
    "as_list",
    "as_micros",
    "as_text",
    "derived_id",
    "plain",
]

ERROR = "error"
MAX_TEXT = 16_384
"""Most characters that are kept of a tag's value …"""
MAX_NAME = 1_024
"""… and of a name."""
LATEST_US = 10**16
"""A start after it (the year 2286) is in another unit, or wrong."""
MAX_DEPTH = 16
"""Most levels of a nested tag."""
_HEX = frozenset("0123456789abcdef")
_YES = (True, "true", "True", "TRUE", "1", 1, "")
_NO = (False, "false", "False", "FALSE", "0", 0, None)
_KINDS = {kind.value: kind for kind in SpanKind}
_DROPPED = ("span.kind", "otel.status_code", "internal.span.format")
"""Tags whose meaning is a field of the span."""


class NotTraces(ValueError):
    """A document that holds no traces in the format expected; the message is a clause: "is …", "has …"."""


@dataclass(slots=True)
class Budget:
    """How much may be read of one document.

    Parameters
    ----------
    spans : int
        Most spans.
    check : callable
        Called now and then; raises when reading has to stop.
    """

    spans: int = 1_000_000
    check: Callable[[], None] = lambda: None
    read: int = 0

    def spend(self) -> None:
        """Count one span.

        Raises
        ------
        NotTraces
            If it is one too many.
        """
        self.read += 1
        if self.read > self.spans:
            raise NotTraces(f"has more than {self.spans:,} spans")
        if self.read % 1024 == 0:
            self.check()


@dataclass(slots=True)
class Draft:
    """A span under way.

    Attributes
    ----------
    start_us, duration_us : int or None
        None where the span does not tell, or nothing that can be.
    """

    trace_id: str
    span_id: str = ""
    parent_id: str = ""
    service: str = ""
    name: str = ""
    kind: SpanKind = SpanKind.UNKNOWN
    start_us: int | None = None
    duration_us: int | None = None
    is_error: bool = False
    attributes: dict[str, Attribute] = field(default_factory=dict)
    resource: Mapping[str, Attribute] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    problems: list[SpanProblem] = field(default_factory=list)

    def note(self, problem: str, **parameters: Attribute) -> None:
        """Remember what is wrong with the span."""
        self.problems.append(SpanProblem(problem, self.span_id, parameters))

    def take_id(self, value: object, number: int) -> None:
        """Take the span's own id; where it has none, one is made from its number in the document."""
        self.span_id, is_proper = as_id(value, 16)
        if not self.span_id:
            self.span_id = derived_id(16, self.trace_id, str(number))
            self.note("no-span-id")
        elif not is_proper:
            self.note("odd-span-id", id=as_text(value))

    def rename(self, span_id: str, parent_id: str) -> None:
        """Give the span another id and parent."""
        self.span_id, self.parent_id = span_id, parent_id
        self.problems = [replace(problem, span_id=span_id) for problem in self.problems]

    def tag(self, name: object, value: Any) -> None:
        """Take a tag: texts, numbers and truth values as they are, anything else as JSON."""
        if type(name) is not str or len(name) > MAX_NAME:
            name = as_text(name)
        if (type(value) is str and len(value) <= MAX_TEXT) or isinstance(value, bool | int | float):
            self.attributes[name] = value
        else:
            self._odd_tag(name, value)

    def _odd_tag(self, name: str, value: Any) -> None:
        if isinstance(value, str):
            self.note("tag-too-long", tag=name, characters=len(value))
        elif value is not None:
            self.note("tag-not-text", tag=name)
        self.attributes[name] = plain(value)

    def settle(self) -> None:
        """Turn what tags say of kind and outcome into fields."""
        tags = self.attributes
        if ERROR in tags:
            if _is_one_of(tags[ERROR], _NO):
                del tags[ERROR]
            else:
                self.is_error = True
                if _is_one_of(tags[ERROR], _YES):
                    del tags[ERROR]
        if tags.get("otel.status_code") == "ERROR":
            self.is_error = True
        if self.kind is SpanKind.UNKNOWN and "span.kind" in tags:
            self.kind = as_kind(tags["span.kind"])
        for name in _DROPPED:
            tags.pop(name, None)

    def span(self, earliest_us: int) -> Span:
        """The span; one that does not tell when it began begins with the earliest of its trace."""
        start_us, duration_us = self.start_us, self.duration_us
        if start_us is None:
            self.note("no-start")
            start_us = earliest_us
        if duration_us is None:
            self.note("no-duration")
        elif duration_us < 0:
            self.note("negative-duration", duration_us=duration_us)
        return Span(
            self.trace_id,
            self.span_id,
            self.parent_id,
            self.service,
            self.name,
            self.kind,
            start_us,
            duration_us or 0,
            self.is_error,
            self.attributes,
            self.resource,
            tuple(self.events),
            tuple(self.links),
        )


def as_id(value: object, digits: int) -> tuple[str, bool]:
    """An id in our spelling, empty where there is none, and whether it was a proper one.

    An id that is not hexadecimal, or too long, is replaced by one made from it: the same for the same.
    """
    text = value if type(value) is str else "" if value is None else as_text(value)
    text = text.strip().lower()
    if not text or not text.strip("0"):
        return "", True
    if len(text) <= digits and _HEX.issuperset(text):
        return text.rjust(digits, "0"), True
    return derived_id(digits, text), False


def derived_id(digits: int, *words: str) -> str:
    """An id made from words, the same for the same."""
    text = "\x1f".join(words).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=digits // 2).hexdigest()


def as_kind(value: object) -> SpanKind:
    """The kind that a word names, in any case and with OTLP's prefix or without."""
    word = value.lower().removeprefix("span_kind_") if isinstance(value, str) else ""
    return _KINDS.get(word, SpanKind.UNKNOWN)


def as_micros(value: object, per_us: int = 1) -> int | None:
    """A time or a duration in microseconds; None of what is no number or cannot be so large."""
    try:
        number = int(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    if number is None:
        return None
    micros = number // per_us
    return micros if -LATEST_US < micros < LATEST_US else None


def as_text(value: object) -> str:
    """A name as text, of bounded length."""
    text = value if isinstance(value, str) else "" if value is None else str(plain(value))
    return text if len(text) <= MAX_NAME else text[: MAX_NAME - 1] + "…"


def as_dict(value: object) -> Mapping[str, Any]:
    """An object of a document; empty where something else stands."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> Sequence[Any]:
    """A list of a document; empty where something else stands."""
    return value if isinstance(value, list) else ()


def as_dicts(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list of a document."""
    return [item for item in as_list(value) if isinstance(item, dict)]


def plain(value: Any) -> Attribute:
    """A tag's value as an attribute: JSON of lists and objects, of bounded length."""
    if isinstance(value, bool | int | float):
        return value
    text = "" if value is None else value if isinstance(value, str) else _json(value)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def _json(value: Any) -> str:
    return json.dumps(_shallow(value, MAX_DEPTH), ensure_ascii=False, separators=(",", ":"), default=str)


def _shallow(value: Any, levels: int) -> Any:
    """A value without what lies too deep in it."""
    if not isinstance(value, dict | list):
        return value
    if not levels:
        return "…"
    if isinstance(value, list):
        return [_shallow(item, levels - 1) for item in value]
    return {str(name): _shallow(item, levels - 1) for name, item in value.items()}


def _is_one_of(value: Attribute, words: tuple[object, ...]) -> bool:
    return any(value == word and type(value) is type(word) for word in words)
