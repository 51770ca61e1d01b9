"""The wire to a tracing backend: GET requests that give JSON, below one seam for errors.

The same transport as for Prometheus: credentials, headers, TLS, retries, and caps on time and bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any
from urllib.parse import urlencode

import orjson

from mesh_graph.errors import SourceReplyInvalid, SourceUnreachable
from mesh_graph.sources.answer import AnswerInvalid, Status, WholeResponse
from mesh_graph.sources.json_text import decode_json
from mesh_graph.sources.options import TracingOptions
from mesh_graph.sources.seam import TRACES, asking
from mesh_graph.sources.session import open_session
from mesh_graph.sources.trace_source import FoundTraces
from mesh_graph.sources.transport import PrometheusAdapter
from mesh_graph.sources.uncollected import uncollected
from mesh_graph.traces.assemble import Reading
from mesh_graph.traces.model import Trace
from mesh_graph.traces.question import TraceQuestion, is_answer, spellings
from mesh_graph.traces.reading import Budget, NotTraces

__all__ = ["MAX_SPANS", "Asked", "TraceApi", "ask_enough", "find_by", "unreadable_words"]

MAX_SPANS = 500_000
"""Most spans read of one answer."""
MOST_TRACES = 10_000
"""No longer list than of about so many is asked for to fill a shorter one."""
MOST_LOOKED_AT = 1_000
"""… and of about so many to find those of one caller."""
LONGER = 4
AT_ONCE = 4
"""Searches under way at the same time, where one question takes several."""
OFFSET_NOISE_S = 0.5
"""The server tells whole seconds."""
NOT_FOUND = 404
_MOST_WORDS = 500
_EMPTY = "empty"

Parse = Callable[[object, Budget], Reading]


class TraceApi:
    """What the clients of tracing backends ask through. Thread-safe.

    Parameters
    ----------
    options : TracingOptions
    clock : function
        Our clock, Unix seconds.
    """

    def __init__(self, options: TracingOptions, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._offset_s = 0.0
        self._is_closed = False
        self._session = open_session(options)
        self._session.mount(options.name, _Adapter(options.limits, clock))
        self.name = options.name

    def now(self) -> float:
        """Our present instant, corrected by as much as the backend's clock is known to differ."""
        return self._clock() + self._offset_s

    def get(self, path: str, params: Mapping[str, str] | None = None, *, says_nothing: bool = False) -> Any:
        """What a path answers, decoded; None where the backend itself says that there is no such thing.

        With ``says_nothing`` a "not found" without a word is taken for the backend's own.

        Raises
        ------
        SourceError
            If there was no such answer.
        """
        query = f"?{urlencode(params)}" if params else ""
        with asking(self.name, f"{path}{query}", TRACES):
            return self._ask(path + query, says_nothing)

    def traces(self, path: str, params: Mapping[str, str], parse: Parse) -> Reading | None:
        """The traces that a path answers; None as of ``get``.

        Raises
        ------
        SourceError
            If there was no such answer.
        """
        document = self.get(path, params)
        return None if document is None else self.parsed(path, document, parse)

    def parsed(self, path: str, document: object, parse: Parse) -> Reading:
        """The traces of what a path answered.

        Raises
        ------
        SourceReplyInvalid
            If it holds none in the format expected.
        """
        with asking(self.name, path, TRACES), uncollected():
            try:
                return parse(document, Budget(MAX_SPANS))
            except NotTraces as problem:
                raise AnswerInvalid(str(problem)) from None

    def odd(self, path: str, problem: str) -> SourceReplyInvalid:
        """The error for an answer of another shape than the API's; the problem is a clause: "has no data"."""
        return SourceReplyInvalid(self.name, path, f"The answer {problem}.", TRACES.no_api)

    def close(self) -> None:
        """Release connections."""
        self._is_closed = True
        self._session.close()

    def _ask(self, path: str, says_nothing: bool) -> Any:
        if self._is_closed:
            raise SourceUnreachable(self.name, path, "The source was closed.")
        try:
            response = self._session.get(self.name + path, allow_redirects=False)
        except Status as status:
            if status.code == NOT_FOUND and (status.reason or (says_nothing and status.kind == _EMPTY)):
                return None
            raise
        if isinstance(response, _Response) and (offset := response.clock_offset_s) is not None:
            # Moves only where it must, so that the present does not jitter with the answers.
            self._offset_s = min(max(self._offset_s, offset - OFFSET_NOISE_S), offset + OFFSET_NOISE_S)
        return response.json()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a backend's search gave.

    Attributes
    ----------
    reading : Reading
        The traces that answer the question.
    was_cut : bool
        Whether there may be more.
    looked_at : frozenset of str
        Ids of all traces that it found.
    """

    reading: Reading
    was_cut: bool
    looked_at: frozenset[str]


def ask_enough(ask: Callable[[int], Reading], question: TraceQuestion) -> Asked:
    """What answers a question of what a backend finds.

    A backend may find traces that do not quite answer. While these keep others out of a list that the backend
    cut, it is asked for a longer one.

    Parameters
    ----------
    ask : callable
        Takes the length of the list to ask for.
    question : TraceQuestion
    """
    most = MOST_LOOKED_AT if question.caller else MOST_TRACES
    # One more than wanted shows whether there are more.
    length = question.limit + 1
    while True:
        reading = ask(length)
        answers = tuple(trace for trace in reading.traces if is_answer(trace, question))
        is_cut = len(reading.traces) >= length
        if not is_cut or len(answers) > question.limit or length > most:
            was_cut = is_cut or len(answers) > question.limit
            looked_at = frozenset(trace.trace_id for trace in reading.traces)
            return Asked(Reading(answers, reading.unreadable), was_cut, looked_at)
        length *= LONGER


def find_by(
    services: Iterable[str], question: TraceQuestion, search: Callable[[TraceQuestion, int], Reading]
) -> FoundTraces:
    """What answers a question, of backends that search by one service and one spelling of each tag at a time.

    Parameters
    ----------
    services : iterable of str
        Whose traces are searched; of a call those of both ends, since one may not have reported.
    question : TraceQuestion
    search : callable
        Takes one of the questions to put to the backend, and the length of the list.
    """
    searches = [replace(one, service=service) for service in services for one in _respelled(question)]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="traces") as pool:
        told = list(pool.map(lambda one: ask_enough(partial(search, one), question), searches))
    whole: dict[str, Trace] = {}
    for trace in (trace for asked in told for trace in asked.reading.traces):
        known = whole.setdefault(trace.trace_id, trace)
        if len(known.spans) < len(trace.spans):
            whole[trace.trace_id] = trace
    found = sorted(whole.values(), key=lambda trace: (-trace.spans[0].start_us, trace.trace_id))
    return FoundTraces(
        tuple(found[: question.limit]),
        any(asked.was_cut for asked in told) or len(found) > question.limit,
        unreadable_words(sum(asked.reading.unreadable for asked in told)),
        len(frozenset[str]().union(*(asked.looked_at for asked in told))) if question.caller else None,
    )


def _respelled(question: TraceQuestion) -> list[TraceQuestion]:
    """The question with its tags under each of their names."""
    names = product(*map(spellings, question.tags))
    values = question.tags.values()
    return [replace(question, tags=dict(zip(own, values, strict=True))) for own in names]


def unreadable_words(count: int) -> tuple[str, ...]:
    """The warning about spans that could not be read; none where all could."""
    return (f"{count:,} spans name no trace and were left out.",) if count else ()


class _Response(WholeResponse):
    """A response whose errors are told as tracing backends tell them."""

    @property
    def api_error(self) -> dict[str, Any] | None:
        """The backend's own words, if it answered with an error."""
        said = _said(self.body)
        if said:
            return {"error": said}
        return {"errorType": _EMPTY} if self.status_code == NOT_FOUND and not self.body else None

    def json(self, **_: Any) -> Any:
        """The document, or the list of documents."""
        return decode_json(self.body)


class _Adapter(PrometheusAdapter):
    response_class = _Response


def _said(body: bytes) -> str:
    """The reason in an error's body: Jaeger's two JSON shapes, or a line of text as Zipkin writes."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        text = body[:_MOST_WORDS].decode("utf-8", "replace").strip()
        is_words = text and not text.startswith(("<", "{", "[")) and text.isprintable()
        return text if is_words and not text.startswith("404 ") else ""
    if not isinstance(document, dict):
        return ""
    errors = document.get("errors")
    error = errors[0] if isinstance(errors, list) and errors else document.get("error")
    words = error.get("msg") or error.get("message") if isinstance(error, dict) else error
    return str(words or document.get("message") or "")[:_MOST_WORDS]
