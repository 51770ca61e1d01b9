"""What stays, what is pushed, and where new rectangles find room; worked out by hand."""

from __future__ import annotations

from mesh_graph.topology.layout_columns import Spacing
from mesh_graph.topology.layout_kept import kept

SPACING = Spacing(between_columns=10, between_rows=10, shared_above=0)


def test_nothing_moves_where_there_is_room():
    previous = {0: (0, 0), 1: (60, 5), 2: (0, 50)}
    assert kept([(50, 40)] * 3, [(0, 0)] * 3, previous, SPACING) == [(0, 0), (60, 5), (0, 50)]


def test_what_has_grown_downwards_pushes_down():
    sizes = [(50, 60), (50, 40), (50, 40)]
    assert kept(sizes, [(0, 0)] * 3, {0: (0, 0), 1: (0, 50), 2: (60, 0)}, SPACING) == [
        (0, 0),
        (0, 70),
        (60, 0),
    ]


def test_what_has_grown_sideways_pushes_to_the_right():
    sizes = [(70, 40), (50, 40), (50, 40)]
    assert kept(sizes, [(0, 0)] * 3, {0: (0, 0), 1: (60, 0), 2: (0, 50)}, SPACING) == [
        (0, 0),
        (80, 0),
        (0, 50),
    ]


def test_a_new_one_stands_to_its_neighbour_as_in_the_fresh_layout():
    fresh = [(0, 0), (60, 0), (120, 7)]
    assert kept([(50, 40)] * 3, fresh, {0: (0, 0), 1: (60, 100)}, SPACING) == [(0, 0), (60, 100), (120, 107)]


def test_a_new_one_takes_the_nearest_gap_where_its_place_is_taken():
    # it wants to stand at 40, where 0 is still in the way; from 50 to 90 is room
    previous = {0: (0, 0), 1: (0, 100)}
    assert kept([(50, 40)] * 3, [(0, 0), (0, 200), (0, 40)], previous, SPACING) == [(0, 0), (0, 100), (0, 50)]


def test_corners_begin_at_the_origin():
    assert kept([(50, 40)] * 2, [(0, 0), (60, 0)], {0: (-100, 30), 1: (500, 500)}, SPACING) == [
        (0, 0),
        (600, 470),
    ]
