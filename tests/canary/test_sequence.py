"""Intervals against published examples and their own promise: right at every look."""

import numpy as np
import pytest

from mesh_graph.canary.sequence import Arm, difference_bounds, multiplier, widened, wilson


def test_sequence_is_as_wide_as_by_hand():
    """With 2·alpha = 0.1, y − log y = 1 − 2·log 0.1 has y = 1 + x = 7.638; c² = 2·y/x·log(1 + √y/0.1)."""
    assert float(multiplier(1000, 1000, 0.05)) == pytest.approx(2.778, abs=0.002)


def test_two_sided_boundary_is_tightest_where_it_is_tuned():
    from mesh_graph.canary.sequence import _tuned

    def width(x, alpha):
        return 2 * (1 + 1 / x) * np.log(np.sqrt(1 + x) / (2 * alpha))

    for alpha in (0.025, 0.006, 0.0001):
        best = _tuned(alpha)
        assert width(best, alpha) < min(width(best * 0.98, alpha), width(best * 1.02, alpha))


@pytest.mark.parametrize("alpha", [0.2, 0.05])
def test_bound_is_crossed_at_any_look_as_rarely_as_promised(alpha):
    rng = np.random.default_rng(7)
    looks = np.arange(1, 1501)
    sums = np.cumsum(rng.standard_normal((4000, len(looks)), dtype=np.float32), axis=1)
    crossed = (sums > multiplier(looks, 200, alpha) * np.sqrt(looks)).any(axis=1).mean()
    assert crossed <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / 4000)
    assert crossed > alpha / 4


def test_interval_for_one_look_is_crossed_far_more_often():
    rng = np.random.default_rng(7)
    looks = np.arange(1, 1501)
    sums = np.cumsum(rng.standard_normal((1000, len(looks)), dtype=np.float32), axis=1)
    assert (sums > 1.645 * np.sqrt(looks)).any(axis=1).mean() > 0.3


def test_less_alpha_is_wider():
    widths = [float(multiplier(2000, 1000, alpha)) for alpha in (0.05, 0.01, 0.001, 1e-6)]
    assert widths == sorted(widths)


def test_no_request_is_no_bound():
    assert float(multiplier(0, 1000, 0.05)) > 1000


@pytest.mark.parametrize(
    ("bad", "requests", "expected"),
    [(10, 100, (0.0552, 0.1744)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0))],
)
def test_wilson_is_as_published(bad, requests, expected):
    found = wilson(Arm(bad / requests, requests), 1.959964)
    assert [float(end) for end in found] == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
    ],
)
def test_difference_is_as_in_newcombes_table(ours, theirs, expected):
    """Newcombe 1998, table II, method 10."""
    arms = [Arm(bad / requests, requests) for bad, requests in (ours, theirs)]
    found = difference_bounds(*arms, 1.959964, 1.959964)
    assert [float(end) for end in found] == pytest.approx(expected, abs=5e-5)


def test_estimated_variance_widens_as_students_t():
    assert float(widened(1.959964, 1.0, 10)) == pytest.approx(2.262157, abs=1e-5)
    assert float(widened(1.959964, 4.0, 10)) == pytest.approx(4.524314, abs=1e-5)


def test_width_is_never_below_that_of_independent_requests():
    assert float(widened(3.0, 0.2, 1_000_000)) == 3.0
