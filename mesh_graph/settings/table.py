"""The settings as rows of a table, for the documents, the command line and the words of mistakes."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import SecretStr

from mesh_graph.codec import format_duration
from mesh_graph.settings.model import Settings
from mesh_graph.settings.values import Takes

__all__ = ["Row", "rows"]

_UNITS = {"_s": "s", "_bytes": "bytes"}
_PLAIN_TYPES = {
    str: Takes("text", "a text"),
    bool: Takes("yes or no", "true or false"),
    int: Takes("whole number", "a whole number"),
    SecretStr: Takes("secret", "a text, which is never shown"),
}


class Row(NamedTuple):
    """One setting as the table shows it."""

    name: str
    takes: Takes
    default: Any
    unit: str
    help: str

    @property
    def default_text(self) -> str:
        """The default as one would write it; empty where there is none."""
        if self.default in (None, (), {}):
            return ""
        if self.takes.type == "duration":
            return format_duration(self.default)
        if self.takes.type == "size":
            return str(self.default.human_readable(separator="")).replace(".0", "")
        if isinstance(self.default, tuple):
            return ",".join(map(str, self.default))
        return str(self.default).lower() if isinstance(self.default, bool) else str(self.default)

    @property
    def is_secret(self) -> bool:
        """Whether the value itself is never shown, nor taken on the command line."""
        return self.takes == _PLAIN_TYPES[SecretStr]


def _takes(annotation: Any, metadata: list[Any]) -> Takes:
    for mark in metadata:
        if isinstance(mark, Takes):
            return mark
    if annotation in _PLAIN_TYPES:
        return _PLAIN_TYPES[annotation]
    if get_origin(annotation) is Literal:
        return Takes("word", "one of " + ", ".join(get_args(annotation)))
    inner = get_args(annotation)[0]  # X | None: annotated types carry their own marks
    return _takes(getattr(inner, "__origin__", inner), list(getattr(inner, "__metadata__", ())))


def rows() -> tuple[Row, ...]:
    """All settings in the order of the table."""
    return tuple(
        Row(
            name,
            _takes(field.annotation, field.metadata),
            field.default,
            next((unit for end, unit in _UNITS.items() if name.endswith(end)), ""),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    )
