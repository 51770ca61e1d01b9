"""What is asked of traces, and whether one answers it: the same for every backend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mesh_graph.traces.dependencies import ServiceCall, service_calls
from mesh_graph.traces.model import Attribute, Span, SpanKind, Trace
from mesh_graph.traces.place import place_of
from mesh_graph.traces.reading import ERROR
from mesh_graph.traces.tree import span_tree

__all__ = ["TraceQuestion", "is_answer", "is_named", "spellings", "text_of"]

_RENAMED = {
    "http.status_code": "http.response.status_code",
    "http.method": "http.request.method",
    "http.url": "url.full",
}
"""Tags that OpenTelemetry's conventions of 2023 have renamed: what proxies write, and newer SDKs."""
_NAMED_BEFORE = {new: old for old, new in _RENAMED.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceQuestion:
    """Traces wanted: those with one span that fulfils everything that is said of spans.

    Attributes
    ----------
    service, operation : str
        The span's; empty for any.
    caller : str
        Service that called ``service`` directly; empty for any, and for none. The span is then one of the two
        ends of such a call.
    tags : mapping of str to str
        Attributes of the span or of its process, as text; ``error=true`` asks for failed spans.
    errors_only : bool
    min_duration_us, max_duration_us : int or None
        The span's, both included.
    start, end : float
        When the span started, Unix seconds, both included.
    limit : int
        Most traces wanted; the newest where a backend can tell.
    """

    start: float
    end: float
    service: str = ""
    caller: str = ""
    operation: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    errors_only: bool = False
    min_duration_us: int | None = None
    max_duration_us: int | None = None
    limit: int = 100


def is_answer(trace: Trace, question: TraceQuestion) -> bool:
    """Whether one of the trace's spans fulfils all of the question.

    Backends differ in this: Zipkin looks for each part of a question in any span of the service.
    """
    if question.caller:
        calls = (call for call in service_calls(span_tree(trace)) if _is_of(call, question))
        return any(_fits(end, question) for call in calls for end in _ends(call))
    is_any = not question.service
    return any((is_any or is_named(span, question.service)) and _fits(span, question) for span in trace.spans)


def is_named(span: Span, service: str) -> bool:
    """Whether a span is of a service, given as ``app.namespace``, however its proxy names it.

    Istio's proxies report as ``app.namespace``, or, so configured, as ``app``: then a span is taken for the
    service's unless it tells of another namespace.
    """
    if span.service == service:
        return True
    app, dot, namespace = service.rpartition(".")
    return bool(dot) and span.service == app and place_of(span).namespace in ("", namespace)


def _is_of(call: ServiceCall, question: TraceQuestion) -> bool:
    if not is_named(call.calling, question.caller):
        return False
    if not question.service:
        return True
    if call.called is not None:
        return is_named(call.called, question.service)
    # A plain name says nothing of the namespace, which a host has.
    return question.service in (call.host, call.host.partition(".")[0])


def _ends(call: ServiceCall) -> list[Span]:
    """The spans that stand for a call: a span above it that is no client's is about another."""
    is_client = call.calling.kind in (SpanKind.CLIENT, SpanKind.PRODUCER)
    return [*([call.calling] if is_client else []), *([call.called] if call.called is not None else [])]


def text_of(value: Attribute) -> str:
    """An attribute as text: truth values as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fits(span: Span, question: TraceQuestion) -> bool:
    """Whether a span, whosever it is, has what else is asked for."""
    low, high = question.min_duration_us, question.max_duration_us
    return (
        question.operation in ("", span.name)
        and (span.is_error or not question.errors_only)
        and (low is None or span.duration_us >= low)
        and (high is None or span.duration_us <= high)
        and question.start * 1e6 <= span.start_us <= question.end * 1e6
        and all(_has(span, name, text) for name, text in question.tags.items())
    )


def _has(span: Span, name: str, text: str) -> bool:
    if name == ERROR and text in ("true", "false"):
        return span.is_error == (text == "true")
    places = (span.attributes, span.resource)
    return any(own in place and text_of(place[own]) == text for own in spellings(name) for place in places)


def spellings(name: str) -> tuple[str, ...]:
    """The names under which a tag is written: its own first.

    Examples
    --------
    >>> spellings("http.status_code"), spellings("region")
    (('http.status_code', 'http.response.status_code'), ('region',))
    """
    other = _RENAMED.get(name) or _NAMED_BEFORE.get(name)
    return (name, other) if other else (name,)
