"""Versions side by side, and their outgoing calls, as tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from mesh_graph.canary.downstream import CALLS, ERROR_RATIO
from mesh_graph.canary.sample import VERSION
from mesh_graph.views.numbers import format_percent, format_significant
from mesh_graph.views.split_bars import colour_of
from mesh_graph.views.split_rows import VersionRow

__all__ = ["downstream_rows", "downstream_table", "versions_table"]

MORE = 1.25
"""From so many times the baseline's calls per request, a version calls a service more."""
WORSE = 0.01
"""From so much more than the baseline's error ratio, a version's calls fail more."""
_HEADS = ("Errors", "seen by callers", "Client errors", "Hang-ups", "Above objective")


def ratio_text(ratio: float) -> str:
    """A ratio in per cent, a dash where there is none."""
    return "–" if math.isnan(ratio) else format_percent(ratio)


def versions_table(rows: Sequence[VersionRow], unit: str) -> Component:
    """One line a version: requests (or what else the unit is) since the anchor and how they ended."""
    body = [
        html.Tr(
            [
                html.Th(
                    [html.Span(className=f"mgc-key {colour_of(place)}"), row.version, html.Small(row.role)]
                ),
                html.Td(f"{row.requests:,}"),
                *(
                    html.Td(ratio_text(ratio))
                    for ratio in (
                        row.error_ratio,
                        row.callers_error_ratio,
                        row.client_error_ratio,
                        row.hung_up_ratio,
                        row.slow_ratio,
                    )
                ),
            ]
        )
        for place, row in enumerate(rows)
    ]
    head = html.Thead(html.Tr([html.Th(text) for text in ("", unit.capitalize(), *_HEADS)]))
    return html.Div(html.Table([head, html.Tbody(body)], className="mgc-split-table"), className="mgc-scroll")


def downstream_rows(
    calls: pd.DataFrame, versions: tuple[str, ...]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """By service: text and mark of each version's calls.

    The marks are ``""``, ``new`` (the baseline does not call it), ``more`` (``MORE`` times as often),
    ``worse`` (``WORSE`` more errors) and ``none`` (the baseline alone calls it).
    """
    found = []
    for service, of_service in calls.groupby("service", sort=True):
        of_version = {str(row[VERSION]): row for row in of_service.to_dict("records")}
        baseline = of_version.get(versions[0])
        found.append((str(service), [_cell(of_version.get(version), baseline) for version in versions]))
    return found


def _cell(own: Mapping[Any, Any] | None, baseline: Mapping[Any, Any] | None) -> tuple[str, str]:
    if own is None:
        return "–", "none" if baseline is not None else ""
    text = f"{format_significant(own[CALLS])} per request, {ratio_text(own[ERROR_RATIO])} errors"
    if baseline is None:
        return text, "new"
    if own[ERROR_RATIO] > baseline[ERROR_RATIO] + WORSE:
        return text, "worse"
    return text, "more" if own[CALLS] > MORE * baseline[CALLS] else ""


_MARKS = {"new": "new", "more": "more often", "worse": "more errors", "none": "not called", "": ""}


def downstream_table(calls: pd.DataFrame, versions: tuple[str, ...]) -> Component:
    """Outgoing calls, the baseline's first; what differs is marked."""
    rows = downstream_rows(calls, versions)
    if not rows:
        return html.P("None of the versions called another service in this time.", className="mg-quiet")
    head = html.Thead(html.Tr([html.Th("Service"), *(html.Th(version) for version in versions)]))
    body = [
        html.Tr([html.Th(service), *(_marked_cell(text, mark) for text, mark in cells)])
        for service, cells in rows
    ]
    return html.Div(html.Table([head, html.Tbody(body)], className="mgc-split-table"), className="mgc-scroll")


def _marked_cell(text: str, mark: str) -> Component:
    parts = [text]
    if mark:
        parts.append(html.Span(_MARKS[mark], className=f"mgc-call mgc-call-{mark}"))
    return html.Td(parts)
