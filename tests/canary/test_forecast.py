"""How much longer, where it can be worked out by hand."""

import math

import numpy as np
import pytest

from mesh_graph.canary.forecast import Ahead, growth_until
from mesh_graph.canary.sequence import GROWTH


def ahead(estimate, half):
    """An estimate without noise whose interval narrows with the root of the traffic."""
    narrowed = half / np.sqrt(GROWTH)
    return Ahead(estimate, 0.0, estimate - narrowed, estimate + narrowed)


def test_interval_three_times_too_wide_takes_nine_times_the_traffic():
    assert growth_until(ahead(0.0, 0.03), -math.inf, 0.01).likely == pytest.approx(9, rel=0.06)


def test_nearer_edge_takes_longer():
    assert growth_until(ahead(0.005, 0.03), -math.inf, 0.01).likely == pytest.approx(36, rel=0.06)


def test_outside_decides_too():
    assert growth_until(ahead(0.02, 0.02), -0.01, 0.01).likely == pytest.approx(4, rel=0.06)


def test_estimate_on_the_edge_without_noise_is_never_decided():
    assert all(map(math.isnan, growth_until(ahead(0.01, 0.03), -math.inf, 0.01)[1:]))


def test_minimum_traffic_is_waited_for():
    found = growth_until(ahead(0.0, 0.001), -math.inf, 0.01, GROWTH >= 5)
    assert found.likely == pytest.approx(5, rel=0.06)


def test_without_noise_all_paths_are_decided_at_once():
    """The soonest is one step of the grid before: it may have been decided since."""
    found = growth_until(ahead(0.0, 0.03), -math.inf, 0.01)
    assert found.latest == found.likely
    assert found.soonest == pytest.approx(found.likely, rel=0.06)
    assert found.soonest < found.likely


def test_range_holds_eight_of_ten_random_walks():
    """A mean of normal numbers, watched until its interval clears 0; the true one is drawn around it."""
    rng = np.random.default_rng(1)
    estimate, half, first = 0.02, 0.04, 400
    found = growth_until(
        Ahead(estimate, 1 / first, estimate - half / np.sqrt(GROWTH), estimate + half / np.sqrt(GROWTH)),
        -9,
        0.0,
    )
    held = []
    for mean in rng.normal(estimate, 1 / math.sqrt(first), 400):
        steps = rng.normal(mean, 1, 40_000)
        means = (first * estimate + np.cumsum(steps)) / (first + np.arange(1, len(steps) + 1))
        growth = 1 + np.arange(1, len(steps) + 1) / first
        decided = np.abs(means) > half / np.sqrt(growth)
        took = float(growth[decided.argmax()]) if decided.any() else math.inf
        latest = math.inf if math.isnan(found.latest) else found.latest
        held.append(found.soonest <= took <= latest)
    assert 0.7 < np.mean(held) < 0.92


def test_nearer_the_edge_the_range_is_wider():
    widths = []
    for estimate in (0.0, 0.006):
        near = ahead(estimate, 0.03)._replace(variance=1e-5)
        found = growth_until(near, -math.inf, 0.01)
        widths.append(found.latest / found.soonest)
    assert widths[0] < widths[1] or math.isnan(widths[1])
