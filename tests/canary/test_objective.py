from __future__ import annotations

import math

import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.canary.naming import Naming
from mesh_graph.canary.objective import bucket_shares, choose_objective, nearest_edge
from tests.canary.request_rows import counts


def shares(cumulative: dict[str, float], reporter: str = "destination") -> pd.DataFrame:
    rows = counts(*(("v1", 0, value, {fields.REPORTER: reporter}) for value in cumulative.values()))
    rates = rows.assign(le=list(cumulative), value=list(cumulative.values()))
    return bucket_shares(rates, Naming.of(rates))


USUAL = {"50": 60.0, "100": 90.0, "250": 96.0, "500": 99.0, "+Inf": 100.0}


def test_the_objective_is_the_least_edge_that_one_in_twenty_exceeded():
    assert choose_objective(shares(USUAL), "v1") == 250.0


def test_an_edge_that_exactly_one_in_twenty_exceeded_will_do():
    assert choose_objective(shares({**USUAL, "100": 95.0}), "v1") == 100.0


def test_there_is_none_without_requests_or_above_the_last_edge():
    assert choose_objective(shares(dict.fromkeys(USUAL, 0.0)), "v1") is None
    assert choose_objective(shares({**USUAL, "250": 90.0, "500": 90.0}), "v1") is None
    assert choose_objective(shares(USUAL), "v2") is None


def test_edges_are_numbers_however_they_are_written():
    rows = counts(*(("v1", 0, 0, {fields.REPORTER: "destination"}) for _ in range(4)))
    rates = rows.assign(le=["1", "1.0", "+Inf", "+Inf"], value=[3.0, 2.0, 5.0, 5.0])
    found = bucket_shares(rates, Naming.of(rates))
    assert list(zip(found["edge_ms"], found["share"], strict=True)) == [(1.0, 0.5), (math.inf, 1.0)]


@pytest.mark.parametrize(("wanted", "edge"), [(250.0, 250.0), (300.0, 250.0), (20.0, None)])
def test_an_objective_between_edges_is_judged_at_the_edge_below(wanted, edge):
    assert nearest_edge(shares(USUAL), wanted) == edge
