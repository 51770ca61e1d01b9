"""Which of several alike stands out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.detail.outliers import outliers


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"a": 0.0, "b": 0.0, "c": 0.5}, ("c",)),
        ({"a": 0.0, "b": 0.0, "c": 0.004}, ()),
        ({"a": 0.1, "b": 0.11, "c": 0.12}, ()),
        ({"a": 0.0, "c": 0.5}, ()),
        ({"a": 0.0, "b": math.nan, "c": 0.5}, ()),
        ({"a": 0.0, "b": 0.01, "c": 0.9, "d": 0.02, "e": 0.0}, ("c",)),
    ],
    ids=["one fails", "too little", "alike", "two", "two known", "one of five"],
)
def test_what_is_far_above_the_others_stands_out(values, expected):
    assert outliers(values, floor=0.01) == expected


@given(st.floats(0, 1e6), st.integers(3, 8))
def test_nothing_stands_out_of_equals(value, count):
    assert outliers(dict.fromkeys(range(count), value) | {0: value}) == ()
