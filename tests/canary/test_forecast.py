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
    assert growth_until(ahead(0.0, 0.03), -math.inf, 0.01) == pytest.approx(9, rel=0.04)


def test_nearer_edge_takes_longer():
    assert growth_until(ahead(0.005, 0.03), -math.inf, 0.01) == pytest.approx(36, rel=0.04)


def test_outside_decides_too():
    assert growth_until(ahead(0.02, 0.02), -0.01, 0.01) == pytest.approx(4, rel=0.04)


def test_estimate_on_the_edge_without_noise_is_never_decided():
    assert math.isnan(growth_until(ahead(0.01, 0.03), -math.inf, 0.01))


def test_minimum_traffic_is_waited_for():
    assert growth_until(ahead(0.0, 0.001), -math.inf, 0.01, (GROWTH >= 5).astype(float)) == pytest.approx(
        5, rel=0.04
    )
