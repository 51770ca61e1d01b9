"""The legend: every sign on the graph with its meaning, and the colour scale in use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from mesh_graph.topology.outcome import DEGRADED_FROM, FAILURE_FROM
from mesh_graph.views.config_badges import GLYPH_WORDS
from mesh_graph.views.icons import NodeLook, icon_uri
from mesh_graph.views.numbers import format_bytes_rate, format_latency, format_percent, format_significant
from mesh_graph.views.palette import PALETTES, tones
from mesh_graph.views.scale import BYTES_STEPS, LATENCY_STEPS, MODES, RATE_STEPS

__all__ = ["render_legend", "step_texts"]

_DASHES = {"warn": "2 4", "err": "7 4", "ghost": "12 6"}
_NODES = (
    (NodeLook("app", "ok"), "application"),
    (NodeLook("workload", "ok"), "workload"),
    (NodeLook("service", "ok"), "service"),
    (NodeLook("external", "unrated"), "outside the mesh"),
    (NodeLook("namespace", "ok"), "namespace"),
    (NodeLook("waypoint", "unrated"), "waypoint proxy"),
    (NodeLook("unknown", "idle"), "unknown source"),
    (NodeLook("app", "warn", 1), "degraded"),
    (NodeLook("app", "err", 6), "failing; ring: share of errors"),
    (NodeLook("app", "unrated"), "traffic without error ratio"),
    (NodeLook("app", "idle"), "no traffic"),
    (NodeLook("app", "idle", is_ghost=True), "vanished"),
    (NodeLook("app", "ok", is_new=True), "new"),
    (NodeLook("app", "ok", has_no_sidecar=True), "no sidecar seen"),
    (NodeLook("app", "ok", is_root=True), "traffic enters here"),
    (NodeLook("app", "ok", is_folded=True), "several folded into one"),
    (NodeLook("service", "err", 20, is_dead=True), "called, but nothing is there"),
)
_CONFIG = tuple((NodeLook("service", "ok", config=letter), words) for letter, words in GLYPH_WORDS.items())


def step_texts(steps: Sequence[float], write: Callable[[float], str]) -> list[str]:
    """Names of the five steps of a scale, from "below the first" to "from the last on"."""
    edges = [write(step) for step in steps]
    between = [f"{low} – {high}" for low, high in pairwise(edges)]
    return [f"< {edges[0]}", *between, f"≥ {edges[-1]}"]


def _two_schemes(light: str, dark: str, alt: str) -> list[Component]:
    return [
        html.Img(src=light, alt=alt, className="mg-light-only"),
        html.Img(src=dark, alt=alt, className="mg-dark-only"),
    ]


def _line_uri(colour: str, dashes: str, width: float) -> str:
    pattern = f' stroke-dasharray="{dashes}"' if dashes else ""
    return "data:image/svg+xml," + quote(
        '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="12">'
        f'<path d="M1 6H29" stroke="{colour}" stroke-width="{width}"{pattern}/>'
        f'<path d="M27 1L35 6L27 11Z" fill="{colour}"/></svg>'
    )


def _line_row(tone: str, meaning: str, width: float = 3) -> Component:
    colours = {scheme: tones(PALETTES[scheme])[tone if tone != "ghost" else "idle"] for scheme in PALETTES}
    images = {s: _line_uri(colour, _DASHES.get(tone, ""), width) for s, colour in colours.items()}
    return html.Div(
        [*_two_schemes(images["light"], images["dark"], ""), html.Span(meaning)], className="mg-legend-row"
    )


def _node_row(look: NodeLook, meaning: str) -> Component:
    images = _two_schemes(icon_uri(look, "light"), icon_uri(look, "dark"), "")
    return html.Div([*images, html.Span(meaning)], className="mg-legend-row mg-legend-node")


def _scale_rows(mode: str) -> list[Component]:
    warn, err = format_percent(DEGRADED_FROM), format_percent(FAILURE_FROM)
    errors = [
        _line_row("warn", f"degraded: {warn} – {err} errors"),
        _line_row("err", f"failing: ≥ {err} errors"),
    ]
    rates = step_texts(RATE_STEPS, format_significant)
    if mode == "health":
        healthy = [_line_row(f"ok{i}", f"healthy, {text} rps") for i, text in enumerate(rates)]
        return [*healthy, *errors, _line_row("unrated", "traffic without error ratio")]
    if mode == "errors":
        return [
            _line_row("ok4", f"healthy: < {warn} errors"),
            *errors,
            _line_row("unrated", "no error ratio"),
        ]
    if mode == "rate":
        sizes = step_texts(BYTES_STEPS, format_bytes_rate)
        return [_line_row(f"rate{i}", f"{text} rps  |  {sizes[i]}") for i, text in enumerate(rates)]
    return [
        *(_line_row(f"latency{i}", text) for i, text in enumerate(step_texts(LATENCY_STEPS, format_latency))),
        _line_row("idle", "no response time"),
    ]


_TITLES = {
    "health": "Colour: errors, strength: rate",
    "errors": "Colour: error ratio",
    "rate": "Colour: rate",
    "latency": "Colour: response time",
}


def render_legend() -> list[Component]:
    """Sections of the legend; of the four colour scales the page shows the one in use."""
    scales = [
        html.Div(
            [html.H4(_TITLES[mode]), *_scale_rows(mode)],
            className="mg-legend-scale",
            **{"data-mode": mode},
        )
        for mode in MODES
    ]
    widths = [
        _line_row("idle", text, width) for text, width in (("0.1 rps", 2), ("10 rps", 4.5), ("1k rps", 8))
    ]
    others = [
        _line_row("idle", "no traffic", 1.5),
        _line_row("ghost", "vanished: traffic before, none now", 1.5),
    ]
    return [
        *scales,
        html.Div([html.H4("Other edges, width by rate (log)"), *widths, *others], className="mg-legend-part"),
        html.Div(
            [html.H4("Nodes"), html.Div([_node_row(*row) for row in _NODES], className="mg-legend-nodes")],
            className="mg-legend-part",
        ),
        html.Div(
            [
                html.H4("Configuration"),
                html.Div([_node_row(*row) for row in _CONFIG], className="mg-legend-nodes mg-legend-config"),
            ],
            className="mg-legend-part",
        ),
    ]
