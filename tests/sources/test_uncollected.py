import gc
from threading import Event, Thread

import pytest

from mesh_graph.sources.uncollected import uncollected


def test_collector_is_off_inside_and_on_again_after_it():
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collector_is_on_again_after_a_failure():
    with pytest.raises(ValueError, match="no"), uncollected():
        raise ValueError("no")
    assert gc.isenabled()


def test_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_collector_stays_off_until_the_last_thread_is_out():
    entered, leave = Event(), Event()

    def read() -> None:
        with uncollected():
            entered.set()
            leave.wait(30)

    thread = Thread(target=read)
    with uncollected():
        thread.start()
        assert entered.wait(30)
    assert not gc.isenabled()
    leave.set()
    thread.join(30)
    assert gc.isenabled()
