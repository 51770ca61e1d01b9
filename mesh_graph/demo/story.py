"""The default mesh: nine namespaces in two clusters, each with something that real meshes have.

- ``istio-system``: the ingress gateway, by which people come in.
- ``bookinfo``: the canary of reviews, whose v3 loses ratings twice an hour; ratings has a MongoDB.
- ``shop``: gRPC, a canary of cart that loses requests and that nobody takes back, a recommendation service
  behind a circuit breaker that is slow while its CPU is throttled, a banner that runs every other hour.
- ``payments``: a card network outside the mesh, retries that mask errors, MySQL without a sidecar; its
  fraud check runs in the other cluster.
- ``logistics`` (west): time-outs, resets, a parcel tracker that keeps running out of memory, a map provider
  that nobody registered.
- ``media``: large bodies, clients that hang up, injected faults.
- ``legacy``: a caller and a server without sidecars, a fax gateway that nobody calls any more, a price list
  that closes in the evening.
- ``monitoring``: probes by the kubelet and by a synthetic user, an agent whose telemetry host is blocked.
- ``batch`` (west): a nightly ledger export.
"""

from __future__ import annotations

from typing import Any

from mesh_graph import fields
from mesh_graph.demo import outcomes
from mesh_graph.demo.bookinfo import PEOPLE, Bookinfo, answers, database, gateway, incident
from mesh_graph.demo.curves import Constant, Curve, Daily, Pulse, Steps, remainder
from mesh_graph.demo.outcomes import Outcome, http_code
from mesh_graph.demo.spec import (
    ALWAYS,
    Answer,
    Call,
    Destination,
    Host,
    Life,
    MeshSpec,
    Needs,
    Tcp,
    Wire,
    Workload,
)
from mesh_graph.demo.spread import Spread

__all__ = [
    "BANNER_LIFE",
    "DROPS_TRACE_HEADERS",
    "LEAKING",
    "MEMORY_LIFE",
    "NIGHT",
    "OPENING_HOURS",
    "SHORT_TRACE_IDS",
    "SLOW_SPELL",
    "STARVED",
    "story",
]

OFFICE = Daily(0.1, 1.0, 13.0)
"""Load by people at work in Europe."""
NIGHT = Pulse(86_400, 2 * 3600, 2 * 3600)
"""The ledger export runs from 02:00 to 04:00 UTC."""
OPENING_HOURS = Pulse(86_400, 6 * 3600, 15 * 3600)
"""The price list answers from 06:00 to 21:00 UTC."""
SLOW_SPELL = Pulse(3600, 1200, 720, inside=0.5, outside=0.02)
"""Share of recommendations that are slow: half of them from 20 to 32 minutes past the hour."""
CART_V3 = Steps(4 * 3600, (0.10, 0.05))
"""Weight of cart-v3, which nobody takes back although it fails; v2 has the rest."""
CART_V3_FAILS = 0.04
BANNER_LIFE = Life(7200, 0, 3600)
"""The banner's pod runs in even hours (UTC) and is gone in odd ones: always something new or vanished."""
STARVED = Needs(
    cpu_request=0.2,
    cpu_limit=0.4,
    more_cpu=Pulse(3600, 1200, 720, inside=0.29),
    throttled=Pulse(3600, 1200, 720, inside=0.63, outside=0.01),
)
"""Recommendations are slow because a batch of their own takes the CPU up to its limit."""
MEMORY_LIFE = Life(2820, 600, 2820)
"""The parcel tracker is killed every 47 minutes."""
LEAKING = Needs(cpu_limit=0.5, memory_request=128, memory_limit=256, memory=84, leak=168)
"""… because it forgets nothing."""

DROPS_TRACE_HEADERS = frozenset({("logistics", "shipping")})
"""Namespace and application of those that call on without the headers of their caller's trace."""
SHORT_TRACE_IDS = frozenset({("monitoring", "synthetic-user")})
"""… and of those that begin traces with ids of 64 bits, which older tracers do."""

ASKING_RECOMMENDATION = Pulse(3600, 1200, 720, inside=0.18, outside=0.007)
"""Share of the frontend's requests that wait for a slow recommendation: it is asked for three of eight."""
ASKING_LATE = (Constant(0.015), Spread(3500, 0.1))
"""Share of the checkouts that wait for shipping until its time is out."""
ASKING_ERP = (Constant(0.04), Spread(670, 0.5))
"""Share of the catalog's requests that wait for the ERP, and how long they take."""

_TINY = Spread(180, 0.2)
_LARGE = Spread(420_000, 1.2, 0.02, 8)


def story(incident_at: float | None = None) -> MeshSpec:
    """The default mesh; a dated incident takes the place of the recurring one."""
    parts = (_bookinfo(incident_at), _shop(), _payments(), _logistics(), _media(), _legacy(), _monitoring())
    return MeshSpec.of(tuple(call for part in parts for call in part))


def waiting(ends: tuple[Answer, ...], *parts: tuple[Curve, Spread]) -> tuple[Answer, ...]:
    """Ends of a call, of which shares end well but later, since they waited for somebody slow."""
    *failing, well = ends
    late = [Answer(well.outcome, share, latency) for share, latency in parts]
    shares = tuple(answer.share for answer in (*failing, *late))
    return (*failing, *late, Answer(well.outcome, remainder(shares)))


def _in(namespace: str, name: str, version: str = "v1", **options: Any) -> Workload:
    return Workload(f"{name}-{version}", namespace, name, version, **options)


INGRESS = gateway()
FRONTEND = _in("shop", "frontend", "v3", replicas=2)
CATALOG = _in("shop", "catalog", "v2", replicas=2)
CART = _in("shop", "cart", "v2")
CART_CANARY = _in("shop", "cart", "v3")
CURRENCY = _in("shop", "currency")
CHECKOUT = _in("shop", "checkout", "v2")
PAYMENT = _in("payments", "payment", "v5", replicas=2)
LEDGER = _in("payments", "ledger")
SHIPPING = _in("logistics", "shipping", "v4", cluster="west", replicas=2)
RECOMMENDATION = _in("shop", "recommendation", "v7", needs=STARVED)
TRACKER = _in("logistics", "parcel-tracker", "v2", cluster="west", life=MEMORY_LIFE, needs=LEAKING)
MEDIA = _in("media", "media-api", "v2", replicas=2)
ERP = _in("legacy", "erp", has_proxy=False)
PRICES = _in("legacy", "price-list")
SYNTHETIC = _in("monitoring", "synthetic-user")


def _call(source: Workload | None, to: Workload, rate: float, **options: Any) -> Call:
    """A call to the service named after the workload's app; well unless ``answers`` say otherwise."""
    host = Host.service(to.app, to.namespace)
    wire = options.get("wire", Wire.HTTP)
    ok = {Wire.GRPC: outcomes.GRPC_OK, Wire.TCP: outcomes.TCP_OK}.get(wire, outcomes.HTTP_OK)
    options.setdefault("answers", answers(ok=ok))
    destination = Destination(to, options.pop("weight", ALWAYS))
    return Call(source, host, (destination,), rate, **options)


def _grpc(source: Workload, to: Workload, rate: float, **options: Any) -> Call:
    options.setdefault("load", PEOPLE)
    return _call(source, to, rate, wire=Wire.GRPC, **options)


def _to_cart(source: Workload, rate: float) -> tuple[Call, ...]:
    """Calls that one of two versions takes; the new one loses some of its own."""
    lost = _grpc_answers((outcomes.GRPC_INTERNAL, CART_V3_FAILS))
    quick, stable = Spread(4), remainder((CART_V3,))
    return (
        _grpc(source, CART, rate, latency=quick, weight=stable),
        _grpc(source, CART_CANARY, rate, latency=quick, weight=CART_V3, answers=lost),
    )


def _grpc_answers(*failing: tuple[Outcome, float | Curve]) -> tuple[Answer, ...]:
    return answers(*failing, ok=outcomes.GRPC_OK)


def _outside(source: Workload, host: Host, rate: float, ends: tuple[Answer, ...], **options: Any) -> Call:
    """A call that leaves the mesh."""
    return Call(source, host, (Destination(None),), rate, ends, **options)


def _bookinfo(incident_at: float | None) -> tuple[Call, ...]:
    book = Bookinfo("bookinfo", 24.0, incident(incident_at), replicas=2)
    return (*book.calls(INGRESS), database(book.workload("ratings"), _in("bookinfo", "mongodb"), 0.4))


def _shop() -> tuple[Call, ...]:
    mixed = waiting(
        answers((http_code(404), 0.01), (http_code(500), 0.002), (outcomes.HTTP_CLIENT_GONE, 0.004)),
        (ASKING_RECOMMENDATION, Spread(2050, 0.25)),
        (Constant(3 / 32.5), Spread(520, 0.4)),
    )
    return (
        _call(
            INGRESS, FRONTEND, 32.0, load=PEOPLE, latency=Spread(105, 0.5, 0.05, 8),
            response_bytes=Spread(9000, 0.7), answers=mixed,
        ),
        _call(INGRESS, SHIPPING, 1.5, load=PEOPLE, answers=answers((outcomes.HTTP_RATE_LIMITED, 0.03))),
        *_frontend(),
        *_checkout(),
        *(
            _call(
                cart, _in("shop", "redis"), 1.2, load=PEOPLE, wire=Wire.TCP, weight=weight,
                tcp=Tcp(30, 80, sent=Spread(300), received=Spread(120)),
            )
            for cart, weight in ((CART, remainder((CART_V3,))), (CART_CANARY, CART_V3))
        ),
    )  # fmt: skip


def _frontend() -> tuple[Call, ...]:
    banner = _in("shop", "banner", life=BANNER_LIFE)
    is_up = Pulse(BANNER_LIFE.period_s, BANNER_LIFE.phase_s, BANNER_LIFE.on_s)
    overflow = Constant(0.015)
    recommended = (
        Answer(outcomes.HTTP_OK, SLOW_SPELL, Spread(1900, 0.25)),
        Answer(outcomes.HTTP_OVERFLOW, overflow),
        Answer(outcomes.HTTP_OK, remainder((SLOW_SPELL, overflow))),
    )
    missing, gone = ((outcomes.GRPC_NOT_FOUND, 0.02), (outcomes.GRPC_CANCELLED, 0.01))
    return (
        _grpc(
            FRONTEND, CATALOG, 45.0, latency=Spread(6), answers=waiting(_grpc_answers(missing), ASKING_ERP)
        ),
        *_to_cart(FRONTEND, 18.0),
        _grpc(FRONTEND, CURRENCY, 2.0, latency=Spread(8000, 0.5), messages=(1, 24)),
        _grpc(
            FRONTEND,
            CHECKOUT,
            3.0,
            latency=Spread(450, 0.45),
            answers=waiting(_grpc_answers(gone), ASKING_LATE),
        ),
        _call(
            FRONTEND,
            RECOMMENDATION,
            12.0,
            load=PEOPLE,
            latency=Spread(90),
            answers=recommended,
        ),
        _call(FRONTEND, banner, 6.0, load=is_up, latency=Spread(3)),
        _call(
            FRONTEND,
            PRICES,
            4.0,
            load=OPENING_HOURS,
            latency=Spread(35),
            mtls=False,
            answers=waiting(answers(), (Constant(0.2), Spread(560, 0.5))),
        ),
    )


def _checkout() -> tuple[Call, ...]:
    retried, late = ((outcomes.GRPC_RETRIED, 0.04), (outcomes.HTTP_TIMEOUT, 0.015))
    return (
        *_to_cart(CHECKOUT, 3.0),
        _grpc(CHECKOUT, CURRENCY, 6.0, latency=Spread(3)),
        _grpc(CHECKOUT, PAYMENT, 3.0, latency=Spread(300), answers=_grpc_answers(retried)),
        _call(CHECKOUT, SHIPPING, 3.0, load=PEOPLE, latency=Spread(55), answers=answers(late)),
    )


def _payments() -> tuple[Call, ...]:
    fraud = _in("payments", "fraud-check", "v9", cluster="west")
    mysql = _in("payments", "mysql", has_proxy=False)
    network = Host("api.cardnetwork.example", "api.cardnetwork.example", "payments")
    doubts = _grpc_answers((outcomes.GRPC_UNAVAILABLE, 0.01), (outcomes.GRPC_TIMEOUT, 0.008))
    declined = answers((http_code(402), 0.05), (http_code(502), 0.004))
    refused = answers((outcomes.TCP_REFUSED, 0.02), ok=outcomes.TCP_OK)
    export = _in("batch", "ledger-export", cluster="west")
    return (
        _grpc(PAYMENT, fraud, 3.0, latency=Spread(40, 0.5), answers=doubts),
        _grpc(PAYMENT, LEDGER, 3.0, latency=Spread(9)),
        _outside(PAYMENT, network, 3.0, declined, load=PEOPLE, latency=Spread(210)),
        _call(LEDGER, mysql, 0.6, load=PEOPLE, wire=Wire.TCP, tcp=Tcp(120, 50), answers=refused),
        _call(export, LEDGER, 5.0, load=NIGHT, latency=Spread(300)),
    )


def _logistics() -> tuple[Call, ...]:
    carrier = _in("logistics", "carrier", cluster="west")
    queue = _in("logistics", "rabbitmq", cluster="west")
    maps = Host("maps.provider.example", fields.PASSTHROUGH, fields.UNKNOWN)
    late = answers((outcomes.HTTP_RETRY_TIMEOUT, 0.05), (outcomes.HTTP_RETRIED_IN_VAIN, 0.02))
    reset = answers((outcomes.HTTP_RESET, 0.01))
    return (
        _call(SHIPPING, TRACKER, 6.0, load=PEOPLE, latency=Spread(28), answers=reset),
        _call(SHIPPING, carrier, 2.5, load=OFFICE, latency=Spread(420, 0.6), answers=late),
        _outside(SHIPPING, maps, 1.2, answers((http_code(403), 0.02)), load=OFFICE, latency=Spread(95)),
        _call(TRACKER, queue, 0.3, load=PEOPLE, wire=Wire.TCP, tcp=Tcp(300, 120)),
        _call(SHIPPING, MEDIA, 0.5, load=PEOPLE, latency=Spread(60)),
    )


def _media() -> tuple[Call, ...]:
    resizer = _in("media", "resizer", "v3", replicas=3)
    store = Host("objects.storage.example", "objects.storage.example", fields.UNKNOWN)
    left = answers((outcomes.HTTP_CLIENT_GONE, 0.03), (outcomes.HTTP_NO_ROUTE, 0.005))
    injected = answers((outcomes.HTTP_ABORTED, 0.02), (outcomes.HTTP_NO_HOST, 0.003))
    failed = answers((http_code(503), 0.001))
    return (
        _call(
            INGRESS, MEDIA, 11.0, load=PEOPLE, latency=Spread(310, 0.6), response_bytes=_LARGE, answers=left,
        ),
        _call(
            MEDIA, resizer, 8.0, load=PEOPLE, latency=Spread(240, 0.6),
            request_bytes=_LARGE, response_bytes=_LARGE, answers=injected,
        ),
        _outside(MEDIA, store, 9.0, failed, load=PEOPLE, latency=Spread(30), response_bytes=_LARGE),
    )  # fmt: skip


def _legacy() -> tuple[Call, ...]:
    poller = _in("legacy", "stock-poller", has_proxy=False)
    failed = answers((http_code(500), 0.02))
    return (
        _call(CATALOG, ERP, 2.0, load=OFFICE, latency=Spread(650, 0.5), answers=failed),
        _call(PRICES, ERP, 0.8, load=OPENING_HOURS, latency=Spread(500, 0.5)),
        _call(poller, CATALOG, 1.0, latency=Spread(7), mtls=False, answers=waiting(answers(), ASKING_ERP)),
        _call(SHIPPING, _in("legacy", "fax-gateway"), 0.0, seen=17),
    )


def _monitoring() -> tuple[Call, ...]:
    agent = _in("monitoring", "telemetry-agent")
    blocked = Host("ingest.telemetry.example", fields.BLACKHOLE, fields.UNKNOWN)
    socket = Host(fields.UNKNOWN, fields.BLACKHOLE, fields.UNKNOWN)
    page = Bookinfo("bookinfo", 0.0, Constant(0.0), replicas=2).workload("productpage")
    return (
        _call(None, page, 0.2, latency=Spread(2), response_bytes=_TINY, mtls=False),
        _call(None, FRONTEND, 0.2, latency=Spread(2), response_bytes=_TINY, mtls=False),
        _call(SYNTHETIC, page, 0.5, latency=Spread(50)),
        _call(SYNTHETIC, FRONTEND, 0.5, latency=Spread(75, 0.5)),
        _outside(agent, blocked, 0.4, answers(ok=outcomes.HTTP_BLACK_HOLE), latency=Spread(1)),
        _outside(agent, socket, 0.1, answers(ok=outcomes.TCP_BLACK_HOLE), wire=Wire.TCP),
    )
