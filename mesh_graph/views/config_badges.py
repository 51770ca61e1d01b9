"""What the configuration does to a node's traffic, as a small pill at its foot: letters, glyphs, words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.declared import Feature
from mesh_graph.views.palette import Palette

__all__ = ["GLYPHS", "GLYPH_WORDS", "config_letters", "config_pill"]

GATEWAY, MORE = "g", "z"
LETTERS: dict[str, str] = {
    Feature.FAULT_INJECTION: "f",
    Feature.CIRCUIT_BREAKER: "c",
    Feature.TRAFFIC_SHIFTING: "s",
    Feature.TCP_SHIFTING: "p",
    Feature.REQUEST_ROUTING: "r",
    Feature.MIRRORING: "m",
    Feature.TIMEOUT: "t",
    Feature.VIRTUAL_SERVICE: "v",
}
"""Letter of each feature, the gravest first."""
GLYPHS: dict[str, str] = {
    GATEWAY: "M-3 3.5V-.5a3 3 0 0 1 6 0V3.5M-3.8 3.5H3.8",
    "f": "M1-4L-2.5.6H0L-1 4L2.5-.6H0Z",
    "c": "M-4 1.5H-1.5M-1.5 1.5L2-2M1.8 1.5H4",
    "s": "M-4 0H-1L2-2.6H4M-1 0L2 2.6H4",
    "p": "M-4-1.2H-1L2-3H4M-4 1.2H-1L2 3H4",
    "r": "M0 4V1L-3-2V-4M0 1L3-2V-4",
    "m": "M-3.8-2.6H-1V2.6H-3.8ZM1.2-2.6H3.8V2.6H1.2Z",
    "t": "M0-3.6a3.6 3.6 0 1 1-.01 0M0-1.8V.2L1.5 1.2",
    "v": "M-3.5-2.8V2.8M-3.5 0H.5L3.6-2.6M.5 0L3.6 2.6",
    MORE: "M-3 0h.1M0 0h.1M3 0h.1",
}
"""Strokes of each letter around (0, 0), 8 wide."""
GLYPH_WORDS: dict[str, str] = {
    GATEWAY: "gateway",
    "f": "faults are injected",
    "c": "circuit breaker",
    "s": "shared by weights",
    "p": "TCP shared by weights",
    "r": "routed by conditions",
    "m": "mirrored",
    "t": "time-out",
    "v": "virtual service",
    MORE: "and more",
}
WIDE, NARROW = 3, 2
STEP = 10


def config_letters(node: Mapping[str, Any]) -> str:
    """Letters of what is declared for a node, the gravest first; a plain virtual service only if alone."""
    features = set(node.get(N.FEATURES, ()))
    if len(features) > 1:
        features -= {Feature.VIRTUAL_SERVICE}
    letters = "".join(letter for feature, letter in LETTERS.items() if feature in features)
    return (GATEWAY if node.get(N.IS_GATEWAY) else "") + letters


def config_pill(letters: str, palette: Palette, *, is_narrow: bool) -> str:
    """SVG of the pill at the foot of an image 52 wide; narrow where badges stand on both sides of it."""
    most = NARROW if is_narrow else WIDE
    shown = letters if len(letters) <= most else letters[: most - 1] + MORE
    width = STEP * len(shown) + 3
    start = 26 - STEP * (len(shown) - 1) / 2
    glyphs = "".join(
        f'<path d="{GLYPHS[letter]}" transform="translate({start + STEP * at:g} 44.5)"/>'
        for at, letter in enumerate(shown)
    )
    return (
        f'<rect x="{26 - width / 2:g}" y="37.5" width="{width}" height="14" rx="7" fill="{palette.accent}" '
        f'stroke="{palette.page}" stroke-width="1.5"/>'
        f'<g stroke="{palette.page}" stroke-width="1.6" fill="none" stroke-linecap="round" '
        f'stroke-linejoin="round">{glyphs}</g>'
    )
