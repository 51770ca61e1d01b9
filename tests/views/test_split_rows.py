"""Rows of splits, from canaries whose weights and faults are known."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from mesh_graph.canary.verdict import Bounds, Judged, Quantity, State
from mesh_graph.views.split_rows import leading, progress, share_rows, version_rows
from tests.canary_mesh import NAMESPACE, VIEW


@pytest.fixture
def split(canaries):
    return lambda name: canaries.split(VIEW, f"{NAMESPACE}/{name}").split


def test_the_baseline_stands_first_and_parts_make_one(split):
    rows = share_rows(split("drifting"))
    assert [(row.version, row.role) for row in rows] == [("v1", "baseline"), ("v2", "canary")]
    assert sum(row.observed for row in rows) == pytest.approx(1)
    assert [row.declared for row in rows] == [0.9, 0.1]


def test_the_interval_is_of_the_share_itself(split):
    for row in share_rows(split("good")):
        assert row.lower <= row.observed <= row.upper


def test_what_reached_no_version_is_a_row_of_its_own(split):
    *_, lost = share_rows(split("dead"))
    assert (lost.version, lost.role) == ("", "lost")
    assert lost.observed == pytest.approx(0.1, abs=0.01)


def test_errors_are_ratios_of_what_was_asked(split):
    baseline, canary = version_rows(split("bad"))
    assert baseline.error_ratio == pytest.approx(0.001, abs=0.0005)
    assert canary.error_ratio == pytest.approx(0.05, abs=0.01)
    assert canary.callers_error_ratio == pytest.approx(canary.error_ratio, abs=0.001)
    assert canary.masked == 0


def test_a_version_without_requests_has_no_ratios(split):
    _, canary = version_rows(split("silent"))
    assert canary.requests == 0
    assert math.isnan(canary.error_ratio)


def test_a_row_shows_what_is_worse(split):
    assert leading(split("slow")).quantity is Quantity.LATENCY
    assert leading(split("dead")).quantity is Quantity.UNATTRIBUTED
    assert leading(split("good")).quantity is Quantity.ERRORS


UNDECIDED = Judged(
    Quantity.ERRORS,
    "v2",
    State.UNDECIDED,
    300,
    0.02,
    0.01,
    900,
    0.01,
    Bounds(-0.01, 0.03),
    more_requests=900.0,
)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({}, 0.25),
        ({"state": State.WORSE}, 1.0),
        ({"more_requests": math.nan}, math.nan),
        ({"more_requests": math.inf}, math.nan),
        ({"state": State.NO_TRAFFIC}, math.nan),
        ({"more_requests": 0.0}, 0.9995),
    ],
)
def test_progress_is_the_part_of_the_requests_that_are_there(changes, part):
    assert progress(replace(UNDECIDED, **changes)) == pytest.approx(part, nan_ok=True)
