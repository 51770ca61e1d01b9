"""Matchers and grouping."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.sources.matching import compile_pattern, matching_rows, select
from mesh_graph.sources.query import Matcher

LABELS = {
    "app": np.array(["reviews", "ratings", "reviews-2", "", "re\nviews"], dtype=object),
    "code": np.array(["200", "503", "200", "503", "200"], dtype=object),
}


@pytest.mark.parametrize(
    ("matcher", "rows"),
    [
        (("app", "=", "reviews"), [0]),
        (("app", "!=", "reviews"), [1, 2, 3, 4]),
        (("app", "=", ""), [3]),
        (("app", "=~", "reviews"), [0]),
        (("app", "=~", "rev.*"), [0, 2]),
        (("app", "=~", "reviews|ratings"), [0, 1]),
        (("app", "!~", "re.*"), [1, 3, 4]),
        (("app", "=~", ""), [3]),
        (("app", "=~", ".+"), [0, 1, 2]),
        (("app", "=~", "(?s:re.views)"), [4]),
        (("app", "=~", r"re\nviews"), [4]),
        # A label that no series has is empty everywhere.
        (("nowhere", "=", ""), [0, 1, 2, 3, 4]),
        (("nowhere", "=~", "x?"), [0, 1, 2, 3, 4]),
        (("nowhere", "!=", ""), []),
    ],
)
def test_matchers_are_anchored_and_know_absent_labels(matcher: tuple[str, str, str], rows: list[int]):
    assert matching_rows(LABELS, (Matcher(*matcher),)).tolist() == rows


def test_all_matchers_must_hold():
    both = (Matcher("app", "=~", "re.*"), Matcher("code", "!=", "503"))
    assert matching_rows(LABELS, both).tolist() == [0, 2]


@pytest.mark.parametrize(
    "expression", ["(", "a**", "a++", "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", r"(a)\1", "(?P=x)", "[b-a]"]
)
def test_what_prometheus_would_not_take_is_an_error(expression: str):
    with pytest.raises(ValueError, match=r".+"):
        compile_pattern(expression)


@pytest.mark.parametrize("expression", [r"\(\?=a", r"a\+\+", "a+?", r"\\1", "(?i)a", "(?P<x>a)", "[+]+"])
def test_what_only_looks_like_an_extension_is_taken(expression: str):
    compile_pattern(expression)


@given(st.text(max_size=8))
def test_an_escaped_name_matches_itself_alone(name: str):
    pattern = compile_pattern(re.escape(name))
    assert pattern.fullmatch(name)
    assert not pattern.fullmatch(name + "x")


def test_groups_are_the_distinct_values_of_the_labels_asked_for():
    selection = select(LABELS, ("code", "nowhere"), ())
    sums = selection.add_up(np.array([[1.0], [2.0], [4.0], [8.0], [16.0]])[selection.rows])
    groups = selection.groups.assign(total=sums[:, 0])
    assert list(groups.itertuples(index=False, name=None)) == [("200", "", 21.0), ("503", "", 10.0)]


def test_without_labels_all_series_are_one_group():
    selection = select(LABELS, (), ())
    assert selection.groups.shape == (1, 0)
    assert selection.add_up(np.ones((5, 1))).tolist() == [[5.0]]


def test_no_series_is_no_group_with_all_columns():
    selection = select(LABELS, ("app", "code"), (Matcher("app", "=", "none"),))
    assert selection.groups.shape == (0, 2)
    assert list(selection.groups.columns) == ["app", "code"]
    assert selection.add_up(np.ones((0, 3))).shape == (0, 3)


def test_a_group_of_absent_series_only_is_absent():
    selection = select(LABELS, ("code",), ())
    values = np.array([[1.0], [np.nan], [np.nan], [np.nan], [2.0]])[selection.rows]
    assert selection.add_up(values)[:, 0] == pytest.approx([3.0, np.nan], nan_ok=True)


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), min_size=1, max_size=20))
def test_no_label_value_can_merge_two_groups(rows: list[tuple[str, str]]):
    labels = {
        name: np.array(column, dtype=object)
        for name, column in zip("ab", zip(*rows, strict=True), strict=True)
    }
    selection = select(labels, ("a", "b"), ())
    assert sorted(selection.groups.itertuples(index=False, name=None)) == sorted(set(rows))
