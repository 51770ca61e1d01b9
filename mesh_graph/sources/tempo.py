"""Grafana Tempo as a source of traces: found by TraceQL, then read one by one.

Source: Tempo's HTTP API (``pkg/api/http.go``, ``tempopb/tempo.proto``). A search tells summaries only, and
which ones is chance unless the newest are asked for.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from mesh_graph.errors import QueryRejected, SourceError, SourceReplyInvalid
from mesh_graph.sources.options import TracingOptions
from mesh_graph.sources.tempo_reads import READ_IN_PART, TempoReads, ids_found, partial_words
from mesh_graph.sources.trace_api import MAX_SPANS, TraceApi, ask_enough, unreadable_words
from mesh_graph.sources.trace_source import FoundTraces
from mesh_graph.sources.traceql import operations_query, trace_query
from mesh_graph.traces.assemble import Reading
from mesh_graph.traces.ids import trace_id_of
from mesh_graph.traces.model import SpanProblem, Trace
from mesh_graph.traces.otlp import parse_otlp
from mesh_graph.traces.question import TraceQuestion
from mesh_graph.traces.reading import as_dicts, as_text

__all__ = ["TempoTraces"]

SEARCH = "/api/search"
VALUES = "/api/v2/search/tag"
BY_ID, OLD_BY_ID = "/api/v2/traces", "/api/traces"
"""A trace by its id; Tempo up to 2.6 has the old way only."""
MOST_READ = 2_000
"""Most traces of an answer: each is a request of its own."""
AROUND_S = 3_600
"""A trace found is read from the data of so long around the time of the search, not from all there is."""
NAMES_S = 86_400
"""How far back services and operations are looked for; without a time Tempo knows the last minutes only."""
_NO_LIMIT = MOST_READ + 1
"""One more tells that there are more."""
_MOST_ALLOWED = re.compile(r"exceeds max limit (\d{1,9})")


class TempoTraces:
    """Implements ``TraceSource`` over Tempo's query frontend.

    Parameters
    ----------
    options : TracingOptions
        A tenant is the header ``X-Scope-OrgID``.
    clock : function
        Our clock, Unix seconds.
    """

    is_demo = False

    def __init__(self, options: TracingOptions, clock: Callable[[], float] = time.time) -> None:
        # Asked by others, Tempo answers a trace as protobuf.
        options = replace(options, headers={**options.headers, "Accept": "application/json"})
        self._api = TraceApi(options, clock)
        self._limits = options.limits
        self._by_id = ""
        self._most_allowed = _NO_LIMIT

    @property
    def name(self) -> str:
        """The URL, without credentials."""
        return self._api.name

    def __repr__(self) -> str:
        return f"TempoTraces({self.name})"

    def now(self) -> float:
        """Our present instant, corrected by as much as Tempo's clock is known to differ."""
        return self._api.now()

    def services(self) -> tuple[str, ...]:
        """Names of the services that had spans in the last day, sorted."""
        return self._values("resource.service.name", {})

    def operations(self, service: str) -> tuple[str, ...]:
        """Names of a service's operations in the last day, sorted."""
        return self._values("name", {"q": operations_query(service)})

    def find(self, question: TraceQuestion) -> FoundTraces:
        """Traces that answer a question, newest first; never more than ``MOST_READ``."""
        question = replace(question, limit=min(question.limit, MOST_READ))
        reads = TempoReads()
        asked = ask_enough(lambda length: self._search(question, length, reads), question)
        warnings = reads.warnings()
        return FoundTraces(
            asked.reading.traces[: question.limit],
            asked.was_cut or reads.is_full or bool(warnings),
            (*warnings, *unreadable_words(reads.unreadable)),
        )

    def trace(self, trace_id: str) -> Trace | None:
        """The trace with an id; None if Tempo has none."""
        wanted = trace_id_of(trace_id)
        reading = self._read(wanted, {})
        return next((trace for trace in reading.traces if trace.trace_id == wanted), None)

    def close(self) -> None:
        """Release connections; the source answers no more."""
        self._api.close()

    def _values(self, tag: str, params: Mapping[str, str]) -> tuple[str, ...]:
        path, now = f"{VALUES}/{tag}/values", self.now()
        answer = self._api.get(
            path, {**params, "start": str(math.floor(now - NAMES_S)), "end": str(math.ceil(now))}
        )
        if not isinstance(answer, dict) or "tagValues" not in answer:
            raise self._api.odd(path, "has no tagValues")
        texts = (as_text(one.get("value")) for one in as_dicts(answer["tagValues"]))
        return tuple(sorted({text for text in texts if text}))

    def _search(self, question: TraceQuestion, length: int, reads: TempoReads) -> Reading:
        """The newest traces of a search, each of them whole."""
        found = self._summaries(question, length, reads)
        reads.until = reads.until or time.monotonic() + self._limits.timeout_s
        params = _times(question.start - AROUND_S, question.end + AROUND_S)
        todo = [trace_id for trace_id in found if trace_id not in reads.done]
        with ThreadPoolExecutor(self._limits.max_in_flight, thread_name_prefix="tempo") as pool:
            for trace_id, read in zip(
                todo, pool.map(lambda one: self._try(one, params, reads), todo), strict=True
            ):
                reads.take(trace_id, read)
        return reads.reading(found)

    def _summaries(self, question: TraceQuestion, length: int, reads: TempoReads) -> list[str]:
        """Ids of the traces found; fewer are asked for where Tempo allows no more."""
        length = min(length, self._most_allowed)
        params = {
            "q": trace_query(question),
            "limit": str(length),
            "spss": "1",
            **_times(question.start, question.end),
        }
        try:
            answer = self._api.get(SEARCH, params)
        except QueryRejected as error:
            allowed = _MOST_ALLOWED.search(error.problem)
            if allowed is None or not 0 < int(allowed[1]) < length:
                raise
            self._most_allowed = int(allowed[1])
            return self._summaries(question, length, reads)
        if not isinstance(answer, dict) or not isinstance(answer.get("traces") or [], list):
            raise self._api.odd(SEARCH, "has no traces")
        ids = ids_found(answer)
        reads.is_full = len(ids) >= length
        reads.partial = partial_words(answer, is_full=reads.is_full)
        if reads.is_full and length == self._most_allowed < _NO_LIMIT:
            reads.allowed = length
        return ids

    def _try(
        self, trace_id: str, params: Mapping[str, str], reads: TempoReads
    ) -> Reading | SourceError | None:
        """A trace that was found; None where the time or the room for it is used up."""
        if time.monotonic() > reads.until or reads.spans > MAX_SPANS:
            return None
        try:
            return self._read(trace_id, params)
        except SourceError as error:
            return error

    def _read(self, trace_id: str, params: Mapping[str, str]) -> Reading:
        path = f"{self._path()}/{trace_id}"
        answer = self._api.get(path, params, says_nothing=True)
        if answer is None:
            return Reading(())
        if not isinstance(answer, dict):
            raise self._api.odd(path, "has no trace")
        reading = self._api.parsed(path, answer, parse_otlp)
        if answer.get("status") not in ("PARTIAL", 1):
            return reading
        reason = as_text(answer.get("message")) or "it does not say why"
        problem = SpanProblem(READ_IN_PART, parameters={"reason": reason})
        traces = (replace(trace, problems=(problem, *trace.problems)) for trace in reading.traces)
        return replace(reading, traces=tuple(traces))

    def _path(self) -> str:
        """Where this Tempo has traces by id, found out once."""
        if not self._by_id:
            try:
                self._api.get(f"{BY_ID}/1", _times(0, 1), says_nothing=True)
                self._by_id = BY_ID
            except (SourceReplyInvalid, QueryRejected):
                self._by_id = OLD_BY_ID
        return self._by_id


def _times(start: float, end: float) -> dict[str, str]:
    """Whole seconds around a time; Tempo wants an end after the start, and none before 1970."""
    first = max(math.floor(start), 1)
    return {"start": str(first), "end": str(max(math.ceil(end), first + 1))}
