"""Labels as integers: codes sort as words do, groups do not depend on the order of rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.frames.codes import decode, encode, first_rows, group


def column(values):
    return np.array(values, dtype=object)


@given(st.lists(st.lists(st.text(max_size=4), max_size=10), min_size=1, max_size=4))
def test_decoding_gives_back_what_was_encoded(columns):
    vocabulary, codes = encode([column(values) for values in columns])
    assert vocabulary == sorted(set(vocabulary))
    assert vocabulary[0] == ""
    assert [part.tolist() for part in decode(vocabulary, codes)] == columns


def test_what_is_no_text_counts_as_empty():
    vocabulary, (codes,) = encode([column(["b", None, float("nan"), "", 7])], extra=("a",))
    assert vocabulary == ["", "a", "b"]
    assert codes.tolist() == [2, 0, 0, 0, 0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**40), st.integers(0, 2**40))))
def test_groups_are_numbered_by_value(rows):
    columns = [np.array([row[place] for row in rows], dtype=np.int64) for place in range(3)]
    groups, count = group(*columns)
    places = {row: place for place, row in enumerate(sorted(set(rows)))}
    assert groups.tolist() == [places[row] for row in rows]
    assert count == len(places)
    first = first_rows(groups, count).tolist()
    assert first == [rows.index(row) for row in sorted(places)]
