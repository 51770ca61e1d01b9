"""How much of the mesh's requests a list of traces is: what was cut, and which part is sampled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mesh_graph.traces.dependencies import MetricEdge
from mesh_graph.traces.headers import conducts
from mesh_graph.traces.interval import Interval, count_interval
from mesh_graph.traces.model import Trace

__all__ = ["SampledShare", "sampled_share"]


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
        Requests to them that the mesh counted, at the rate of the view's window.
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
    known = {service} if service else set(found)
    rates: dict[str, float] = defaultdict(float)
    for edge in edges:
        if edge.destination in known:
            rates[edge.destination] += edge.rate
    expected = sum(rates.values()) * seconds
    if expected <= 0:
        return None
    requests = sum(found[name].entries for name in rates if name in found)
    counted = sum(any(span.service in rates for span in trace.spans) for trace in traces)
    bounds = count_interval(counted)
    per_trace = (requests / counted if counted else 1.0) / expected
    return SampledShare(
        requests / expected, Interval(bounds.low * per_trace, bounds.high * per_trace), requests, expected
    )
