"""Laws of the event counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph.demo.curves import DAY_S, HOUR_S, Constant, Daily, Once, Pulse
from mesh_graph.demo.tally import TICK_S, Tally

NOON = 20_500 * DAY_S + 12 * HOUR_S
RATES = np.array([40.0, 3.0, 0.2, 0.001, 0.0, 5.0, 8.0])
CURVES = [
    (Constant(1.0),),
    (Daily(0.3, 1.0, 15),),
    (Daily(0.3, 1.0, 15), Constant(0.5)),
    (Constant(1.0),),
    (Constant(1.0),),
    (Pulse(1800, 300, 480, 0.6),),
    (Constant(1.0), Once(NOON + 600, 900, 0.5)),
]
KEYS = np.arange(1, 8, dtype=np.uint64)


def tally(seed: int = 0) -> Tally:
    return Tally(RATES, CURVES, KEYS, seed)


TALLY = tally()
instants = st.floats(-1e9, 4e9, allow_nan=False)


@settings(max_examples=60)
@given(instants, st.floats(0, 90_000))
def test_counts_never_fall(start: float, later: float):
    before, after = TALLY.at(np.array([start, start + later])).T
    assert (after >= before).all()


@settings(max_examples=30)
@given(st.lists(st.integers(NOON - 8000, NOON + 8000), min_size=1, max_size=6))
def test_counts_depend_on_the_instant_alone(times: list[int]):
    """Not on what was asked before, nor on what is asked together."""
    together = TALLY.at(np.array(sorted(times), dtype=float))
    for column, at in enumerate(sorted(times)):
        assert (tally().at(np.array([float(at)]))[:, 0] == together[:, column]).all()


def test_a_flow_does_not_depend_on_the_others():
    alone = Tally(RATES[1:2], CURVES[1:2], KEYS[1:2], 0)
    times = NOON + 7.0 * np.arange(900)
    assert (alone.at(times)[0] == TALLY.at(times)[1]).all()


def test_each_at_reads_one_instant_per_flow():
    flows = np.array([1, 0, 5, 1])
    times = np.array([NOON + 1.5, NOON + 4000.0, NOON - 3.0, NOON + 7300.0])
    expected = [TALLY.at(np.array([at]))[flow, 0] for flow, at in zip(flows, times, strict=True)]
    assert TALLY.each_at(flows, times).tolist() == expected


def test_rates_are_those_declared():
    counts = TALLY.at(np.array([NOON - 7 * DAY_S, NOON - 0.0]))
    per_second = np.diff(counts, axis=1)[:, 0] / (7 * DAY_S)
    # The dated event comes later; a day's mean of the daily wave is the middle of its ends.
    expected = [40, 3 * 0.65, 0.2 * 0.65 * 0.5, 0.001, 0, 5 * 0.6 * 480 / 1800, 0]
    assert per_second == pytest.approx(expected, rel=0.01, abs=1e-5)


def test_the_load_follows_its_curve_through_the_day():
    night, evening = NOON + 15 * HOUR_S, NOON + 3 * HOUR_S
    hours = [
        np.diff(TALLY.at(np.array([at - 600.0, at + 600.0])), axis=1)[1, 0] / 1200 for at in (night, evening)
    ]
    assert hours == pytest.approx([3 * 0.3, 3 * 1.0], rel=0.15)


def test_a_pulse_is_sharp_to_the_tick():
    times = NOON + np.array([0.0, 300.0, 780.0, 1800.0])
    quiet, loud, after = np.diff(TALLY.at(times)[5])
    assert quiet == after == 0
    assert loud == pytest.approx(5 * 0.6 * 480, rel=0.15)


def test_a_dated_event_happens_once_and_stays_counted():
    start = NOON + 600.0
    times = np.array([start - 30 * DAY_S, start, start + 900, start + 901, start + 90 * DAY_S])
    before, event, *after = np.diff(TALLY.at(times)[6])
    assert (before, *after) == (0, 0, 0)
    assert event == pytest.approx(8 * 0.5 * 900, rel=0.06)


def test_a_dated_event_within_a_tick_starts_with_the_next():
    late = Tally(RATES[6:], [(Once(NOON + 601.0, 60),)], KEYS[6:], 0)
    assert np.diff(late.at(np.array([NOON + 600.0, NOON + 605.0, NOON + 610.0])))[0].tolist()[0] == 0
    assert np.diff(late.at(np.array([NOON + 605.0, NOON + 620.0])))[0, 0] > 0


def test_noise_within_an_hour_has_the_variance_of_a_poisson_process():
    counts = TALLY.at(NOON + 60.0 * np.arange(7 * 24 * 60 + 1))[0]
    per_minute = np.diff(counts).reshape(-1, 60)
    assert per_minute.var(axis=1).mean() / per_minute.mean() == pytest.approx(1.0, abs=0.15)


def test_noise_of_whole_hours_has_the_variance_of_a_poisson_process():
    keys = np.arange(2000, dtype=np.uint64)
    many = Tally(np.full(2000, 2.0), [(Constant(1.0),)] * 2000, keys, 0)
    hours = np.diff(many.at(np.array([NOON, NOON + HOUR_S, NOON + 2 * HOUR_S])), axis=1)
    assert hours.mean() == pytest.approx(7200, rel=0.001)
    # Of 2,000 variances, five standard errors: 5 x sqrt(2/2000).
    assert hours.var(axis=0) / 7200 == pytest.approx(1.0, abs=0.16)


def test_days_differ_and_so_do_seeds():
    day = NOON + TICK_S * np.arange(200.0)
    today, tomorrow, elsewhere = (
        np.diff(t.at(d)[1]) for t, d in ((TALLY, day), (TALLY, day + DAY_S), (tally(1), day))
    )
    assert (today != tomorrow).any()
    assert (today != elsewhere).any()


def test_no_flows_are_no_counts():
    nothing = Tally(np.empty(0), [], np.empty(0, dtype=np.uint64), 0)
    assert nothing.at(np.array([NOON, NOON + 5.0])).shape == (0, 2)
