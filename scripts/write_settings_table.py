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


def main() -> None:
    """Replace the table, which begins with its head and ends with the first empty line."""
    lines = [
        f"| `{row.name}` | {row.takes.type} | {text_of(row)} | {row.unit} | {row.help} |\n" for row in rows()
    ]
    table = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")
    DOCUMENT.write_text(table.sub(lambda _: HEAD + "".join(lines), DOCUMENT.read_text()))


if __name__ == "__main__":
    main()
