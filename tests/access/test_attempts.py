"""How often one may try."""

import pytest

from mesh_graph.access.attempts import MOST, WINDOW_S, Attempts


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def attempts(clock):
    return Attempts(lambda: clock[0])


def test_a_name_may_be_tried_five_times_from_one_address(attempts):
    assert [attempts.begin("ada", "10.0.0.1") for _ in range(6)] == [0, 0, 0, 0, 0, WINDOW_S]


def test_others_may_still_try(attempts):
    for _ in range(9):
        attempts.begin("ada", "10.0.0.1")
    assert attempts.begin("bob", "10.0.0.1") == 0
    assert attempts.begin("ada", "10.0.0.2") == 0


def test_an_address_may_not_go_on_with_other_names(attempts):
    waits = [attempts.begin(f"user-{number}", "10.0.0.1") for number in range(1000)]
    assert waits.count(0) == MOST["address"]


def test_a_name_may_not_be_tried_from_everywhere(attempts):
    waits = [attempts.begin("ada", f"10.0.{number // 250}.{number % 250}") for number in range(1000)]
    assert waits.count(0) == MOST["name"]


def test_addresses_of_one_ipv6_network_are_one(attempts):
    for number in range(5):
        attempts.begin("ada", f"2001:db8::{number:x}")
    assert attempts.begin("ada", "2001:db8::ffff:1") > 0
    assert attempts.begin("ada", "2001:db8:0:1::1") == 0


def test_after_the_window_it_may_be_tried_again(attempts, clock):
    for clock[0] in (0, 10, 20, 30, 40):
        attempts.begin("ada", "10.0.0.1")
    assert attempts.begin("ada", "10.0.0.1") == WINDOW_S - 40
    clock[0] = WINDOW_S
    assert attempts.begin("ada", "10.0.0.1") == 0
    assert attempts.begin("ada", "10.0.0.1") == 10


def test_success_is_forgotten_and_does_not_wash_an_address_clean(attempts):
    for number in range(MOST["address"] - 1):
        attempts.begin(f"user-{number}", "10.0.0.1")
    for _ in range(20):
        assert attempts.begin("ada", "10.0.0.1") == 0
        attempts.succeed("ada", "10.0.0.1")
    attempts.begin("bob", "10.0.0.1")
    assert attempts.begin("carl", "10.0.0.1") > 0


def test_waiting_does_not_make_it_longer(attempts, clock):
    for _ in range(5):
        attempts.begin("ada", "10.0.0.1")
    clock[0] = WINDOW_S - 1
    for _ in range(100):
        assert attempts.begin("ada", "10.0.0.1") == 1
    clock[0] = WINDOW_S
    assert attempts.begin("ada", "10.0.0.1") == 0
