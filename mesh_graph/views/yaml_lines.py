"""A YAML text with its faulty lines marked, each with what is wrong below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from mesh_graph.views.messages_config import MESSAGES
from mesh_graph.views.words import fill

__all__ = ["LineNote", "line_id", "render_yaml"]

MOST_LINES = 1500
_KEY = re.compile(r"^(\s*(?:- )*)([^\s:'\"][^:'\"]*:)(\s.*|)$")


@dataclass(frozen=True, slots=True)
class LineNote:
    """What is wrong at a line.

    Attributes
    ----------
    status : str
        Of health, whose sign and colour it has.
    code, words : str
    """

    status: str
    code: str
    words: str


def line_id(line: int) -> str:
    """Id of a line's element, to link to."""
    return f"mgi-line-{line}"


def render_yaml(text: str, notes: Mapping[int, Sequence[LineNote]]) -> Component:
    """The text with line numbers; ``notes`` by line, from 1. A very long one is cut after its last note."""
    lines = text.rstrip("\n").split("\n")
    shown = lines[: max(MOST_LINES, max(notes, default=0))]
    rows: list[Component] = []
    for number, line in enumerate(shown, start=1):
        rows.append(_line(number, line, notes.get(number, ())))
        rows += [_note(note) for note in notes.get(number, ())]
    if len(lines) > len(shown):
        more = fill(MESSAGES["config.cut"], {"count": f"{len(lines) - len(shown):,}"})
        rows.append(html.Div(more, className="mgi-note"))
    return html.Div(rows, className="mgi-yaml", tabIndex=0, role="region", **{"aria-label": "YAML"})


def _line(number: int, text: str, notes: Sequence[LineNote]) -> Component:
    marks = {"data-status": notes[0].status} if notes else {}
    match = _KEY.match(text)
    parts = [match[1], html.Span(match[2], className="mgi-key"), match[3]] if match else [text]
    return html.Div(
        [html.Span(str(number), className="mgi-number"), html.Code([part for part in parts if part != ""])],
        id=line_id(number),
        className="mgi-line mgi-line-marked" if notes else "mgi-line",
        **marks,
    )


def _note(note: LineNote) -> Component:
    return html.Div(
        [html.B(note.code), " ", note.words],
        className="mgi-note",
        role="note",
        **{"data-status": note.status},
    )
