"""Narrow rectangles stand abreast under wide ones, in order and within the width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.topology.layout_heights import Link
from mesh_graph.topology.layout_rows import rows_of

WIDE, NARROW = (1000, 300), (110, 78)


def test_narrow_ones_fill_a_row_as_wide_as_the_widest_past_wide_ones_in_between():
    """Seven of 110 with gaps of 40 take 1010 pixels, six take 860."""
    sizes = [WIDE, NARROW, NARROW, WIDE, *[NARROW] * 5]
    rows = rows_of([range(9)], sizes, 40)
    assert rows.members == [[0], [1, 2, 4, 5, 6, 7], [3], [8]]
    assert rows.columns == [[0, 1, 2, 3]]
    assert rows.sizes == [WIDE, (860, 78), WIDE, NARROW]


def test_a_rectangle_more_than_half_as_wide_has_a_row_of_its_own():
    assert rows_of([[0, 1, 2]], [(300, 10), (160, 10), (160, 10)], 20) is None


def test_columns_of_one_width_stay_as_they_are():
    assert rows_of([[0, 1], [2]], [NARROW, NARROW, NARROW], 40) is None


def test_bends_are_left_out():
    rows = rows_of([[3, 0, 1, 4, 2]], [WIDE, NARROW, NARROW], 40)
    assert rows.members == [[0], [1, 2]]


def test_links_run_between_rows_and_corners_are_spread_again():
    rows = rows_of([[0], [1, 2, 3]], [NARROW, WIDE, NARROW, NARROW], 40)
    assert rows.members == [[0], [1], [2, 3]]
    assert rows.joined([Link(0, 3, 5, 6), Link(2, 3, 0, 0)]) == [Link(0, 2, 5, 6)]
    assert rows.spread([(0, 0), (200, 0), (200, 340)]) == [(0, 0), (200, 0), (200, 340), (350, 340)]


@given(
    st.lists(st.tuples(st.integers(10, 900), st.integers(10, 400)), min_size=1, max_size=30),
    st.integers(0, 60),
)
def test_every_rectangle_is_in_one_row_no_wider_than_the_widest(sizes, gap):
    rows = rows_of([range(len(sizes))], sizes, gap)
    if rows is None:
        return
    assert sorted(node for row in rows.members for node in row) == list(range(len(sizes)))
    assert all(row == sorted(row) for row in rows.members)
    assert max(width for width, _ in rows.sizes) == max(width for width, _ in sizes)
