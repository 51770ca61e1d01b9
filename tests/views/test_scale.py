"""Thresholds, tones and widths."""

import pytest

from mesh_graph.model import State
from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.views.palette import PALETTES, tones
from mesh_graph.views.scale import MODES, edge_level, edge_tones, edge_width, error_level


@pytest.mark.parametrize(
    ("ratio", "level"),
    [
        (None, "unrated"),
        (0.0, "ok"),
        (0.0009, "ok"),
        (0.001, "warn"),
        (0.099, "warn"),
        (0.1, "err"),
        (1.0, "err"),
    ],
)
def test_level_of_an_error_ratio(ratio, level):
    assert error_level(ratio) == level


@pytest.mark.parametrize(
    ("edge", "level"),
    [
        ({E.RATE: 3.0, E.ERROR_RATIO: 0.0}, "ok"),
        ({E.RATE: 3.0}, "unrated"),
        ({E.RATE: 0.0}, "idle"),
        ({}, "idle"),
        ({E.RATE: 3.0, E.ERROR_RATIO: 0.0, E.IS_IDLE: True}, "idle"),
        ({E.RATE: 3.0, E.ERROR_RATIO: 0.4, E.STATE: State.VANISHED.value, E.ERROR_RATE: 0.0}, "idle"),
        # Connections that fail before a byte is sent: no bytes, all errors.
        ({E.PROTOCOL: "tcp", E.RATE: 0.0, E.ERROR_RATE: 0.5, E.ERROR_RATIO: 1.0}, "err"),
    ],
)
def test_level_of_an_edge(edge, level):
    assert edge_level(edge) == level


@pytest.mark.parametrize(
    ("edge", "level", "expected"),
    [
        ({E.RATE: 0.05, E.LATENCY_MS: 9.9}, "ok", ("ok0", "ok4", "rate0", "latency0")),
        ({E.RATE: 0.1, E.LATENCY_MS: 10.0}, "ok", ("ok1", "ok4", "rate1", "latency1")),
        ({E.RATE: 250.0, E.LATENCY_MS: float("inf")}, "ok", ("ok4", "ok4", "rate4", "latency4")),
        ({E.RATE: 5.0}, "err", ("err", "err", "rate2", "idle")),
        ({E.RATE: 5.0}, "warn", ("warn", "warn", "rate2", "idle")),
        ({}, "idle", ("idle", "idle", "idle", "idle")),
        ({E.PROTOCOL: "tcp", E.RATE: 5e4}, "unrated", ("unrated2", "unrated", "rate2", "idle")),
    ],
)
def test_tones_per_colour_mode(edge, level, expected):
    assert len(expected) == len(MODES)
    assert edge_tones(edge, level) == expected
    assert set(expected) <= set(tones(PALETTES["light"]))


def test_an_erroneous_edge_is_full_whatever_its_rate():
    assert {edge_tones({E.RATE: rate}, "err")[0] for rate in (0.01, 1.0, 1000.0)} == {"err"}


def test_width_grows_with_the_rate_and_stays_within_bounds():
    widths = [edge_width({E.RATE: rate}) for rate in (0.0, 0.01, 1.0, 10.0, 1e3, 1e9)]
    assert widths == sorted(widths)
    assert widths[0] == 1.5
    assert widths[-1] == 8.0


def test_small_noise_does_not_change_the_width():
    assert edge_width({E.RATE: 100.0}) == edge_width({E.RATE: 103.0})
