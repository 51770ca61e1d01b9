"""What every page that answers the time bar has in common: an answer, or the words of why there is none."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from dash import html
from dash.development.base_component import Component

from mesh_graph.api.context import Context
from mesh_graph.api.problems import problem
from mesh_graph.codec import format_instant, query_from_view, view_from_query
from mesh_graph.errors import MeshGraphError
from mesh_graph.model import View
from mesh_graph.pages.timebar import shown
from mesh_graph.views.addresses import Links
from mesh_graph.views.diagnosis_lines import doubt_lines, report_lines

__all__ = ["SHARED", "doubts_of", "failed", "links_of", "render_empty", "render_problem"]

_LOG = logging.getLogger(__name__)
SHARED = ("at", "window", "span")
"""Parameters of a view that every link of a page carries on; how often it is asked anew goes with them."""


def links_of(context: Context, query: str, clusters: Iterable[str]) -> Links:
    """Links that keep the time range of an address, where it is not the default."""
    asked = dict(parse_qsl(query.lstrip("?")))
    view = view_from_query(asked, context.defaults)
    kept = {name: text for name, text in query_from_view(view, context.defaults).items() if name in SHARED}
    if asked.get("refresh"):
        kept["refresh"] = asked["refresh"]
    return Links(kept, len(set(clusters)))


def render_problem(error: Exception, at: float | None) -> list[Component]:
    """What failed and what to try; what is still on the screen is of ``at`` (Unix seconds)."""
    if not isinstance(error, MeshGraphError):
        _LOG.error("A page could not be answered.", exc_info=error)
    body = problem(error)
    source = f": {body['source']}" if body.get("source") else ""
    below = "" if at is None else f" What is shown below is of {format_instant(at)}."
    words = " ".join(part for part in (body["detail"], body["advice"]) if part)
    return [
        html.Div(f"{body['title']}{source}", className="mg-line mg-line-title"),
        html.Div(words + below, className="mg-line", title=body.get("request", "")),
    ]


def failed(asked: Mapping[str, Any], error: Exception, at: float | None = None) -> dict[str, Any]:
    """What a page that answers the time bar tells of a failure: in words, and as its last state."""
    return {"notice": render_problem(error, at), "shown": shown(asked, at, is_failing=True)}


def render_empty(context: Context, view: View) -> list[Component]:
    """Why there is nothing to show: the ladder of the diagnosis."""
    lines: Iterable[Mapping[str, Any]] = report_lines(context.mesh.examine(view))
    return [html.Div(line["text"], className=f"mg-line mg-line-{line['kind']}") for line in lines]


def doubts_of(context: Context, view: View) -> tuple[str, ...]:
    """Reasons to doubt the numbers; none where they cannot be looked into."""
    try:
        return doubt_lines(context.mesh.trust(view))
    except MeshGraphError:
        return ()
