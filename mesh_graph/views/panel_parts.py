"""The building blocks of the side panel: headings, facts, tables, queries. They know rows, not graphs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from mesh_graph.views.panel_rows import EndingRow, NeighbourRow, TotalRow

__all__ = [
    "endings_table",
    "facts",
    "heading",
    "level_mark",
    "measured",
    "neighbours_table",
    "pills",
    "queries",
    "section",
    "select_button",
    "set_button",
    "totals_table",
]

Part = Any
"""A component or a text: what can be the child of a component."""


def level_mark(level: str) -> Component:
    """Sign of a level, told apart by shape as well as by colour."""
    return html.Span(
        className=f"mg-mark mg-mark-{level}", title=level, **{"aria-label": level, "role": "img"}
    )


def select_button(text: str, element: str, title: str = "") -> Component:
    """A name that selects its element in the graph."""
    return html.Button(
        text, type="button", className="mg-link", title=title or text, **{"data-select": element}
    )


def set_button(text: str, parameters: Mapping[str, str]) -> Component:
    """A link that changes parameters of the page."""
    return html.Button(text, type="button", className="mg-link", **{"data-set": json.dumps(dict(parameters))})


def heading(title: str, kind: str, level: str) -> Component:
    """Title of the panel with its sign, and what kind of thing it is."""
    return html.Div(
        [
            html.Div([level_mark(level), html.H3(title, title=title)], className="mg-panel-title"),
            html.Div(kind, className="mg-kind"),
        ],
        className="mg-panel-head",
    )


def pills(words: Iterable[str]) -> Component:
    """Short remarks in a row."""
    return html.Div([html.Span(word, className="mg-pill") for word in words], className="mg-pills")


def section(title: str, *parts: Part, asked: Sequence[str] = ()) -> Component:
    """A titled part of the panel; ``asked`` is the PromQL behind its numbers, to copy beside the title."""
    return html.Section([html.H4([title, *_promql(asked)]), *parts], className="mg-section")


def facts(pairs: Iterable[tuple[str, Part]]) -> Component:
    """Name and value, line by line; a pair without value is left out."""
    rows = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in pairs if value != ""]
    return html.Dl(rows, className="mg-facts")


def measured(numbers: Iterable[tuple[str, str, str]], texts: Mapping[str, Sequence[str]]) -> Component:
    """Name and number, line by line, each with its PromQL to copy; one without a number is left out.

    Parameters
    ----------
    numbers : iterable of (name, number, what)
        ``what`` is a key of ``texts``, or empty where no query stands behind the number.
    texts : mapping
        PromQL by what it is behind, as ``GraphAttr.QUERIES``.
    """
    rows = [
        html.Div([html.Dt(name), html.Dd([number, *_promql(texts.get(what, ()))])])
        for name, number, what in numbers
        if number
    ]
    return html.Dl(rows, className="mg-facts")


def _promql(texts: Sequence[str]) -> list[Component]:
    """A small button that copies queries, and shows them to who points at it."""
    if not texts:
        return []
    text = "\n".join(texts)
    button = dmc.CopyButton(
        "PromQL", copiedChildren="Copied", value=text, size="compact-xs", variant="subtle"
    )
    return [html.Span(button, className="mg-promql", title=text)]


def _table(heads: Sequence[str], rows: Sequence[Sequence[Part]], name: str) -> Component:
    head = html.Thead(html.Tr([html.Th(text) for text in heads]))
    body = html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows])
    return html.Table([head, body], className=f"mg-rows mg-rows-{name}")


def totals_table(rows: Sequence[TotalRow]) -> Component:
    """Rates in and out with their share of errors."""
    if not rows:
        return html.P("No traffic in this window.", className="mg-quiet")
    cells: list[list[Part]] = [
        [html.Span([level_mark(row.level), row.what]), row.rate, row.errors] for row in rows
    ]
    return _table(("", "Rate", "Errors"), cells, "totals")


def neighbours_table(rows: Sequence[NeighbourRow], head: str, most: int = 12) -> Component:
    """Edges by the name of their other end; each selects its edge."""
    cells: list[list[Part]] = [
        [
            html.Span([level_mark(row.level), select_button(row.name, row.edge)], className="mg-name"),
            row.rate,
            row.errors,
            row.latency,
        ]
        for row in rows[:most]
    ]
    table = _table((head, "Rate", "Errors", "Time"), cells, "edges")
    if len(rows) <= most:
        return table
    return html.Div([table, html.P(f"and {len(rows) - most} more, in the table view", className="mg-quiet")])


def endings_table(rows: Sequence[EndingRow], most: int = 15) -> Component:
    """Codes and flags with their words, rate and share."""
    cells: list[list[Part]] = [[_ending_name(row), row.rate, row.share] for row in rows[:most]]
    table = _table(("Code, flags", "Rate", "Share"), cells, "endings")
    if len(rows) <= most:
        return table
    return html.Div([table, html.P(f"and {len(rows) - most} rarer ones", className="mg-quiet")])


def _ending_name(row: EndingRow) -> Component:
    lines: list[Part] = [
        html.Span([html.Span(className=f"mg-outcome mg-outcome-{row.outcome}"), html.B(row.code)])
    ]
    if row.words:
        lines.append(html.Span(row.words))
    if row.host:
        lines.append(html.Span(row.host, className="mg-host", title=row.host))
    return html.Div(lines, className="mg-ending")


def _query(text: str) -> Component:
    button = dmc.CopyButton("Copy", copiedChildren="Copied", value=text, size="compact-xs", variant="light")
    return html.Div([html.Code(text), button], className="mg-query")


def queries(texts: Mapping[str, Sequence[str]]) -> list[Component]:
    """The PromQL behind the numbers, folded up, each to copy."""
    parts = [
        html.Div([html.H5(what), *(_query(text) for text in of_what)])
        for what, of_what in texts.items()
        if of_what
    ]
    if not parts:
        return []
    return [html.Details([html.Summary("Queries behind these numbers"), *parts], className="mg-queries")]
