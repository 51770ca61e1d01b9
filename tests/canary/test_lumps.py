"""Requests that count as one, against what can be worked out by hand and what simulated sessions do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from mesh_graph.canary.lumps import REACH_S, Lumps, lumps_of, pooled
from mesh_graph.canary.noise import spread_curve

WIDTH = np.float64(3.0)
KNOWN = 10**7
"""Degrees of freedom at which Student's t is the normal distribution."""


def test_independent_requests_that_are_known_to_be_count_each_for_itself():
    assert Lumps(1.0, KNOWN, 16, 120.0).size(WIDTH) == pytest.approx(1.0, abs=1e-4)


def test_batches_much_longer_than_sessions_show_all_there_is():
    """Of batches a hundred times as long, one in 16 · 300 is lost at the ends."""
    assert Lumps(8.0, KNOWN, 16, 100 * REACH_S).size(WIDTH) == pytest.approx(8.0, rel=0.01)


def test_short_batches_are_carried_on_as_by_hand():
    """R = 600: x(60) = 60 − 3600/1800 = 58, x(1200) = 600 − 360000/3600 = 500, of 20 batches.

    19 · 500 / (20 · 58 − 500) = 14.394; a dispersion of 2 becomes 1 + 14.394.
    """
    assert Lumps(2.0, KNOWN, 20, 60.0).size(WIDTH) == pytest.approx(15.394, rel=1e-3)


def test_few_batches_are_trusted_less_by_as_much_as_t_is_wider():
    ratio = (t.isf(norm.sf(3.0), 9) / 3.0) ** 2
    assert Lumps(1.0, 9, 10, 1e7).size(WIDTH) == pytest.approx(ratio, rel=1e-3)


@given(st.floats(1, 50), st.integers(9, 60), st.floats(1, 5000), st.floats(2, 6))
def test_a_lump_is_never_less_than_a_request_nor_than_what_batches_show(dispersion, degrees, batch_s, width):
    size = float(Lumps(dispersion, degrees, degrees + 1, batch_s).size(np.float64(width)))
    assert size >= dispersion * (1 - 1e-9) >= 1 - 1e-9


@given(st.floats(1.5, 50), st.floats(1, 5000))
def test_what_is_not_shown_yet_shrinks_as_time_goes_on(dispersion, batch_s):
    sizes = Lumps(dispersion, 15, 16, batch_s).size(np.float64(3.5), np.array([1.0, 2.0, 8.0, 64.0]))
    assert (np.diff(sizes) <= 1e-6).all()


def shares(rng, *, intervals, size, reach_s=600.0, step_s=15.0, rate=10.0):
    """Residuals of a tenth's share of sessions that stay with their version, and the independent variance."""
    number = rng.poisson(rate / size * (intervals * step_s + reach_s))
    starts = rng.uniform(-reach_s, intervals * step_s, number)
    times = np.repeat(starts, size) + rng.uniform(0, reach_s, number * size)
    drawn = np.repeat(rng.random(number) < 0.1, size)
    inside = (times >= 0) & (times < intervals * step_s)
    places = (times[inside] / step_s).astype(int)
    both = np.bincount(places, minlength=intervals)
    ours = np.bincount(places, drawn[inside], intervals)
    share = ours.sum() / both.sum()
    return ours - share * both, share * (1 - share) * both.sum()


@pytest.mark.parametrize("size", [10, 50])
def test_sessions_are_found_as_large_as_they_are_at_that_time(size):
    """Of sessions of 600 s, 20 minutes see 5/6: 1 + size/600 · x(1200), with x(1200) = 500."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(300):
        residuals, independent = shares(rng, intervals=80, size=size)
        lumps = lumps_of(spread_curve(residuals, 10), independent, 15.0)
        found.append(Lumps(lumps.dispersion, KNOWN, lumps.batches, lumps.batch_s).size(WIDTH))
    assert np.mean(found) == pytest.approx(1 + size / 600 * 500, rel=0.35)


def test_shares_that_never_vary_are_taken_for_independent():
    assert lumps_of(spread_curve(np.zeros(80), 10), 100.0, 15.0).dispersion == 1.0
    assert lumps_of(spread_curve(np.zeros(80), 10), 0.0, 15.0).dispersion == 1.0


def test_batches_are_no_longer_than_sessions_could_need():
    assert lumps_of(spread_curve(np.zeros(2000), 10), 1.0, 60.0).batch_s == 960.0


def test_baseline_whose_errors_come_in_bursts_makes_lumps_larger():
    """Sums of four are 0, 0, 20, 40, 40 over and over: 6400 · 20/19 of 400 · 0.99 is 17.0.

    Within one interval they vary 2000 · 80/79 of 396, 5.1; (1 + 17.0 − 4.1) / 2 is 6.95.
    """
    lumps = Lumps(1.0, 19, 20, 60.0)
    bursts = np.tile(np.repeat([0.0, 10.0], 10), 4)
    found = pooled(lumps, bursts, np.full(80, 500.0), spread_curve(bursts - bursts.mean(), 10))
    assert found.dispersion == pytest.approx(6.95, abs=0.02)
    assert found.degrees == 38


def test_baseline_with_hardly_any_errors_tells_nothing():
    lumps = Lumps(3.0, 19, 20, 60.0)
    few = np.eye(1, 80)[0]
    assert pooled(lumps, few, np.full(80, 500.0), spread_curve(few - few.mean(), 10)) is lumps
    none = np.zeros(80)
    assert pooled(lumps, none, np.full(80, 500.0), spread_curve(none, 10)) is lumps


def test_requests_that_are_tried_again_at_once_are_no_lasting_lump():
    """Each error three times within its interval: the variance is three times as large at every length."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(200):
        errors = 3.0 * rng.poisson(3, 160)
        curve = spread_curve(errors - errors.mean(), 10)
        found.append(pooled(Lumps(1.0, 15, 20, 120.0), errors, np.full(160, 1e5), curve).dispersion)
    assert np.mean(found) < 1.4
