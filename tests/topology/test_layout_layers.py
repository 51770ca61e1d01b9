"""Layers of small graphs, worked out by hand."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.topology.layout_layers import layers_of, reordered


def weights(*pairs):
    return dict.fromkeys(pairs, 1)


def test_a_node_stands_after_all_that_call_it():
    assert layers_of(4, weights((0, 1), (1, 2), (0, 3), (2, 3))).columns[:1] == [[0]]
    assert [column[0] for column in layers_of(4, weights((0, 1), (1, 2), (0, 3), (2, 3))).columns] == [
        0,
        1,
        2,
        3,
    ]


def test_a_caller_of_something_deep_stands_right_before_it():
    # 4 calls 3 only, and 3 is in the last of four layers
    assert layers_of(5, weights((0, 1), (1, 2), (2, 3), (4, 3))).columns == [[0], [1], [2, 4], [3]]


def test_a_long_edge_is_bent_in_each_layer_that_it_passes():
    layers = layers_of(4, weights((0, 1), (1, 2), (2, 3), (0, 3)))
    assert layers.routes[0, 3] == [0, 4, 5, 3]
    assert layers.columns == [[0], [1, 4], [2, 5], [3]]


def test_edges_are_uncrossed():
    # 0 calls 3 and 1 calls 2: in the order of their numbers these would cross
    assert layers_of(4, weights((0, 3), (1, 2))).columns in ([[0, 1], [3, 2]], [[1, 0], [2, 3]])


def test_an_order_without_crossings_is_kept():
    assert layers_of(6, weights((0, 3), (0, 4), (1, 4), (2, 5))).columns == [[0, 1, 2], [3, 4, 5]]


def test_a_cycle_is_broken_at_its_lightest_edge():
    # two edges from 0 to 1 and 1 to 2 weigh more than the one back
    columns = layers_of(3, {(0, 1): 5, (1, 2): 5, (2, 0): 1}).columns
    assert [column[0] for column in columns] == [0, 1, 2]


def test_no_nodes_have_no_layers():
    assert layers_of(0, {}).columns == []


GRAPHS = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.dictionaries(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(
                lambda pair: pair[0] != pair[1]
            ),
            st.integers(1, 5),
        ),
    )
)


@given(GRAPHS)
def test_every_node_has_one_layer_and_every_edge_its_route(graph):
    count, edges = graph
    layers = layers_of(count, edges)
    column_of = {node: number for number, column in enumerate(layers.columns) for node in column}
    assert sorted(node for column in layers.columns for node in column if node < count) == list(range(count))
    assert {frozenset(pair) for pair in layers.routes} == {frozenset(pair) for pair in edges}
    for (a, b), route in layers.routes.items():
        assert (route[0], route[-1]) == (a, b)
        assert all(column_of[one] < column_of[other] for one, other in pairwise(route))


@given(GRAPHS)
def test_an_acyclic_graph_has_no_edge_backwards(graph):
    count, edges = graph
    forward = {(a, b): weight for (a, b), weight in edges.items() if a < b}
    layers = layers_of(count, forward)
    assert layers.routes.keys() == forward.keys()


@given(GRAPHS)
def test_sorting_columns_anew_moves_no_node_to_another_column(graph):
    count, edges = graph
    columns = [list(range(count))[start::3] for start in range(min(3, count))]
    assert list(map(sorted, reordered(columns, edges))) == columns
