"""What is asked of pods' own metrics, and what their answers tell; nobody need hold any of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.detail.pods import CPU, MEMORY, PodUse, uses_of
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.frames.pods import PodValues, parse_pods
from mesh_graph.sources.query import Function, Matcher, MetricQuery, PodFamily
from mesh_graph.topology.attributes import Gap

__all__ = ["BY", "RATES", "PodAsk", "Told", "ask_pods"]

FAILED = "pods.failed"
NO_USAGE, NO_STATE, NO_RATES = "pods.no-usage", "pods.no-state", "pods.no-rates"
BY = (fields.CLUSTER, fields.POD, fields.CONTAINER)
RATES = (PodFamily.CPU_USAGE, PodFamily.CFS_PERIODS, PodFamily.CFS_THROTTLED)
GAUGES: Mapping[PodFamily, str] = {
    PodFamily.MEMORY: "",
    PodFamily.RESTARTS: "",
    PodFamily.READY: "",
    PodFamily.STARTED: "",
    PodFamily.RESOURCE_REQUESTS: fields.RESOURCE,
    PodFamily.RESOURCE_LIMITS: fields.RESOURCE,
    PodFamily.WAITING: fields.REASON,
    PodFamily.LAST_TERMINATED: fields.REASON,
    PodFamily.PHASE: fields.PHASE,
}
"""With the label that they are told apart by besides."""
FIRST_VERSION: Mapping[PodFamily, tuple[PodFamily, str]] = {
    PodFamily.CPU_REQUESTS_V1: (PodFamily.RESOURCE_REQUESTS, CPU),
    PodFamily.MEMORY_REQUESTS_V1: (PodFamily.RESOURCE_REQUESTS, MEMORY),
    PodFamily.CPU_LIMITS_V1: (PodFamily.RESOURCE_LIMITS, CPU),
    PodFamily.MEMORY_LIMITS_V1: (PodFamily.RESOURCE_LIMITS, MEMORY),
}
"""What stands in version 1 of kube-state-metrics for a family and its resource."""
STATE = tuple(family for family in GAUGES if family is not PodFamily.MEMORY)
TEXTS = {
    "CPU": (PodFamily.CPU_USAGE,),
    "throttled": (PodFamily.CFS_THROTTLED, PodFamily.CFS_PERIODS),
    "memory": (PodFamily.MEMORY,),
    "requests and limits": (PodFamily.RESOURCE_REQUESTS, PodFamily.RESOURCE_LIMITS),
    "restarts": (PodFamily.RESTARTS, PodFamily.LAST_TERMINATED),
    "state": (PodFamily.READY, PodFamily.WAITING, PodFamily.PHASE, PodFamily.STARTED),
}


@dataclass(frozen=True, slots=True)
class PodAsk:
    """Which pods are meant: those of a namespace whose names an expression fits, over a window."""

    namespace: str
    pattern: str
    at: float
    window_s: int

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """Of all their series."""
        return (Matcher(fields.NAMESPACE, "=", self.namespace), Matcher(fields.POD, "=~", self.pattern))

    def rate(self, family: PodFamily) -> MetricQuery:
        """Of a counter, per second."""
        return MetricQuery(family, Function.RATE, BY, self.matchers, self.window_s, idle=True)

    def latest(self, family: PodFamily) -> MetricQuery:
        """Of what is as it is."""
        more = GAUGES.get(family, "")
        return MetricQuery(family, Function.MAX, (*BY, *([more] if more else [])), self.matchers)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Pods, what was not told of them, and the PromQL by what it tells."""

    uses: tuple[PodUse, ...]
    gaps: tuple[Gap, ...]
    queries: Mapping[str, tuple[str, ...]]


def ask_pods(desk: Desk, ask: PodAsk) -> Told:
    """What is told of some pods; what failed or is not there is a gap."""
    queries = {
        **{family: ask.rate(family) for family in RATES},
        **{family: ask.latest(family) for family in GAUGES},
    }
    began = ask.latest(PodFamily.RESTARTS)
    now = desk.fetcher.ask((tuple(queries.values()),), ask.at)
    then = desk.fetcher.ask(((began,),), ask.at - ask.window_s)
    told = {family: _values(query, now[query]) for family, query in queries.items()}
    failures = [error for error in (*now.values(), *then.values()) if isinstance(error, SourceError)]
    if _is_first_version(told):
        told |= _of_first_version(desk, ask)
    before = _values(began, then[began])
    return Told(
        uses_of(told, before, ask.at - ask.window_s),
        (*_failed(failures), *(() if failures else _absent(told))),
        {name: desk.promql(queries[family] for family in families) for name, families in TEXTS.items()},
    )


def _values(query: MetricQuery, answer: Answer) -> PodValues:
    return {} if isinstance(answer, SourceError) else parse_pods(answer, query.by)


def _is_first_version(told: Mapping[PodFamily, PodValues]) -> bool:
    """Whether somebody tells how pods stand, and nothing of what they ask for."""
    asked = told[PodFamily.RESOURCE_REQUESTS] or told[PodFamily.RESOURCE_LIMITS]
    return bool(told[PodFamily.RESTARTS]) and not asked


def _of_first_version(desk: Desk, ask: PodAsk) -> dict[PodFamily, PodValues]:
    queries = {family: ask.latest(family) for family in FIRST_VERSION}
    answers = desk.fetcher.ask((tuple(queries.values()),), ask.at)
    found: dict[PodFamily, PodValues] = {}
    for family, (stands_for, resource) in FIRST_VERSION.items():
        values = _values(queries[family], answers[queries[family]])
        found.setdefault(stands_for, {}).update(((*key, resource), value) for key, value in values.items())
    return found


def _failed(failures: Iterable[SourceError]) -> list[Gap]:
    """Each reason once."""
    return [Gap(FAILED, (("reason", reason),)) for reason in dict.fromkeys(map(str, failures))]


def _absent(told: Mapping[PodFamily, PodValues]) -> list[Gap]:
    gaps = []
    if not told[PodFamily.MEMORY] and not told[PodFamily.CPU_USAGE]:
        gaps.append(Gap(NO_USAGE))
    elif not told[PodFamily.CPU_USAGE]:
        gaps.append(Gap(NO_RATES))
    if not any(told[family] for family in STATE):
        gaps.append(Gap(NO_STATE))
    return gaps
