"""Laws of the edges' ways: over nobody else's symbol, straight where they can, still while nothing moves."""

from __future__ import annotations

from itertools import pairwise
from math import dist

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph.model import Box
from mesh_graph.topology.layout import layout
from mesh_graph.topology.layout_tree import tree_of
from mesh_graph.topology.routes import routes
from tests.topology.shapes import add_box, add_node, ancestors, bookinfo, leaves, meshes, rectangles

SYMBOL = 20
"""Half of a node's width, pixels."""


def bends_of(graph, positions):
    return routes(tree_of(graph), positions)


def ways(graph, positions):
    """Every pair of nodes with all points of its edge, ends included."""
    bends = bends_of(graph, positions)
    pairs = {edge[:2] for edge in graph.edges(keys=True) if edge[0] != edge[1]}
    assert bends.keys() <= pairs
    return {(a, b): [positions[a], *bends.get((a, b), ()), positions[b]] for a, b in pairs}


def passes_over(points, room):
    """Whether a line through the points comes into a rectangle, looked at pixel by pixel."""
    left, top, right, bottom = room
    for a, b in pairwise(points):
        steps = max(1, int(dist(a, b)))
        for step in range(steps + 1):
            x, y = (a[axis] + (b[axis] - a[axis]) * step / steps for axis in (0, 1))
            if left < x < right and top < y < bottom:
                return True
    return False


def run_over(graph, positions):
    symbols = {key: (x - SYMBOL, y - SYMBOL, x + SYMBOL, y + SYMBOL) for key, (x, y) in positions.items()}
    return [
        (ends, key)
        for ends, points in ways(graph, positions).items()
        for key, room in symbols.items()
        if key not in ends and passes_over(points, room)
    ]


@given(meshes(), st.sampled_from([0.6, 1.0, 1.6]))
@settings(max_examples=100, deadline=None)
def test_no_edge_runs_over_a_node_that_it_does_not_end_at(graph, aspect):
    assert run_over(graph, layout(graph, aspect)) == []


@given(meshes(), st.data())
@settings(max_examples=50, deadline=None)
def test_no_edge_runs_over_a_node_that_stayed_where_it_was(graph, data):
    previous = layout(graph)
    if previous:
        graph.remove_node(data.draw(st.sampled_from(sorted(previous))))
    assert run_over(graph, layout(graph, previous=previous)) == []


@given(meshes())
@settings(max_examples=50, deadline=None)
def test_bends_keep_off_both_ends_so_that_an_arrow_can_be_drawn(graph):
    positions = layout(graph)
    for (source, target), bends in bends_of(graph, positions).items():
        assert dist(bends[0], positions[source]) > SYMBOL
        assert dist(bends[-1], positions[target]) > SYMBOL


@given(meshes(), st.data())
@settings(max_examples=50, deadline=None)
def test_a_bend_stays_as_long_as_nothing_moves(graph, data):
    positions = layout(graph)
    before = bends_of(graph, positions)
    edges = sorted(graph.edges(keys=True))
    gone = data.draw(st.lists(st.sampled_from(edges), unique=True)) if edges else []
    graph.remove_edges_from(gone)
    left = {edge[:2] for edge in graph.edges(keys=True)}
    assert bends_of(graph, positions) == {ends: bends for ends, bends in before.items() if ends in left}


@given(meshes(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_nodes_and_edges_in_the_graph_does_not_matter(graph, random):
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(keys=True))
    random.shuffle(nodes)
    random.shuffle(edges)
    shuffled = nx.MultiDiGraph()
    shuffled.add_nodes_from(nodes)
    shuffled.add_edges_from(edges)
    positions = layout(graph)
    assert bends_of(shuffled, positions) == bends_of(graph, positions)


def test_edges_that_may_run_straight_do():
    graph = bookinfo()
    assert bends_of(graph, layout(graph)) == {}
    assert bends_of(nx.MultiDiGraph(), {}) == {}


def test_an_edge_past_another_node_goes_through_the_gap_beside_it():
    """From a to c, and to b between them: without b the edge would be straight."""
    graph = nx.MultiDiGraph()
    a, b, c = (add_node(graph, "c", "n", name) for name in "abc")
    graph.add_edges_from([(a, b, "http"), (b, c, "http"), (a, c, "http"), (c, a, "tcp")])
    positions = {a: (0.0, 0.0), b: (170.0, 0.0), c: (340.0, 0.0)}
    bends = bends_of(graph, positions)
    assert bends.keys() == {(a, c), (c, a)}
    there, back = bends[a, c], bends[c, a]
    assert {x < 170 for x, _ in there} == {True, False}
    assert len({y for _, y in there}) == 1
    assert abs(there[0][1]) > SYMBOL
    assert [x for x, _ in there] == sorted(x for x, _ in there)
    assert [x for x, _ in back] == sorted((x for x, _ in back), reverse=True)


def test_an_edge_past_what_stands_between_in_a_column_goes_around_it():
    graph = nx.MultiDiGraph()
    a, b, c = (add_node(graph, "c", "n", name) for name in "abc")
    graph.add_edge(a, c, "http")
    [bends] = bends_of(graph, {a: (0.0, 0.0), b: (0.0, 100.0), c: (0.0, 200.0)}).values()
    assert {abs(x) > 2 * SYMBOL for x, _ in bends} == {True}
    assert len({x for x, _ in bends}) == 1


def test_no_edge_runs_over_a_box_that_it_does_not_end_in():
    """A gateway calls into nine namespaces, and the first one into the last."""
    graph = nx.MultiDiGraph()
    gateway = add_node(graph, "c", "istio-system", "gateway")
    ends = []
    for n in range(9):
        home = add_box(graph, Box.NAMESPACE, "c", f"ns{n}")
        chain = [add_node(graph, "c", f"ns{n}", name, parent=home) for name in "abc"]
        graph.add_edges_from([(gateway, chain[0], "http"), *((a, b, "http") for a, b in pairwise(chain))])
        ends.append(chain)
    graph.add_edge(ends[0][2], ends[8][0], "http")
    graph.add_edge(ends[8][2], ends[1][0], "http")
    positions = layout(graph)
    boxes = {key: room for key, room in rectangles(graph, positions).items() if key not in leaves(graph)}
    crossed = [
        (pair, box)
        for pair, points in ways(graph, positions).items()
        for box, room in boxes.items()
        if box not in (*ancestors(graph, pair[0]), *ancestors(graph, pair[1])) and passes_over(points, room)
    ]
    assert crossed == []
    straight = {pair: [positions[pair[0]], positions[pair[1]]] for pair in ways(graph, positions)}
    assert any(
        passes_over(points, room)
        for pair, points in straight.items()
        for box, room in boxes.items()
        if box not in (*ancestors(graph, pair[0]), *ancestors(graph, pair[1]))
    )
