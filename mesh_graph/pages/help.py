"""The help overlay: keys, mouse, and how to read the graph."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from mesh_graph.pages.ids import Shell

__all__ = ["KEYS", "render_help"]

KEYS: dict[str, str] = {
    "/": "search",
    "G": "into the list of nodes; ↑ ↓ next node, ← → along the busiest edge, Enter selects",
    "O": "only the callers and callees of the node under the cursor, or selected",
    "Esc": "select nothing; again shows the whole graph",
    "F": "fit everything",
    "+  −": "zoom",
    "R": "refresh now, past every cache",
    "P": "pause or resume the refresh",
    "H": "replay the past",
    "T": "table view",
    "I": "side panel",
    "L": "legend",
    "M": "minimap",
    "A": "traffic animation",
    "?": "this help",
}
"""What every key does (assets/keys.js)."""

_REPLAY_KEYS = {"←  →": "one frame back or on", "Home  End": "first or last frame", "space": "play or stop"}
"""What keys do while the past is replayed (assets/replay.js)."""

_MOUSE = {
    "hover": "lights up the whole path, up and down the stream",
    "click": "selects and opens the side panel",
    "double click": "opens a folded node; of another shows its callers and callees, again opens its page",
    "drag a node": "moves it; it stays there, also after a reload",
    "drag elsewhere, wheel": "moves and zooms the view",
}


def _rows(words: dict[str, str]) -> Component:
    rows = [html.Div([html.Dt(dmc.Kbd(name)), html.Dd(meaning)]) for name, meaning in words.items()]
    return html.Dl(rows, className="mg-keys")


def render_help() -> Component:
    """The overlay, closed."""
    return dmc.Modal(
        [
            _rows(KEYS),
            dmc.Divider(my="sm", label="in a replay", labelPosition="left"),
            _rows(_REPLAY_KEYS),
            dmc.Divider(my="sm", label="mouse", labelPosition="left"),
            _rows(_MOUSE),
        ],
        id=Shell.HELP,
        title="Keys and mouse",
        size="lg",
        opened=False,
    )
