"""How much of the mesh's requests a list of traces is: what was cut, and which part is sampled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mesh_graph.traces.dependencies import MetricEdge
from mesh_graph.traces.headers import conducts
from mesh_graph.traces.interval import Interval, count_interval
from mesh_graph.traces.model import Trace

__all__ = ["SampledShare", "pooled_share", "sampled_share"]


@dataclass(frozen=True, slots=True)
class SampledShare:
    """Part of the requests that is traced, estimated.

    Attributes
    ----------
    share : float
        0..1: requests in traces over requests that the mesh counted; above 1 where it counts fewer.
    interval : Interval
        95 %, of the chance of sampling only: how traffic changed within the time is not in it.
    requests : int
        Requests to those services in the traces.
    expected : float
        Requests to them that arrived, as the mesh counted them: its rate times the length of the time.
    """

    share: float
    interval: Interval
    requests: int
    expected: float


def sampled_share(
    traces: Sequence[Trace], edges: Iterable[MetricEdge], seconds: float, service: str = ""
) -> SampledShare | None:
    """Part of the requests that is traced.

    Parameters
    ----------
    traces : sequence of Trace
        All traces of a stretch of time that go through the service, or all there are.
    edges : iterable of MetricEdge
        What the mesh counts then.
    seconds : float
        Length of that stretch.
    service : str
        Whose requests are compared; empty for all that both traces and metrics know.

    Returns
    -------
    SampledShare or None
        None where the mesh counts no requests to those services.

    Notes
    -----
    The requests of one trace come together, so the interval is that of the number of traces (Garwood 1936).
    """
    found = conducts(traces)
    rates: dict[str, float] = defaultdict(float)
    for edge in edges:
        if edge.destination == service or (not service and edge.destination in found):
            rates[edge.destination] += edge.rate - edge.lost_rate
    requests = sum(found[name].entries for name in rates if name in found)
    counted = sum(any(span.service in rates for span in trace.spans) for trace in traces)
    return _share(requests, counted, sum(rates.values()) * seconds)


def pooled_share(
    complete: Mapping[str, tuple[Sequence[Trace], float]], edges: Iterable[MetricEdge]
) -> SampledShare | None:
    """Part of the requests that is traced, of many services together.

    Parameters
    ----------
    complete : mapping of str to (traces, seconds)
        By service: all its traces of a stretch of time, and how long that is.
    edges : iterable of MetricEdge
        What the mesh counts then.

    Returns
    -------
    SampledShare or None
        As of ``sampled_share``; a trace through several services is evidence once.
    """
    rates: dict[str, float] = defaultdict(float)
    for edge in edges:
        rates[edge.destination] += edge.rate - edge.lost_rate
    requests, expected, counted = 0, 0.0, set()
    for service, (traces, seconds) in complete.items():
        if rates.get(service, 0.0) > 0:
            own = conducts(traces).get(service)
            requests, expected = requests + (own.entries if own else 0), expected + rates[service] * seconds
            counted |= {trace.trace_id for trace in traces}
    return _share(requests, len(counted), expected)


def _share(requests: int, traces: int, expected: float) -> SampledShare | None:
    if expected <= 0:
        return None
    bounds = count_interval(traces)
    per_trace = (requests / traces if traces else 1.0) / expected
    known = Interval(bounds.low * per_trace, bounds.high * per_trace)
    return SampledShare(requests / expected, known, requests, expected)
