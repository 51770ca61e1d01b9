"""The boxes of a graph as a tree in canonical order, with every edge at the level where its ends part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import networkx as nx

from mesh_graph.fields import UNKNOWN
from mesh_graph.model import Box
from mesh_graph.topology.attributes import NodeAttr

__all__ = ["Tree", "natural", "tree_of"]

_DIGITS = re.compile(r"([0-9]+)")


@dataclass(slots=True)
class Tree:
    """A node of the graph, a box, or a group of nodes of one namespace that has no box.

    Attributes
    ----------
    key : str
        Key in the graph; empty for the root and for groups.
    box : str
        ``Box`` value of boxes; empty for nodes, groups and the root.
    holds_namespaces : bool
        Whether the members are namespaces or clusters, so that columns may be shared between layers.
    is_homeless : bool
        Whether this is a node without namespace: an unknown source, an external host.
    children : list of Tree
        In canonical order; empty for nodes.
    links : list of (int, int, str, str)
        Edges that part here: places of two children, and the keys of the nodes at the ends.
    """

    key: str = ""
    box: str = ""
    holds_namespaces: bool = False
    is_homeless: bool = False
    children: list[Tree] = field(default_factory=list)
    links: list[tuple[int, int, str, str]] = field(default_factory=list)

    @property
    def has_groups(self) -> bool:
        """Whether this, or something inside, holds namespaces."""
        return self.holds_namespaces or any(child.has_groups for child in self.children)

    @property
    def is_leaf(self) -> bool:
        """Whether this is a node of the graph that is no box."""
        return not self.children


@lru_cache(maxsize=4096)
def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Sort key that puts "v10" after "v9"."""
    parts = _DIGITS.split(text)
    return tuple((0, part) if n % 2 == 0 else _number(part) for n, part in enumerate(parts))


def _number(digits: str) -> tuple[int, str]:
    # The length first compares numbers of any size without making them integers.
    significant = digits.lstrip("0")
    return (len(significant), significant)


def tree_of(graph: nx.MultiDiGraph[str]) -> Tree:
    """Return the root of the graph's boxes; the order of nodes and edges in the graph does not matter."""
    members: dict[str, list[str]] = defaultdict(list)
    boxes = {key: data[NodeAttr.BOX] for key, data in graph.nodes(data=True) if NodeAttr.BOX in data}
    for key in sorted(graph, key=lambda key: _order(key, graph.nodes[key])):
        parent = graph.nodes[key].get(NodeAttr.PARENT, "")
        members[parent if parent in boxes else ""].append(key)
    root = _grown("", members, boxes, graph)
    _link(root, graph)
    return root


def _order(key: str, data: dict[str, Any]) -> tuple[Any, ...]:
    name = data.get(NodeAttr.APP) or data.get(NodeAttr.SERVICE) or data.get(NodeAttr.WORKLOAD) or ""
    cluster, namespace = data.get(NodeAttr.CLUSTER, ""), data.get(NodeAttr.NAMESPACE, "")
    return (*map(natural, (cluster, namespace, name, data.get(NodeAttr.VERSION, ""))), key)


def _grown(
    key: str, members: dict[str, list[str]], boxes: dict[str, str], graph: nx.MultiDiGraph[str]
) -> Tree:
    box = boxes.get(key, "")
    children = []
    for member in members[key]:
        if member in boxes:
            inner = _grown(member, members, boxes, graph)
            children.extend([inner] if inner.children else [])
        else:
            is_homeless = graph.nodes[member].get(NodeAttr.NAMESPACE, "") in ("", UNKNOWN)
            children.append(Tree(member, is_homeless=is_homeless))
    if box in (Box.APP, Box.NAMESPACE):
        return Tree(key, box, children=children)
    middle = _namespaces(children, graph)
    homeless = [child for child in children if child.is_homeless]
    if not homeless or not middle:
        return Tree(key, box, holds_namespaces=bool(middle), children=middle or homeless)
    return Tree(key, box, children=[_group(middle, holds_namespaces=True), *homeless])


def _namespaces(children: list[Tree], graph: nx.MultiDiGraph[str]) -> list[Tree]:
    """Put together what belongs to one namespace, where there is no box for it."""
    groups: dict[tuple[str, ...], list[Tree]] = defaultdict(list)
    for child in children:
        data = graph.nodes[child.key]
        if child.box in (Box.NAMESPACE, Box.CLUSTER):
            groups[child.key,].append(child)
        elif not child.is_homeless:
            groups[data.get(NodeAttr.CLUSTER, ""), data.get(NodeAttr.NAMESPACE, "")].append(child)
    return [_group(group) for group in groups.values()]


def _group(members: list[Tree], *, holds_namespaces: bool = False) -> Tree:
    return members[0] if len(members) == 1 else Tree(holds_namespaces=holds_namespaces, children=members)


def _link(root: Tree, graph: nx.MultiDiGraph[str]) -> None:
    paths: dict[str, list[tuple[Tree, int]]] = {}
    _walk(root, [], paths)
    rank = {key: number for number, key in enumerate(paths)}
    for source, path in paths.items():
        for target in sorted(rank.keys() & graph.adj[source].keys() - {source}, key=rank.__getitem__):
            tree, here, there = next(_parting(path, paths[target]))
            tree.links.append((here, there, source, target))


def _walk(tree: Tree, path: list[tuple[Tree, int]], paths: dict[str, list[tuple[Tree, int]]]) -> None:
    for number, child in enumerate(tree.children):
        way = [*path, (tree, number)]
        if child.is_leaf:
            paths[child.key] = way
        else:
            _walk(child, way, paths)


def _parting(one: list[tuple[Tree, int]], other: list[tuple[Tree, int]]) -> Iterator[tuple[Tree, int, int]]:
    return (
        (tree, here, there) for (tree, here), (_, there) in zip(one, other, strict=False) if here != there
    )
