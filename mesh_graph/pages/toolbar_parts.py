"""What toolbars of several pages are made of: selects, lengths of time, and the buttons of the refresh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dash_mantine_components as dmc
from dash.development.base_component import Component

from mesh_graph.codec import parse_duration
from mesh_graph.pages.icons import icon
from mesh_graph.views.numbers import format_seconds

__all__ = ["QUANTILES", "REFRESHES", "WINDOWS", "Options", "options", "refresh_buttons", "render_select"]

Options = list[dict[str, str]]

WINDOWS = {
    "1m": "1 min",
    "2m": "2 min",
    "5m": "5 min",
    "10m": "10 min",
    "30m": "30 min",
    "1h": "1 h",
    "6h": "6 h",
}
REFRESHES = {"5s": "5 s", "10s": "10 s", "15s": "15 s", "30s": "30 s", "1m": "1 min", "5m": "5 min"}
QUANTILES = {"avg": "Average", "p50": "p50", "p95": "p95", "p99": "p99"}


def options(words: Mapping[str, str], also: Iterable[str] = ()) -> Options:
    """Options of a select; a length of time that the list lacks is put first."""
    extra = {value: format_seconds(parse_duration(value)) for value in also if value not in words}
    return [{"value": value, "label": label} for value, label in {**extra, **words}.items()]


def render_select(component_id: str, label: str, data: Options, value: str, *, width: int) -> Component:
    """A select with its label above; ``width`` in pixels."""
    return dmc.Select(
        id=component_id, label=label, data=data, value=value, w=width, size="xs", className="mg-field"
    )


def refresh_buttons(pause_id: str, now_id: str, *, keys: tuple[str, str] = ("", "")) -> list[Component]:
    """The buttons that stop the refresh and fetch at once; ``keys`` are told where a page has such keys."""
    pause = dmc.ActionIcon(
        icon("pause"),
        id=pause_id,
        variant="default",
        size=30,
        **{"aria-label": "Pause the refresh", "aria-pressed": "false"},
    )
    now = dmc.Button("Refresh", id=now_id, size="xs", leftSection=icon("refresh"))
    pause_key, now_key = (f" ({key})" if key else "" for key in keys)
    return [
        dmc.Tooltip(pause, label=f"Pause or resume the refresh{pause_key}"),
        dmc.Tooltip(now, label=f"Fetch the newest numbers now{now_key}"),
    ]
