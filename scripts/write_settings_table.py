"""Write the table of settings in ``docs/configuration.md`` anew from the model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mesh_graph.codec import format_duration
from mesh_graph.settings import Row, rows

DOCUMENT = Path(__file__).parent.parent / "docs/configuration.md"
HEAD = "| name | type | default | unit | help |\n|---|---|---|---|---|\n"


def text_of(row: Row) -> str:
    """Default of a setting as one would write it; empty where there is none."""
    value: Any = row.default
    if value in (None, (), {}):
        return ""
    if row.takes.type == "duration":
        return f"`{format_duration(value)}`"
    if row.takes.type == "size":
        return f"`{value.human_readable(separator='')}`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def rewritten(document: str) -> str:
    """The document with its table, from the head to the first line that is no row, written anew."""
    lines = [
        f"| `{row.name}` | {row.takes.type} | {text_of(row)} | {row.unit} | {row.help} |\n" for row in rows()
    ]
    return re.sub(re.escape(HEAD) + r"(?:\|.*\n)*", lambda _: HEAD + "".join(lines), document)


if __name__ == "__main__":
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text()))
