"""What the clusters of the simulated mesh declare, as the Kubernetes API would have it: a function of time.

Weights follow the mesh's own: where a call is shared among workloads, a VirtualService says so, and its last
change is the moment at which the shares last changed. Two mistakes are left in for the checks to find.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np

from mesh_graph import fields
from mesh_graph.demo.containers import OUT_OF_MEMORY, PROXY, placed_at, restarts
from mesh_graph.demo.curves import Curve, Rest, Steps
from mesh_graph.demo.declared_config import configured
from mesh_graph.demo.noise import identity
from mesh_graph.demo.spec import PROXY_NEEDS, Call, Host, MeshSpec, Needs, Wire, Workload

__all__ = ["FOUNDED", "declared"]

Raw = dict[str, Any]

FOUNDED = 1_735_689_600.0
"""When everything was created that never changes: 2025-01-01."""
PROXY_IMAGE = "proxyv2:1.30.0"
"""Of every sidecar: the version of the control plane that ``declared_config`` declares."""
NETWORKING = "networking.istio.io/v1"
GATEWAY = "istio-system/public"
PORTS = {Wire.HTTP: ("http", 8080), Wire.GRPC: ("grpc", 9000), Wire.TCP: ("tcp", 5000)}


def declared(mesh: MeshSpec, at: float) -> dict[str, list[Raw]]:
    """Objects of each cluster at an instant (Unix seconds), by the cluster's name."""
    found: dict[str, list[Raw]] = {name: [] for name in sorted({w.cluster for w in mesh.workloads})}
    wires = _wires(mesh.calls)
    for workload in mesh.workloads:
        found[workload.cluster] += _workload(workload, at, wires.get((workload.namespace, workload.app), ()))
    for cluster, objects in found.items():
        calls = [call for call in mesh.calls if cluster in _clusters(call)]
        objects += _services(calls)
        objects += [*_endpoints(objects), *_accounts(objects)]
        objects += _routes(calls, at)
        objects += _foreign(calls)
        names = {one["metadata"]["namespace"] for one in objects}
        objects += [_namespace(name) for name in sorted(names | {"istio-system"})]
        objects += _mesh_wide()
    for number, objects in enumerate(found.values()):
        written = [*(_mistakes() if number == 0 else ()), *_configured(is_first=number == 0)]
        namespaces = {one["metadata"]["name"] for one in objects if one["kind"] == "Namespace"}
        objects += [one for one in written if one["metadata"]["namespace"] in namespaces]
    return found


def _configured(*, is_first: bool) -> Iterator[Raw]:
    for one in configured(is_first=is_first):
        metadata = one.pop("metadata")
        yield _object(
            one.pop("kind"),
            one.pop("apiVersion"),
            metadata.pop("name"),
            metadata=metadata,
            changed_at=FOUNDED,
            **one,
        )


def _clusters(call: Call) -> set[str]:
    ends = (call.source, *(destination.workload for destination in call.destinations))
    return {end.cluster for end in ends if end is not None}


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _object(kind: str, version: str, name: str, **parts: Any) -> Raw:
    """An object; ``parts`` are ``namespace``, ``changed_at`` and what goes beside the metadata."""
    created = {"name": name, "creationTimestamp": _time(FOUNDED)}
    namespace, changed_at = parts.pop("namespace", None), parts.pop("changed_at", None)
    metadata: Raw = {
        **created,
        **({"namespace": namespace} if namespace else {}),
        **parts.pop("metadata", {}),
    }
    if changed_at is not None:
        manager = {"manager": "release", "operation": "Apply", "fieldsV1": {"f:spec": {}}}
        metadata["managedFields"] = [{**manager, "time": _time(changed_at)}]
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **parts}


def _namespace(name: str) -> Raw:
    labels = {} if name == "istio-system" else {"istio-injection": "enabled"}
    return _object("Namespace", "v1", name, metadata={"labels": labels}, status={"phase": "Active"})


def _wires(calls: Iterable[Call]) -> dict[tuple[str, str], set[Wire]]:
    """What is spoken with each service, by namespace and name."""
    wires: dict[tuple[str, str], set[Wire]] = {}
    for call in calls:
        if _is_service(call.host):
            wires.setdefault((call.host.namespace, call.host.name), set()).add(call.wire)
    return wires


def _workload(workload: Workload, at: float, wires: Iterable[Wire]) -> Iterator[Raw]:
    """A Deployment with its ReplicaSet and pods; without pods between two lives of a workload that pauses."""
    labels = _labels(workload)
    pods = [pod for replica in range(workload.replicas) if (pod := _pod(workload, replica, at))]
    ports = [{"name": PORTS[wire][0], "containerPort": PORTS[wire][1]} for wire in sorted(wires)]
    container = {
        "name": workload.app,
        "image": f"registry.example/{workload.app}:{workload.version}",
        **({"ports": ports} if ports else {}),
    }
    spec = {
        "replicas": len(pods),
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"serviceAccountName": workload.app, "containers": [container]},
        },
    }
    ready = sum(pod["status"]["containerStatuses"][0]["ready"] for pod in pods)
    status = {"replicas": len(pods), "readyReplicas": ready, "availableReplicas": ready}
    common: Raw = {"namespace": workload.namespace, "spec": spec, "status": status}
    yield _object("Deployment", "apps/v1", workload.name, metadata={"labels": labels}, **common)
    owner = _owner("Deployment", workload.name)
    yield _object(
        "ReplicaSet", "apps/v1", _replica_set(workload), metadata={"labels": labels, **owner}, **common
    )
    yield from pods


def _labels(workload: Workload) -> dict[str, str]:
    refused = {} if workload.has_proxy else {"sidecar.istio.io/inject": "false"}
    ingress = {"istio": "ingressgateway"} if workload.app == "istio-ingressgateway" else {}
    return {"app": workload.app, "version": workload.version, **ingress, **refused}


def _replica_set(workload: Workload) -> str:
    return workload.pod(0).rpartition("-")[0]


def _owner(kind: str, name: str) -> Raw:
    uid = str(uuid5(NAMESPACE_URL, f"{kind}/{name}"))
    reference = {"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": True}
    return {"ownerReferences": [reference]}


def _pod(workload: Workload, replica: int, at: float) -> Raw | None:
    """A pod at an instant; one whose lives follow each other without a pause was killed for its memory."""
    life = workload.pod_life(replica)
    born = life.born(at)
    if at - born >= life.on_s:
        return None
    placed = _time(float(placed_at(workload, replica, np.array([at]))[0]))
    containers = list(_containers(workload))
    statuses = [_container_status(workload, replica, one, at) for one in containers]
    return _object(
        "Pod",
        "v1",
        workload.pod(replica),
        namespace=workload.namespace,
        metadata={"labels": _labels(workload), **_owner("ReplicaSet", _replica_set(workload))},
        spec={"serviceAccountName": workload.app, "containers": containers},
        status={
            "phase": "Running",
            "startTime": placed,
            "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": _time(born)}],
            "containerStatuses": statuses,
        },
    )


def _containers(workload: Workload) -> Iterator[Raw]:
    images = {workload.app: (f"{workload.app}:{workload.version}", workload.needs)}
    images |= {PROXY: (PROXY_IMAGE, PROXY_NEEDS)} if workload.has_proxy else {}
    for name, (image, needs) in images.items():
        yield {"name": name, "image": f"registry.example/{image}", "resources": _resources(needs)}


def _resources(needs: Needs) -> Raw:
    asked = {"cpu": f"{needs.cpu_request * 1000:.0f}m", "memory": f"{needs.memory_request}Mi"}
    cpu = {} if needs.cpu_limit is None else {"cpu": f"{needs.cpu_limit * 1000:.0f}m"}
    return {"requests": asked, "limits": {**cpu, "memory": f"{needs.memory_limit}Mi"}}


def _container_status(workload: Workload, replica: int, one: Raw, at: float) -> Raw:
    life = workload.pod_life(replica)
    born = _time(life.born(at))
    state: Raw = {"ready": True, "restartCount": 0, "state": {"running": {"startedAt": born}}}
    count = int(restarts(workload, replica, np.array([at]))[0]) if workload.is_killed else 0
    if count and one["name"] == workload.app:
        killed = {"reason": OUT_OF_MEMORY, "exitCode": 137, "finishedAt": born}
        state |= {"restartCount": count, "lastState": {"terminated": killed}}
    return {"name": one["name"], "image": one["image"], **state}


def _is_service(host: Host) -> bool:
    return host.host.endswith(".svc.cluster.local")


def _services(calls: Iterable[Call]) -> Iterator[Raw]:
    for (namespace, name), spoken in _wires(calls).items():
        ports = [
            {"name": PORTS[wire][0], "port": PORTS[wire][1], "protocol": "TCP"} for wire in sorted(spoken)
        ]
        spec = {"type": "ClusterIP", "selector": {"app": name}, "ports": ports}
        yield _object("Service", "v1", name, namespace=namespace, spec=spec)


def _endpoints(objects: Iterable[Raw]) -> Iterator[Raw]:
    """An EndpointSlice for each service with pods."""
    pods: dict[tuple[str, str], list[Raw]] = {}
    for one in objects:
        if one["kind"] == "Pod":
            pods.setdefault((one["metadata"]["namespace"], one["metadata"]["labels"]["app"]), []).append(one)
    for one in objects:
        namespace, name = one["metadata"].get("namespace", ""), one["metadata"]["name"]
        behind = pods.get((namespace, name), []) if one["kind"] == "Service" else []
        if behind:
            yield _object(
                "EndpointSlice",
                "discovery.k8s.io/v1",
                f"{name}-1",
                namespace=namespace,
                metadata={"labels": {"kubernetes.io/service-name": name}},
                addressType="IPv4",
                ports=[{"name": port["name"], "port": port["port"]} for port in one["spec"]["ports"]],
                endpoints=[_endpoint(pod) for pod in behind],
            )


def _endpoint(pod: Raw) -> Raw:
    number = identity(pod["metadata"]["namespace"], pod["metadata"]["name"])
    target = {"kind": "Pod", "name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]}
    return {
        "addresses": [f"10.{number % 256}.{(number >> 8) % 256}.{1 + (number >> 16) % 254}"],
        "conditions": {"ready": pod["status"]["containerStatuses"][0]["ready"]},
        "targetRef": target,
    }


def _accounts(objects: Iterable[Raw]) -> Iterator[Raw]:
    """The service accounts that Deployments run under."""
    used = {
        (one["metadata"]["namespace"], one["spec"]["template"]["spec"]["serviceAccountName"])
        for one in objects
        if one["kind"] == "Deployment"
    }
    for namespace, name in sorted(used):
        yield _object("ServiceAccount", "v1", name, namespace=namespace)


def _routes(calls: Iterable[Call], at: float) -> Iterator[Raw]:
    """A VirtualService and a DestinationRule for each host that versions share, once."""
    weights: dict[Host, dict[str, Curve]] = {}
    for call in calls:
        own = {d.workload.version: d.weight for d in call.destinations if d.workload is not None}
        weights.setdefault(call.host, {}).update(own)
    for host, shared in weights.items():
        versions, curves = list(shared), list(shared.values())
        if len(versions) < 2:
            continue
        route = [
            {"destination": {"host": host.name, "subset": version}, "weight": weight}
            for version, weight in zip(versions, _weights(curves, at), strict=True)
        ]
        spec = {"hosts": [host.name], "http": [{"name": "canary", "route": route}]}
        subsets = [{"name": version, "labels": {"version": version}} for version in versions]
        where = {"namespace": host.namespace}
        yield _object(
            "VirtualService", NETWORKING, host.name, spec=spec, changed_at=_changed_at(curves, at), **where
        )
        rule = {"host": host.name, "subsets": subsets}
        yield _object("DestinationRule", NETWORKING, host.name, spec=rule, changed_at=FOUNDED, **where)


def _weights(curves: Iterable[Curve], at: float) -> list[int]:
    return [round(100 * float(curve(np.array([at]))[0])) for curve in curves]


def _changed_at(curves: list[Curve], at: float) -> float:
    """The start of the step at which the weights last changed."""
    steps = [c.step_s for curve in curves for c in (curve, *_others(curve)) if isinstance(c, Steps)]
    if not steps:
        return FOUNDED
    step_s = math.gcd(*steps)
    start = math.floor(at / step_s) * step_s
    while start > FOUNDED and _weights(curves, start - step_s) == _weights(curves, at):
        start -= step_s
    return float(start)


def _others(curve: Curve) -> tuple[Curve, ...]:
    return curve.others if isinstance(curve, Rest) else ()


def _foreign(calls: Iterable[Call]) -> Iterator[Raw]:
    """ServiceEntries of the hosts outside that are registered, where they are called from."""
    called = [(call.host, call.source) for call in calls if call.host.name == call.host.host]
    for host, source in {host: source for host, source in called if source is not None}.items():
        namespace = source.namespace if host.namespace == fields.UNKNOWN else host.namespace
        ports = [{"number": 443, "name": "https", "protocol": "HTTPS"}]
        spec = {"hosts": [host.host], "location": "MESH_EXTERNAL", "resolution": "DNS", "ports": ports}
        name = host.host.replace(".", "-")
        yield _object("ServiceEntry", NETWORKING, name, namespace=namespace, spec=spec, changed_at=FOUNDED)


def _mesh_wide() -> Iterator[Raw]:
    server = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["*"]}
    namespace, name = GATEWAY.split("/")
    spec: Raw = {"selector": {"istio": "ingressgateway"}, "servers": [server]}
    yield _object("Gateway", NETWORKING, name, namespace=namespace, spec=spec, changed_at=FOUNDED)
    spec = {"mtls": {"mode": "PERMISSIVE"}}
    version = "security.istio.io/v1"
    yield _object(
        "PeerAuthentication", version, "default", namespace=namespace, spec=spec, changed_at=FOUNDED
    )


def _mistakes() -> Iterator[Raw]:
    """A route at a gateway that is gone, and a subset of a version that is gone."""
    route = [{"route": [{"destination": {"host": "price-list"}}]}]
    spec: Raw = {"hosts": ["prices.example.com"], "gateways": ["legacy-gateway"], "http": route}
    yield _object("VirtualService", NETWORKING, "prices", namespace="legacy", spec=spec, changed_at=FOUNDED)
    subsets = [{"name": version, "labels": {"version": version}} for version in ("v6", "v7")]
    limits = {"connectionPool": {"http": {"http1MaxPendingRequests": 8}}}
    spec = {"host": "recommendation", "subsets": subsets, "trafficPolicy": limits}
    where = {"namespace": "shop", "changed_at": FOUNDED}
    yield _object("DestinationRule", NETWORKING, "recommendation", spec=spec, **where)
