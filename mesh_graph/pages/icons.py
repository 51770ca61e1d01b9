"""The page's own small pictures: a masked span, so that they take the colour of the text around them."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

__all__ = ["icon"]


def icon(name: str, class_name: str = "") -> Component:
    """Picture by its name in assets/icons.css; it carries no meaning of its own for a screen reader."""
    return html.Span(className=f"mg-icon mg-icon-{name} {class_name}".strip(), **{"aria-hidden": "true"})
