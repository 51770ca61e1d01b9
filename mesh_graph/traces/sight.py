"""What somebody may see of a trace: spans of foreign namespaces keep their service's name and their times."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from mesh_graph.scope import Scope
from mesh_graph.traces.model import Attribute, Span, Trace

__all__ = ["cluster_of", "is_foreign", "may_see_service", "namespace_of", "seen_trace"]

_NOTHING: MappingProxyType[str, Attribute] = MappingProxyType({})


def namespace_of(span: Span) -> str:
    """Namespace of the workload that reported a span; empty where nothing tells.

    What its process says (``k8s.namespace.name``), or Envoy's ``node_id`` (``sidecar~ip~pod.namespace~…``),
    or Istio's service name ``app.namespace``, whichever is there first.
    """
    told = span.resource.get("k8s.namespace.name")
    if isinstance(told, str) and told:
        return told
    node = span.attributes.get("node_id") or span.resource.get("node_id")
    parts = str(node or "").split("~")
    if len(parts) == 4 and "." in parts[2]:
        return parts[2].rpartition(".")[2]
    return span.service.rpartition(".")[2] if "." in span.service else ""


def cluster_of(span: Span) -> str:
    """Cluster of the workload that reported a span; empty where nothing tells."""
    told = span.resource.get("k8s.cluster.name") or span.attributes.get("istio.cluster_id")
    return told if isinstance(told, str) else ""


def may_see_service(service: str, scope: Scope) -> bool:
    """Whether a service may be seen, as far as its name tells; one that tells no namespace, only by all."""
    return scope.is_whole or ("." in service and scope.allows(service.rpartition(".")[2]))


def is_foreign(span: Span, scope: Scope) -> bool:
    """Whether a span's details may not be seen: where it ran is not allowed, or not known."""
    if scope.is_whole:
        return False
    cluster = cluster_of(span)
    if not (cluster or "*" in scope.clusters):
        return True
    return not scope.allows(namespace_of(span), cluster or None)


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
