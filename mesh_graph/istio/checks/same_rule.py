"""KIA0201, KIA0204: several destination rules for one host, and rules that undo a wider one's mutual TLS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.wide_rules import (
    MESH_HOST,
    MUTUAL,
    enabling,
    has_tls,
    mode_place,
    namespace_host,
)
from mesh_graph.istio.hosts import Host, host_of
from mesh_graph.istio.imports import Imports
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["OVERRIDDEN_MTLS", "SAME_RULE_HOST"]

WHOLE = frozenset({"~"})
"""Stands for all subsets in a rule that names none."""


def _subsets(rule: KubeObject) -> frozenset[str]:
    return frozenset(subset["name"].text for subset in spec_of(rule)["subsets"]) or WHOLE


def _host(rule: KubeObject) -> Host:
    return host_of(spec_of(rule)["host"].text, rule.namespace)


def _is_wide_mtls(rule: KubeObject, host: Host) -> bool:
    """Whether a rule is there only to turn mutual TLS on for many hosts; it stands beside narrower ones."""
    return host.is_wildcard and mode_place(rule).text in MUTUAL


def _find_same(registry: Registry) -> Iterator[ConfigFinding]:
    by_host: dict[tuple[str, str], list[KubeObject]] = defaultdict(list)
    imports = Imports(registry)
    for rule in registry.snapshot.objects("DestinationRule"):
        host = _host(rule)
        if host.name and not _is_wide_mtls(rule, host):
            by_host[rule.cluster, host.name].append(rule)
    for (_, host_name), rules in by_host.items():
        for rule in rules if len(rules) > 1 else ():
            others = [
                f"{other.namespace}/{other.name}"
                for other in rules
                if other is not rule and _is_same(rule, other) and imports.meet(rule, other)
            ]
            if others:
                parameters = (("host", host_name), ("others", ", ".join(others)))
                yield ConfigFinding("KIA0201", Severity.WARNING, rule, "spec/host", parameters)


def _is_same(rule: KubeObject, other: KubeObject) -> bool:
    own, others = _subsets(rule), _subsets(other)
    return WHOLE in (own, others) or not own.isdisjoint(others)


def _find_overridden(registry: Registry) -> Iterator[ConfigFinding]:
    imports = Imports(registry)
    for rule in registry.snapshot.objects("DestinationRule"):
        host = _host(rule)
        if not host.is_service or has_tls(rule):
            continue
        wider = [
            wide
            for name in (namespace_host(host.namespace), MESH_HOST)
            for wide in enabling(registry, rule.cluster, name)
            if imports.meet(rule, wide)
        ]
        if wider:
            path = "spec/trafficPolicy" if spec_of(rule)["trafficPolicy"] else "spec/host"
            others = ", ".join(f"{wide.namespace}/{wide.name}" for wide in wider)
            parameters = (("host", host.name), ("others", others))
            changes = {"spec/trafficPolicy/tls": {"mode": mode_place(wider[0]).text}}
            yield ConfigFinding("KIA0204", Severity.WARNING, rule, path, parameters, changes)


SAME_RULE_HOST = Rule("KIA0201", ("DestinationRule",), _find_same)
OVERRIDDEN_MTLS = Rule("KIA0204", ("DestinationRule",), _find_overridden)
