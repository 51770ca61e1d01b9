"""Figures as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.figures import Figure, growth

__all__ = ["as_json", "growth_figure", "table"]

GROWTH_AIM = 1.1
"""1 is linear; the rest is for the noise of a median."""


def growth_figure(figures: Sequence[Figure]) -> list[Figure]:
    """How the graph's time grows between the two largest meshes of one replica; none for fewer than two."""
    points = {
        int(figure.size.split()[0]): figure.value
        for figure in figures
        if (figure.case, figure.name) == ("graph", "ours") and figure.size.endswith("x 1")
    }
    if len(points) < 2:
        return []
    sizes = " to ".join(f"{size}" for size in sorted(points)[-2:])
    return [Figure("graph", f"{sizes} ns", "growth exponent", growth(list(points.items())), "", GROWTH_AIM)]


def table(figures: Sequence[Figure]) -> str:
    """A line per figure: what, on which mesh, how much, aimed at, and whether it falls short."""
    rows = [("case", "mesh", "figure", "value", "aim", "")]
    rows += [
        (f.case, f.size, f.name, _quantity(f.value, f.unit), _aim(f), "SHORT" if f.falls_short else "")
        for f in figures
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def as_json(figures: Sequence[Figure], machine: dict[str, str], load: tuple[float, float]) -> dict[str, Any]:
    """Machine, load average before and after, and every figure."""
    return {
        "machine": machine,
        "load_average": load,
        "figures": [{**asdict(figure), "falls_short": figure.falls_short} for figure in figures],
    }


def _aim(figure: Figure) -> str:
    return "" if figure.aim is None else f"<= {_quantity(figure.aim, figure.unit)}"


def _quantity(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if abs(value) >= 100 or value % 1 == 0 else f"{value:,.3g}"
    return f"{number} {unit}".rstrip()


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if place in (3, 4) else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
