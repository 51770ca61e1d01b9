"""Inputs above a list: a search, names to choose from, and chips of what each row may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from mesh_graph.pages.icons import icon
from mesh_graph.pages.toolbar_parts import Options

__all__ = ["chips", "named", "render_chips", "render_names", "render_search"]

MOST_NAMES = 5_000
MOST_SHOWN = 200
DEBOUNCE_MS = 250


def render_search(component_id: str, value: str, placeholder: str) -> Component:
    """Words to find; ``placeholder`` says in what."""
    return dmc.TextInput(
        id=component_id,
        label="Search",
        placeholder=placeholder,
        leftSection=icon("search"),
        value=value,
        debounce=DEBOUNCE_MS,
        w=180,
        size="xs",
        className="mg-field",
    )


def named(names: Iterable[str], chosen: str | None = None) -> Options:
    """Options of a choice of names, in their order; the one that is chosen stays, seen or not."""
    known = sorted({name for name in (*names, chosen) if name})[:MOST_NAMES]
    return [{"value": name, "label": name} for name in known]


def render_names(component_id: str, label: str, value: str, *, width: int, empty: str = "all") -> Component:
    """One of names that ``named`` offers, or none: ``empty`` says what that means; ``width`` in pixels."""
    return dmc.Select(
        id=component_id,
        label=label,
        placeholder=empty,
        data=named((), value),
        value=value or None,
        searchable=True,
        clearable=True,
        allowDeselect=True,
        nothingFoundMessage="No such name",
        limit=MOST_SHOWN,
        w=width,
        size="xs",
        className="mg-field",
        comboboxProps={"width": "max-content", "position": "bottom-start"},
    )


def chips(counts: Iterable[tuple[str, str, int]]) -> list[Component]:
    """One chip per (value, words, how many have it)."""
    return [
        dmc.Chip(f"{words} {count:,}" if count else words, value=value, size="xs", variant="outline")
        for value, words, count in counts
    ]


def render_chips(component_id: str, label: str, choices: list[Component], chosen: Sequence[str]) -> Component:
    """Chips, any of which may be chosen."""
    group = dmc.ChipGroup(choices, id=component_id, multiple=True, value=list(chosen))
    return html.Div(
        [html.Span(label, className="mg-field-label"), group],
        className="mg-chips",
        role="group",
        **{"aria-label": label},
    )
