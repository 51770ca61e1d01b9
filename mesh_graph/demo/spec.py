"""The words in which a simulated mesh is declared: workloads, hosts, and calls with the ways they end."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mesh_graph.demo.curves import Constant, Curve, Pulse
from mesh_graph.demo.noise import identity
from mesh_graph.demo.outcomes import Outcome
from mesh_graph.demo.spread import Spread

__all__ = [
    "ALWAYS",
    "PROXY_NEEDS",
    "Answer",
    "Call",
    "Destination",
    "Host",
    "Life",
    "MeshSpec",
    "Needs",
    "Tcp",
    "Wire",
    "Workload",
]

ALWAYS = Constant(1.0)
NEVER = Constant(0.0)

_LATENCY = Spread(12)
_REQUEST = Spread(620, 0.3)
_RESPONSE = Spread(2400, 0.6)
_SENT = Spread(900, 0.8)
_RECEIVED = Spread(240, 0.5)


class Wire(StrEnum):
    """Protocol of a call, as ``request_protocol`` has it."""

    HTTP = "http"
    GRPC = "grpc"
    TCP = "tcp"


@dataclass(frozen=True, slots=True)
class Life:
    """When a pod runs: born every ``period_s``, ``phase_s`` after a multiple of it, for ``on_s`` seconds.

    Each birth starts its counters at zero; a life with ``on_s == period_s`` is a pod that restarts at once.
    """

    period_s: int
    phase_s: int
    on_s: int

    def born(self, at: float) -> float:
        """When the run began that an instant is in, or that was over before it; Unix seconds."""
        return at - (at - self.phase_s) % self.period_s


@dataclass(frozen=True, slots=True)
class Needs:
    """What a container asks for, and what it takes.

    Attributes
    ----------
    cpu_request, cpu_limit : float
        Cores; None for no limit. Who has no limit is never throttled.
    memory_request, memory_limit : int
        MiB.
    cpu : float
        Cores that it takes without traffic.
    cpu_per_request : float
        Seconds.
    more_cpu : Constant or Pulse
        Cores that it takes besides.
    throttled : Constant or Pulse
        0..1 of the scheduler's periods in which it is halted for its limit.
    memory : int
        MiB when it has just begun.
    leak : int
        MiB that come on top until its life ends.
    """

    cpu_request: float = 0.1
    cpu_limit: float | None = None
    memory_request: int = 128
    memory_limit: int = 512
    cpu: float = 0.008
    cpu_per_request: float = 0.004
    more_cpu: Constant | Pulse = NEVER
    throttled: Constant | Pulse = NEVER
    memory: int = 150
    leak: int = 0


PROXY_NEEDS = Needs(
    cpu_limit=2.0, memory_limit=1024, cpu_per_request=0.0006, throttled=Constant(0.002), memory=56
)
"""Of every sidecar: requests and limits are those of Istio's own installation."""
_NEEDS = Needs()


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment or the like.

    Attributes
    ----------
    replicas : int
        Pods; calls are dealt to them in turn.
    has_proxy : bool
        Without one it reports nothing, and its own calls look as if they came from nowhere.
    life : Life or None
        When its pods run, if not at all times with a restart every few days.
    needs : Needs
        Of its own container.
    """

    name: str
    namespace: str
    app: str
    version: str = "v1"
    cluster: str = "east"
    replicas: int = 1
    has_proxy: bool = True
    life: Life | None = None
    # What it takes changes none of its calls, whose noise is made of the texts of their ends.
    needs: Needs = field(default=_NEEDS, repr=False)

    @property
    def is_killed(self) -> bool:
        """Whether its lives follow each other because its memory runs out."""
        return self.life is not None and self.life.on_s == self.life.period_s

    @property
    def principal(self) -> str:
        """SPIFFE identity, from the service account of the app."""
        return f"spiffe://cluster.local/ns/{self.namespace}/sa/{self.app}"

    def pod(self, replica: int) -> str:
        """Name of a pod, unique in the mesh."""
        letters = "bcdfghjklmnpqrstvwxz2456789"
        number = identity(self.cluster, self.namespace, self.name)
        hashes = [letters[(number >> 5 * i) % 27] for i in range(9)]
        own = identity(self.cluster, self.namespace, self.name, replica)
        return f"{self.name}-{''.join(hashes)}-{''.join(letters[(own >> 5 * i) % 27] for i in range(5))}"

    def pod_life(self, replica: int) -> Life:
        """When a pod runs: a proxy restarts every two to five days, each pod at a time of its own."""
        if self.life is not None:
            return self.life
        number = identity(self.cluster, self.namespace, self.name, replica, "life")
        period = 3600 * (48 + number % 73)
        return Life(period, 5 * ((number >> 16) % (period // 5)), period)


@dataclass(frozen=True, slots=True)
class Host:
    """What was called: ``destination_service``, ``…_name`` and ``…_namespace``."""

    host: str
    name: str
    namespace: str

    @classmethod
    def service(cls, name: str, namespace: str) -> Host:
        """A Kubernetes service."""
        return cls(f"{name}.{namespace}.svc.cluster.local", name, namespace)


@dataclass(frozen=True, slots=True)
class Destination:
    """One of the workloads behind a host, None for one outside, and its weight; a host's add up to 1."""

    workload: Workload | None
    weight: Curve = ALWAYS


@dataclass(frozen=True, slots=True)
class Answer:
    """One way in which a share of a call's requests ends; ``latency`` where it differs from the call's."""

    outcome: Outcome
    share: Curve
    latency: Spread | None = None


@dataclass(frozen=True, slots=True)
class Tcp:
    """What TCP connections carry: how long they last, and reads and writes per connection opened."""

    hold_s: int = 60
    chunks: float = 40.0
    sent: Spread = _SENT
    """Bytes that the server sends at a time (``istio_tcp_sent_bytes_total``)."""
    received: Spread = _RECEIVED


_TCP = Tcp()


@dataclass(frozen=True, slots=True)
class Call:
    """Traffic from one workload to one host.

    Attributes
    ----------
    source : Workload or None
        None is a caller that no proxy knows.
    rate : float
        Requests, or connections, per second where ``load`` is 1.
    answers : tuple of Answer
        Their shares add up to 1.
    messages : (int, int)
        gRPC messages per request: from the client, from the server.
    seen : int
        Requests that each pod had seen before the simulation looks: an idle call has these and no others.
    mtls : bool
        Whether the two proxies speak mutual TLS.
    """

    source: Workload | None
    host: Host
    destinations: tuple[Destination, ...]
    rate: float
    answers: tuple[Answer, ...]
    load: Curve = ALWAYS
    wire: Wire = Wire.HTTP
    latency: Spread = _LATENCY
    request_bytes: Spread = _REQUEST
    response_bytes: Spread = _RESPONSE
    messages: tuple[int, int] = (1, 1)
    tcp: Tcp = _TCP
    seen: int = 0
    mtls: bool = True

    def way_ms(self, destination: Workload | None) -> int:
        """Time between the two proxies, there and back; 0 where one end is not known."""
        if self.source is None or destination is None:
            return 0
        return 1 if self.source.cluster == destination.cluster else 9


@dataclass(frozen=True, slots=True)
class MeshSpec:
    """A whole mesh."""

    calls: tuple[Call, ...]
    workloads: tuple[Workload, ...]
    """All of them in order; those with a proxy are the scrape targets."""

    @classmethod
    def of(cls, calls: tuple[Call, ...]) -> MeshSpec:
        """The mesh of some calls, with the workloads at their ends.

        Raises
        ------
        ValueError
            If two workloads of one name differ: their pods would be the same.
        """
        ends = [end for c in calls for end in (c.source, *(d.workload for d in c.destinations))]
        workloads = tuple(dict.fromkeys(end for end in ends if end is not None))
        if len({(w.cluster, w.namespace, w.name) for w in workloads}) < len(workloads):
            raise ValueError("two workloads of one name differ")
        return cls(calls, workloads)
