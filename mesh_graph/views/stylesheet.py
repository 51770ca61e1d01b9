"""Palette → Cytoscape stylesheet of one scheme. No labels: all text is on an overlay (assets/labels.js).

Labels on compound boxes double the time of a pan frame, and text on the overlay keeps its size on the screen.
"""

from __future__ import annotations

from typing import Any

from mesh_graph.views.palette import PALETTES, Palette, tones

__all__ = ["NODE_SIZE", "overlay_colours", "stylesheet"]

NODE_SIZE = 40
"""Width and height of a node at zoom 1, pixels."""
LABEL_ROOM = "2 35 36 35"
"""Room above, right, below and left of a node for its name; boxes leave it free (``topology/layout.py``)."""
_IMAGE_SCALE = "130%"
_SHAPES = {
    "app": "round-rectangle",
    "workload": "ellipse",
    "service": "round-triangle",
    "external": "hexagon",
    "namespace": "octagon",
    "waypoint": "ellipse",
    "unknown": "ellipse",
}
_ARROWS = {"http": "triangle", "grpc": "triangle-backcurve", "tcp": "vee"}

Rule = dict[str, Any]


def _rule(selector: str, **style: Any) -> Rule:
    return {"selector": selector, "style": {name.replace("_", "-"): value for name, value in style.items()}}


def _node_rules(palette: Palette) -> list[Rule]:
    return [
        _rule(
            "node",
            width=NODE_SIZE,
            height=NODE_SIZE,
            background_opacity=0,
            background_image="data(image)",
            background_width=_IMAGE_SCALE,
            background_height=_IMAGE_SCALE,
            background_clip="none",
            background_image_containment="over",
            bounds_expansion=LABEL_ROOM,
            overlay_opacity=0,
        ),
        *(_rule(f'node[shape="{name}"]', shape=shape) for name, shape in _SHAPES.items()),
        _rule("node:active", overlay_opacity=0),
    ]


def _box_rules(palette: Palette) -> list[Rule]:
    return [
        _rule(
            'node[kind="box"]',
            shape="round-rectangle",
            background_image="none",
            bounds_expansion=0,
            background_color=palette.box,
            background_opacity=0.55,
            border_width=1,
            border_color=palette.box_line,
            padding="14px",
        ),
        _rule('node[box="app"]', background_opacity=0.9, border_style="dotted"),
        _rule('node[box="cluster"]', background_opacity=0.25, border_style="dashed"),
    ]


def _edge_rules(palette: Palette) -> list[Rule]:
    return [
        _rule(
            "edge",
            width="data(width)",
            curve_style="bezier",
            control_point_step_size=28,
            target_arrow_shape="triangle",
            arrow_scale=0.9,
            opacity=0.95,
            line_cap="butt",
            overlay_opacity=0,
            loop_direction="-45deg",
            loop_sweep="-60deg",
        ),
        _rule(
            "edge[weights]",
            curve_style="unbundled-bezier",
            control_point_weights="data(weights)",
            control_point_distances="data(distances)",
            edge_distances="node-position",
        ),
        *(_rule(f'edge[protocol="{name}"]', target_arrow_shape=arrow) for name, arrow in _ARROWS.items()),
        *(
            _rule(f'edge[tone="{tone}"]', line_color=colour, target_arrow_color=colour)
            for tone, colour in tones(palette).items()
        ),
        _rule('edge[level="err"]', line_style="dashed", line_dash_pattern=[7, 4], z_index=20),
        _rule('edge[level="warn"]', line_style="dashed", line_dash_pattern=[2, 4], z_index=15),
        _rule('edge.far[level="ok"]', opacity=0.4),
        _rule('edge.far[level="warn"]', width=4, line_style="solid"),
        _rule('edge.far[level="err"]', width=9, line_style="solid"),
        _rule("edge.idle", width=1.5, opacity=0.55),
        _rule("edge.partial", target_arrow_fill="hollow"),
        _rule(
            "edge.ghost",
            line_style="dashed",
            line_dash_pattern=[16, 8],
            line_color=palette.idle,
            target_arrow_color=palette.idle,
            target_arrow_fill="hollow",
            width=1.5,
            opacity=0.7,
        ),
    ]


def _mark_rules(palette: Palette) -> list[Rule]:
    halo = {"underlay_color": palette.accent, "underlay_padding": 5, "underlay_opacity": 0.3}
    found = {"underlay_color": palette.found, "underlay_padding": 8, "underlay_opacity": 0.5}
    return [
        _rule("node.centre", underlay_color=palette.accent, underlay_padding=10, underlay_opacity=0.16),
        _rule(".found", **found),
        _rule("node.new", underlay_color=palette.accent, underlay_padding=3, underlay_opacity=0.12),
        _rule(":selected", **halo),
        _rule('node[kind="box"]:selected', underlay_opacity=0, border_color=palette.accent, border_width=2),
        _rule(
            "node.cursor", outline_width=3, outline_color=palette.accent, outline_offset=4, outline_opacity=1
        ),
        _rule("node.faded", opacity=0.14),
        _rule("edge.faded", opacity=0.08),
        _rule("core", active_bg_opacity=0, outside_texture_bg_opacity=0, selection_box_color=palette.accent),
    ]


def stylesheet(scheme: str) -> list[Rule]:
    """Cytoscape stylesheet of the ``light`` or ``dark`` scheme."""
    palette = PALETTES[scheme]
    return [*_node_rules(palette), *_box_rules(palette), *_edge_rules(palette), *_mark_rules(palette)]


def overlay_colours(scheme: str) -> dict[str, Any]:
    """Colours that the overlays draw with: text, pills, dots, minimap, and every edge tone."""
    palette = PALETTES[scheme]
    names = (
        "page",
        "surface",
        "box",
        "box_line",
        "text",
        "dim",
        "ok",
        "warn",
        "err",
        "idle",
        "unrated",
        "accent",
    )
    return {name: getattr(palette, name) for name in names} | {"tones": tones(palette)}
