"""Bookinfo, Istio's sample application, behind an ingress gateway, with a canary of reviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mesh_graph.demo import outcomes
from mesh_graph.demo.curves import Constant, Curve, Daily, Once, Pulse, Steps, remainder
from mesh_graph.demo.outcomes import Outcome
from mesh_graph.demo.spec import ALWAYS, Answer, Call, Destination, Host, Tcp, Wire, Workload
from mesh_graph.demo.spread import Spread

__all__ = [
    "DATED_INCIDENT_LENGTH_S",
    "INCIDENT_LENGTH_S",
    "INCIDENT_SHARE",
    "INCIDENT_STARTS_S",
    "PEOPLE",
    "Bookinfo",
    "answers",
    "database",
    "gateway",
    "incident",
    "namespaces",
]

INCIDENT_STARTS_S = 300
"""The fault between reviews-v3 and ratings starts 5 and 35 minutes past every hour …"""
INCIDENT_LENGTH_S = 480
"""… and lasts 8 minutes, so that a window of 5 minutes shows it nearly half of the time."""
INCIDENT_SHARE = 0.6
"""0..1 of the calls that fail meanwhile."""
DATED_INCIDENT_LENGTH_S = 900
"""A dated incident lasts 15 minutes, and there is no other."""

CANARY_V3 = Steps(1800, (0.05, 0.10, 0.20, 0.35, 0.50, 0.70, 0.20, 0.05))
"""Weight of reviews-v3, a step every half hour, rolled back after the sixth.

v2 keeps 20 %, v1 has the rest."""
CANARY_V2 = Constant(0.20)

_PAGE = Spread(45, 0.45, 0.03, 6)

PEOPLE = Daily(0.45, 1.0, 15.0)
"""Load by people: busiest at 15:00 UTC, less than half of it at night."""


def incident(at: float | None) -> Curve:
    """Share of calls that fail: every half hour for a while, or once from ``at`` (Unix seconds)."""
    if at is not None:
        return Once(at, DATED_INCIDENT_LENGTH_S, INCIDENT_SHARE)
    return Pulse(1800, INCIDENT_STARTS_S, INCIDENT_LENGTH_S, INCIDENT_SHARE)


def answers(*failing: tuple[Outcome, float | Curve], ok: Outcome = outcomes.HTTP_OK) -> tuple[Answer, ...]:
    """The given outcomes with their shares; what is left of 1 is well."""
    shares = [(o, Constant(share) if isinstance(share, int | float) else share) for o, share in failing]
    return (
        *(Answer(o, share) for o, share in shares),
        Answer(ok, remainder(tuple(share for _, share in shares))),
    )


def gateway(cluster: str = "east") -> Workload:
    """The ingress gateway of a cluster."""
    return Workload(
        "istio-ingressgateway", "istio-system", "istio-ingressgateway", "latest", cluster, replicas=2
    )


@dataclass(frozen=True, slots=True)
class Bookinfo:
    """One Bookinfo namespace.

    Attributes
    ----------
    namespace : str
    rate : float
        Page views per second at the busiest hour.
    failing : Curve
        0..1 of the calls of reviews-v3 to ratings that fail.
    replicas : int
        Pods per workload.
    has_errors : bool
        Whether now and then a request fails, incident or not.
    """

    namespace: str
    rate: float
    failing: Curve
    replicas: int = 1
    has_errors: bool = True

    def calls(self, ingress: Workload) -> tuple[Call, ...]:
        """All calls from the gateway down to ratings."""
        page, details = self.workload("productpage"), self.workload("details")
        stable = remainder((CANARY_V2, CANARY_V3))
        weights: tuple[Curve, ...] = (stable, CANARY_V2, CANARY_V3)
        reviews = {self.workload("reviews", f"v{number}"): w for number, w in enumerate(weights, start=1)}
        missing, broken, retried = (
            self._answers(outcome, share)
            for outcome, share in (
                (outcomes.http_code(404), 0.004),
                (outcomes.http_code(500), 0.003),
                (outcomes.HTTP_RETRY_HELPED, 0.01),
            )
        )
        return (
            self._call(ingress, {page: ALWAYS}, missing, _PAGE),
            self._call(page, {details: ALWAYS}, broken, Spread(4)),
            self._call(page, reviews, retried, Spread(24, 0.5, 0.02)),
            *self._to_ratings(),
        )

    def workload(self, app: str, version: str = "v1") -> Workload:
        """One of the namespace's workloads."""
        return Workload(f"{app}-{version}", self.namespace, app, version, replicas=self.replicas)

    def _answers(self, failing: Outcome, share: float) -> tuple[Answer, ...]:
        return answers((failing, share)) if self.has_errors else answers()

    def _to_ratings(self) -> tuple[Call, ...]:
        v2, v3 = self.workload("reviews", "v2"), self.workload("reviews", "v3")
        ratings = self.workload("ratings")
        return (
            self._call(v2, {ratings: CANARY_V2}, self._answers(outcomes.http_code(503), 0.002), Spread(3)),
            self._call(v3, {ratings: CANARY_V3}, answers((outcomes.HTTP_REFUSED, self.failing)), Spread(3)),
        )

    def _call(
        self, source: Workload, to: Mapping[Workload, Curve], ends: tuple[Answer, ...], latency: Spread
    ) -> Call:
        """A call as often as the page is viewed, times the weights of the workloads behind the service."""
        host = Host.service(next(iter(to)).app, self.namespace)
        destinations = tuple(Destination(workload, weight) for workload, weight in to.items())
        return Call(source, host, destinations, self.rate, ends, PEOPLE, latency=latency)


def database(caller: Workload, store: Workload, rate: float) -> Call:
    """Connections of ratings to its database."""
    host = Host.service(store.app, store.namespace)
    ends = answers(ok=outcomes.TCP_OK)
    return Call(caller, host, (Destination(store),), rate, ends, PEOPLE, Wire.TCP, tcp=Tcp(90, 60))


def namespaces(count: int, replicas: int, incident_at: float | None) -> tuple[Call, ...]:
    """Calls of ``count`` Bookinfo namespaces, ``bookinfo``, ``bookinfo-1`` …, behind one gateway.

    The incident befalls the first of them; in every fifth a few requests fail at all times.
    """
    ingress = gateway()
    calm = Constant(0.0)
    books = [
        Bookinfo(
            "bookinfo" if number == 0 else f"bookinfo-{number}",
            2.0 + number % 7,
            calm if number else incident(incident_at),
            replicas,
            has_errors=number % 5 == 0,
        )
        for number in range(count)
    ]
    return tuple(call for book in books for call in book.calls(ingress))
