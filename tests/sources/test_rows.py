import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.sources.answer import Answer, AnswerInvalid
from mesh_graph.sources.rows import matrix_table, vector_table


def answer(kind: str, rows: list) -> Answer:
    return Answer(kind, rows, (), 0, None)


def test_columns_are_named_as_asked_and_read_as_stored():
    rows = [
        {"metric": {"source_app": "web", "reporter": "source"}, "value": [1.5, "2.25"]},
        {"metric": {"reporter": "destination"}, "value": [1.5, "+Inf"]},
    ]
    table = vector_table(
        answer("vector", rows), ("reporter", "source_app"), ("reporter", "source_canonical_service")
    )
    assert list(table.columns) == ["reporter", "source_canonical_service", "value"]
    assert table.values.tolist() == [["source", "web", 2.25], ["destination", "", math.inf]]


def test_a_range_has_a_row_per_sample():
    rows = [
        {"metric": {"app": "a"}, "values": [[10, "1"], [20.5, "2"]]},
        {"metric": {"app": "b"}, "values": [[20.5, "NaN"]]},
        {"metric": {"app": "c"}, "values": []},
    ]
    table = matrix_table(answer("matrix", rows), ("app",), ("app",))
    assert list(table.columns) == ["app", "value", "time"]
    assert table["app"].tolist() == ["a", "a", "b"]
    assert table["time"].tolist() == [10.0, 20.5, 20.5]
    assert table["value"].tolist()[:2] == [1.0, 2.0]
    assert math.isnan(table["value"].iloc[2])


@pytest.mark.parametrize(("kind", "read"), [("vector", vector_table), ("matrix", matrix_table)])
def test_an_empty_answer_keeps_columns_and_their_types(kind, read):
    table = read(answer(kind, []), ("a", "b"), ("a", "b"))
    assert [str(dtype) for dtype in table.dtypes[:3]] == ["str", "str", "float64"]
    assert len(table) == 0


def test_another_kind_of_answer_is_invalid():
    with pytest.raises(AnswerInvalid, match="is a scalar, not a vector"):
        vector_table(answer("scalar", [1, "1"]), (), ())


@pytest.mark.parametrize(
    "row",
    [None, 7, {}, {"metric": {}}, {"metric": [], "values": [[0, "1"]]}, {"metric": {}, "values": [[0]]}],
)
def test_rows_of_another_shape_are_invalid(row):
    with pytest.raises(AnswerInvalid, match="another shape"):
        matrix_table(answer("matrix", [row]), ("a",), ("a",))


@given(st.lists(st.text(min_size=1), max_size=20))
def test_no_text_breaks_a_table(values):
    rows = [{"metric": {"l": value}, "value": [0, "1"]} for value in values]
    assert vector_table(answer("vector", rows), ("l",), ("l",))["l"].tolist() == values
