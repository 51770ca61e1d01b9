"""The controls whose values are the topology page's state: one table, read by layout and browser.

The browser (assets/state.js) keeps every value as the text of a URL parameter. This table says which
component holds which parameter, and how its value is written as text:

    text    a text or null                      ``"" `` for null
    names   a list of texts                     joined by commas; ``none`` for an empty list
    flags   a list of texts                     each its own parameter, ``1`` or ``0``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mesh_graph.codec import PARAMETERS, format_duration
from mesh_graph.model import View
from mesh_graph.pages.ids import Topology as T
from mesh_graph.pages.toolbar import LABELS
from mesh_graph.views.scale import MODES

__all__ = ["CONTROLS", "PAGE_CHOICES", "PAGE_DEFAULTS", "Control", "browser_controls", "parameter_defaults"]


@dataclass(frozen=True, slots=True)
class Control:
    """One component and the parameter, or for ``flags`` the parameters, that it holds."""

    id: str
    kind: str
    parameters: tuple[str, ...]
    none: str = ""


CONTROLS = (
    Control(T.NAMESPACES, "names", ("namespaces",)),
    Control(T.GRAPH_TYPE, "text", ("graph_type",)),
    Control(T.WINDOW, "text", ("window",)),
    Control(T.REFRESH, "text", ("refresh",)),
    Control(T.COLOUR, "text", ("colour",)),
    Control(T.RESPONSE_TIME, "text", ("response_time",)),
    Control(T.LABELS, "names", ("labels",), none="none"),
    Control(T.BOXES, "names", ("boxes",), none="none"),
    Control(T.SHOW, "flags", ("services", "idle", "waypoints", "animation", "mtls", "minimap", "legend")),
    Control(T.COMPARE, "text", ("compare",)),
    Control(T.FIND, "text", ("find",)),
    Control(T.HIDE, "text", ("hide",)),
)
"""Controls in the order of the callback's inputs; every one holds its value in ``value``."""

PAGE_DEFAULTS: Mapping[str, str] = {
    "colour": "health",
    "labels": "none",
    "animation": "0",
    "mtls": "0",
    "minimap": "1",
    "legend": "0",
    "panel": "1",
    "table": "0",
    "selected": "",
    "replay": "0",
    "trace": "",
}
"""Parameters that only the page reads, with their defaults; ``refresh`` comes from the settings."""


PAGE_CHOICES: Mapping[str, tuple[str, ...]] = {
    "colour": MODES,
    "labels": ("none", *LABELS),
    **dict.fromkeys(("animation", "mtls", "minimap", "legend", "panel", "replay"), ("0", "1")),
    "table": ("0", "edges", "nodes"),
}
"""What parameters take that only the page reads; the others are checked where they are used."""


def parameter_defaults(view: View, refresh_s: int) -> dict[str, str]:
    """Text of every parameter of the page where the URL does not name it."""
    defaults = {}
    for name, parameter in PARAMETERS.items():
        value = getattr(view, parameter.field)
        defaults[name] = "" if value is None else parameter.write(value)
    return {**defaults, **PAGE_DEFAULTS, "refresh": format_duration(refresh_s)}


def browser_controls() -> list[dict[str, Any]]:
    """The table of controls as plain data for the browser."""
    return [asdict(control) for control in CONTROLS]
