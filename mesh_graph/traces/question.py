"""What is asked of traces, and whether one answers it: the same for every backend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mesh_graph.traces.model import Attribute, Span, Trace
from mesh_graph.traces.reading import ERROR

__all__ = ["TraceQuestion", "is_answer", "spellings", "text_of"]

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
    return any(_is_wanted(span, question) for span in trace.spans)


def text_of(value: Attribute) -> str:
    """An attribute as text: truth values as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_wanted(span: Span, question: TraceQuestion) -> bool:
    low, high = question.min_duration_us, question.max_duration_us
    return (
        question.service in ("", span.service)
        and question.operation in ("", span.name)
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
