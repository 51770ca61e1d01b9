import math

import pytest

from bench.figures import Figure, Pairs, growth, take_pairs


class Clock:
    """Seconds that pass only when somebody works."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("value", "aim", "short"),
    [
        (15.0, 15.0, False),
        (15.1, 15.0, True),
        (-3.0, 15.0, False),
        (0.0, 0.0, False),
        (99.0, None, False),
        (math.nan, 15.0, True),
        (math.nan, None, False),
    ],
)
def test_figure_falls_short_above_its_aim_or_unmeasured(value, aim, short):
    assert Figure("case", "1 ns x 1", "ours", value, aim=aim).falls_short is short


def test_difference_and_ratio_are_medians_over_pairs():
    """Not of the medians: those of each side may be of different moments."""
    pairs = Pairs(floor=(1.0, 10.0, 2.0), ours=(4.0, 11.0, 4.0))
    assert pairs.difference == 2.0
    assert pairs.ratio == 2.0


def test_first_of_a_pair_changes_from_pair_to_pair():
    order = []
    take_pairs(lambda n: order.append(("floor", n)), lambda n: order.append(("ours", n)), 3)
    assert order == [("floor", 0), ("ours", 0), ("ours", 1), ("floor", 1), ("floor", 2), ("ours", 2)]


def test_each_side_is_given_its_own_time():
    clock = Clock()

    cpu = Clock()

    def work(seconds):
        clock.now += seconds
        cpu.now += seconds / 4

    pairs = take_pairs(lambda n: work(1 + n), lambda n: work(10 * (1 + n)), 2, clock, cpu)
    assert (pairs.floor, pairs.ours) == ((1.0, 2.0), (10.0, 20.0))
    assert pairs.cpu == Pairs(floor=(0.25, 0.5), ours=(2.5, 5.0))


@pytest.mark.parametrize(
    ("points", "exponent"),
    [
        ([(100, 2.0), (1000, 20.0)], 1.0),
        ([(1000, 200.0), (100, 2.0)], 2.0),
        ([(1, 5.0), (100, 3.0), (1000, 3.0)], 0.0),
    ],
)
def test_growth_is_the_exponent_between_the_two_largest(points, exponent):
    assert growth(points) == pytest.approx(exponent)


@pytest.mark.parametrize("points", [[], [(100, 2.0)]])
def test_growth_of_fewer_than_two_sizes_is_unknown(points):
    assert math.isnan(growth(points))
