"""A graph with pseudonyms in the place of names: the same structure, the same numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import networkx as nx

from mesh_graph.export.mask import Mask
from mesh_graph.model import NodeKey
from mesh_graph.topology.attributes import EdgeAttr, Focus, Gap, GraphAttr, NodeAttr, Response

__all__ = ["masked_graph"]

_TELLING = frozenset({"family", "window", "interval", "protocol", "reporter", "kind", "kinds", "span"})
"""Parameters of messages that name nothing of a mesh."""
_NUMBER = re.compile(r"[0-9.,%]+ ?[a-z]{0,2}")
_WORDS = frozenset(
    {
        *(NodeAttr.KIND, NodeAttr.BOX, NodeAttr.STATE, NodeAttr.DEAD, NodeAttr.LOCATION, NodeAttr.FEATURES),
        *(EdgeAttr.PROTOCOL, EdgeAttr.REPORTED_BY, EdgeAttr.STATE, GraphAttr.GRAPH_TYPE),
    }
)
"""Attributes whose texts are words of ours."""


def masked_graph(graph: nx.MultiDiGraph[str], mask: Mask) -> nx.MultiDiGraph[str]:
    """The graph with every name masked; queries, labels and other texts that could hold one are left out.

    Attributes are those of ``topology.attributes``. Nodes and edges are sorted by their keys, boxes first.
    """
    keys = {text: mask.key(NodeKey.parse(text)).text for text in graph}
    rows = _Rows(mask, keys)
    masked: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    masked.graph.update(rows.of(graph.graph, _GRAPH))
    nodes = [(keys[text], rows.of(row, _NODE)) for text, row in graph.nodes(data=True)]
    masked.add_nodes_from(sorted(nodes, key=lambda node: (NodeAttr.BOX not in node[1], node[0])))
    edges = (
        (keys[u], keys[v], protocol, rows.of(row, _EDGE))
        for u, v, protocol, row in graph.edges(keys=True, data=True)
    )
    for source, destination, protocol, row in sorted(edges, key=lambda edge: edge[:3]):
        masked.add_edge(source, destination, protocol, **row)
    return masked


class _Rows:
    """Attributes of nodes, edges or the graph, each by its rule."""

    def __init__(self, mask: Mask, keys: Mapping[str, str]) -> None:
        self.mask = mask
        self._keys = keys

    def of(self, row: Mapping[str, Any], rules: Mapping[str, Rule]) -> dict[str, Any]:
        found = {}
        for name, value in row.items():
            if name in rules:
                found[name] = rules[name](self, value)
            elif name in _WORDS or isinstance(value, bool | int | float):
                found[name] = value
        return found

    def name(self, text: str) -> str:
        return self.mask.name(text)

    def names(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self.mask.name, texts))

    def version(self, text: str) -> str:
        return self.mask.version(text)

    def key(self, text: str) -> str:
        return self._keys.get(text) or self.mask.key(NodeKey.parse(text)).text

    def path(self, text: str) -> str:
        """``namespace/name`` or ``namespace/Kind/name``."""
        first, *middle, last = text.split("/")
        return "/".join((self.name(first), *middle, self.name(last)))

    def paths(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self.path, texts))

    def responses(self, found: tuple[Response, ...]) -> tuple[Response, ...]:
        return tuple(replace(one, host=self.name(one.host)) for one in found)

    def gaps(self, found: tuple[Gap, ...]) -> tuple[Gap, ...]:
        return tuple(
            replace(
                gap, parameters=tuple((name, self._parameter(name, text)) for name, text in gap.parameters)
            )
            for gap in found
        )

    def _parameter(self, name: str, text: str) -> str:
        return text if name in _TELLING or _NUMBER.fullmatch(text) else self.name(text)

    def drawn_as(self, keys: Mapping[str, str]) -> dict[str, str]:
        return {self.key(text): self.key(other) for text, other in keys.items()}

    def focus(self, found: Focus) -> Focus:
        # What was asked for may be any text.
        key = self.key(found.key) if found.centre else ""
        return replace(found, key=key, centre=tuple(map(self.key, found.centre)))

    def folded(self, found: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
        return tuple(sorted((self.key(text), count) for text, count in found))


Rule = Callable[[_Rows, Any], Any]

_GRAPH: dict[str, Rule] = {
    GraphAttr.GAPS: _Rows.gaps,
    GraphAttr.DRAWN_AS: _Rows.drawn_as,
    GraphAttr.FOLDED: _Rows.folded,
    GraphAttr.FOCUS: _Rows.focus,
    GraphAttr.QUERIES: lambda rows, queries: {},
}
_NODE: dict[str, Rule] = {
    **dict.fromkeys((NodeAttr.CLUSTER, NodeAttr.NAMESPACE, NodeAttr.WORKLOAD), _Rows.name),
    **dict.fromkeys((NodeAttr.APP, NodeAttr.SERVICE), _Rows.name),
    NodeAttr.VERSION: _Rows.version,
    NodeAttr.PARENT: _Rows.key,
    NodeAttr.ENDED_HERE: _Rows.responses,
    NodeAttr.HOSTS: _Rows.names,
    NodeAttr.WORKLOAD_ENTRIES: _Rows.names,
    NodeAttr.CONFIG: _Rows.paths,
    NodeAttr.ENTRY: _Rows.path,
}
_EDGE: dict[str, Rule] = {
    EdgeAttr.RESPONSES: _Rows.responses,
    EdgeAttr.NOTES: _Rows.gaps,
}
