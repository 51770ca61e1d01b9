"""KIA0102, KIA0104: policies for methods that HTTP lacks, and for hosts that nobody has registered."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.nearest import nearest
from mesh_graph.istio.checks.policy_rules import matches, operations, policies
from mesh_graph.istio.hosts import covers
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import Registry

__all__ = ["MISSING_METHOD", "MISSING_OPERATION_HOST"]

METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")


def _find_method(registry: Registry) -> Iterator[ConfigFinding]:
    for policy in policies(registry):
        for operation in operations(policy):
            for place in operation["methods"]:
                if place.text and not any(matches(place.text, method) for method in METHODS):
                    upper = place.text.upper()
                    close = upper if upper in METHODS else nearest(upper, METHODS)
                    parameters = (("method", place.text), ("close", close))
                    changes = {place.path: close} if close else {}
                    yield ConfigFinding("KIA0102", Severity.WARNING, policy, place.path, parameters, changes)


def _find_host(registry: Registry) -> Iterator[ConfigFinding]:
    known = frozenset(_known(registry))
    wild = [name for name in known if name.startswith("*")]
    for policy in policies(registry):
        allows_any = registry.config(policy.cluster, policy.namespace).allows_any
        severity = Severity.WARNING if allows_any else Severity.ERROR
        for operation in operations(policy):
            for place in operation["hosts"]:
                host = _without_port(place.text.lower())
                is_own = registry.has(policy.cluster, "Service", policy.namespace, host)
                if host and not is_own and not _is_known(host, known, wild):
                    parameters = (("host", place.text),)
                    yield ConfigFinding("KIA0104", severity, policy, place.path, parameters)


def _known(registry: Registry) -> Iterator[str]:
    """Every name by which something of the mesh may be called, but for a service's within its namespace."""
    for one in registry.snapshot.objects("Service"):
        short = f"{one.name}.{one.namespace}"
        yield from (short, f"{short}.svc", f"{short}.svc.cluster.local")
    for kind in ("ServiceEntry", "VirtualService"):
        for one in registry.snapshot.objects(kind):
            yield from (name.lower() for name in spec_of(one)["hosts"].texts)


def _is_known(host: str, known: frozenset[str], wild: list[str]) -> bool:
    if host in known:
        return True
    if "*" in host:
        return any(matches(host, name) for name in known)
    return any(covers(pattern, host) for pattern in wild)


def _without_port(host: str) -> str:
    """A host without its port: ``api.example.com:8443``, ``api.example.com:*``."""
    name, colon, port = host.rpartition(":")
    return name if colon and (port == "*" or port.isdecimal()) else host


MISSING_METHOD = Rule("KIA0102", ("AuthorizationPolicy",), _find_method)
MISSING_OPERATION_HOST = Rule(
    "KIA0104",
    ("AuthorizationPolicy", "Service", "ServiceEntry", "VirtualService", "ConfigMap"),
    _find_host,
    True,
)
