"""Zipkin's JSON (v2, and the annotations of v1) → traces.

Source: openzipkin/zipkin-api (``zipkin2-api.yaml``). A client and a server may report under one span id
(``shared``); a span may come in pieces. In v1 one span holds both ends, told apart by the annotations cs, cr
(client sent, received), sr and ss (server).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mesh_graph.traces.assemble import Reading, assemble
from mesh_graph.traces.model import Event, SpanKind
from mesh_graph.traces.reading import (
    Budget,
    Draft,
    NotTraces,
    as_dict,
    as_dicts,
    as_id,
    as_kind,
    as_micros,
    as_text,
)

__all__ = ["is_zipkin", "parse_zipkin"]

_ENDS = (
    (SpanKind.CLIENT, "cs", "cr"),
    (SpanKind.SERVER, "sr", "ss"),
    (SpanKind.PRODUCER, "ms", ""),
    (SpanKind.CONSUMER, "mr", ""),
)
"""Kinds, and the annotations that begin and end them."""
_CORE = {word for _, *words in _ENDS for word in words if word}
_ADDRESSES = ("sa", "ca", "ma")
"""Binary annotations that name the other end."""


def is_zipkin(document: object) -> bool:
    """Whether a document looks like Zipkin's: a list of spans, or of lists of spans."""
    first = document[0] if isinstance(document, list) and document else None
    while isinstance(first, list) and first:
        first = first[0]
    return isinstance(first, dict) and "traceId" in first and "id" in first


def parse_zipkin(document: object, budget: Budget | None = None) -> Reading:
    """The traces of a list of spans, or of a list of lists; none of an empty one.

    Raises
    ------
    NotTraces
        If it is no such document, or longer than the budget.
    """
    budget = budget or Budget()
    if not isinstance(document, list):
        raise NotTraces("is no list of spans, as Zipkin's answers are")
    drafts: list[Draft] = []
    unreadable = 0
    for raw in (span for item in document for span in (item if isinstance(item, list) else [item])):
        budget.spend()
        ends = list(_drafts(as_dict(raw), budget.read))
        unreadable += not ends
        drafts += ends
    return assemble(_merged(drafts), unreadable)


def _drafts(raw: Mapping[str, Any], number: int) -> Iterator[Draft]:
    """The ends that a span tells of: one, or two in v1; none where it names no trace."""
    trace_id, is_proper = as_id(raw.get("traceId"), 32)
    if not trace_id:
        return
    core = {
        one["value"]: one
        for one in as_dicts(raw.get("annotations"))
        if isinstance(one.get("value"), str) and one["value"] in _CORE
    }
    told = as_kind(raw.get("kind", ""))
    found = [end for end in _ENDS if end[1] in core or end[2] in core]
    ends = [end for end in _ENDS if end[0] is told] or found or [(SpanKind.UNKNOWN, "", "")]
    for kind, first, last in ends:
        draft = Draft(trace_id, kind=kind, name=as_text(raw.get("name")))
        draft.take_id(raw.get("id"), number)
        if not is_proper:
            draft.note("odd-trace-id", id=as_text(raw.get("traceId")))
        draft.parent_id = as_id(raw.get("parentId"), 16)[0]
        _take_times(draft, {} if len(ends) > 1 else raw, core.get(first), core.get(last))
        _take_places(draft, raw, core.get(first) or core.get(last))
        _take_tags(draft, raw)
        draft.settle()
        yield draft


def _take_times(
    draft: Draft, raw: Mapping[str, Any], first: Mapping[str, Any] | None, last: Mapping[str, Any] | None
) -> None:
    """What the span says, else its annotations; of a span with two ends only these."""
    began, ended = (as_micros(as_dict(one).get("timestamp")) for one in (first, last))
    draft.start_us = as_micros(raw.get("timestamp")) or began
    draft.duration_us = as_micros(raw.get("duration"))
    if draft.duration_us is None and ended is not None and draft.start_us is not None:
        draft.duration_us = ended - draft.start_us


def _take_places(draft: Draft, raw: Mapping[str, Any], annotation: Mapping[str, Any] | None) -> None:
    own = as_dict(raw.get("localEndpoint")) or as_dict(as_dict(annotation).get("endpoint"))
    if not own:
        told = [*as_dicts(raw.get("annotations")), *as_dicts(raw.get("binaryAnnotations"))]
        places = (as_dict(one.get("endpoint")) for one in told if one.get("key") not in _ADDRESSES)
        own = next((place for place in places if place.get("serviceName")), {})
    draft.service = as_text(own.get("serviceName"))
    address = own.get("ipv4") or own.get("ipv6")
    draft.resource = {"ip": as_text(address)} if address else {}
    peer = as_dict(raw.get("remoteEndpoint"))
    for key, name in (("serviceName", "peer.service"), ("ipv4", "net.peer.ip"), ("port", "net.peer.port")):
        if peer.get(key):
            draft.tag(name, peer[key])


def _take_tags(draft: Draft, raw: Mapping[str, Any]) -> None:
    for key, value in as_dict(raw.get("tags")).items():
        draft.tag(key, value)
    for one in as_dicts(raw.get("binaryAnnotations")):
        place = as_dict(one.get("endpoint")).get("serviceName")
        if one.get("key") not in _ADDRESSES and place in (None, "", draft.service):
            draft.tag(one.get("key"), one.get("value"))
    for one in as_dicts(raw.get("annotations")):
        at_us = as_micros(one.get("timestamp"))
        name = as_text(one.get("value"))
        if at_us is not None and name not in _CORE:
            draft.events.append(Event(at_us, name))


def _merged(drafts: Iterable[Draft]) -> Iterable[Draft]:
    """Spans with the pieces put together that a client or a server sent apart."""
    whole: dict[tuple[object, ...], Draft] = {}
    kept = []
    for draft in drafts:
        key = (draft.trace_id, draft.span_id, draft.kind, draft.service)
        known = whole.setdefault(key, draft)
        is_piece = None in (known.start_us, known.duration_us, draft.start_us, draft.duration_us)
        if known is draft or not is_piece or known == draft:
            kept.append(draft)
        else:
            _merge(known, draft)
    return kept


def _merge(known: Draft, piece: Draft) -> None:
    starts = [one.start_us for one in (known, piece) if one.start_us is not None]
    lengths = [one.duration_us for one in (known, piece) if one.duration_us is not None]
    known.start_us, known.duration_us = min(starts, default=None), max(lengths, default=None)
    known.name = known.name or piece.name
    known.parent_id = known.parent_id or piece.parent_id
    known.is_error |= piece.is_error
    known.attributes = {**piece.attributes, **known.attributes}
    known.resource = {**piece.resource, **known.resource}
    known.events += piece.events
    known.problems += piece.problems
