"""Zipkin's server as a source of traces, by its API v2.

Source: openzipkin/zipkin-api (``zipkin2-api.yaml``). Zipkin keeps names in lower case, and looks for each
part of a question in any span of the service: what is not one span's is left out here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from mesh_graph.sources.options import TracingOptions
from mesh_graph.sources.trace_api import TraceApi, find_by
from mesh_graph.sources.trace_source import FoundTraces
from mesh_graph.traces.assemble import Reading
from mesh_graph.traces.ids import is_short, trace_id_of
from mesh_graph.traces.model import Trace
from mesh_graph.traces.question import TraceQuestion
from mesh_graph.traces.zipkin import parse_zipkin

__all__ = ["ZipkinTraces"]

API = "/api/v2"
LONGEST_S = 60.0
"""Zipkin goes by when a trace began: spans in the time asked for may be so much later."""
_AND = " and "


class ZipkinTraces:
    """Implements ``TraceSource`` over Zipkin's server.

    Parameters
    ----------
    options : TracingOptions
    clock : function
        Our clock, Unix seconds.
    """

    is_demo = False

    def __init__(self, options: TracingOptions, clock: Callable[[], float] = time.time) -> None:
        self._api = TraceApi(options, clock)

    @property
    def name(self) -> str:
        """The URL, without credentials."""
        return self._api.name

    def __repr__(self) -> str:
        return f"ZipkinTraces({self.name})"

    def now(self) -> float:
        """Our present instant, corrected by as much as Zipkin's clock is known to differ."""
        return self._api.now()

    def services(self) -> tuple[str, ...]:
        """Names of the services that have spans, sorted."""
        return self._names(f"{API}/services", {})

    def operations(self, service: str) -> tuple[str, ...]:
        """Names of a service's operations, sorted."""
        return self._names(f"{API}/spans", {"serviceName": service})

    def find(self, question: TraceQuestion) -> FoundTraces:
        """Traces that answer a question, newest first."""
        question = replace(
            question,
            service=question.service.lower(),
            caller=question.caller.lower(),
            operation=question.operation.lower(),
        )
        services = dict.fromkeys(name for name in (question.service, question.caller) if name)
        return find_by(services or [""], question, self._search)

    def trace(self, trace_id: str) -> Trace | None:
        """The trace with an id; None if Zipkin has none."""
        wanted = trace_id_of(trace_id)
        spelled = wanted[16:] if is_short(wanted) else wanted
        reading = self._api.traces(f"{API}/trace/{spelled}", {}, parse_zipkin)
        return next((t for t in (reading.traces if reading else ()) if t.trace_id == wanted), None)

    def close(self) -> None:
        """Release connections; the source answers no more."""
        self._api.close()

    def _search(self, question: TraceQuestion, length: int) -> Reading:
        path = f"{API}/traces"
        reading = self._api.traces(path, _params(question, length), parse_zipkin)
        if reading is None:
            raise self._api.odd(path, "says that there is no such path")
        return reading

    def _names(self, path: str, params: Mapping[str, str]) -> tuple[str, ...]:
        answer = self._api.get(path, params)
        if not isinstance(answer, list):
            raise self._api.odd(path, "is no list of names")
        return tuple(sorted({item for item in answer if isinstance(item, str) and item}))


def _params(question: TraceQuestion, length: int) -> dict[str, str]:
    end_ms = math.ceil(question.end * 1e3)
    begin_ms = math.floor((question.start - LONGEST_S) * 1e3)
    least, most = question.min_duration_us, question.max_duration_us
    if most is not None:
        # Zipkin takes an upper bound only with a lower one, and none of 0.
        least = max(least or 1, 1)
    asked = {
        "serviceName": question.service,
        "spanName": question.operation,
        "annotationQuery": _AND.join(_annotations(question)),
        "minDuration": least or "",
        "maxDuration": "" if most is None else max(most, 1),
        "endTs": end_ms,
        "lookback": max(end_ms - begin_ms, 1),
        "limit": length,
    }
    return {name: str(value) for name, value in asked.items() if value != ""}


def _annotations(question: TraceQuestion) -> list[str]:
    """Tags as Zipkin's query has them; without those that it cannot write, which only we look at."""
    pairs = [f"{name}={value}" for name, value in question.tags.items() if "=" not in name]
    return [*(pair for pair in pairs if _AND not in pair), *(["error"] if question.errors_only else [])]
