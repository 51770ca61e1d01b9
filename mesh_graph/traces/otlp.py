"""OTLP as JSON → traces: Jaeger's ``/api/v3`` answers, files of the OpenTelemetry Collector, Tempo.

Source: opentelemetry-proto (``trace.proto``, ``common.proto``; the JSON mapping of OTLP/HTTP: ids in
hexadecimal, 64-bit numbers as text). Older writers give ids in base64, as plain protobuf JSON has them.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from mesh_graph.traces.assemble import Reading, assemble
from mesh_graph.traces.model import Attribute, Event, SpanKind
from mesh_graph.traces.reading import (
    MAX_DEPTH,
    Budget,
    Draft,
    NotTraces,
    as_dict,
    as_dicts,
    as_id,
    as_kind,
    as_list,
    as_micros,
    as_text,
    plain,
)

__all__ = ["is_otlp", "parse_otlp"]

_RESOURCES = ("resourceSpans", "resource_spans", "batches")
_SCOPES = ("scopeSpans", "scope_spans", "instrumentationLibrarySpans")
_WRAPPERS = ("result", "trace")
_SERVICE = "service.name"
_KINDS = (
    SpanKind.UNKNOWN,
    SpanKind.INTERNAL,
    SpanKind.SERVER,
    SpanKind.CLIENT,
    SpanKind.PRODUCER,
    SpanKind.CONSUMER,
)
"""By OTLP's number."""
_ERROR_CODES = (2, "2", "STATUS_CODE_ERROR")
_NANOS = 1000


def is_otlp(document: object) -> bool:
    """Whether a document looks like OTLP, wrapped or not, or like a list of its chunks."""
    if isinstance(document, list):
        return bool(document) and is_otlp(document[0])
    return isinstance(document, dict) and any(
        key in document or key in as_dict(document.get(wrapper))
        for key in _RESOURCES
        for wrapper in _WRAPPERS
    )


def parse_otlp(document: object, budget: Budget | None = None) -> Reading:
    """The traces of a document or of a list of chunks; none where it has no spans.

    Raises
    ------
    NotTraces
        If it is no such document, or longer than the budget.
    """
    budget = budget or Budget()
    if not isinstance(document, dict | list):
        raise NotTraces("has no resourceSpans, as OTLP has")
    chunks = document if isinstance(document, list) else [document]
    return assemble(draft for chunk in chunks for draft in _drafts(_unwrapped(chunk), budget))


def _unwrapped(chunk: object) -> Mapping[str, Any]:
    inner = as_dict(chunk)
    for wrapper in _WRAPPERS:
        if isinstance(inner.get(wrapper), dict):
            inner = inner[wrapper]
    return inner


def _either(raw: Mapping[str, Any], names: tuple[str, ...]) -> object:
    return next((raw[name] for name in names if name in raw), None)


def _drafts(chunk: Mapping[str, Any], budget: Budget) -> Iterator[Draft | None]:
    """The spans of one chunk; None for each that cannot be read."""
    for one in as_dicts(_either(chunk, _RESOURCES)):
        resource = _attributes(as_dict(one.get("resource")).get("attributes"))
        service = as_text(resource.pop(_SERVICE, ""))
        for scope in as_dicts(_either(one, _SCOPES)):
            told = as_dict(scope.get("scope"))
            tags = {f"otel.scope.{key}": told[key] for key in ("name", "version") if told.get(key)}
            for raw in as_list(scope.get("spans")):
                budget.spend()
                draft = _draft(as_dict(raw), budget.read)
                if draft is not None:
                    draft.service, draft.resource = service, resource
                    for key, value in tags.items():
                        draft.tag(key, value)
                    draft.settle()
                yield draft


def _draft(raw: Mapping[str, Any], number: int) -> Draft | None:
    trace_id, is_proper = as_id(_unpacked(raw.get("traceId"), 16), 32)
    if not trace_id:
        return None
    draft = Draft(trace_id)
    draft.take_id(_unpacked(raw.get("spanId"), 8), number)
    if not is_proper:
        draft.note("odd-trace-id", id=as_text(raw.get("traceId")))
    draft.parent_id = as_id(_unpacked(raw.get("parentSpanId"), 8), 16)[0]
    draft.name, draft.kind = as_text(raw.get("name")), _kind(raw.get("kind"))
    _take_times(draft, raw)
    for item in as_dicts(raw.get("attributes")):
        _take_tag(draft, item)
    if raw.get("traceState"):
        draft.tag("w3c.tracestate", raw["traceState"])
    status = as_dict(raw.get("status"))
    draft.is_error = status.get("code") in _ERROR_CODES
    if status.get("message"):
        draft.tag("otel.status_description", status["message"])
    draft.events = [event for one in as_dicts(raw.get("events")) if (event := _event(one)) is not None]
    linked = [as_id(_unpacked(one.get("traceId"), 16), 32)[0] for one in as_dicts(raw.get("links"))]
    draft.links = [other for other in linked if other not in ("", trace_id)]
    return draft


def _take_times(draft: Draft, raw: Mapping[str, Any]) -> None:
    start, end = raw.get("startTimeUnixNano", ""), raw.get("endTimeUnixNano", "")
    draft.start_us = as_micros(start, _NANOS) or None
    if draft.start_us is not None and as_micros(end, _NANOS):
        draft.duration_us = (int(end) - int(start)) // _NANOS


def _take_tag(draft: Draft, item: Mapping[str, Any]) -> None:
    """Take an attribute; of the common ones the value is read without a detour."""
    value = item.get("value")
    text = value.get("stringValue") if type(value) is dict else None
    draft.tag(item.get("key"), text if text is not None else _value(value))


def _attributes(raw: object) -> dict[str, Attribute]:
    return {as_text(item.get("key")): plain(_value(item.get("value"))) for item in as_dicts(raw)}


def _value(raw: object, levels: int = MAX_DEPTH) -> Any:
    """The value inside of an ``AnyValue``."""
    if not isinstance(raw, dict) or not raw:
        return raw or ""
    if not levels:
        return "…"
    kind, value = next(iter(raw.items()))
    match kind:
        case "intValue" if isinstance(value, str):
            return int(value) if value.removeprefix("-").isdecimal() and len(value) < 24 else value
        case "arrayValue":
            return plain([_value(item, levels - 1) for item in as_dicts(as_dict(value).get("values"))])
        case "kvlistValue":
            pairs = as_dicts(as_dict(value).get("values"))
            return plain({as_text(pair.get("key")): _value(pair.get("value"), levels - 1) for pair in pairs})
        case _:
            return value


def _event(raw: Mapping[str, Any]) -> Event | None:
    at_us = as_micros(raw.get("timeUnixNano"), _NANOS)
    return (
        None if at_us is None else Event(at_us, as_text(raw.get("name")), _attributes(raw.get("attributes")))
    )


def _kind(value: object) -> SpanKind:
    if isinstance(value, int):
        return _KINDS[value] if 0 <= value < len(_KINDS) else SpanKind.UNKNOWN
    return as_kind(value)


def _unpacked(value: object, size: int) -> object:
    """An id as hexadecimal, if it is base64 of so many bytes."""
    if not isinstance(value, str) or len(value) != -(-size // 3) * 4 or not value.endswith("="):
        return value
    try:
        return b64decode(value, validate=True).hex()
    except (binascii.Error, ValueError):
        return value
