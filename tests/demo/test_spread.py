"""What events measure: totals against counting one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.demo.spread import BUCKETS, LE, Spread, Totals

SPREADS = [Spread(12), Spread(3, 0.0), Spread(90, 0.5, 0.05, 20), Spread(900_000, 1.5), Spread(0.2, 0.1)]
TOTALS = Totals([spread.values() for spread in SPREADS])


def test_edges_are_written_as_envoy_writes_them():
    """Source: Envoy's default histogram buckets, as a sidecar's ``/stats/prometheus`` has them."""
    assert ",".join(LE) == (
        "0.5,1,5,10,25,50,100,250,500,1000,2500,5000,10000,30000,60000,300000,600000,1800000,3600000,+Inf"
    )
    assert [float(le) for le in LE] == list(BUCKETS)


@given(st.integers(0, len(SPREADS) - 1), st.integers(0, 5000))
def test_totals_are_those_of_counting_one_by_one(which: int, events: int):
    values = np.resize(SPREADS[which].values(), events)
    numbers = np.array([[events]])
    assert TOTALS.sums(np.array([which]), numbers).item() == values.sum()
    expected = [(values <= edge).sum() for edge in BUCKETS]
    assert TOTALS.buckets(np.array([which]), numbers)[0, 0].tolist() == expected


def test_the_spread_has_its_median_and_its_tail():
    values = Spread(100, 0.3, 0.1, 50).values()
    assert np.median(values) == pytest.approx(107, abs=5)
    assert (values > 1000).mean() == pytest.approx(0.1, abs=0.005)
    assert set(Spread(3000, 0.0).values()) == {3000}


def test_the_order_is_always_the_same_but_not_sorted():
    assert (Spread(50).values() == Spread(50).values()).all()
    steps = np.diff(Spread(50).values())
    assert (steps < 0).any()
    assert (steps > 0).any()
