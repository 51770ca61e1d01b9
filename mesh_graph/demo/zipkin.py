"""Spans as Envoys post them to a Zipkin (v2 JSON), which Jaeger takes in too."""

from __future__ import annotations

from typing import Any

from mesh_graph.traces.model import Span, Trace

__all__ = ["zipkin_spans"]


def zipkin_spans(trace: Trace) -> list[dict[str, Any]]:
    """The spans of a trace as Zipkin's API takes them; ids of 64 bits are written as such."""
    return [_span(span) for span in trace.spans]


def _span(span: Span) -> dict[str, Any]:
    trace_id = span.trace_id
    return {
        "traceId": trace_id[16:] if trace_id.startswith("0" * 16) else trace_id,
        "id": span.span_id,
        **({"parentId": span.parent_id} if span.parent_id else {}),
        "name": span.name,
        "kind": span.kind.value.upper(),
        "timestamp": span.start_us,
        "duration": span.duration_us,
        "localEndpoint": {"serviceName": span.service},
        "tags": {
            **{name: str(value) for name, value in span.attributes.items()},
            **({"error": "true"} if span.is_error else {}),
        },
    }
