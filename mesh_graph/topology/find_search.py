"""Plain text search over a graph: nodes, boxes and edges by name and host, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import networkx as nx

from mesh_graph.model import Box, NodeKind
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr
from mesh_graph.topology.layout_tree import natural

__all__ = ["search"]

Edge = tuple[str, str, str]

_NAMES = (NodeAttr.APP, NodeAttr.SERVICE, NodeAttr.WORKLOAD)
_SURROUNDINGS = (NodeAttr.VERSION, NodeAttr.NAMESPACE, NodeAttr.CLUSTER)
_OWN_NAME = {Box.APP: NodeAttr.APP, Box.NAMESPACE: NodeAttr.NAMESPACE, Box.CLUSTER: NodeAttr.CLUSTER}
_EXACT, _PREFIX, _WORD_PREFIX, _INSIDE, _ELSEWHERE = 0, 1, 2, 3, 4


def search(graph: nx.MultiDiGraph[str], text: str, limit: int = 50) -> list[str | Edge]:
    """Return keys of the nodes, boxes and edges in which every word of the text is found.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
    text : str
        Words, in any case. Blank text finds nothing.
    limit : int
        Most results.

    Returns
    -------
    list of str or (str, str, str)
        Exact names first, then names that begin so, then names with a word that begins so, then names that
        hold it, then version, namespace and cluster. Among equals nodes before edges, then by name. An edge
        is named by the hosts called, and what surrounds it are the names of its two ends.
    """
    words = text.casefold().split()
    if not words:
        return []
    found = []
    for key, names, surroundings in _candidates(graph):
        scores = [_score(word, names, surroundings) for word in words]
        if None not in scores:
            score = sum(filter(None, scores))
            found.append((score, isinstance(key, tuple), tuple(map(natural, names)), str(key), key))
    return [key for *_, key in sorted(found, key=lambda hit: hit[:4])[:limit]]


def _candidates(graph: nx.MultiDiGraph[str]) -> Iterator[tuple[str | Edge, list[str], list[str]]]:
    """Key, own names and the names around it."""
    around: dict[str, list[str]] = {}
    for key, data in graph.nodes(data=True):
        names = _own_names(data)
        surroundings = [data[name].casefold() for name in _SURROUNDINGS if data.get(name)]
        around[key] = [*names, *surroundings]
        yield key, names, surroundings
    for source, target, key, data in graph.edges(keys=True, data=True):
        hosts = sorted({response.host.casefold() for response in data.get(EdgeAttr.RESPONSES, ())} - {""})
        yield (source, target, key), hosts, [*around[source], *around[target]]


def _own_names(data: dict[str, Any]) -> list[str]:
    kind, box = data[NodeAttr.KIND], data.get(NodeAttr.BOX)
    if kind == NodeKind.UNKNOWN:
        return [NodeKind.UNKNOWN.value]
    if box is not None:
        attributes: Iterable[str] = (_OWN_NAME[box],)
    else:
        attributes = (NodeAttr.NAMESPACE,) if kind == NodeKind.NAMESPACE else _NAMES
    return [data[name].casefold() for name in attributes if data.get(name)]


def _score(word: str, names: Iterable[str], surroundings: Iterable[str]) -> int | None:
    """How well a word fits, 0 best; None where it does not occur."""
    own = [score for name in names if (score := _fit(word, name)) is not None]
    if own:
        return min(own)
    around = [score for name in surroundings if (score := _fit(word, name)) is not None]
    return _ELSEWHERE + min(around) if around else None


def _fit(word: str, name: str) -> int | None:
    at = name.find(word)
    if at < 0:
        return None
    if at == 0:
        return _EXACT if len(word) == len(name) else _PREFIX
    begins_word = any(not name[n - 1].isalnum() for n in range(at, len(name)) if name.startswith(word, n))
    return _WORD_PREFIX if begins_word else _INSIDE
