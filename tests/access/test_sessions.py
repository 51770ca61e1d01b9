"""Sessions end: when nobody uses them, when their time is over, when they are ended."""

import pytest

from mesh_graph.access.identity import Way
from mesh_graph.access.sessions import Session, Sessions


@pytest.fixture
def clock():
    return [50.0]


@pytest.fixture
def sessions(clock):
    return Sessions(lambda: clock[0], idle_s=60, lifetime_s=150)


def test_a_session_is_found_by_its_number_alone(sessions):
    number = sessions.begin(Session("ada", Way.PASSWORD))
    assert sessions.find(number).name == "ada"
    assert sessions.find("") is None
    assert sessions.find(number[:-1]) is None


def test_numbers_are_long_and_never_the_same(sessions):
    numbers = {sessions.begin(Session("ada", Way.PASSWORD)) for _ in range(100)}
    assert len(numbers) == 100
    assert min(map(len, numbers)) >= 43


def test_a_session_nobody_uses_ends(sessions, clock):
    number = sessions.begin(Session("ada", Way.PASSWORD))
    clock[0] += 59
    assert sessions.find(number)
    clock[0] += 60
    assert sessions.find(number) is None


def test_a_session_in_use_ends_when_its_time_is_over(sessions, clock):
    number = sessions.begin(Session("ada", Way.PASSWORD))
    for _ in range(14):
        clock[0] += 10
        assert sessions.find(number)
    clock[0] += 10
    assert sessions.find(number) is None


def test_a_session_that_was_ended_is_not_found(sessions):
    number = sessions.begin(Session("ada", Way.PASSWORD))
    assert sessions.end(number).name == "ada"
    assert sessions.find(number) is None
    assert sessions.end(number) is None


def test_what_is_kept_does_not_let_anybody_in(sessions):
    number = sessions.begin(Session("ada", Way.PASSWORD, proof="p" * 64))
    (key,) = sessions._held
    assert number.encode() not in key
    assert "p" * 64 not in repr(sessions.find(number))
    assert sessions.find(number).form_token not in repr(sessions.find(number))
