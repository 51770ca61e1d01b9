"""The shared cache: bounded, single flight, no errors kept."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from mesh_graph.cache import SharedCache


def cache(max_bytes=100, size=1):
    return SharedCache(max_bytes, lambda value: size)


def test_a_value_is_computed_once():
    shared, calls = cache(), []
    for _ in range(3):
        assert shared.get("a", lambda: calls.append(1) or 7) == 7
    assert len(calls) == 1
    assert (shared.stats.hits, shared.stats.misses) == (2, 1)


def test_many_who_ask_at_once_share_one_computation():
    shared, calls, all_here, go = cache(), [], Barrier(9), Event()

    def compute():
        calls.append(1)
        go.wait(10)
        return 7

    def ask():
        all_here.wait(10)
        return shared.get("a", compute)

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(ask) for _ in range(8)]
        all_here.wait(10)
        go.set()
        assert [answer.result(10) for answer in answers] == [7] * 8
    assert len(calls) == 1


def test_an_error_reaches_all_and_is_not_kept():
    shared = cache()

    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        shared.get("a", fail)
    assert shared.get("a", lambda: 7) == 7


def test_the_least_recently_used_goes_first():
    shared = cache(max_bytes=2)
    for key in ("a", "b"):
        shared.get(key, lambda: 1)
    shared.get("a", lambda: 1)
    shared.get("c", lambda: 1)
    assert shared.get("a", lambda: 2) == 1
    assert shared.get("b", lambda: 2) == 2


def test_what_is_held_never_passes_the_bound():
    shared = SharedCache(10, len)
    for length in (4, 4, 4, 9, 1):
        shared.get(object(), lambda length=length: "x" * length)
        assert shared.stats.held_bytes <= 10


def test_a_value_above_the_bound_is_handed_out_and_not_kept():
    shared = cache(max_bytes=5, size=6)
    assert shared.get("a", lambda: 1) == 1
    assert shared.get("a", lambda: 2) == 2


def test_a_value_put_from_elsewhere_is_found():
    shared = cache()
    shared.put("a", 7)
    assert shared.get("a", lambda: 8) == 7
