"""Jaeger's query service as a source of traces, by its stable API (v3) or its old one.

Source: ``cmd/jaeger/internal/extension/jaegerquery`` of Jaeger. Newer ones have dropped the old search, that
of ``/api/traces``. Where it is there, it is the better one: the search of ``/api/v3`` of older ones (1.x)
takes no attributes, knows its parameters in snake case only, and gives clients' spans with a 4xx for failed.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import orjson

from mesh_graph.errors import QueryRejected, SourceReplyInvalid
from mesh_graph.sources.options import TracingOptions
from mesh_graph.sources.trace_api import TraceApi, find_by
from mesh_graph.sources.trace_source import FoundTraces
from mesh_graph.traces.assemble import Reading
from mesh_graph.traces.ids import is_short, trace_id_of
from mesh_graph.traces.jaeger import parse_jaeger
from mesh_graph.traces.model import Trace
from mesh_graph.traces.otlp import parse_otlp
from mesh_graph.traces.question import TraceQuestion

__all__ = ["JaegerTraces"]

V3 = "/api/v3"
V1 = "/api"
_EPOCH = datetime.fromtimestamp(0, UTC)


class JaegerTraces:
    """Implements ``TraceSource`` over Jaeger's query service.

    Parameters
    ----------
    options : TracingOptions
    clock : function
        Our clock, Unix seconds.
    has_v3 : bool or None
        Whether to ask by the stable API; None finds out what the server has.

    Notes
    -----
    Jaeger searches by service only: a question that names none is one search per service.
    """

    is_demo = False

    def __init__(
        self,
        options: TracingOptions,
        clock: Callable[[], float] = time.time,
        *,
        has_v3: bool | None = None,
    ) -> None:
        self._api = TraceApi(options, clock)
        self._told = has_v3
        self._has_v3 = has_v3
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The URL, without credentials."""
        return self._api.name

    def __repr__(self) -> str:
        return f"JaegerTraces({self.name})"

    def now(self) -> float:
        """Our present instant, corrected by as much as Jaeger's clock is known to differ."""
        return self._api.now()

    def services(self) -> tuple[str, ...]:
        """Names of the services that have spans, sorted."""
        with self._knowing():
            path, key = (f"{V3}/services", "services") if self._is_v3() else (f"{V1}/services", "data")
            return self._names(path, {}, key)

    def operations(self, service: str) -> tuple[str, ...]:
        """Names of a service's operations, sorted."""
        with self._knowing():
            if self._is_v3():
                return self._names(f"{V3}/operations", {"service": service}, "operations")
            return self._names(f"{V1}/services/{quote(service, safe='')}/operations", {}, "data")

    def find(self, question: TraceQuestion) -> FoundTraces:
        """Traces that answer a question, newest first."""
        named = dict.fromkeys(name for name in (question.service, question.caller) if name)
        services = tuple(named) or self.services()
        with self._knowing():
            return find_by(services, question, self._search)

    def trace(self, trace_id: str) -> Trace | None:
        """The trace with an id; None if Jaeger has none."""
        wanted = trace_id_of(trace_id)
        spelled = wanted[16:] if is_short(wanted) else wanted
        with self._knowing():
            if self._is_v3():
                path, params = f"{V3}/traces/{spelled}", {"rawTraces": "true", "raw_traces": "true"}
                reading = self._api.traces(path, params, parse_otlp)
            else:
                reading = self._api.traces(f"{V1}/traces/{spelled}", {"raw": "true"}, parse_jaeger)
        return next((t for t in (reading.traces if reading else ()) if t.trace_id == wanted), None)

    def close(self) -> None:
        """Release connections; the source answers no more."""
        self._api.close()

    def _is_v3(self) -> bool:
        """Whether to ask by the stable API, found out once."""
        with self._lock:
            if self._has_v3 is None:
                self._has_v3 = self._has_stable_api() and not self._has_old_search()
            return self._has_v3

    @contextmanager
    def _knowing(self) -> Iterator[None]:
        """Forget what the server has when it answers otherwise: it may be another by now."""
        try:
            yield
        except SourceReplyInvalid:
            self._has_v3 = self._told
            raise

    def _has_stable_api(self) -> bool:
        try:
            answer = self._api.get(f"{V3}/services")
        except (SourceReplyInvalid, QueryRejected):
            # A Jaeger without it answers with its page, or that there is no such path.
            return False
        return isinstance(answer, dict) and isinstance(answer.get("services"), list)

    def _has_old_search(self) -> bool:
        try:
            answer = self._api.get(f"{V1}/traces")
        except QueryRejected:
            # It asks for a service.
            return True
        except SourceReplyInvalid:
            return False
        return isinstance(answer, dict) and "data" in answer

    def _names(self, path: str, params: Mapping[str, str], key: str) -> tuple[str, ...]:
        answer = self._api.get(path, params)
        if not isinstance(answer, dict) or not isinstance(answer.get(key) or [], list):
            raise self._api.odd(path, f"has no {key}")
        items = (item.get("name") if isinstance(item, dict) else item for item in answer.get(key) or [])
        return tuple(sorted({item for item in items if isinstance(item, str) and item}))

    def _search(self, question: TraceQuestion, length: int) -> Reading:
        if self._is_v3():
            params = _v3_params(question, length)
            # It says "not found" where it finds nothing.
            return self._api.traces(f"{V3}/traces", params, parse_otlp) or Reading(())
        path = f"{V1}/traces"
        reading = self._api.traces(path, _v1_params(question, length), parse_jaeger)
        if reading is None:
            raise self._api.odd(path, "says that there is no such path")
        return reading


def _tags(question: TraceQuestion) -> dict[str, str]:
    return {**question.tags, **({"error": "true"} if question.errors_only else {})}


def _v1_params(question: TraceQuestion, length: int) -> dict[str, str]:
    tags = _tags(question)
    return _given(
        {
            "service": question.service,
            "operation": question.operation,
            "tags": orjson.dumps(tags).decode() if tags else "",
            "minDuration": _duration(question.min_duration_us),
            "maxDuration": _duration(question.max_duration_us),
            "start": math.floor(question.start * 1e6),
            "end": math.ceil(question.end * 1e6),
            "limit": length,
            "raw": "true",
        }
    )


def _v3_params(question: TraceQuestion, length: int) -> dict[str, str]:
    tags = _tags(question)
    first = math.floor(question.start * 1e6)
    last = max(math.ceil(question.end * 1e6), first + 1)
    asked = _given(
        {
            "serviceName": question.service,
            "operationName": question.operation,
            "attributes": orjson.dumps(tags).decode() if tags else "",
            "startTimeMin": _time(first),
            "startTimeMax": _time(last),
            "durationMin": _duration(question.min_duration_us),
            "durationMax": _duration(question.max_duration_us),
            "searchDepth": length,
            "rawTraces": "true",
        }
    )
    spelled = {f"query.{name}": value for name, value in asked.items()}
    old = {f"query.{_OLD[name]}": value for name, value in asked.items() if name in _OLD}
    return {**spelled, **old}


_OLD = {
    "serviceName": "service_name",
    "operationName": "operation_name",
    "startTimeMin": "start_time_min",
    "startTimeMax": "start_time_max",
    "durationMin": "duration_min",
    "durationMax": "duration_max",
    "searchDepth": "num_traces",
    "rawTraces": "raw_traces",
}
"""What Jaeger 1.x calls the parameters of its stable API."""


def _given(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value != ""}


def _duration(micros: int | None) -> str:
    return "" if micros is None else f"{micros}us"


def _time(micros: int) -> str:
    return (_EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")
