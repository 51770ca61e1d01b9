"""What each service does with the trace of its caller: the counts that the audit judges.

trace ─► tree ─► spans that come in, spans that go out, and whether what goes out is below what came in
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mesh_graph.traces.dependencies import called_host
from mesh_graph.traces.model import Span, SpanKind, Trace
from mesh_graph.traces.tree import NO_PARENT, SpanTree, span_tree

__all__ = ["EXAMPLES", "Conduct", "conducts", "is_gateway", "is_short_id"]

MOST_LOOKED_AT = 50
"""Spans below a call that are looked at for whom it called."""
EXAMPLES = 5
"""Most trace ids that are kept of anything."""

_CALLING = (SpanKind.CLIENT, SpanKind.PRODUCER)
_CALLED = (SpanKind.SERVER, SpanKind.CONSUMER)
_SHORT = "0" * 16
_BELOW_A_CALL, _BELOW_ITS_OWN_ROOT, _BELOW_WHAT_IS_LOST = range(3)


@dataclass(slots=True)
class Conduct:
    """Counts of one service's spans.

    Attributes
    ----------
    spans, traces : int
        Spans of it; traces with one.
    one_span_traces : int
        Traces that are one span of it and nothing else.
    orphans : int
        Spans of it that name a parent which is not in their trace.
    entries, entry_roots : int
        Spans with which it answered a call; those of them that begin a trace.
    joined, unjoined : Counter of str
        By whom it called: calls below a call that it answered, or below another service's span; calls below
        a root of its own. Those below a span that is lost count in neither.
    callees : set of str
        Whom it called at all.
    begun, begun_short : int
        Traces that begin with it; those of them with an id of 64 bits.
    unjoined_traces, orphan_traces : list of str
        Ids of some traces with such calls, and with such spans.
    is_gateway : bool
        Its proxy stands at the mesh's edge and begins traces by nature.
    """

    spans: int = 0
    traces: int = 0
    one_span_traces: int = 0
    orphans: int = 0
    entries: int = 0
    entry_roots: int = 0
    joined: Counter[str] = field(default_factory=Counter)
    unjoined: Counter[str] = field(default_factory=Counter)
    callees: set[str] = field(default_factory=set)
    begun: int = 0
    begun_short: int = 0
    unjoined_traces: list[str] = field(default_factory=list)
    orphan_traces: list[str] = field(default_factory=list)
    is_gateway: bool = False


def is_short_id(trace_id: str) -> bool:
    """Whether a trace's id has 64 bits, which the span model writes with zeros before it."""
    return trace_id.startswith(_SHORT)


def is_gateway(span: Span) -> bool:
    """Whether a span is of a proxy without an application: a gateway (``router~…``) or a waypoint."""
    node = str(span.attributes.get("node_id") or span.resource.get("node_id") or "")
    return node.startswith(("router~", "waypoint~"))


def conducts(traces: Iterable[Trace]) -> dict[str, Conduct]:
    """Conduct of every service that has spans."""
    found: dict[str, Conduct] = defaultdict(Conduct)
    for trace in traces:
        if trace.spans:
            _count(span_tree(trace), trace.trace_id, found)
    return dict(found)


def _count(tree: SpanTree, trace_id: str, found: dict[str, Conduct]) -> None:
    for service in {span.service for span in tree.spans}:
        found[service].traces += 1
    first = tree.spans[tree.roots[0]]
    if tree.roots[0] not in tree.orphans:
        found[first.service].begun += 1
        found[first.service].begun_short += is_short_id(trace_id)
    if len(tree.spans) == 1:
        found[first.service].one_span_traces += 1
    standing = [_BELOW_A_CALL] * len(tree.spans)
    for place in tree.order:
        span = tree.spans[place]
        conduct = found[span.service]
        conduct.spans += 1
        conduct.is_gateway |= is_gateway(span)
        standing[place] = _standing(tree, place, standing)
        if place in tree.orphans:
            conduct.orphans += 1
            _keep(conduct.orphan_traces, trace_id)
        if _is_entry(tree, place):
            conduct.entries += 1
            conduct.entry_roots += tree.parents[place] == NO_PARENT and place not in tree.orphans
        # One span is both where a backend tells no kinds.
        if _is_exit(tree, place):
            _count_exit(conduct, tree, place, standing[place], trace_id)


def _count_exit(conduct: Conduct, tree: SpanTree, place: int, standing: int, trace_id: str) -> None:
    callee = _callee(tree, place)
    conduct.callees.add(callee)
    if standing == _BELOW_A_CALL:
        conduct.joined[callee] += 1
    elif standing == _BELOW_ITS_OWN_ROOT:
        conduct.unjoined[callee] += 1
        _keep(conduct.unjoined_traces, trace_id)


def _standing(tree: SpanTree, place: int, standing: list[int]) -> int:
    """What a span is below: the nearest of a call answered, another service, its own root, or a lost span."""
    if place in tree.orphans:
        return _BELOW_WHAT_IS_LOST
    if tree.spans[place].kind in _CALLED:
        return _BELOW_A_CALL
    above = tree.parents[place]
    if above == NO_PARENT:
        return _BELOW_ITS_OWN_ROOT
    is_own = tree.spans[above].service == tree.spans[place].service
    return standing[above] if is_own else _BELOW_A_CALL


def _is_entry(tree: SpanTree, place: int) -> bool:
    span, parent = tree.spans[place], tree.parent(place)
    if span.kind in _CALLED:
        # Of a proxy's and its application's server span, one below the other, one is the entry.
        return parent is None or parent.service != span.service or parent.kind not in _CALLED
    return parent is not None and parent.service != span.service


def _is_exit(tree: SpanTree, place: int) -> bool:
    span, parent = tree.spans[place], tree.parent(place)
    if parent is not None and parent.kind in _CALLING and parent.service == span.service:
        return False
    if span.kind in _CALLING:
        return True
    return span.kind not in _CALLED and any(
        tree.spans[child].service != span.service for child in tree.children[place]
    )


def _callee(tree: SpanTree, place: int) -> str:
    """Whom a span called: the first other service below it, else the host that it names."""
    span = tree.spans[place]
    below = list(tree.children[place])
    for _ in range(MOST_LOOKED_AT):
        if not below:
            break
        child = below.pop()
        if tree.spans[child].service != span.service or tree.spans[child].kind in _CALLED:
            return tree.spans[child].service
        below.extend(tree.children[child])
    return called_host(span)


def _keep(ids: list[str], trace_id: str) -> None:
    if len(ids) < EXAMPLES and trace_id not in ids:
        ids.append(trace_id)
