"""What routes, rules and gateways do to the traffic of nodes; ServiceEntries, WorkloadEntries and labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.declared import ConfigRef, DeclaredService, DeclaredWorkload, Feature
from mesh_graph.topology.declared_nodes import DeclaredNodes

__all__ = ["add_config", "add_entries", "add_labels"]

Node = dict[str, Any]
LOCATION_OUTSIDE = "MESH_EXTERNAL"


def add_config(nodes: DeclaredNodes) -> None:
    """Write features, hosts, the objects behind them, and who is a gateway.

    What is declared for a service is written on its node; where that is not drawn, on the applications or
    workloads behind it. A circuit breaker of a subset is written on the versions that it selects, too.
    """
    for _, data, service in nodes.services():
        if service is not None:
            _write(data, service.features, service.hosts, service.config)
    for _, data, workloads in nodes.workloads():
        for workload in workloads:
            _write_workload(nodes, data, workload)


def _write_workload(nodes: DeclaredNodes, data: Node, workload: DeclaredWorkload) -> None:
    for key in workload.services:
        service = nodes.declared.services.get(key)
        if service is None:
            continue
        if key not in nodes.drawn_services:
            _write(data, service.features, service.hosts, service.config)
        elif _has_breaker(service, workload.labels):
            _write(data, (Feature.CIRCUIT_BREAKER,), (), _rules(service))
    if workload.gateway_hosts is not None:
        data[N.IS_GATEWAY] = True
        _write(data, (), workload.gateway_hosts, workload.config)


def _has_breaker(service: DeclaredService, labels: Mapping[str, str]) -> bool:
    return any(breaker.items() <= labels.items() for breaker in service.breakers)


def _rules(service: DeclaredService) -> tuple[ConfigRef, ...]:
    return tuple(ref for ref in service.config if ref.kind == "DestinationRule")


def _write(
    data: Node, features: Iterable[Feature], hosts: Iterable[str], config: Iterable[ConfigRef]
) -> None:
    for name, values in (
        (N.FEATURES, [feature.value for feature in features]),
        (N.HOSTS, list(hosts)),
        (N.CONFIG, ["/".join(ref) for ref in config]),
    ):
        if values:
            data[name] = tuple(sorted({*data.get(name, ()), *values}))


def add_entries(nodes: DeclaredNodes) -> None:
    """Write the ServiceEntry of hosts, and the WorkloadEntries that stand for workloads."""
    for _, data, entry in nodes.entries():
        data[N.ENTRY], data[N.LOCATION] = f"{entry.namespace}/{entry.name}", entry.location
        if entry.location == LOCATION_OUTSIDE:
            data[N.IS_EXTERNAL] = True
        _write(data, (), entry.hosts, (ConfigRef(entry.namespace, "ServiceEntry", entry.name),))
    for _, data, _ in nodes.workloads():
        if machines := nodes.machines(data):
            data[N.WORKLOAD_ENTRIES] = tuple(sorted(machine.name for machine in machines))


def add_labels(nodes: DeclaredNodes) -> None:
    """Write the labels of pods and services, for find and hide."""
    for _, data, service in nodes.services():
        if service is not None and service.labels:
            _label(data, service.labels)
    for _, data, workloads in nodes.workloads():
        for workload in workloads:
            _label(data, workload.labels)


def _label(data: Node, labels: Mapping[str, str]) -> None:
    told = {f"{name}={value}" for name, value in labels.items()}
    data[N.LABELS] = tuple(sorted({*data.get(N.LABELS, ()), *told}))
