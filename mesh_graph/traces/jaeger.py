"""Jaeger's own JSON (``/api/traces``, and what its UI downloads) → traces.

Source: ``internal/uimodel`` of Jaeger: ``{"data": [{"traceID", "spans", "processes"}]}``, times in
microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mesh_graph.traces.assemble import Reading, assemble
from mesh_graph.traces.model import Attribute, Event
from mesh_graph.traces.reading import (
    Budget,
    Draft,
    NotTraces,
    as_dict,
    as_dicts,
    as_id,
    as_micros,
    as_text,
    plain,
)

__all__ = ["is_jaeger", "parse_jaeger"]

_PARENT = "CHILD_OF"
_NO_PROCESS: tuple[str, dict[str, Attribute]] = ("", {})


def is_jaeger(document: object) -> bool:
    """Whether a document looks like Jaeger's: traces below ``data``, or one of them."""
    if not isinstance(document, dict):
        return False
    data = document.get("data")
    return isinstance(data, list) or "traceID" in document


def parse_jaeger(document: object, budget: Budget | None = None) -> Reading:
    """The traces of a document; none where its ``data`` is empty or null.

    Raises
    ------
    NotTraces
        If it is no such document, or longer than the budget.
    """
    budget = budget or Budget()
    if not isinstance(document, dict) or not ("data" in document or "spans" in document):
        raise NotTraces("has no data, as Jaeger's answers have")
    data = document.get("data", [document])
    if not isinstance(data, list | None):
        raise NotTraces("has data that is no list of traces")
    return assemble(draft for trace in data or () for draft in _drafts(trace, budget))


def _drafts(trace: Any, budget: Budget) -> Iterator[Draft | None]:
    """The spans of one trace; None for each that cannot be read."""
    if not isinstance(trace, dict) or not isinstance(trace.get("spans"), list):
        yield None
        return
    processes = {key: _process(process) for key, process in as_dict(trace.get("processes")).items()}
    for raw in trace["spans"]:
        budget.spend()
        told_id = as_dict(raw).get("traceID") or trace.get("traceID")
        trace_id, is_proper = as_id(told_id, 32)
        if not isinstance(raw, dict) or not trace_id:
            yield None
            continue
        draft = _draft(Draft(trace_id), raw, budget.read)
        own = raw.get("process")
        process = _process(own) if own else processes.get(str(raw.get("processID")), _NO_PROCESS)
        draft.service, draft.resource = process
        if not is_proper:
            draft.note("odd-trace-id", id=as_text(told_id))
        yield draft


def _draft(draft: Draft, raw: Mapping[str, Any], number: int) -> Draft:
    draft.take_id(raw.get("spanID"), number)
    _take_references(draft, raw)
    draft.name = as_text(raw.get("operationName"))
    draft.start_us, draft.duration_us = as_micros(raw.get("startTime")), as_micros(raw.get("duration"))
    for tag in as_dicts(raw.get("tags")):
        draft.tag(tag.get("key"), tag.get("value"))
    draft.events = [event for log in as_dicts(raw.get("logs")) if (event := _event(log)) is not None]
    draft.settle()
    return draft


def _take_references(draft: Draft, raw: Mapping[str, Any]) -> None:
    """The parent: the first span of this trace that is named; other traces are links."""
    references = as_dicts(raw.get("references"))
    # What a span is a child of comes before what it merely follows from.
    references.sort(key=lambda one: one.get("refType") != _PARENT)
    for reference in references:
        trace_id, _ = as_id(reference.get("traceID") or draft.trace_id, 32)
        if trace_id != draft.trace_id and trace_id[16:] != draft.trace_id[16:]:
            draft.links.append(trace_id)
        elif not draft.parent_id:
            draft.parent_id = as_id(reference.get("spanID"), 16)[0]
    if not draft.parent_id:
        draft.parent_id = as_id(raw.get("parentSpanID"), 16)[0]


def _process(raw: object) -> tuple[str, dict[str, Attribute]]:
    """Name and tags of the service that reported."""
    process = as_dict(raw)
    tags = {as_text(tag.get("key")): plain(tag.get("value")) for tag in as_dicts(process.get("tags"))}
    return as_text(process.get("serviceName")), tags


def _event(log: Mapping[str, Any]) -> Event | None:
    at_us = as_micros(log.get("timestamp"))
    if at_us is None:
        return None
    values = {as_text(one.get("key")): plain(one.get("value")) for one in as_dicts(log.get("fields"))}
    return Event(at_us, as_text(values.pop("event", "log")), values)
