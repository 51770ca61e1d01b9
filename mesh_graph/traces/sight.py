"""What somebody may see of a trace: spans of foreign namespaces keep their service's name and their times."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from mesh_graph.scope import Scope
from mesh_graph.traces.model import Attribute, Span, Trace
from mesh_graph.traces.place import place_of

__all__ = ["is_foreign", "may_see_service", "seen_trace"]

_NOTHING: MappingProxyType[str, Attribute] = MappingProxyType({})


def may_see_service(service: str, scope: Scope, *, everywhere: bool = False) -> bool:
    """Whether a service may be seen, as far as its name tells; one that tells no namespace, only by all.

    A name does not tell the cluster: with ``everywhere`` it may be seen in each of them.
    """
    _, dot, namespace = service.rpartition(".")
    allows = scope.allows_everywhere if everywhere else scope.allows
    return scope.is_whole or (bool(dot) and allows(namespace))


def is_foreign(span: Span, scope: Scope) -> bool:
    """Whether a span's details may not be seen: where it ran is not allowed, or not known."""
    if scope.is_whole:
        return False
    place = place_of(span)
    if not place.cluster:
        return not scope.allows_everywhere(place.namespace)
    return not scope.allows(place.namespace, place.cluster)


def seen_trace(trace: Trace, scope: Scope) -> Trace | None:
    """The trace as somebody with that scope may see it; None where no span of it is theirs to see."""
    if scope.is_whole:
        return trace
    foreign = [is_foreign(span, scope) for span in trace.spans]
    if all(foreign):
        return None
    hidden = {span.span_id for span, is_hidden in zip(trace.spans, foreign, strict=True) if is_hidden}
    return Trace(
        trace.trace_id,
        tuple(
            _without_details(span) if is_hidden else span
            for span, is_hidden in zip(trace.spans, foreign, strict=True)
        ),
        tuple(problem for problem in trace.problems if problem.span_id not in hidden),
    )


def _without_details(span: Span) -> Span:
    return replace(span, name="", is_error=False, attributes=_NOTHING, resource=_NOTHING, events=(), links=())
