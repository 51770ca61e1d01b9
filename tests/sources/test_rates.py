"""Rates and quantiles by hand, and against a point by point reading of Prometheus' rules."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.sources.rates import Windows, counter_rate, histogram_quantile

NAN = math.nan


def rate(samples: list[float], at: float, window_s: float = 60, step: float = 15) -> float:
    """Rate of one counter sampled at multiples of ``step``."""
    times = step * np.arange(len(samples))
    (one,) = counter_rate(np.array([samples]), Windows.over(times, np.array([at]), window_s))[0]
    return float(one)


@pytest.mark.parametrize(
    ("samples", "at", "expected"),
    [
        # Samples at both ends of the window: what is between them, over the window.
        pytest.param([100, 115, 130, 145, 160], 60, 60 / 60, id="aligned"),
        # Both ends 7.5 s away, less than 1.1 intervals: 45 in 45 s carried on to 60 s.
        pytest.param([100, 115, 130, 145, 160, 175], 67.5, 60 / 60, id="between scrapes"),
        # The counter would have been zero 2 s before its first sample: carried back to there only.
        pytest.param([NAN, 2, 17, 32, 47], 60, 45 * (47 / 45) / 60, id="born in the window"),
        # Two samples, 15 s apart; both ends too far away: half an interval each.
        pytest.param(
            [NAN, NAN, 1000, 1015, NAN, NAN, NAN, NAN], 67.5, 15 * (30 / 15) / 60, id="half an interval"
        ),
        pytest.param([NAN, NAN, NAN, NAN, 5], 60, NAN, id="one sample"),
        pytest.param([NAN] * 5, 60, NAN, id="none"),
        # 10 before the reset at the third sample, then from zero: 5 + 3 + 15 + 15.
        pytest.param([10, 15, 3, 18, 33], 60, 38 * (60 / 60) / 60, id="reset"),
        # A reset before the window's first sample is not part of it.
        pytest.param([90, 10, 25, 40, 55, 70], 75, 60 / 60, id="reset before the window"),
        pytest.param([7, 7, 7, 7, 7], 60, 0, id="no traffic"),
        pytest.param([0, 0, 0, 0, 6], 60, 6 / 60, id="from zero"),
        # A missed scrape in the middle changes nothing but the mean interval.
        pytest.param([100, 115, NAN, 145, 160], 60, 60 / 60, id="gap"),
        # A reset behind a gap is seen against the last sample before it.
        pytest.param([100, 115, NAN, 5, 20], 60, (15 + 5 + 15) * (60 / 60) / 60, id="reset behind a gap"),
    ],
)
def test_rate_by_hand(samples: list[float], at: float, expected: float):
    assert rate(samples, at) == pytest.approx(expected, nan_ok=True)


def test_both_ends_of_a_window_belong_to_it():
    assert rate([0, 10], at=15, window_s=15) == pytest.approx(10 / 15)


def test_no_samples_at_all_is_no_rate():
    nothing = counter_rate(np.empty((3, 0)), Windows.over(np.empty(0), np.array([0.0, 1.0]), 60))
    assert nothing.shape == (3, 2)
    assert np.isnan(nothing).all()


def by_the_book(times: list[float], values: list[float], at: float, window: float) -> float:
    """Prometheus' rules for one counter and one window, point by point; times in seconds."""
    points = [
        (t, v) for t, v in zip(times, values, strict=True) if not math.isnan(v) and at - window <= t <= at
    ]
    if len(points) < 2:
        return NAN
    increase = points[-1][1] - points[0][1]
    for (_, before), (_, after) in pairwise(points):
        increase += before if after < before else 0
    sampled = points[-1][0] - points[0][0]
    interval = sampled / (len(points) - 1)
    to_start, to_end = points[0][0] - (at - window), at - points[-1][0]
    if increase > 0:
        to_start = min(to_start, sampled * points[0][1] / increase)
    reach = sampled
    for distance in (to_start, to_end):
        reach += distance if distance < interval * 1.1 else interval / 2
    return increase * reach / sampled / window


counters = st.lists(
    st.lists(st.one_of(st.integers(0, 60).map(float), st.just(NAN)), min_size=12, max_size=12),
    min_size=1,
    max_size=4,
)


@given(counters, st.lists(st.integers(-40, 260), min_size=1, max_size=5, unique=True), st.integers(10, 200))
def test_rate_is_what_prometheus_rules_say(rows: list[list[float]], ats: list[int], window: int):
    times = [15.0 * i for i in range(12)]
    ats = sorted(ats)
    ours = counter_rate(np.array(rows), Windows.over(np.array(times), np.array(ats, dtype=float), window))
    expected = [[by_the_book(times, row, at, window) for at in ats] for row in rows]
    assert ours == pytest.approx(np.array(expected), nan_ok=True)


def test_axes_before_the_last_are_kept():
    samples = np.arange(24.0).reshape(2, 3, 4)
    rates = counter_rate(samples, Windows.over(15.0 * np.arange(4), np.array([45.0, 30.0, 15.0])[::-1], 45))
    assert rates.shape == (2, 3, 3)


EDGES = np.array([1.0, 5.0, 10.0, math.inf])


def quantile(q: float, cumulative: list[float]) -> float:
    return float(histogram_quantile(q, EDGES, np.array(cumulative)[:, None])[0])


@pytest.mark.parametrize(
    ("q", "cumulative", "expected"),
    [
        pytest.param(0.5, [0, 10, 10, 10], 3.0, id="half way through a bucket"),
        pytest.param(0.5, [10, 10, 10, 10], 0.5, id="the first bucket starts at zero"),
        pytest.param(0.9, [5, 8, 10, 10], 7.5, id="between edges"),
        pytest.param(0.8, [5, 8, 10, 10], 5.0, id="on an edge"),
        pytest.param(0.99, [0, 0, 8, 10], math.inf, id="in the last bucket"),
        pytest.param(0.5, [0, 0, 0, 10], math.inf, id="all in the last bucket"),
        pytest.param(0.8, [0, 0, 8, 10], 10.0, id="on the highest finite edge"),
        pytest.param(0.5, [0, 0, 0, 0], NAN, id="no traffic"),
        pytest.param(0.5, [NAN] * 4, NAN, id="no data"),
        pytest.param(1.0, [2, 4, 4, 4], 5.0, id="the whole"),
        # Windows of different buckets extrapolate differently: the fall from 8 to 7 is noise.
        pytest.param(0.9, [0, 8, 7, 10], math.inf, id="not monotone"),
    ],
)
def test_quantile_by_hand(q: float, cumulative: list[float], expected: float):
    assert quantile(q, cumulative) == pytest.approx(expected, nan_ok=True)


@given(st.lists(st.integers(0, 100), min_size=4, max_size=4), st.floats(0.01, 0.99))
def test_quantile_never_falls_as_the_share_grows(sizes: list[int], q: float):
    cumulative = list(np.cumsum(sizes).astype(float))
    if cumulative[-1] > 0:
        assert quantile(q, cumulative) <= quantile(min(q + 0.01, 1.0), cumulative) + 1e-9
