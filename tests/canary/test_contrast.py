"""Differences caller by caller."""

import numpy as np
import pytest

from mesh_graph.canary.contrast import Pair, contrast, have_different_callers, late_ratios


def pair(canary_bad, canary, baseline_bad, baseline):
    return Pair(*(np.array(counts, dtype=float) for counts in (canary_bad, canary, baseline_bad, baseline)))


def test_one_caller_is_the_plain_difference():
    found = contrast(pair([[1, 2]], [[10, 20]], [[1, 1]], [[50, 50]]))
    assert found.difference == pytest.approx(0.1 - 0.02)
    assert found.canary.requests == pytest.approx(30)
    assert found.variance == pytest.approx(0.1 * 0.9 / 30 + 0.02 * 0.98 / 100)


def test_what_every_interval_adds_is_as_by_hand():
    found = contrast(pair([[1, 3]], [[10, 10]], [[0, 0]], [[50, 50]]))
    assert found.residuals == pytest.approx([(1 - 2) / 20, (3 - 2) / 20])


def test_callers_are_weighted_by_mantel_and_haenszel():
    """Weights 100·300/400 = 75 and 10·90/100 = 9; differences 0 and 0.1 − 5/90."""
    found = contrast(pair([[10], [1]], [[100], [10]], [[30], [5]], [[300], [90]]))
    assert found.difference == pytest.approx(9 / 84 * (0.1 - 5 / 90))


def test_caller_mix_alone_makes_no_difference():
    """Both versions fail alike with each caller; the bad caller calls the canary more."""
    mixed = pair([[30], [1]], [[300], [100]], [[10], [9]], [[100], [900]])
    assert contrast(mixed).difference == pytest.approx(0)
    assert contrast(mixed.together()).difference == pytest.approx(31 / 400 - 19 / 1000)


def test_callers_of_one_version_alone_say_nothing():
    found = contrast(pair([[9], [1]], [[10], [10]], [[0], [1]], [[0], [10]]))
    assert found.difference == pytest.approx(0)


def test_versions_without_a_common_caller_cannot_be_compared():
    assert contrast(pair([[1], [0]], [[10], [0]], [[0], [1]], [[0], [10]])) is None


@pytest.mark.parametrize(
    ("canary", "baseline", "differ"), [((50, 50), (500, 500), False), ((60, 40), (500, 500), True)]
)
def test_mixes_differ_by_more_than_one_request_in_twenty(canary, baseline, differ):
    columns = [np.array(counts, dtype=float)[:, None] for counts in (canary, baseline)]
    assert have_different_callers(*columns) is differ


def test_ratios_from_a_place_on_are_those_of_the_contrast_from_there():
    rng = np.random.default_rng(1)
    canary, baseline = rng.poisson(20, (3, 40)), rng.poisson(60, (3, 40))
    whole = pair(rng.binomial(canary, 0.1), canary, rng.binomial(baseline, 0.05), baseline)
    ratios = late_ratios(whole, np.array([0, 15, 39]))
    for at, place in enumerate((0, 15, 39)):
        found = contrast(whole.since(place))
        assert ratios[0][at] == pytest.approx(found.canary.ratio)
        assert ratios[1][at] == pytest.approx(found.baseline.ratio)
