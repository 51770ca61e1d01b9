"""The interval: values from the literature, and how often it holds the true ratio."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.health.interval import wilson


@pytest.mark.parametrize(
    ("errors", "requests", "low", "high"),
    [
        # Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_interval_is_that_of_the_literature(errors, requests, low, high):
    found = wilson(np.array([float(errors)]), np.array([float(requests)]))
    assert [round(float(end[0]), 4) for end in found] == [low, high]


def test_of_nothing_seen_anything_may_be_true():
    low, high = wilson(np.zeros(1), np.zeros(1))
    assert (float(low[0]), float(high[0])) == (0.0, 1.0)


@given(st.floats(0, 1e6), st.floats(0, 1))
def test_interval_holds_the_ratio_that_was_seen(requests, ratio):
    errors = requests * ratio
    low, high = (float(end[0]) for end in wilson(np.array([errors]), np.array([requests])))
    assert 0 <= low <= high <= 1
    if requests > 1e-6:
        assert low - 1e-9 <= errors / requests <= high + 1e-9


@pytest.mark.parametrize("requests", [30, 300, 3000])
@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.5])
def test_interval_holds_the_true_ratio_nineteen_times_in_twenty(requests, ratio):
    """Of 20,000 simulated windows; by its authors, coverage is near the nominal one."""
    seen = np.random.default_rng(1927).binomial(requests, ratio, 20_000).astype(float)
    low, high = wilson(seen, np.full(20_000, float(requests)))
    coverage = float(np.mean((low <= ratio) & (ratio <= high)))
    assert 0.93 <= coverage <= 0.985
