"""Shares against what was declared."""

import numpy as np
import pytest

from mesh_graph.canary.sample import Rules
from mesh_graph.canary.shares import judge_share, judge_unattributed, share_margin
from mesh_graph.canary.verdict import State

RULES = Rules()


def even(rng, share, *, intervals=200, each=150):
    everything = np.full(intervals, float(each))
    return rng.binomial(each, share, intervals).astype(float), everything


@pytest.mark.parametrize(
    ("weight", "margin"), [(0.0, 0.0), (0.01, 0.01), (0.1, 0.01), (0.5, 0.05), (0.8, 0.02), (1.0, 0.01)]
)
def test_margin_is_a_point_or_a_tenth_of_the_smaller_side(weight, margin):
    assert share_margin(weight, RULES) == pytest.approx(margin)


@pytest.mark.parametrize(
    ("drawn", "weight", "state"),
    [
        (0.1, 0.1, State.AS_DECLARED),
        (0.15, 0.1, State.DRIFTING),
        (0.05, 0.1, State.DRIFTING),
        (0.52, 0.5, State.AS_DECLARED),
        (0.11, 0.1, State.UNDECIDED),
        (0.1, None, State.OBSERVED),
    ],
)
def test_state_follows_the_interval(drawn, weight, state):
    judged = judge_share("v2", even(np.random.default_rng(1), drawn), weight, RULES)
    assert judged.state is state
    assert judged.interval.lower < (judged.value - (weight or 0.0)) < judged.interval.upper


def test_weight_0_allows_not_one_request():
    none, one = np.zeros(30), np.eye(1, 30)[0]
    everything = np.full(30, 10.0)
    assert judge_share("v2", (none, everything), 0.0, RULES).state is State.AS_DECLARED
    assert judge_share("v2", (one, everything), 0.0, RULES).state is State.DRIFTING


def test_no_requests_have_no_share():
    judged = judge_share("v2", (np.zeros(30), np.zeros(30)), 0.1, RULES)
    assert judged.state is State.NO_TRAFFIC
    assert np.isnan(judged.value)


def test_few_intervals_are_too_few():
    assert (
        judge_share("v2", even(np.random.default_rng(1), 0.5, intervals=19), 0.1, RULES).state
        is State.TOO_FEW
    )


def test_share_that_moves_half_way_is_not_as_declared():
    first = even(np.random.default_rng(1), 0.5, intervals=100, each=1000)
    second = even(np.random.default_rng(2), 0.46, intervals=100, each=1000)
    counts = tuple(np.concatenate(parts) for parts in zip(first, second, strict=True))
    assert judge_share("v2", counts, 0.48, RULES).state in (State.CHANGING, State.CANNOT_SAY)


def test_sticky_sessions_widen_the_interval():
    rng = np.random.default_rng(3)
    sessions = rng.binomial(5, 0.1, 200) * 30.0
    sticky = judge_share("v2", (sessions, np.full(200, 150.0)), 0.1, RULES)
    assert 20 < sticky.dispersion < 40
    assert sticky.state is State.UNDECIDED
    assert sticky.more_requests > 0


@pytest.mark.parametrize(
    ("lost", "state"),
    [(0.0, State.SOUND), (0.001, State.SOUND), (0.02, State.WORSE), (0.005, State.UNDECIDED)],
)
def test_lost_requests_are_held_to_the_error_margin(lost, state):
    judged = judge_unattributed(*even(np.random.default_rng(1), lost), RULES)
    assert judged.state is state
