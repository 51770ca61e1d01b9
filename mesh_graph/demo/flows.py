"""From calls to flows: one stream of events per call, destination and way to end, with a rate of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mesh_graph.demo.curves import Constant, Curve
from mesh_graph.demo.outcomes import Outcome
from mesh_graph.demo.spec import ALWAYS, Answer, Call, Destination, MeshSpec, Wire
from mesh_graph.demo.spread import Spread

__all__ = ["Flow", "flows", "latency_of"]

_ERROR_PAGE = Spread(150, 0.2)
_AT_ONCE = Spread(2, 0.5)
"""Latency where the client's proxy answers by itself."""
_TIMEOUT = Spread(3000, 0.0)


@dataclass(frozen=True, slots=True)
class Flow:
    """Events of one kind.

    Attributes
    ----------
    rate : float
        Per second where all curves are 1.
    curves : tuple of Curve
        Their product scales the rate.
    latency, response_bytes : Spread
        Of these events alone.
    chunks : bool
        Whether the events are reads and writes on connections rather than requests or connections.
    """

    call: Call
    destination: Destination
    outcome: Outcome
    rate: float
    curves: tuple[Curve, ...]
    latency: Spread
    response_bytes: Spread
    chunks: bool = False

    @property
    def name(self) -> tuple[object, ...]:
        """What sets the flow apart from all others, in words."""
        ends = (self.call.source, self.call.host, self.destination.workload)
        return (*ends, self.call.wire, self.outcome, self.latency, self.chunks)


def flows(mesh: MeshSpec) -> tuple[Flow, ...]:
    """All flows of a mesh; what never happens is left out, unless it has happened before."""
    return tuple(f for call in mesh.calls for f in _of_call(call) if f.rate > 0 or f.call.seen)


def _of_call(call: Call) -> Iterator[Flow]:
    for destination in call.destinations:
        for answer in call.answers:
            rate, curves = _reduced(call.rate, (call.load, destination.weight, answer.share))
            latency = latency_of(call, answer)
            body = call.response_bytes if _is_well(answer.outcome) else _ERROR_PAGE
            yield Flow(call, destination, answer.outcome, rate, curves, latency, body)
            if call.wire is Wire.TCP and answer.outcome.destination:
                yield Flow(
                    call,
                    destination,
                    answer.outcome,
                    rate * call.tcp.chunks,
                    curves,
                    latency,
                    body,
                    chunks=True,
                )


def _reduced(rate: float, curves: tuple[Curve, ...]) -> tuple[float, tuple[Curve, ...]]:
    """Constants become part of the rate, so that few different shapes are left."""
    varying = []
    for curve in curves:
        if isinstance(curve, Constant):
            rate *= curve.value
        else:
            varying.append(curve)
    return rate, tuple(varying) or (ALWAYS,)


def latency_of(call: Call, answer: Answer) -> Spread:
    """How long requests take, in milliseconds at the server, that end in that way."""
    if answer.latency is not None:
        return answer.latency
    if any("UT" in report.flags for report in answer.outcome.source):
        return _TIMEOUT
    return call.latency if answer.outcome.destination or _is_well(answer.outcome) else _AT_ONCE


def _is_well(outcome: Outcome) -> bool:
    return bool(outcome.source) and outcome.source[0].code == "200"
