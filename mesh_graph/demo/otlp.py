"""Spans as Envoys send them over OTLP/HTTP with JSON, which Jaeger and OpenTelemetry Collectors take in."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from mesh_graph.traces.model import Span, SpanKind, Trace

__all__ = ["otlp_document"]

_KINDS = {SpanKind.SERVER: 2, SpanKind.CLIENT: 3}
_ERROR = 2


def otlp_document(traces: Iterable[Trace]) -> dict[str, Any]:
    """The spans of traces as one export: those of a service under one resource."""
    spans = sorted((s for trace in traces for s in trace.spans), key=lambda span: span.service)
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": [_text("service.name", service)]},
                "scopeSpans": [{"spans": [_span(span) for span in own]}],
            }
            for service, own in groupby(spans, key=lambda span: span.service)
        ]
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        **({"parentSpanId": span.parent_id} if span.parent_id else {}),
        "name": span.name,
        "kind": _KINDS[span.kind],
        "startTimeUnixNano": str(span.start_us * 1000),
        "endTimeUnixNano": str((span.start_us + span.duration_us) * 1000),
        "attributes": [_text(name, str(value)) for name, value in span.attributes.items()],
        "status": {"code": _ERROR} if span.is_error else {},
    }


def _text(name: str, value: str) -> dict[str, Any]:
    return {"key": name, "value": {"stringValue": value}}
