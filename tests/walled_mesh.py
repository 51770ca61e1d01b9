"""The demo mesh behind a wall: names that a user of one namespace may not see cannot be mistaken.

What begins with ``SECRET`` must never reach them; ``NEIGHBOUR`` begins the bare names of what their own
applications talk with.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from mesh_graph import fields
from mesh_graph.demo.containers import Containers
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.story import story
from mesh_graph.mesh import Mesh
from mesh_graph.sources.cluster import KubeObject, Snapshot
from mesh_graph.sources.demo import DemoSource
from mesh_graph.sources.log_source import LogAsk, LogReply, line_stamp
from mesh_graph.sources.trace_source import FoundTraces
from mesh_graph.traces.model import Span, SpanKind, Trace
from mesh_graph.traces.question import TraceQuestion, is_answer

__all__ = [
    "AT",
    "FOREIGN_TRACE",
    "HOME",
    "NEIGHBOUR",
    "SECRET",
    "TRACE",
    "HandCluster",
    "WalledSimulator",
    "walled_mesh",
]

AT = 1_795_263_000
HOME = "shop"
SECRET, NEIGHBOUR = "zqx", "znx"
NOBODY = ("", "unknown")
FAMILIES = ("istio_requests_total", "istio_tcp_sent_bytes_total")
TARGET = (fields.NAMESPACE, fields.POD, fields.INSTANCE)

Row = dict[str, str]


def _touches(row: Row) -> bool:
    ends = (row[fields.SOURCE_WORKLOAD_NAMESPACE], row[fields.DESTINATION_WORKLOAD_NAMESPACE])
    lost = row[fields.DESTINATION_WORKLOAD] == "unknown" and row[fields.DESTINATION_SERVICE_NAMESPACE] == HOME
    return HOME in ends or lost


class WalledSimulator:
    """The story's counters with other labels."""

    def __init__(self) -> None:
        self._inner = Simulator(story())
        self.labels = cache(self._labels)
        self._met = {
            name
            for family in FAMILIES
            for row in self._rows(family)
            if _touches(row)
            for name in self._names(row)
        }

    def __getattr__(self, name: str):
        return getattr(self._inner, name)

    def _rows(self, family: str) -> list[Row]:
        labels = self._inner.labels(family)
        return [dict(zip(labels, values, strict=True)) for values in zip(*labels.values(), strict=True)]

    @staticmethod
    def _names(row: Row) -> set[str]:
        ends = ("source", "destination")
        labels = ("workload_namespace", "workload", "canonical_service", "app")
        named = {row[f"{end}_{label}"] for end in ends for label in labels}
        return named | {row[label] for label in fields.SERVICE_LABELS}

    def _labels(self, family: str):
        rows = [self._walled(row) for row in self._rows(family)]
        return {label: np.array([row[label] for row in rows], dtype=object) for label in rows[0]}

    def _walled(self, row: Row) -> Row:
        row = dict(row)
        for end in ("source", "destination"):
            if row[f"{end}_workload_namespace"] not in (HOME, *NOBODY):
                for label in ("workload_namespace", "workload", "canonical_service", "app"):
                    row[f"{end}_{label}"] = self._name(row[f"{end}_{label}"])
                for label in ("canonical_revision", "version", "principal"):
                    row[f"{end}_{label}"] = _secret(row[f"{end}_{label}"])
        if row[fields.DESTINATION_SERVICE_NAMESPACE] != HOME:
            host = row[fields.DESTINATION_SERVICE].split(".")
            row[fields.DESTINATION_SERVICE] = ".".join([*map(self._name, host[:2]), *host[2:]])
            for label in (fields.DESTINATION_SERVICE_NAMESPACE, fields.DESTINATION_SERVICE_NAME):
                row[label] = self._name(row[label])
        if row[fields.NAMESPACE] != HOME:
            row[fields.APP] = self._name(row[fields.APP])
            row.update({label: _secret(row[label]) for label in TARGET})
        return row

    def name(self, name: str) -> str:
        """What a foreign name is called."""
        return self._name(name)

    def _name(self, name: str) -> str:
        if name in NOBODY or name.startswith(("PassthroughCluster", "BlackHoleCluster")):
            return name
        return f"{NEIGHBOUR if name in self._met else SECRET}-{name}"


class WalledContainers(Containers):
    """What its pods use, under names that go with their workloads' and may not be seen."""

    def __init__(self, simulator: WalledSimulator) -> None:
        super().__init__(simulator)
        self._name = simulator.name

    def labels(self, family: str):
        columns = super().labels(family)
        namespaces, pods = columns[fields.NAMESPACE], columns[fields.POD]
        walled = map(self._pod, namespaces, pods)
        return columns | {
            fields.NAMESPACE: np.array([*map(self._namespace, namespaces)], dtype=object),
            fields.POD: np.array([*walled], dtype=object),
        }

    def _namespace(self, name: str) -> str:
        return name if name == HOME else self._name(name)

    def _pod(self, namespace: str, pod: str) -> str:
        workload = self._name(pod.rsplit("-", 2)[0])
        return pod if namespace == HOME else f"{workload}-{SECRET}bcdf-{SECRET}{pod[-2:]}"


def _secret(name: str) -> str:
    return name if name in NOBODY else f"{SECRET}-{name}"


class HandLogs:
    """What every pod by hand wrote: its own name."""

    off = None

    def read(self, ask: LogAsk) -> LogReply:
        return LogReply((f"{line_stamp(AT - 10)} {ask.namespace} {ask.pod} {ask.container}".encode(),))


class HandCluster:
    """A cluster source over one snapshot."""

    name, is_demo = "by hand", True
    logs = HandLogs()

    def __init__(self, *objects: KubeObject) -> None:
        by_kind: dict[str, tuple[KubeObject, ...]] = {}
        for one in objects:
            by_kind[one.kind] = (*by_kind.get(one.kind, ()), one)
        self._snapshot = Snapshot(1, float(AT), ("east", "west"), by_kind=by_kind)

    def wait(self, timeout_s: float) -> bool:
        return True

    def snapshot(self) -> Snapshot:
        return self._snapshot

    def close(self) -> None:
        pass


def _objects(namespace: str, service: str, marked: str) -> list[KubeObject]:
    """A service with a canary, and all that belongs to it."""

    def one(kind: str, name: str, spec, **more) -> KubeObject:
        return KubeObject(kind, "east", namespace, name, spec=spec, created_at=AT - 9e6, **more)

    host = f"{service}.{namespace}.svc.cluster.local"
    labels = {"app": service, "version": f"{marked}v2"}
    pod = {"containers": ({"name": "istio-proxy", "image": "proxyv2"},)}
    ready = tuple({"name": name, "ready": True} for name in (service, "istio-proxy"))
    status = {"phase": "Running", "containerStatuses": ready}
    route = {"destination": {"host": host, "subset": f"{marked}v2"}, "weight": 100}
    return [
        KubeObject("Namespace", "east", "", namespace),
        one("Service", service, {"selector": {"app": service}, "ports": ({"name": "http", "port": 80},)}),
        one("Deployment", f"{service}-v2", {"template": {"metadata": {"labels": labels}}}),
        one("Pod", f"{service}-v2-{marked}pod", pod, labels=labels, status=status),
        one("ServiceAccount", f"{service}-{marked}account", {}),
        one("VirtualService", f"{service}-{marked}route", {"hosts": (host,), "http": ({"route": (route,)},)}),
        one(
            "DestinationRule",
            f"{service}-{marked}rule",
            {"host": host, "subsets": ({"name": f"{marked}v2", "labels": labels},)},
        ),
        one("Gateway", f"{marked}gate", {"selector": {"app": service}, "servers": ({"hosts": (host,)},)}),
        one("PeerAuthentication", f"{marked}strict", {"mtls": {"mode": "STRICT"}}),
        one(
            "AuthorizationPolicy",
            f"{marked}allow",
            {"rules": ({"from": ({"source": {"namespaces": (namespace,)}},)},)},
        ),
        one("ServiceEntry", f"{marked}entry", {"hosts": (f"{marked}host.example.com",)}),
        one("Sidecar", f"{marked}sidecar", {"egress": ({"hosts": ("./*",)},)}),
    ]


TRACE, FOREIGN_TRACE = "a" * 32, "b" * 32


def _span(trace_id: str, number: int, service: str, marked: str = "") -> Span:
    """A server's span of a service (``app.namespace``), a child of the one before."""
    said = {
        "http.url": f"http://{marked}host/{marked}path",
        "node_id": f"sidecar~10.0.0.1~{marked}{service}~x",
    }
    return Span(
        trace_id,
        f"{number:016x}",
        f"{number - 1:016x}" if number > 1 else "",
        service,
        f"{marked}GET /",
        SpanKind.SERVER,
        (AT - 120) * 10**6 + 1000 * number,
        10**5 - 10**4 * number,
        attributes=said,
    )


class HandTraces:
    """A trace of home and its neighbours, and one of others alone."""

    name, is_demo = "traces by hand", True

    def __init__(self) -> None:
        secret = f"{SECRET}-"
        self.traces = {
            TRACE: Trace(
                TRACE,
                (
                    _span(TRACE, 1, f"{NEIGHBOUR}-gateway.{NEIGHBOUR}-istio-system", secret),
                    _span(TRACE, 2, f"frontend.{HOME}"),
                    _span(TRACE, 3, f"{NEIGHBOUR}-payment.{NEIGHBOUR}-payments", secret),
                ),
            ),
            FOREIGN_TRACE: Trace(
                FOREIGN_TRACE,
                tuple(
                    _span(FOREIGN_TRACE, number, f"{SECRET}-app{number}.{SECRET}-bookinfo", secret)
                    for number in (1, 2)
                ),
            ),
        }

    def now(self) -> float:
        return float(AT)

    def services(self) -> tuple[str, ...]:
        return tuple(sorted({span.service for trace in self.traces.values() for span in trace.spans}))

    def operations(self, service: str) -> tuple[str, ...]:
        spans = (span for trace in self.traces.values() for span in trace.spans)
        return tuple(sorted({span.name for span in spans if span.service == service}))

    def find(self, question: TraceQuestion) -> FoundTraces:
        return FoundTraces(tuple(t for t in self.traces.values() if is_answer(t, question)))

    def trace(self, trace_id: str) -> Trace | None:
        return self.traces.get(trace_id)

    def close(self) -> None:
        pass


def walled_mesh(**more) -> Mesh:
    """The mesh, whole, at a fixed instant."""
    mesh_settings = f"rootNamespace: istio-system\ndefaultProviders: {{tracing: [{SECRET}-provider]}}\n"
    cluster = HandCluster(
        *_objects(HOME, "catalog", ""),
        *_objects(f"{SECRET}-payments", f"{SECRET}-bank", f"{SECRET}-"),
        KubeObject("ConfigMap", "east", "istio-system", "istio", spec={"mesh": mesh_settings}),
        KubeObject(
            "PeerAuthentication",
            "east",
            "istio-system",
            "default",
            annotations={"note": f"{SECRET}-note"},
            spec={"mtls": {"mode": "PERMISSIVE"}},
        ),
    )
    simulator = WalledSimulator()
    source = DemoSource(simulator, lambda: float(AT), WalledContainers(simulator))
    return Mesh(source, cluster=cluster, traces=HandTraces(), **more)
