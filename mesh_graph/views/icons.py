"""Node state → one SVG image: outline by kind, ring by errors, pictogram, badges.

States are quantised (the ring to 5 %), so that a mesh of hundreds of nodes needs a few dozen images. An image
is 52 units wide; the node's own shape takes the middle 40.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from mesh_graph.views.config_badges import config_pill
from mesh_graph.views.palette import PALETTES, Palette
from mesh_graph.views.scale import Level

__all__ = ["NodeLook", "icon_svg", "icon_uri"]

_OUTLINES = {
    "app": '<rect x="8" y="8" width="36" height="36" rx="8" pathLength="100"{}/>',
    "workload": '<circle cx="26" cy="26" r="18" pathLength="100" transform="rotate(-90 26 26)"{}/>',
    "service": '<path d="M26 8.5L43.5 43.5H8.5Z" stroke-linejoin="round" pathLength="100"{}/>',
    "external": '<path d="M17 9H35L44.5 26L35 43H17L7.5 26Z" stroke-linejoin="round" pathLength="100"{}/>',
    "namespace": '<path d="M19 8H33L44 19V33L33 44H19L8 33V19Z" stroke-linejoin="round" pathLength="100"{}/>',
    "waypoint": '<circle cx="26" cy="26" r="18" pathLength="100" transform="rotate(-90 26 26)"{}/>',
    "unknown": '<circle cx="26" cy="26" r="18" pathLength="100" transform="rotate(-90 26 26)"{}/>',
}
_PICTOGRAMS = {
    "app": "M17 23l9-4.5 9 4.5-9 4.5zM17 28l9 4.5 9-4.5",
    "workload": "M26 16.5l8 4.5v9.5l-8 4.5-8-4.5v-9.5zM18 21l8 4.5 8-4.5M26 25.5v9.5",
    "service": "M20 34.5h5M25 34.5l6-5M25 34.5l6 4M26 22v5",
    "external": "M17 26a9 9 0 1 0 18 0a9 9 0 1 0-18 0M17 26h18M26 17c-5 5-5 13 0 18c5-5 5-13 0-18",
    "namespace": "M17 20h7l2 3h9v10h-18z",
    "waypoint": "M16 26h7M29 26h7M33 22.5l3.5 3.5l-3.5 3.5M26 20.5l5.5 5.5l-5.5 5.5l-5.5-5.5z",
    "unknown": "M22.5 22.5a3.6 3.6 0 1 1 5.6 3c-1.4 1-2.1 1.7-2.1 3.2M26 33v.6",
}
_NOBODY = "M21 23L31 33M31 23L21 33"


@dataclass(frozen=True, slots=True)
class NodeLook:
    """Everything of a node that its image shows.

    Attributes
    ----------
    kind : str
        ``app``, ``workload``, ``service``, ``external``, ``namespace``, ``waypoint`` or ``unknown``.
    level : Level
        Colour of the ring.
    error_step : int
        Failed share of the ring in steps of 5 %, 0 to 20.
    is_ghost, is_new, is_root, is_folded, has_no_sidecar, is_outside, is_dead : bool
        Badges and line style.
    config : str
        Letters of ``config_badges.GLYPHS``: what the configuration does to its traffic.
    """

    kind: str
    level: Level = "idle"
    error_step: int = 0
    is_ghost: bool = False
    is_new: bool = False
    is_root: bool = False
    is_folded: bool = False
    has_no_sidecar: bool = False
    is_outside: bool = False
    is_dead: bool = False
    config: str = ""

    @property
    def key(self) -> str:
        """Short text that tells this look from every other."""
        flags = (
            self.is_ghost,
            self.is_new,
            self.is_root,
            self.is_folded,
            self.has_no_sidecar,
            self.is_outside,
            self.is_dead,
        )
        marks = "".join(mark for mark, is_set in zip("gnrfsod", flags, strict=True) if is_set)
        badges = f"+{self.config}" if self.config else ""
        return f"{self.kind}-{self.level}-{self.error_step}{marks and '-' + marks}{badges}"


def _ring(look: NodeLook, palette: Palette) -> str:
    outline = _OUTLINES[look.kind]
    colour: str = getattr(palette, look.level)
    fill = "none" if look.is_ghost else palette.box if look.is_outside else palette.surface
    is_dashed = look.is_ghost or look.is_dead or look.kind == "unknown"
    dashes = ' stroke-dasharray="6 4"' if is_dashed else ""
    base = palette.ok if look.error_step and look.level != "idle" else colour
    ring = outline.format(f' fill="{fill}" stroke="{base}" stroke-width="3"{dashes}')
    if look.is_folded:
        behind = outline.format(f' fill="{fill}" stroke="{base}" stroke-width="2" opacity=".55"')
        ring = f'<g transform="translate(4 -4)">{behind}</g>{ring}'
    if look.error_step:
        arc = f' fill="none" stroke="{colour}" stroke-width="5" stroke-dasharray="{look.error_step * 5} 100"'
        ring += outline.format(arc)
    return ring


def _badge(x: int, y: int, colour: str, mark: str, palette: Palette) -> str:
    return (
        f'<circle cx="{x}" cy="{y}" r="7" fill="{colour}" stroke="{palette.page}" stroke-width="1.5"/>'
        f'<path d="{mark}" transform="translate({x} {y})" stroke="{palette.page}" stroke-width="1.8"/>'
    )


def _badges(look: NodeLook, palette: Palette) -> str:
    parts = []
    if look.level == "err":
        parts.append(_badge(43, 9, palette.err, "M0-3.6V.8M0 2.8V3.6", palette))
    elif look.level == "warn":
        triangle = (
            f'<path d="M43 1L51 15H35Z" fill="{palette.warn}" stroke="{palette.page}" stroke-width="1.5"/>'
        )
        parts.append(f'{triangle}<path d="M43 6V10M43 12V13" stroke="{palette.page}" stroke-width="1.8"/>')
    if look.is_new:
        parts.append(_badge(9, 9, palette.accent, "M-3.5 0H3.5M0-3.5V3.5", palette))
    if look.has_no_sidecar:
        parts.append(_badge(43, 43, palette.unrated, "M-3-3L3 3M-3 3L3-3", palette))
    if look.is_root:
        parts.append(_badge(9, 43, palette.unrated, "M-3.5 0H3M0-3L3 0L0 3", palette))
    if look.config:
        parts.append(config_pill(look.config, palette, is_narrow=look.is_root or look.has_no_sidecar))
    return "".join(parts)


def _pictogram(look: NodeLook) -> str:
    return _NOBODY if look.is_dead else _PICTOGRAMS[look.kind]


@lru_cache(maxsize=4096)
def icon_svg(look: NodeLook, scheme: str) -> str:
    """SVG of a node in the ``light`` or ``dark`` scheme; holds no text that came from a label."""
    palette = PALETTES[scheme]
    dim = palette.dim if look.level == "idle" or look.is_ghost else palette.text
    stroke = f'stroke="{dim}" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" fill="none"'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="104" height="104" viewBox="0 0 52 52">'
        f'{_ring(look, palette)}<path d="{_pictogram(look)}" {stroke}/>{_badges(look, palette)}</svg>'
    )


def icon_uri(look: NodeLook, scheme: str) -> str:
    """The SVG as a data URI, encoded throughout: Cytoscape splits a value at blanks."""
    return "data:image/svg+xml;utf8," + quote(icon_svg(look, scheme), safe="/:=,.-")
