"""The time range of a page, kept in its address: which instant, rates over how long, how often anew, how old.

The browser (assets/timebar.js) reads and writes the address and decides when to ask. It asks by filling the
store ``ASKED``; a page's callback answers into its own components and tells ``SHOWN`` what they show:

    ASKED   path, query, fresh, number
    SHOWN   number, at (Unix seconds) and at_text of what is on the screen, is_failing
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from mesh_graph.api.context import Context
from mesh_graph.codec import format_duration, format_instant, view_from_query
from mesh_graph.model import View
from mesh_graph.pages.ids import TimeBar as B
from mesh_graph.pages.toolbar_parts import REFRESHES, WINDOWS, options, refresh_buttons, render_select

__all__ = ["asked_view", "pictured_view", "register_shown", "register_timebar", "render_timebar", "shown"]


def render_timebar(
    context: Context, query: Mapping[str, str], *, asked: str = B.ASKED, shown: str = B.SHOWN
) -> Component:
    """The bar as the address has it.

    Parameters
    ----------
    context : Context
    query : mapping
        Parameters of the address; what is no time is left alone, what cannot be read is shown as the default.
    asked, shown : str
        Ids of the two stores. No two pages have the same, or each would answer the other's questions.
    """
    window = query.get("window") or format_duration(context.defaults.window_s)
    refresh = query.get("refresh") or format_duration(context.refresh_s)
    defaults = {
        "window": format_duration(context.defaults.window_s),
        "refresh": format_duration(context.refresh_s),
    }
    return html.Div(
        [
            dcc.Store(id=B.CONFIG, data=defaults),
            dcc.Store(id=B.STARTED),
            dcc.Store(id=asked),
            dcc.Store(id=shown),
            html.Div(className="mg-when"),
            _select(B.WINDOW, "Rates over", WINDOWS, window),
            html.Div(
                "no data yet", className="mg-age", role="status", **{"data-age": "", "aria-live": "off"}
            ),
            _select(B.REFRESH, "Refresh every", REFRESHES, refresh),
            *refresh_buttons(B.PAUSE, B.NOW),
        ],
        id=B.ROOT,
        className="mg-time",
        role="group",
        **{"aria-label": "Time range", "data-asked": asked},
    )


def _select(component_id: str, label: str, words: Mapping[str, str], value: str) -> Component:
    try:
        data = options(words, (value,))
    except ValueError:
        data = options(words)
    return render_select(component_id, label, data, value, width=92)


def register_timebar(app: Dash, *shown: str) -> None:
    """Let the browser know of the bar's controls, and of what is shown by the pages' stores of these ids."""
    # It fills its output by other means; without one Dash would not call it when a page brings the bar.
    app.clientside_callback(
        ClientsideFunction("meshgraph", "onTimeBar"),
        Output(B.STARTED, "data"),
        Input(B.WINDOW, "value"),
        Input(B.REFRESH, "value"),
        State(B.CONFIG, "data"),
    )
    register_shown(app, *shown)


def register_shown(app: Dash, *shown: str) -> None:
    """Let the browser know of what is shown by the pages' stores of these ids."""
    for store in shown:
        app.clientside_callback(ClientsideFunction("meshgraph", "onShown"), Input(store, "data"))


def asked_view(context: Context, asked: Mapping[str, Any]) -> View:
    """View that the browser asked for; of this very moment where it wants it fresh.

    Raises
    ------
    InvalidRequest
        If a parameter cannot be read.
    """
    params = dict(parse_qsl(asked["query"].lstrip("?"), keep_blank_values=True))
    view = view_from_query(params, context.defaults)
    return replace(view, at=context.mesh.now()) if asked.get("fresh") and view.at is None else view


def pictured_view(context: Context, picture: Mapping[str, Any]) -> View:
    """View of what is on the screen: ``query`` as it was asked, ``at`` the instant that it came to."""
    params = dict(parse_qsl(picture["query"].lstrip("?"), keep_blank_values=True))
    return replace(view_from_query(params, context.defaults), at=picture["at"])


def shown(asked: Mapping[str, Any], at: float | None, *, is_failing: bool = False) -> dict[str, Any]:
    """What to tell ``SHOWN``: the answer to what was asked, of that instant."""
    at_text = None if at is None else format_instant(at)
    return {"number": asked["number"], "at": at, "at_text": at_text, "is_failing": is_failing}
