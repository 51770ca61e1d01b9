"""Which service loses the trace of its caller: counts of spans, judged with what the mesh's metrics know.

A proxy that is asked without trace headers begins a trace of its own. So the calls of a service that does not
hand on the headers it was given are found as roots, though it is called itself, and never below its own
server spans. That is so at any rate of sampling: each half is sampled by itself, and a service that does hand
them on has, of all its sampled calls, none at the root.

What is called and also calls on its own account only, a poller that answers health checks, say, looks alike:
spans do not tell why a call was made. Whoever reads the verdict has to know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mesh_graph.traces.dependencies import MetricEdge
from mesh_graph.traces.headers import EXAMPLES, Conduct, conducts, is_short_id
from mesh_graph.traces.interval import Interval, share_interval
from mesh_graph.traces.model import Trace

__all__ = ["Audit", "BrokenPath", "Propagation", "ServiceAudit", "audit_traces"]

MOSTLY, HARDLY = 0.5, 0.05
"""Shares of unjoined calls above which headers are dropped, and below which they are handed on."""

CUT_ID = "short-trace-id"
"""Problem of a trace some of whose spans came under the end of its id."""


class Propagation(StrEnum):
    """What a service does with its caller's trace, gravest first."""

    DROPS = "drops-headers"
    SOMETIMES = "sometimes-drops"
    """Some of its calls begin traces: headers are lost on some ways, or it calls on its own account too."""
    TOO_FEW = "too-few"
    FORWARDS = "forwards"
    NOT_ASKED = "no-question"
    """It is not called, or calls nobody, or is a gateway."""


@dataclass(frozen=True, slots=True)
class BrokenPath:
    """Calls that the mesh knows before and behind a service, which no trace joins.

    Attributes
    ----------
    source, service, destination : str
    rate_in, rate_out : float or None
        Requests per second by the mesh's metrics; None where they do not have that edge.
    calls_out : int
        Sampled calls from the service to the destination, none of them below a call from the source.
    """

    source: str
    service: str
    destination: str
    rate_in: float | None
    rate_out: float | None
    calls_out: int


@dataclass(frozen=True, slots=True)
class ServiceAudit:
    """What is known of one service.

    Attributes
    ----------
    service : str
    propagation : Propagation
    joined, unjoined : int
        Sampled calls below a call that it answered, and below a root of its own.
    unjoined_share : Interval
        95 % of unjoined / (joined + unjoined), 0..1.
    spans, traces, one_span_traces, orphans, entries, entry_roots, begun, begun_short : int
        As in ``headers.Conduct``.
    orphan_share, one_span_share : Interval
        95 %, of its spans and of the traces that begin with it.
    callers : tuple of str
        Who calls it by the metrics.
    is_asked_without_headers : bool
        Calls to it begin traces though all its callers are in the mesh: a caller's proxy does not take part.
    broken : tuple of BrokenPath
        Of one that drops headers.
    examples : tuple of str
        Trace ids: of calls that begin traces, else of orphans.
    """

    service: str
    propagation: Propagation
    joined: int
    unjoined: int
    unjoined_share: Interval
    spans: int
    traces: int
    one_span_traces: int
    orphans: int
    entries: int
    entry_roots: int
    begun: int
    begun_short: int
    orphan_share: Interval
    one_span_share: Interval
    callers: tuple[str, ...] = ()
    is_asked_without_headers: bool = False
    broken: tuple[BrokenPath, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """How far traces hold together.

    Attributes
    ----------
    traces, spans : int
        That were looked at.
    services : tuple of ServiceAudit
        Gravest first, then the most spans, then by name.
    unseen : tuple of MetricEdge
        Edges between services that both have spans, of which no trace has a call, the busiest first.
    short_ids, long_ids : int
        Traces with ids of 64 and of 128 bits.
    cut_ids : tuple of (str, str)
        Ids of 64 bits that are the end of another trace's: someone in it cuts ids.
    """

    traces: int
    spans: int
    services: tuple[ServiceAudit, ...]
    unseen: tuple[MetricEdge, ...]
    short_ids: int
    long_ids: int
    cut_ids: tuple[tuple[str, str], ...]

    @property
    def accused(self) -> tuple[ServiceAudit, ...]:
        """Services that drop headers."""
        return tuple(row for row in self.services if row.propagation is Propagation.DROPS)


@dataclass(frozen=True, slots=True)
class _Known:
    """Metric edges by their ends."""

    rates: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    callers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    has_unknown: set[str] = field(default_factory=set)


def audit_traces(traces: Sequence[Trace], edges: Iterable[MetricEdge] = ()) -> Audit:
    """Audit of a set of traces.

    Parameters
    ----------
    traces : sequence of Trace
        The more services they go through the better; which were chosen for a service, and how many of each,
        does not matter to the verdicts.
    edges : iterable of MetricEdge
        What the mesh counts, around the time of the traces; of none, spans alone decide who is called.

    Notes
    -----
    A service *drops headers* if it is called, and the exact 95 % interval of the share of its calls that
    begin traces is all above ``MOSTLY``; it *hands them on* if that interval is all below; *sometimes* if it
    is above ``HARDLY`` but not so. So six calls are the fewest that can accuse.
    """
    known = _known(edges)
    services = conducts(traces)
    found = [_judged(name, conduct, known) for name, conduct in services.items()]
    gravity = list(Propagation)
    found.sort(key=lambda row: (gravity.index(row.propagation), -row.spans, row.service))
    short = sum(is_short_id(trace.trace_id) for trace in traces)
    return Audit(
        len(traces),
        sum(len(trace.spans) for trace in traces),
        tuple(found),
        _unseen(services, known),
        short,
        len(traces) - short,
        _cut_ids(traces),
    )


def _known(edges: Iterable[MetricEdge]) -> _Known:
    known = _Known()
    for edge in edges:
        if edge.rate <= 0 or edge.source == edge.destination:
            continue
        if edge.source:
            known.rates[edge.source, edge.destination] += edge.rate
            known.callers[edge.destination].add(edge.source)
        else:
            known.has_unknown.add(edge.destination)
    return known


def _judged(name: str, conduct: Conduct, known: _Known) -> ServiceAudit:
    joined, unjoined = conduct.joined.total(), conduct.unjoined.total()
    share = share_interval(unjoined, joined + unjoined)
    callers = known.callers.get(name, set())
    verdict = _propagation(conduct, share, is_called=bool(conduct.entries or callers))
    without = share_interval(conduct.entry_roots, conduct.entries)
    return ServiceAudit(
        service=name,
        propagation=verdict,
        joined=joined,
        unjoined=unjoined,
        unjoined_share=share,
        spans=conduct.spans,
        traces=conduct.traces,
        one_span_traces=conduct.one_span_traces,
        orphans=conduct.orphans,
        entries=conduct.entries,
        entry_roots=conduct.entry_roots,
        begun=conduct.begun,
        begun_short=conduct.begun_short,
        orphan_share=share_interval(conduct.orphans, conduct.spans),
        one_span_share=share_interval(conduct.one_span_traces, conduct.begun),
        callers=tuple(sorted(callers)),
        is_asked_without_headers=bool(callers) and name not in known.has_unknown and without.low > HARDLY,
        broken=_broken(name, conduct, known) if verdict is Propagation.DROPS else (),
        examples=tuple(conduct.unjoined_traces or conduct.orphan_traces),
    )


def _propagation(conduct: Conduct, share: Interval, *, is_called: bool) -> Propagation:
    calls = conduct.joined.total() + conduct.unjoined.total()
    if not is_called or not calls or conduct.is_gateway:
        return Propagation.NOT_ASKED
    if share.low > MOSTLY:
        return Propagation.DROPS
    if share.low > HARDLY:
        return Propagation.SOMETIMES
    return Propagation.FORWARDS if share.high < MOSTLY else Propagation.TOO_FEW


def _broken(name: str, conduct: Conduct, known: _Known) -> tuple[BrokenPath, ...]:
    """Ways through a service that no trace joins, the busiest first."""
    paths = [
        BrokenPath(
            source, name, destination, known.rates[source, name], known.rates.get((name, destination)), calls
        )
        for source in known.callers.get(name, ())
        for destination, calls in conduct.unjoined.items()
        if destination and not conduct.joined[destination]
    ]
    return tuple(sorted(paths, key=lambda p: (-p.calls_out, p.source, p.destination)))


def _unseen(services: Mapping[str, Conduct], known: _Known) -> tuple[MetricEdge, ...]:
    traced = {(name, callee) for name, conduct in services.items() for callee in conduct.callees}
    missing = [
        MetricEdge(*ends, rate)
        for ends, rate in known.rates.items()
        if ends not in traced and ends[0] in services and ends[1] in services
    ]
    return tuple(sorted(missing, key=lambda edge: (-edge.rate, edge.source, edge.destination)))


def _cut_ids(traces: Sequence[Trace]) -> tuple[tuple[str, str], ...]:
    """Short and long ids of traces whose parts were told, or put together, under both."""
    long_by_end = {trace.trace_id[16:]: trace.trace_id for trace in traces if not is_short_id(trace.trace_id)}
    apart = {trace.trace_id[16:] for trace in traces if is_short_id(trace.trace_id)} & long_by_end.keys()
    joined = {
        trace.trace_id[16:] for trace in traces if any(problem.id == CUT_ID for problem in trace.problems)
    }
    cut = sorted((apart | joined) & long_by_end.keys())
    return tuple(("0" * 16 + end, long_by_end[end]) for end in cut[:EXAMPLES])
