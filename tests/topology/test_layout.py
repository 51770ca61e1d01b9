"""Laws of the layout: nothing overlaps, traffic runs to the right, equal graphs stand equally."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph.topology.attributes import NodeAttr
from mesh_graph.topology.layout import anchored, layout
from tests.topology.shapes import (
    ABOVE,
    BELOW,
    LEFT,
    RIGHT,
    add_app,
    add_box,
    add_node,
    ancestors,
    bookinfo,
    leaves,
    meshes,
    rectangles,
)


def overlapping(graph, positions):
    found = rectangles(graph, positions)
    return [
        (one, other)
        for (one, a), (other, b) in combinations(found.items(), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        if one not in ancestors(graph, other) and other not in ancestors(graph, one)
    ]


@given(meshes(), st.sampled_from([0.5, 1.0, 1.6, 3.0]))
@settings(max_examples=150, deadline=None)
def test_every_node_has_a_position_and_nothing_overlaps(graph, aspect):
    positions = layout(graph, aspect)
    assert positions.keys() == leaves(graph)
    assert overlapping(graph, positions) == []


@given(meshes(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_nodes_and_edges_in_the_graph_does_not_matter(graph, random):
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(keys=True))
    random.shuffle(nodes)
    random.shuffle(edges)
    shuffled = nx.MultiDiGraph()
    shuffled.add_nodes_from(nodes)
    shuffled.add_edges_from(edges)
    assert layout(shuffled) == layout(graph)


def test_an_empty_graph_has_no_positions():
    assert layout(nx.MultiDiGraph()) == {}


def test_a_box_without_nodes_has_no_position():
    graph = nx.MultiDiGraph()
    add_box(graph, "app", "c", "n", "a", parent=add_box(graph, "namespace", "c", "n"))
    assert layout(graph) == {}


@given(meshes(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_change_in_one_namespace_leaves_the_inside_of_the_others_as_it_was(graph, data):
    homes = {
        key: (d.get(NodeAttr.CLUSTER), d[NodeAttr.NAMESPACE])
        for key, d in graph.nodes(data=True)
        if inside(d)
    }
    before = layout(graph)
    if not homes:
        return
    victim = data.draw(st.sampled_from(sorted(homes)))
    graph.remove_node(victim)
    after = layout(graph)
    for home in set(homes.values()) - {homes[victim]}:
        members = sorted(key for key in homes if homes[key] == home)
        assert relative(after, members) == relative(before, members)


def inside(data):
    return data[NodeAttr.KIND] != "box" and NodeAttr.NAMESPACE in data


def relative(positions, members):
    left, top = positions[members[0]]
    return [(positions[key][0] - left, positions[key][1] - top) for key in members]


def find(graph, **wanted):
    [key] = [k for k, d in graph.nodes(data=True) if d["kind"] != "box" and wanted.items() <= d.items()]
    return key


def test_traffic_runs_to_the_right():
    graph = bookinfo()
    positions = layout(graph)
    assert all(positions[source][0] < positions[target][0] for source, target in graph.edges())


def test_a_chain_without_branches_stands_on_one_line():
    graph = nx.MultiDiGraph()
    _, [page_v1] = add_app(graph, "n", "page", ["v1"])
    details, _ = add_app(graph, "n", "details", ["v1"])
    graph.add_edge(page_v1, details, "http")
    assert len({y for _, y in layout(graph).values()}) == 1


def test_versions_of_an_app_stand_below_each_other_in_natural_order():
    graph = nx.MultiDiGraph()
    _, versions = add_app(graph, "n", "reviews", ["v10", "v9", "v1"])
    positions = layout(graph)
    assert len({positions[key][0] for key in versions}) == 1
    assert sorted(versions, key=lambda key: positions[key][1]) == versions[::-1]


def test_an_edge_has_room_for_its_label():
    graph = bookinfo()
    positions = layout(graph)
    assert min(positions[target][0] - positions[source][0] for source, target in graph.edges()) >= 170


def test_callers_without_namespace_stand_left_and_hosts_outside_stand_right():
    graph = bookinfo()
    unknown = add_node(graph, "unknown", "unknown", "")
    outside = [add_node(graph, "unknown", "", host) for host in ("api.example.com", "PassthroughCluster")]
    graph.add_edge(unknown, find(graph, app="details", version=""), "http")
    graph.add_edges_from((find(graph, app="details", version="v1"), host, "tcp") for host in outside)
    positions = layout(graph)
    mesh = [x for key, (x, _) in positions.items() if key not in (unknown, *outside)]
    assert positions[unknown][0] < min(mesh)
    assert min(positions[host][0] for host in outside) > max(mesh)


def test_a_cycle_and_a_self_loop_do_not_turn_the_chain_around():
    chain = nx.MultiDiGraph()
    a, b, c = (add_node(chain, "c", "n", name) for name in "abc")
    chain.add_edges_from([(a, b, "http"), (b, c, "http")])
    cycle = chain.copy()
    cycle.add_edges_from([(c, a, "http"), (b, b, "http"), (a, b, "tcp")])
    assert [layout(cycle)[key][0] for key in (a, b, c)] == [layout(chain)[key][0] for key in (a, b, c)]


def test_bookinfo_is_drawn_larger_than_life_on_the_screen():
    width, height = extent(layout(bookinfo()))
    assert 1.0 < min(1600 / width, 1000 / height) < 1.6


def test_nodes_of_one_namespace_stay_together_without_boxes():
    graph = nx.MultiDiGraph()
    homes = ["east", "west", "north"]
    nodes = [add_node(graph, "c", home, f"{home}-{n}") for n in range(6) for home in homes]
    graph.add_edges_from((a, b, "http") for a, b in pairwise(nodes))
    positions = layout(graph)
    hulls = [hull(positions, [n for n in nodes if graph.nodes[n]["namespace"] == home]) for home in homes]
    assert all(
        a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1] for a, b in combinations(hulls, 2)
    )


def hull(positions, members):
    xs, ys = zip(*(positions[key] for key in members), strict=True)
    return min(xs) - LEFT, min(ys) - ABOVE, max(xs) + RIGHT, max(ys) + BELOW


def extent(positions):
    left, top, right, bottom = hull(positions, positions)
    return right - left, bottom - top


def namespace_map(count, edges, seed=1):
    random = Random(seed)
    graph = nx.MultiDiGraph()
    keys = [f"namespace|c|team-{n}" for n in range(count)]
    for n, key in enumerate(keys):
        graph.add_node(key, kind="namespace", cluster="c", namespace=f"team-{n}")
    while graph.number_of_edges() < edges:
        source, target = sorted(random.sample(keys, 2), key=keys.index)
        graph.add_edge(source, target, "http")
    return graph


def test_a_map_of_100_namespaces_is_readable_on_the_screen():
    width, height = extent(layout(namespace_map(100, 340), 1.6))
    assert min(1600 / width, 1000 / height) > 0.75


def test_a_gateway_before_60_services_does_not_make_a_tower():
    graph = nx.MultiDiGraph()
    gateway = add_node(graph, "c", "istio-system", "gateway")
    for n in range(60):
        service, _ = add_app(graph, "shop", f"s{n}", ["v1"])
        graph.add_edge(gateway, service, "http")
    width, height = extent(layout(graph, 1.6))
    assert 1.0 < width / height < 2.5


@pytest.mark.parametrize("aspect", [0.6, 1.0, 1.6, 2.4])
def test_many_namespaces_are_packed_to_the_shape_of_the_screen(aspect):
    graph = nx.MultiDiGraph()
    for n in range(100):
        home = add_box(graph, "namespace", "c", f"ns{n}")
        [_, [caller]], [called, _] = (add_app(graph, f"ns{n}", app, ["v1"], home) for app in "ab")
        graph.add_edge(caller, called, "http")
    width, height = extent(layout(graph, aspect))
    assert width / height == pytest.approx(aspect, rel=0.25)


def test_folded_namespaces_stand_abreast_among_open_ones():
    """A third open (about 900 wide), the others a node each: no single nodes beside empty room."""
    graph = nx.MultiDiGraph()
    gateway = add_node(graph, "c", "istio-system", "gateway")
    for n in range(60):
        if n % 3:
            key = f"namespace|c|ns{n}"
            graph.add_node(key, kind="namespace", cluster="c", namespace=f"ns{n}")
            graph.add_edge(gateway, key, "http")
            continue
        home = add_box(graph, "namespace", "c", f"ns{n}")
        [first, [caller]], [called, _] = (add_app(graph, f"ns{n}", app, ["v1"], home) for app in "ab")
        graph.add_edges_from([(gateway, first, "http"), (caller, called, "http")])
    positions = layout(graph)
    heights = Counter(y for key, (_, y) in positions.items() if key.startswith("namespace|"))
    assert max(heights.values()) >= 3
    assert overlapping(graph, positions) == []


def test_clusters_are_set_below_each_other_where_the_screen_is_filled_better():
    """Beside each other they would be three times as wide as high."""
    graph = nx.MultiDiGraph()
    services = {}
    for cluster in ("east", "west"):
        box = add_box(graph, "cluster", cluster)
        for n in range(3):
            home = add_box(graph, "namespace", cluster, f"ns{n}", parent=box)
            chain = [add_node(graph, cluster, f"ns{n}", f"s{i}", parent=home) for i in range(5)]
            graph.add_edges_from((a, b, "http") for a, b in pairwise(chain))
            services[cluster, n] = chain
    graph.add_edge(services["east", 0][-1], services["west", 0][0], "http")
    outside = add_node(graph, "unknown", "", "api.example.com")
    graph.add_edge(services["west", 1][-1], outside, "http")
    positions = layout(graph, 1.6)
    assert max(positions[key][1] for key in chain_of(graph, "east")) < min(
        positions[key][1] for key in chain_of(graph, "west")
    )
    width, height = extent(positions)
    assert width / height < 1.8


def chain_of(graph, cluster):
    return [key for key in leaves(graph) if graph.nodes[key]["cluster"] == cluster]


@given(meshes(), st.data())
@settings(max_examples=100, deadline=None)
def test_nothing_overlaps_wherever_nodes_stood_before(graph, data):
    places = st.tuples(st.integers(-300, 600), st.integers(-300, 600))
    previous = {key: data.draw(places) for key in sorted(leaves(graph)) if data.draw(st.integers(0, 9))}
    positions = layout(graph, previous=previous)
    assert positions.keys() == leaves(graph)
    assert overlapping(graph, positions) == []


@given(meshes(), meshes())
@settings(max_examples=60, deadline=None)
def test_nodes_stay_where_they_were_when_others_go_and_edges_change(graph, other):
    previous = layout(graph)
    keys = sorted(leaves(graph))
    graph.remove_nodes_from(keys[:: max(4, len(keys))])
    graph.remove_edges_from(list(graph.edges(keys=True))[::2])
    graph.add_edges_from(edge for edge in other.edges(keys=True) if edge[0] in graph and edge[1] in graph)
    stay = {key: previous[key] for key in leaves(graph)}
    if stay and screen(stay) < 1.5 * screen(layout(graph)):
        assert layout(graph, previous=previous) == stay


def screen(positions, aspect=1.6):
    width, height = extent(positions)
    return max(width, height * aspect)


def test_most_nodes_stay_where_they_were_when_one_is_added():
    graph = bookinfo()
    previous = layout(graph)
    service, [ratings_v1] = add_app(graph, "bookinfo", "database", ["v1"], "box|namespace|c|bookinfo")
    graph.add_edge(find(graph, app="ratings", version="v1"), service, "tcp")
    positions = layout(graph, previous=previous)
    assert {key: positions[key] for key in previous} == previous
    assert (
        positions[find(graph, app="ratings", version="v1")][0]
        < positions[service][0]
        < positions[ratings_v1][0]
    )


def test_a_new_version_pushes_only_what_stands_in_its_way():
    graph = bookinfo()
    previous = layout(graph)
    version = add_node(graph, "c", "bookinfo", "details", "v2", "box|app|c|bookinfo|details")
    graph.add_edge(find(graph, app="details", version=""), version, "http")
    positions = layout(graph, previous=previous)
    moved = {key for key in previous if positions[key] != previous[key]}
    assert {graph.nodes[key]["app"] for key in moved} == {"reviews"}
    assert overlapping(graph, positions) == []


def test_a_graph_that_is_mostly_new_is_laid_out_afresh():
    graph = bookinfo()
    previous = {find(graph, app="ingress"): (5000.0, 5000.0)}
    assert layout(graph, previous=previous) == layout(graph)


def test_a_picture_that_would_waste_the_screen_is_laid_out_afresh():
    graph = bookinfo()
    previous = {key: (3 * x, 3 * y) for key, (x, y) in layout(graph).items()}
    assert relative(layout(graph, previous=previous), sorted(previous)) == relative(
        layout(graph), sorted(previous)
    )


def test_anchored_positions_stay_where_most_known_nodes_were():
    before = {"a": (0.0, 0.0), "b": (10.0, 0.0), "c": (20.0, 5.0)}
    after = {"new": (0.0, 0.0), "a": (100.0, 7.0), "b": (110.0, 7.0), "c": (220.0, 12.0)}
    assert anchored(after, before) == {
        "new": (-100.0, -7.0),
        "a": (0.0, 0.0),
        "b": (10.0, 0.0),
        "c": (120.0, 5.0),
    }


def test_positions_without_a_known_node_are_not_shifted():
    assert anchored({"a": (1.0, 2.0)}, {"b": (9.0, 9.0)}) == {"a": (1.0, 2.0)}
