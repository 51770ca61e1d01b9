"""Snapshot → the facts that graphs are told (``topology/declared.py``)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mesh_graph.istio.features import ServiceConfig, ServiceKey, service_configs
from mesh_graph.istio.place import Place, spec_of
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry, version_of
from mesh_graph.istio.workloads import RunningWorkload, app_of, workloads_of
from mesh_graph.sources.cluster import KubeObject, Snapshot
from mesh_graph.topology.declared import (
    ConfigRef,
    Declared,
    DeclaredEntry,
    DeclaredMachine,
    DeclaredService,
    DeclaredWorkload,
)

__all__ = ["FRESH_S", "declared_facts", "is_present", "last_change", "unchanged_since"]

FRESH_S = 900.0
"""So long after an instant what is declared now still tells what existed then, seconds."""
ALL, OWN = "*", "."
CONFIGURED = (
    "VirtualService",
    "DestinationRule",
    "HTTPRoute",
    "GRPCRoute",
    "Service",
    "ServiceEntry",
    "WorkloadEntry",
)
"""Kinds of which the past is told as far as they have not changed since."""


def declared_facts(snapshot: Snapshot, at: float) -> Declared:
    """Facts of a snapshot for a picture of an instant (Unix seconds).

    A snapshot is of now. For an earlier instant it tells no more than the configuration that has not changed
    since.
    """
    is_now = is_present(snapshot, at)
    known = snapshot if is_now else unchanged_since(snapshot, at)
    registry = Registry(known)
    return Declared(
        clusters=known.clusters,
        services=_services(known, service_configs(registry)),
        workloads=_workloads(known, _selectors(known)) if is_now else {},
        entries=tuple(map(_entry, known.objects("ServiceEntry"))),
        machines=tuple(map(_machine, known.objects("WorkloadEntry"))),
        knows_services=known.is_known("Service"),
        knows_entries=known.is_known("ServiceEntry"),
        knows_routes=known.is_known("VirtualService", "DestinationRule"),
        knows_workloads=known.is_known(*WORKLOAD_KINDS),
        knows_pods=known.is_known("Pod", "ReplicaSet"),
        is_present=is_now,
        scope=known.scope,
    )


def is_present(snapshot: Snapshot, at: float) -> bool:
    """Whether a snapshot tells what exists at an instant, Unix seconds."""
    return snapshot.confirmed_at - at <= FRESH_S


def unchanged_since(snapshot: Snapshot, at: float) -> Snapshot:
    """The configuration of a snapshot that was last changed before an instant."""
    kept = {kind: tuple(one for one in snapshot.objects(kind) if _was_there(one, at)) for kind in CONFIGURED}
    return replace(snapshot, by_kind=kept)


def last_change(snapshot: Snapshot, at: float) -> float:
    """When what is known of an instant was last changed: between two changes it tells the same."""
    times = (one.changed_at for kind in CONFIGURED for one in snapshot.objects(kind) if _was_there(one, at))
    return max((time for time in times if time is not None), default=-math.inf)


def _was_there(one: KubeObject, at: float) -> bool:
    return one.changed_at is not None and one.changed_at <= at


def _services(
    snapshot: Snapshot, configs: Mapping[ServiceKey, ServiceConfig]
) -> dict[ServiceKey, DeclaredService]:
    objects = {(one.namespace, one.name): one for one in reversed(snapshot.objects("Service"))}
    found = {}
    for key in sorted(objects.keys() | configs.keys()):
        config = configs.get(key, ServiceConfig())
        found[key] = DeclaredService(
            *key,
            cluster=objects[key].cluster if key in objects else "",
            features=frozenset(config.features),
            hosts=tuple(sorted(config.hosts)),
            breakers=tuple(config.breakers),
            config=tuple(sorted(config.config)),
            labels=objects[key].labels if key in objects else {},
        )
    return found


Selectors = Mapping[tuple[str, str], list[tuple[KubeObject, Mapping[str, str]]]]
"""Objects that choose workloads by labels, with those labels, by cluster and namespace (``*`` for all)."""


def _selectors(snapshot: Snapshot) -> Selectors:
    found: dict[tuple[str, str], list[tuple[KubeObject, Mapping[str, str]]]] = defaultdict(list)
    for kind in ("Service", "Gateway"):
        for one in snapshot.objects(kind):
            if labels := spec_of(one)["selector"].labels:
                found[one.cluster, ALL if kind == "Gateway" else one.namespace].append((one, labels))
    return found


def _workloads(snapshot: Snapshot, selectors: Selectors) -> dict[tuple[str, str, str], DeclaredWorkload]:
    return {key: _workload(running, selectors) for key, running in workloads_of(snapshot).items()}


def _workload(running: RunningWorkload, selectors: Selectors) -> DeclaredWorkload:
    chosen = list(_choosing(running, selectors))
    gateways = [one for one in chosen if one.kind == "Gateway"]
    return DeclaredWorkload(
        running.cluster,
        running.namespace,
        running.name,
        app=running.app,
        version=running.version,
        labels=running.labels,
        pods=_pods(running),
        bare_pods=running.bare_pods,
        is_ambient=running.is_ambient,
        services=tuple(sorted({(o.namespace, o.name) for o in chosen if o.kind == "Service"})),
        gateway_hosts=tuple(sorted(set(_gateway_hosts(gateways)))) if gateways else None,
        config=tuple(sorted(ConfigRef(one.namespace, one.kind, one.name) for one in gateways)),
    )


def _pods(running: RunningWorkload) -> int | None:
    """How many pods there are; None where nobody tells, or the controller tells of some that are not seen."""
    told = 0 if running.controller is None else Place(running.controller.status, "")["replicas"].number or 0
    return len(running.pods) if running.is_live and (running.pods or not told) else None


def _choosing(running: RunningWorkload, selectors: Selectors) -> Iterator[KubeObject]:
    for namespace in (running.namespace, ALL):
        for one, labels in selectors.get((running.cluster, namespace), ()):
            if labels.items() <= running.labels.items():
                yield one


def _gateway_hosts(gateways: Iterable[KubeObject]) -> Iterator[str]:
    """Hosts that gateways take, without the namespaces whose routes may be bound to them."""
    for one in gateways:
        for server in spec_of(one)["servers"]:
            for host in server["hosts"].texts:
                yield host.rpartition("/")[2].lower()


def _entry(one: KubeObject) -> DeclaredEntry:
    spec = spec_of(one)
    exported = spec["exportTo"].texts
    return DeclaredEntry(
        one.cluster,
        one.namespace,
        one.name,
        tuple(host.lower() for host in spec["hosts"].texts),
        spec["location"].text or "MESH_EXTERNAL",
        None
        if not exported or ALL in exported
        else frozenset(one.namespace if name == OWN else name for name in exported),
    )


def _machine(one: KubeObject) -> DeclaredMachine:
    labels = spec_of(one)["labels"].labels
    return DeclaredMachine(one.cluster, one.namespace, one.name, app_of(labels), version_of(labels))
