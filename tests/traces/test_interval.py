"""Intervals against published tables."""

import math

import pytest

from mesh_graph.traces.interval import count_interval, mean_interval, quantile_ranks, share_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 0, 0, 1), (0, 20, 0, 0.1684), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1)],
)
def test_share_is_known_as_clopper_and_pearson_say(successes, trials, low, high):
    found = share_interval(successes, trials)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (100, 81.36, 121.63)]
)
def test_count_is_known_as_garwood_says(events, low, high):
    found = count_interval(events)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-3), pytest.approx(high, abs=5e-3))


def test_mean_of_two_values_is_hardly_known():
    found = mean_interval([0.0, 1.0])
    # t(1) is 12.706, the mean's deviation 0.5.
    assert (found.low, found.high) == (
        pytest.approx(0.5 - 6.353, abs=1e-3),
        pytest.approx(0.5 + 6.353, abs=1e-3),
    )


@pytest.mark.parametrize("values", [[], [0.3]])
def test_mean_of_fewer_is_not_known(values):
    found = mean_interval(values)
    assert (found.low, found.high) == (-math.inf, math.inf)


@pytest.mark.parametrize(
    ("quantile", "count", "ranks"),
    [
        # Binomial tables: of 10 and 1/2, P(X <= 1) = 0.011 and P(X <= 8) = 0.989.
        (0.5, 10, (1, 8)),
        (0.5, 5, (None, None)),
        (0.5, 6, (0, 5)),
        (0.99, 100, (96, None)),
        (0.99, 400, (391, 399)),
    ],
)
def test_quantile_lies_between_the_values_of_these_places(quantile, count, ranks):
    assert quantile_ranks(quantile, count) == ranks
