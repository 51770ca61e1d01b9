"""The few shapes that the answers of the API are described with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "NAMED",
    "NUMBER",
    "NUMBER_OR_NONE",
    "OBJECT",
    "TEXT",
    "TEXT_OR_NONE",
    "YES_OR_NO",
    "Schema",
    "one_of",
    "record",
    "rows_of",
]

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NONE: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "number"}
NUMBER_OR_NONE: Schema = {"type": ["number", "null"]}
YES_OR_NO: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}
NAMED: Schema = {"type": "object", "additionalProperties": OBJECT}
"""Objects by name."""


def one_of(*values: str) -> Schema:
    """One of a few texts."""
    return {"type": "string", "enum": list(values)}


def rows_of(item: Schema = OBJECT) -> Schema:
    """A list."""
    return {"type": "array", "items": item}


def record(**properties: Schema) -> Schema:
    """An object that has these properties, and may have more."""
    return {"type": "object", "required": list(properties), "properties": properties}
