"""The spans that the proxies of a simulated mesh report of one request: each end of each call is one.

Span ids are not shared between the ends (Istio sets ``shared_span_context: false``): the server's span is a
child of the client's, and a request that was tried again has several.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from uuid import UUID

from mesh_graph.demo.envoy_tags import client_tags, is_error, operation, server_tags, service
from mesh_graph.demo.hops import Attempt, Hop
from mesh_graph.traces.model import Span, SpanKind, Trace

__all__ = ["trace_of"]


def trace_of(trace_id: str, hop: Hop, start_us: int, chance: Random) -> Trace:
    """The trace of a request.

    Parameters
    ----------
    trace_id : str
        32 hexadecimal digits.
    hop : Hop
        What became of the request.
    start_us : int
        Unix microseconds.
    chance : random.Random
        Gives the ids.
    """
    request_id = str(UUID(int=chance.getrandbits(128), version=4))
    spans = _Reporting(trace_id, request_id, chance).of_hop(hop, start_us, "")
    return Trace(trace_id, tuple(sorted(spans, key=lambda span: span.start_us)))


@dataclass(frozen=True, slots=True)
class _Reporting:
    trace_id: str
    request_id: str
    chance: Random

    def of_hop(self, hop: Hop, start_us: int, parent_id: str) -> Iterator[Span]:
        """The client's span, if it has a proxy, then all that the server's side reports."""
        call, report = hop.call, hop.outcome.source[-1]
        if call.source is not None and call.source.has_proxy:
            span = Span(
                self.trace_id,
                self._new_id(),
                parent_id,
                service(call.source),
                operation(call),
                SpanKind.CLIENT,
                start_us,
                hop.duration_us,
                is_error(report),
                client_tags(hop, self.request_id),
            )
            parent_id = span.span_id
            yield span
        for attempt in hop.attempts:
            yield from self._of_attempt(hop, attempt, start_us + attempt.offset_us, parent_id)

    def _of_attempt(self, hop: Hop, attempt: Attempt, start_us: int, parent_id: str) -> Iterator[Span]:
        if hop.destination is not None and hop.destination.has_proxy:
            span = Span(
                self.trace_id,
                self._new_id(),
                parent_id,
                service(hop.destination),
                operation(hop.call),
                SpanKind.SERVER,
                start_us,
                attempt.duration_us,
                is_error(attempt.report),
                server_tags(hop, attempt, self.request_id),
            )
            parent_id = span.span_id
            yield span
        for offset_us, onward in attempt.hops:
            yield from self.of_hop(onward, start_us + offset_us, parent_id)

    def _new_id(self) -> str:
        return f"{self.chance.getrandbits(64) or 1:016x}"
