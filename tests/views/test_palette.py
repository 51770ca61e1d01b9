"""Colours: contrast and difference, measured here by the published formulas."""

import itertools

import pytest

from mesh_graph.views.palette import PALETTES, tones

# Viénot, Brettel and Mollon 1999 (protan, deutan); Brettel 1997 reduced to one matrix (tritan); linear RGB.
SIMULATIONS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deutan": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
    "tritan": ((1, 0.14461, -0.14461), (0, 0.85924, 0.14076), (0, 0.85924, 0.14076)),
}


def linear(colour):
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def luminance(colour):
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    xyz = (sum(m * max(0.0, c) for m, c in zip(row, rgb, strict=True)) for row in matrix)
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in map(lambda a, b: a / b, xyz, white)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def seen(colour, simulation):
    rgb = linear(colour)
    return lab([sum(m * c for m, c in zip(row, rgb, strict=True)) for row in SIMULATIONS[simulation]])


@pytest.mark.parametrize("scheme", PALETTES)
@pytest.mark.parametrize("simulation", SIMULATIONS)
def test_states_differ_for_every_kind_of_sight(scheme, simulation):
    palette = PALETTES[scheme]
    states = (palette.ok, palette.warn, palette.err, palette.idle)
    distances = [
        sum((x - y) ** 2 for x, y in zip(seen(a, simulation), seen(b, simulation), strict=True)) ** 0.5
        for a, b in itertools.combinations(states, 2)
    ]
    assert min(distances) >= 20


@pytest.mark.parametrize("scheme", PALETTES)
@pytest.mark.parametrize("name", ["ok", "warn", "err", "idle", "unrated", "rate", "latency"])
def test_lines_stand_out_from_the_page(scheme, name):
    palette = PALETTES[scheme]
    assert contrast(getattr(palette, name), palette.page) >= 3


@pytest.mark.parametrize("scheme", PALETTES)
def test_text_can_be_read(scheme):
    palette = PALETTES[scheme]
    assert contrast(palette.text, palette.page) >= 7
    assert contrast(palette.dim, palette.page) >= 4.5


@pytest.mark.parametrize("scheme", PALETTES)
@pytest.mark.parametrize("scale", ["ok", "rate", "latency", "unrated"])
def test_more_is_stronger(scheme, scale):
    page = PALETTES[scheme].page
    steps = [contrast(tones(PALETTES[scheme])[f"{scale}{step}"], page) for step in range(5)]
    assert steps == sorted(steps)
    assert len(set(steps)) == 5
