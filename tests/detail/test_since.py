"""Since when the present state holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.detail.since import began

STATES = st.sampled_from(["healthy", "degraded", "failure", "no_data"])


@pytest.mark.parametrize(
    ("states", "at", "is_bound", "before"),
    [
        ("hhhf", 180.0, False, "h"),
        ("hfff", 60.0, False, "h"),
        ("ffff", 0.0, True, ""),
        ("fhff", 120.0, False, "h"),
        ("f", 0.0, True, ""),
    ],
)
def test_it_is_the_first_of_the_last_run(states, at, is_bound, before):
    since = began([60.0 * step for step in range(len(states))], states, 60.0)
    assert (since.at, since.is_bound, since.before, since.state) == (at, is_bound, before, states[-1])


def test_without_instants_nothing_is_known():
    assert began([], [], 60.0) is None


@given(st.lists(STATES, min_size=1, max_size=20))
def test_from_then_on_all_states_are_alike_and_the_one_before_is_not(states):
    times = list(map(float, range(len(states))))
    since = began(times, states, 1.0)
    first = times.index(since.at)
    assert set(states[first:]) == {states[-1]}
    assert since.is_bound == (first == 0)
    assert first == 0 or states[first - 1] == since.before != since.state
