"""Several queries as one text, and its answer taken apart."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.sources.answer import Answer, AnswerInvalid
from mesh_graph.sources.together import LONGEST, PART, joined, packs, split


def answer(*parts: str, received: int = 0) -> Answer:
    rows = [{"metric": {PART: part, "n": str(n)}, "value": [0, "1"]} for n, part in enumerate(parts)]
    return Answer("vector", rows, ("a store is away",), received, 0.25)


def numbers(part: Answer) -> list[str]:
    return [row["metric"]["n"] for row in part.rows]


def test_each_query_is_marked_by_its_place():
    assert joined(["a", "b > 0"]) == (
        f'label_replace(a, "{PART}", "0", "", "") or label_replace(b > 0, "{PART}", "1", "", "")'
    )


def test_rows_go_to_the_query_they_answer_and_keep_their_order():
    parts = split(answer("2", "0", "2"), 3)
    assert [numbers(part) for part in parts] == [["1"], [], ["0", "2"]]


def test_each_answer_has_the_warnings_and_the_clock_and_its_share_of_the_bytes():
    first, second = split(answer("0", "1", "1", received=300), 2)
    assert first.warnings == second.warnings == ("a store is away",)
    assert first.clock_offset_s == second.clock_offset_s == 0.25
    assert (first.received_bytes, second.received_bytes) == (100, 200)


def test_nothing_is_an_empty_answer_to_each():
    assert [part.rows for part in split(answer(received=60), 2)] == [[], []]


@pytest.mark.parametrize("row", [{}, {"metric": {}}, {"metric": {PART: "x"}}, {"metric": {PART: "7"}}, None])
def test_rows_of_no_query_are_invalid(row):
    with pytest.raises(AnswerInvalid, match="another query"):
        split(Answer("vector", [row], (), 0, None), 2)


@given(st.lists(st.integers(1, LONGEST + 1), min_size=1, max_size=12))
def test_packs_hold_every_query_once_and_are_no_longer_than_allowed(lengths):
    """But for a query that is too long by itself."""
    found = packs(["x" * length for length in lengths])
    assert list(chain.from_iterable(lengths[pack] for pack in found)) == lengths
    for pack in found:
        assert lengths[pack]
        assert sum(lengths[pack]) <= LONGEST or len(lengths[pack]) == 1
