"""What an expression matches in a graph, and the graph without it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import networkx as nx

from mesh_graph.model import NodeKind
from mesh_graph.topology.attributes import NodeAttr
from mesh_graph.topology.find_facts import GraphFacts
from mesh_graph.topology.find_language import AnyOf, Criterion, Expression, Inverse, Term
from mesh_graph.topology.find_operands import Answer, operand_of
from mesh_graph.topology.find_values import Truth, all_of, any_of, compare, inverse

__all__ = ["Matches", "hide", "matches"]

Edge = tuple[str, str, str]
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Matches:
    """Keys of the nodes and edges that an expression holds for."""

    nodes: frozenset[str] = frozenset()
    edges: frozenset[Edge] = frozenset()


def matches(expression: Expression, graph: nx.MultiDiGraph[str]) -> Matches:
    """Return what an expression holds for.

    Words about nodes match nodes, words about edges match edges, words about both match both. ``or`` adds up
    what its sides match. ``and`` narrows: where one side is about edges alone, the result is edges, and a
    side about nodes holds for an edge if it holds for one of its ends. What has no value matches neither a
    comparison nor its opposite. Boxes are not matched.
    """
    if expression.term is None:
        return Matches()
    facts = GraphFacts(graph)
    verdict = _judged(expression.term, facts)
    return Matches(_where_true(verdict.nodes), _where_true(verdict.edges))


def _where_true(truths: Mapping[_Key, Truth] | None) -> frozenset[_Key]:
    return frozenset(key for key, truth in (truths or {}).items() if truth)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Truth for each node and edge; None where the term says nothing about nodes, or about edges."""

    nodes: Mapping[str, Truth] | None
    edges: Mapping[Edge, Truth] | None

    def inverse(self) -> _Verdict:
        return _Verdict(_each(self.nodes, inverse), _each(self.edges, inverse))

    def for_edges(self, edges: Iterable[Edge]) -> Mapping[Edge, Truth]:
        """What it says about edges; if nothing, then what holds for an end of them."""
        if self.edges is not None:
            return self.edges
        nodes = self.nodes or {}
        return {edge: any_of((nodes[edge[0]], nodes[edge[1]])) for edge in edges}


def _each(truths: Mapping[_Key, Truth] | None, change: Callable[[Truth], Truth]) -> dict[_Key, Truth] | None:
    return None if truths is None else {key: change(truth) for key, truth in truths.items()}


def _joined(
    sides: Sequence[Mapping[_Key, Truth]], join: Callable[[Iterable[Truth]], Truth]
) -> dict[_Key, Truth] | None:
    return {key: join(side[key] for side in sides) for key in sides[0]} if sides else None


def _judged(term: Term, facts: GraphFacts) -> _Verdict:
    if isinstance(term, Criterion):
        return _judged_criterion(term, facts)
    if isinstance(term, Inverse):
        return _judged(term.term, facts).inverse()
    sides = [_judged(inner, facts) for inner in term.terms]
    about_nodes = [side.nodes for side in sides if side.nodes is not None]
    about_edges = [side.edges for side in sides if side.edges is not None]
    if isinstance(term, AnyOf):
        return _Verdict(_joined(about_nodes, any_of), _joined(about_edges, any_of))
    return _Verdict(
        _joined(about_nodes, all_of) if len(about_nodes) == len(sides) else None,
        _joined([side.for_edges(facts.edges) for side in sides], all_of) if about_edges else None,
    )


def _judged_criterion(criterion: Criterion, facts: GraphFacts) -> _Verdict:
    operand = operand_of(criterion.operand)
    assert operand is not None, "the parser lets known words through only"
    of_node, of_edge = operand.of_node, operand.of_edge
    return _Verdict(
        {key: _holds(of_node(node), criterion) for key, node in facts.nodes.items()} if of_node else None,
        {key: _holds(of_edge(edge), criterion) for key, edge in facts.edges.items()} if of_edge else None,
    )


def _holds(answer: Answer, criterion: Criterion) -> Truth:
    if not isinstance(answer, tuple):
        return answer
    if not criterion.operator:
        return any(value if isinstance(value, str) else value[1] > 0 for value in answer)
    if not answer:
        return None
    return any_of(compare(value, criterion.operator, criterion.value) for value in answer)


def hide(graph: nx.MultiDiGraph[str], matched: Matches) -> nx.MultiDiGraph[str]:
    """Return a copy of the graph without what was matched.

    A matched node takes its edges with it; nodes that lose their last edge so go too, unless they are idle;
    boxes that lose their last member go last.
    """
    left: nx.MultiDiGraph[str] = graph.copy()
    linked = {key for key, degree in graph.degree() if degree}
    for source, target, key in matched.edges:
        left.remove_edge(source, target, key)
    left.remove_nodes_from(matched.nodes)
    bare = [
        key
        for key in linked & left.nodes
        if not left.degree(key) and not left.nodes[key].get(NodeAttr.IS_IDLE)
    ]
    left.remove_nodes_from(bare)
    _remove_empty_boxes(left)
    return left


def _remove_empty_boxes(graph: nx.MultiDiGraph[str]) -> None:
    boxes = {key for key, data in graph.nodes(data=True) if data[NodeAttr.KIND] == NodeKind.BOX}
    while empty := boxes - {data.get(NodeAttr.PARENT) for _, data in graph.nodes(data=True)}:
        graph.remove_nodes_from(empty)
        boxes -= empty
