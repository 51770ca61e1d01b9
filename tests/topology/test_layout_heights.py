"""Heights in columns, worked out by hand."""

from __future__ import annotations

import pytest

from mesh_graph.topology.layout_heights import Link, pulls_of, settled, tops_of

BOXES = [(100, 40)] * 4


@pytest.mark.parametrize(
    ("wanted", "steps", "bottom", "tops"),
    [
        # there is room for all: everyone gets what it wants
        ([5, 60], [0, 50, 100], 200, [5, 60]),
        # two want the same place: they share the difference
        ([50, 50], [0, 50, 100], 200, [25, 75]),
        # the mean of the two that clash is above the top: they begin there, and the third is free
        ([0, 0, 150], [0, 50, 100, 150], 400, [0, 50, 150]),
        # wishes beyond the ends are cut to them
        ([-30, 500], [0, 50, 100], 200, [0, 150]),
    ],
)
def test_tops_are_as_near_to_what_is_wanted_as_order_and_room_allow(wanted, steps, bottom, tops):
    assert settled(wanted, steps, bottom) == pytest.approx(tops)


def test_a_caller_stands_in_the_middle_of_what_it_calls():
    links = [Link(0, node, 20, 20) for node in (1, 2, 3)]
    tops = tops_of([[0], [1, 2, 3]], BOXES, pulls_of(links, {}, BOXES), gap=10)
    assert tops == {0: 50, 1: 0, 2: 50, 3: 100}


def test_an_edge_between_ports_of_different_height_is_level():
    # it leaves 0 at 30 and enters 1 at 10; the column of two gives the others room to move
    links = [Link(0, 1, 30, 10)]
    tops = tops_of([[0], [1], [2, 3]], BOXES, pulls_of(links, {}, BOXES), gap=10)
    assert tops[1] - tops[0] == 20
