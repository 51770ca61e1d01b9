"""Batch means, the length of batches, and change over time."""

import numpy as np
import pytest

from mesh_graph.canary.noise import batch_length, is_changing, spread_curve, without_step


def test_variances_are_as_by_hand():
    """Length 1: 4/(4·1) · 4/3 · 4; length 2: sums of 2 and −2, 4/(2·2) · 2/1 · 8."""
    curve = spread_curve(np.array([1.0, 1.0, -1.0, -1.0]), 2)
    assert curve.lengths.tolist() == [1, 2]
    assert curve.batches.tolist() == [4, 2]
    assert curve.variances == pytest.approx([16 / 3, 16])


def test_alternation_cancels_within_batches():
    assert spread_curve(np.array([1.0, -1.0] * 4), 2).variances == pytest.approx([64 / 7, 0, 0])


def test_oldest_intervals_are_left_out_where_batches_do_not_fit():
    curve = spread_curve(np.array([100.0, 1.0, 1.0, -1.0, -1.0]), 2)
    assert curve.variances[1] == pytest.approx(5 / 4 * 2 * 8)


@pytest.mark.parametrize(("intervals", "lengths"), [(9, []), (10, [1]), (39, [1, 2]), (40, [1, 2, 4])])
def test_lengths_leave_enough_batches(intervals, lengths):
    assert spread_curve(np.zeros(intervals), 10).lengths.tolist() == lengths


def moving(rng, length, intervals):
    """Noise whose neighbours share all but one of their ``length`` parts."""
    return np.convolve(rng.standard_normal(intervals + length), np.ones(length), "valid")[:intervals]


def test_independent_intervals_need_no_batches():
    rng = np.random.default_rng(1)
    lengths = [batch_length(spread_curve(rng.standard_normal(400), 10)) for _ in range(200)]
    assert np.mean([length == 1 for length in lengths]) > 0.8
    assert lengths.count(None) <= 10


def test_correlated_intervals_are_put_into_batches_longer_than_the_correlation():
    rng = np.random.default_rng(2)
    lengths = [batch_length(spread_curve(moving(rng, 8, 2000), 10)) for _ in range(100)]
    assert np.mean([length is not None and 8 <= length <= 64 for length in lengths]) > 0.8


def test_variance_of_the_found_length_is_near_the_true_one():
    rng = np.random.default_rng(3)
    found = []
    for _ in range(100):
        residuals = moving(rng, 8, 2000)
        curve = spread_curve(residuals, 10)
        if length := batch_length(curve):
            found.append(curve.at(length)[0] / (64 * 2000))
    assert 0.75 < np.median(found) < 1.1


def test_correlation_as_long_as_the_sample_has_no_length():
    rng = np.random.default_rng(4)
    walks = [np.cumsum(rng.standard_normal(200)) for _ in range(100)]
    assert sum(batch_length(spread_curve(walk, 10)) is None for walk in walks) > 95


def test_lasting_step_is_taken_out():
    residuals = np.concatenate([np.zeros(30), np.ones(70)])
    assert without_step(residuals) == pytest.approx(np.zeros(100))


def test_steady_difference_is_rarely_taken_for_changing():
    rng = np.random.default_rng(5)
    found = [is_changing(rng.standard_normal(200) / 200, 200 / 200**2, 200, 0.001) for _ in range(1000)]
    assert np.mean(found) < 0.03


def test_difference_that_sets_in_half_way_is_changing():
    residuals = np.repeat([-0.02, 0.02], 100) / 200
    assert is_changing(residuals + np.tile([1e-5, -1e-5], 100), 1e-8, 200, 0.005)


def test_change_below_half_the_margin_does_not_matter():
    residuals = np.repeat([-0.001, 0.001], 100) / 200
    assert not is_changing(residuals, 1e-10, 200, 0.005)
