"""Curves by hand."""

from __future__ import annotations

import numpy as np
import pytest

from mesh_graph.demo.curves import DAY_S, Constant, Curve, Daily, Once, Pulse, Rest, Steps, remainder

DAY = 20_000 * DAY_S


@pytest.mark.parametrize(
    ("curve", "at", "value"),
    [
        (Constant(0.3), 5, 0.3),
        (Daily(0.2, 1.0, 15), 15 * 3600, 1.0),
        (Daily(0.2, 1.0, 15), 3 * 3600, 0.2),
        (Daily(0.2, 1.0, 15), 9 * 3600, 0.6),
        (Steps(1800, (1, 2, 3, 4)), 1799, 1),
        (Steps(1800, (1, 2, 3, 4)), 1800, 2),
        (Steps(1800, (1, 2, 3, 4)), 7200, 1),
        (Pulse(3600, 300, 480, 0.6), 299, 0),
        (Pulse(3600, 300, 480, 0.6), 300, 0.6),
        (Pulse(3600, 300, 480, 0.6), 779, 0.6),
        (Pulse(3600, 300, 480, 0.6), 780, 0),
        # A pulse may reach over the end of its period.
        (Pulse(3600, 3500, 200), 3700, 0),
        (Pulse(3600, 3500, 200), 3699, 1),
        (Once(DAY + 100, 50, 0.5, 0.1), 99, 0.1),
        (Once(DAY + 100, 50, 0.5, 0.1), 100, 0.5),
        (Once(DAY + 100, 50, 0.5, 0.1), 150, 0.1),
        (Rest((Constant(0.2), Steps(1800, (0.5, 0.9)))), 0, 0.3),
        (Rest((Constant(0.2), Steps(1800, (0.5, 0.9)))), 1800, 0),
    ],
)
def test_values_by_hand(curve: Curve, at: float, value: float):
    assert curve(np.array([DAY + at], dtype=float)) == pytest.approx([value])


@pytest.mark.parametrize(
    "curve", [Daily(0.2, 1, 15), Steps(1800, (1, 2, 3)), Pulse(3600, 300, 480), Rest((Pulse(7200, 0, 3600),))]
)
def test_every_curve_without_a_date_repeats_each_day(curve: Curve):
    t = DAY + np.arange(0, DAY_S, 333.0)
    assert curve(t) == pytest.approx(curve(t + 12_345 * DAY_S))
    assert curve.windows == ()


def test_a_dated_curve_names_its_span_and_so_does_what_it_leaves():
    event = Once(DAY, 60)
    assert event.windows == Rest((event, Constant(0.1))).windows == ((DAY, DAY + 60),)


def test_what_constants_leave_is_a_constant():
    assert remainder((Constant(0.25), Constant(0.5))) == Constant(0.25)
    assert remainder(()) == Constant(1.0)
    assert isinstance(remainder((Pulse(3600, 0, 60),)), Rest)


@pytest.mark.parametrize("curve", [Constant(0.3), Pulse(3600, 1200, 720, inside=0.6, outside=0.1)])
def test_what_adds_up_to_an_instant_is_the_sum_of_its_values(curve):
    seconds = 1_000_000.0 + np.arange(7200)
    grown = curve.until(seconds[-1:] + 1) - curve.until(seconds[:1])
    assert grown[0] == pytest.approx(curve(seconds).sum(), rel=1e-9)
