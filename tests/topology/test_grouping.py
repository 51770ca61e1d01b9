import pandas as pd
import pytest

from mesh_graph.topology.grouping import distinct_rows


@pytest.mark.parametrize("dtype", ["str", object, "category"])
def test_combinations_are_found_over_all_frames(dtype):
    one = pd.DataFrame({"a": ["x", "y", "x"], "b": ["1", "1", "1"]}, dtype=dtype)
    other = pd.DataFrame({"a": ["y", "y"], "b": ["1", "2"]}, dtype=dtype)
    codes, rows = distinct_rows([one, other], ["a", "b"])
    assert [[rows[code] for code in frame] for frame in codes] == [
        [("x", "1"), ("y", "1"), ("x", "1")],
        [("y", "1"), ("y", "2")],
    ]
    assert len(rows) == 3


def test_frames_without_rows_have_no_combinations():
    empty = pd.DataFrame({"a": pd.array([], dtype="str")})
    codes, rows = distinct_rows([empty, empty], ["a"])
    assert [len(frame) for frame in codes] == [0, 0]
    assert rows == []


def test_separators_in_labels_do_not_join_combinations():
    frame = pd.DataFrame({"a": ["x|", "x"], "b": ["y", "|y"]})
    (codes,), rows = distinct_rows([frame], ["a", "b"])
    assert codes[0] != codes[1]
    assert len(rows) == 2
