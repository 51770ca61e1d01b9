"""The file: what comes back after a restart, what is refused, what is forgotten."""

from __future__ import annotations

import sqlite3

import pytest

from mesh_graph.errors import ConfigError
from mesh_graph.sources.cluster import Change
from mesh_graph.sources.journal import FILE, Journal

CART = ("east", "VirtualService", "shop", "cart")


def change(at: float, **more) -> Change:
    fields = {"digest": f"d{at}", "shape": "s", "weights": {"spec/http[0]/route[0]": round(at)}}
    return Change(at, at + 1, f"v{at}", **(fields | more))


def test_what_was_recorded_is_there_after_a_restart(tmp_path):
    first = Journal(tmp_path / "state")
    assert first.changes == {}
    first.record({CART: change(1.5)})
    first.record({CART: change(2.5), (*CART[:3], "till"): change(3.0)})
    first.close()
    again = Journal(tmp_path / "state")
    assert again.changes == {CART: (change(1.5), change(2.5)), (*CART[:3], "till"): (change(3.0),)}
    again.close()


def test_names_that_are_hostile_come_back_as_they_were(tmp_path):
    hostile = ("c'; DROP TABLE changes; --", "K", 'n"\n', "名\x00")
    journal = Journal(tmp_path)
    journal.record({hostile: change(1.0)})
    journal.close()
    again = Journal(tmp_path)
    assert list(again.changes) == [hostile]
    again.close()


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path):
    first = Journal(tmp_path)
    with pytest.raises(ConfigError, match="in use by another process"):
        Journal(tmp_path)
    first.record({CART: change(1.0)})
    first.close()
    Journal(tmp_path).close()


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    (tmp_path / FILE).write_bytes(b"notes of somebody else" * 1000)
    with pytest.raises(ConfigError, match="damaged, or no journal"):
        Journal(tmp_path)
    assert (tmp_path / FILE).read_bytes() == b"notes of somebody else" * 1000


def test_the_database_of_another_program_is_refused_and_left_as_it_is(tmp_path):
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE accounts (name TEXT)")
    other.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(ConfigError, match="belongs to another program"):
        Journal(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_journal_of_a_later_version_is_refused(tmp_path):
    Journal(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as file:
        file.execute("PRAGMA user_version = 2")
    file.close()
    with pytest.raises(ConfigError, match="newer version"):
        Journal(tmp_path)


def test_a_damaged_journal_is_refused(tmp_path):
    journal = Journal(tmp_path)
    journal.record({(*CART[:3], str(n)): change(float(n)) for n in range(2000)})
    journal.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    content[4096:-4096] = b"\xa5" * (len(content) - 8192)
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ConfigError, match="damaged"):
        Journal(tmp_path)


@pytest.mark.parametrize("weights", ["no json", "[1]", '{"a": "b"}', '{"a": null}'])
def test_rows_that_make_no_sense_are_refused(tmp_path, weights):
    Journal(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as file:
        file.execute("INSERT INTO changes VALUES (NULL, 'a', 'b', 'c', 'd', 1, 1, '', '', '', ?)", (weights,))
    file.close()
    with pytest.raises(ConfigError, match="damaged"):
        Journal(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be opened"):
        Journal(tmp_path / "file" / "state")


def test_the_oldest_rows_are_forgotten_but_not_the_present_state_of_an_object(tmp_path):
    journal = Journal(tmp_path, most_rows=5)
    journal.record({(*CART[:3], "quiet"): change(0.0)})
    for at in range(1, 9):
        journal.record({CART: change(float(at))})
    assert [step.at for step in journal.changes[CART]] == [5.0, 6.0, 7.0, 8.0]
    assert [step.at for step in journal.changes[*CART[:3], "quiet"]] == [0.0]
    journal.close()


def test_rows_stay_bounded_though_every_one_is_of_another_object(tmp_path):
    journal = Journal(tmp_path, most_rows=5)
    journal.record({(*CART[:3], str(n)): change(float(n)) for n in range(9)})
    assert sorted(name for _, _, _, name in journal.changes) == ["4", "5", "6", "7", "8"]
    journal.close()


def test_the_file_stays_within_its_bytes(tmp_path):
    journal = Journal(tmp_path, most_bytes=2**17)
    for at in range(300):
        journal.record({CART: change(float(at), shape="x" * 2000)})
    assert (tmp_path / FILE).stat().st_size <= 2**17
    assert journal.changes[CART][-1].at == 299.0
    assert len(journal.changes[CART]) > 10
    journal.close()


def test_a_change_larger_than_the_file_may_be_is_an_error_and_changes_nothing(tmp_path):
    journal = Journal(tmp_path, most_bytes=2**17)
    journal.record({CART: change(1.0)})
    with pytest.raises(OSError, match="cannot be written"):
        journal.record({CART: change(2.0, shape="x" * 2**18)})
    assert journal.changes == {CART: (change(1.0),)}
    journal.close()
