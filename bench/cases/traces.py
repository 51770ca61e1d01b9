"""A trace of ten thousand spans, from the bytes of each backend's answer to spans, and its JSON alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from statistics import median
from time import process_time
from typing import Any

import orjson

from bench.figures import Figure
from bench.site import Site
from bench.sizes import END
from mesh_graph.demo.otlp import otlp_document
from mesh_graph.demo.story import story
from mesh_graph.demo.tracer import Tracer
from mesh_graph.demo.zipkin import zipkin_spans
from mesh_graph.sources.json_text import decode_json
from mesh_graph.sources.uncollected import uncollected
from mesh_graph.traces.formats import read_traces
from mesh_graph.traces.model import Span, Trace

__all__ = ["TEXT", "TRACE_ID", "large_trace", "measure_traces"]

SPANS = 10_000
AIM_MS = 500
"""Most that reading may take."""
TRACE_ID = "5" * 32
TEXT = f"{SPANS // 1000}k spans"


def measure_traces(site: Site) -> Iterator[Figure]:
    """Decoding and reading, of the demo's spans put together as one trace; the mesh of the site is not asked.

    Raises
    ------
    RuntimeError
        If not every span was read: what was measured then says nothing.
    """
    trace = large_trace()
    documents = {
        "Zipkin": zipkin_spans(trace),
        "OTLP": {"result": otlp_document([trace])},
        "Jaeger": _jaeger(trace),
    }
    for name, document in documents.items():
        body = orjson.dumps(document)
        decoded, read = _cpu_ms(site, decode_json, body), _cpu_ms(site, _read, body)
        yield Figure("traces", TEXT, f"{name}, JSON alone, CPU", decoded)
        yield Figure("traces", TEXT, f"{name}, read, CPU", read, aim=AIM_MS)


def _cpu_ms(site: Site, do: Callable[[bytes], object], body: bytes) -> float:
    """Median time of processor: nothing is waited for, and what others do hardly moves it."""
    times = []
    for _ in range(max(5, site.pairs)):
        began = process_time()
        do(body)
        times.append(process_time() - began)
    return median(times) * 1000


def _read(body: bytes) -> None:
    with uncollected():
        _, reading = read_traces(decode_json(body))
    if [len(trace.spans) for trace in reading.traces] != [SPANS]:
        raise RuntimeError("not every span was read")


def large_trace() -> Trace:
    """One trace of spans of many, as a batch that calls everything would leave it."""
    some = Tracer(story()).newest_first(END - 86_400, END)
    spans = islice((span for trace in some for span in trace.spans), SPANS)
    return Trace(TRACE_ID, tuple(replace(span, trace_id=TRACE_ID) for span in spans))


def _jaeger(trace: Trace) -> dict[str, Any]:
    """The trace as ``/api/traces`` answers it."""
    services = {service: f"p{n}" for n, service in enumerate({span.service for span in trace.spans})}
    processes = {key: {"serviceName": service, "tags": []} for service, key in services.items()}
    spans = [_jaeger_span(span, services[span.service]) for span in trace.spans]
    return {"data": [{"traceID": trace.trace_id, "spans": spans, "processes": processes}]}


def _jaeger_span(span: Span, process: str) -> dict[str, Any]:
    parent = {"refType": "CHILD_OF", "traceID": span.trace_id, "spanID": span.parent_id}
    tags = {**span.attributes, "span.kind": span.kind.value, **({"error": "true"} if span.is_error else {})}
    return {
        "traceID": span.trace_id,
        "spanID": span.span_id,
        "operationName": span.name,
        "references": [parent] if span.parent_id else [],
        "startTime": span.start_us,
        "duration": span.duration_us,
        "tags": [{"key": key, "type": "string", "value": value} for key, value in tags.items()],
        "logs": [],
        "processID": process,
        "warnings": None,
    }
