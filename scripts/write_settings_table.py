"""Write the table of settings in ``docs/configuration.md`` anew from the model."""

from __future__ import annotations

import re
from pathlib import Path

from mesh_graph.settings import Row, rows

DOCUMENT = Path(__file__).parent.parent / "docs/configuration.md"
HEAD = "| name | type | default | unit | help |\n|---|---|---|---|---|\n"


def rewritten(document: str) -> str:
    """The document with its table, from the head to the first line that is no row, written anew."""
    lines = [
        f"| `{row.name}` | {row.takes.type} | {_default(row)} | {row.unit} | {row.help} |\n" for row in rows()
    ]
    return re.sub(re.escape(HEAD) + r"(?:\|.*\n)*", lambda _: HEAD + "".join(lines), document)


def _default(row: Row) -> str:
    return f"`{row.default_text}`" if row.default_text else ""


if __name__ == "__main__":
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text()))
