"""Graphs of every shape, drawn from boxes within boxes, and the room that their parts take."""

from __future__ import annotations

import networkx as nx
from hypothesis import strategies as st

from mesh_graph.model import Box, NodeKind
from mesh_graph.topology.attributes import NodeAttr

LEFT, ABOVE, RIGHT, BELOW = 55, 22, 55, 56
TITLE = 28


def add_box(graph, what, *names, parent=""):
    key = "|".join(("box", what, *names))
    fields = dict(zip((NodeAttr.CLUSTER, NodeAttr.NAMESPACE, NodeAttr.APP), names, strict=False))
    graph.add_node(key, **{NodeAttr.KIND: "box", NodeAttr.BOX: what, **fields})
    if parent:
        graph.nodes[key][NodeAttr.PARENT] = parent
    return key


def add_node(graph, cluster, namespace, app, version="", parent=""):
    key = "|".join(("app", cluster, namespace, app, version))
    fields = {NodeAttr.CLUSTER: cluster, NodeAttr.APP: app, NodeAttr.VERSION: version}
    fields |= {NodeAttr.NAMESPACE: namespace} if namespace else {}
    graph.add_node(key, **{NodeAttr.KIND: NodeKind.APP.value, **fields})
    if parent:
        graph.nodes[key][NodeAttr.PARENT] = parent
    return key


def add_app(graph, namespace, app, versions, parent=""):
    box = add_box(graph, "app", "c", namespace, app, parent=parent)
    service = add_node(graph, "c", namespace, app, parent=box)
    nodes = [add_node(graph, "c", namespace, app, version, parent=box) for version in versions]
    graph.add_edges_from((service, node, "http") for node in nodes)
    return service, nodes


def bookinfo():
    graph = nx.MultiDiGraph()
    gateway = add_node(graph, "c", "istio-system", "ingress")
    namespace = add_box(graph, "namespace", "c", "bookinfo")
    page, [page_v1] = add_app(graph, "bookinfo", "productpage", ["v1"], namespace)
    details, _ = add_app(graph, "bookinfo", "details", ["v1"], namespace)
    reviews, [_, v2, v3] = add_app(graph, "bookinfo", "reviews", ["v1", "v2", "v3"], namespace)
    ratings, _ = add_app(graph, "bookinfo", "ratings", ["v1"], namespace)
    for pair in ((gateway, page), (page_v1, details), (page_v1, reviews), (v2, ratings), (v3, ratings)):
        graph.add_edge(*pair, "http")
    return graph


@st.composite
def meshes(draw):
    """Clusters, namespaces and apps, each boxed or not, nodes without namespace, edges of all sorts."""
    graph = nx.MultiDiGraph()
    boxed = {what: draw(st.booleans()) for what in Box}
    nodes = [add_node(graph, "c0", "", f"outside-{n}") for n in range(draw(st.integers(0, 3)))]
    for cluster in (f"c{n}" for n in range(draw(st.integers(1, 2)))):
        cluster_box = add_box(graph, "cluster", cluster) if boxed[Box.CLUSTER] else ""
        for namespace in (f"ns{n}" for n in range(draw(st.integers(0, 4)))):
            home = cluster_box
            if boxed[Box.NAMESPACE]:
                home = add_box(graph, "namespace", cluster, namespace, parent=home)
            for app in (f"a{n}" for n in range(draw(st.integers(0, 4)))):
                flat = home
                if boxed[Box.APP]:
                    flat = add_box(graph, "app", cluster, namespace, app, parent=home)
                for version in ("", *(f"v{n}" for n in range(draw(st.integers(0, 3))))):
                    nodes.append(add_node(graph, cluster, namespace, app, version, flat))
    if nodes:
        pairs = st.tuples(st.sampled_from(nodes), st.sampled_from(nodes), st.sampled_from(["http", "tcp"]))
        graph.add_edges_from(draw(st.lists(pairs, max_size=40)))
    return graph


def leaves(graph):
    return {key for key, kind in graph.nodes(data=NodeAttr.KIND) if kind != "box"}


def rectangles(graph, positions):
    """Left, top, right, bottom of every node with its label and of every box with room for its title."""
    found = {key: (x - LEFT, y - ABOVE, x + RIGHT, y + BELOW) for key, (x, y) in positions.items()}
    depth = {key: len(ancestors(graph, key)) for key in graph}
    for box in sorted(graph.nodes - leaves(graph), key=depth.__getitem__, reverse=True):
        inner = [found[key] for key in graph if graph.nodes[key].get(NodeAttr.PARENT) == box and key in found]
        if inner:
            lefts, tops, rights, bottoms = zip(*inner, strict=True)
            found[box] = (min(lefts), min(tops) - TITLE, max(rights), max(bottoms))
    return found


def ancestors(graph, key):
    parent = graph.nodes[key].get(NodeAttr.PARENT)
    return [parent, *ancestors(graph, parent)] if parent else []
