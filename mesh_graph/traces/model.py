"""Span and trace in OpenTelemetry's terms, whatever backend they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

__all__ = ["Attribute", "Event", "Span", "SpanKind", "SpanProblem", "Trace", "TraceSummary"]

Attribute = str | int | float | bool
_NOTHING: Mapping[str, Attribute] = MappingProxyType({})


def _nothing() -> Mapping[str, Attribute]:
    return _NOTHING


class SpanKind(StrEnum):
    """Which end of a call a span stands for."""

    CLIENT = "client"
    SERVER = "server"
    PRODUCER = "producer"
    CONSUMER = "consumer"
    INTERNAL = "internal"
    UNKNOWN = "unknown"
    """The backend does not say."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened within a span."""

    at_us: int
    """Unix microseconds."""
    name: str
    attributes: Mapping[str, Attribute] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Span:
    """One end of one call, or work within a service.

    Attributes
    ----------
    trace_id, span_id : str
        Lower-case hexadecimal, padded to 32 and 16 digits, so that 64-bit and 128-bit ids of one trace meet.
    parent_id : str
        Empty for a root.
    service : str
        As the proxy reports it: Istio's ``app.namespace``, or an SDK's service name.
    name : str
        The operation.
    kind : SpanKind
    start_us, duration_us : int
        Unix microseconds, and microseconds as reported: a negative duration is shown as a problem.
    is_error : bool
    attributes, resource : mapping of str to Attribute
        Of the span and of the process that reported it.
    events : tuple of Event
    links : tuple of str
        Trace ids of other traces that it names.
    """

    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    kind: SpanKind
    start_us: int
    duration_us: int
    is_error: bool = False
    attributes: Mapping[str, Attribute] = field(default_factory=_nothing)
    resource: Mapping[str, Attribute] = field(default_factory=_nothing)
    events: tuple[Event, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def end_us(self) -> int:
        """When it ended, Unix microseconds; its start where the duration is negative."""
        return self.start_us + max(self.duration_us, 0)


@dataclass(frozen=True, slots=True)
class SpanProblem:
    """Something wrong with a span as reported: an id for the catalogue of words, and its parameters."""

    id: str
    span_id: str = ""
    parameters: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """The spans of one trace that the backend has, in order of start, and what was wrong with them."""

    trace_id: str
    spans: tuple[Span, ...]
    problems: tuple[SpanProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class TraceSummary:
    """One trace in a list.

    Attributes
    ----------
    trace_id : str
    root_service, root_name : str
        Of the earliest span without a known parent.
    start_us, duration_us : int
        From the first start to the last end.
    spans, errors : int
    services : tuple of (str, int)
        Spans by service, most first, ties by name.
    """

    trace_id: str
    root_service: str
    root_name: str
    start_us: int
    duration_us: int
    spans: int
    errors: int
    services: tuple[tuple[str, int], ...]
