"""KIA0101, KIA0106, KIA0107, KIA0108: policies for callers that cannot exist, or that are not known here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.nearest import nearest
from mesh_graph.istio.checks.policy_rules import matches, policies, sources
from mesh_graph.istio.place import Place
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["CALLER_ELSEWHERE", "CALLER_OF_ANOTHER_MESH", "MISSING_CALLER", "MISSING_CALLERS_NAMESPACE"]

MISSING, ELSEWHERE, FOREIGN = "KIA0106", "KIA0107", "KIA0108"
SCHEME = "spiffe://"
"""Certificates have it; policies compare what comes after it, so that nothing fits one that has it."""
SEVERITIES = {MISSING: Severity.ERROR, ELSEWHERE: Severity.UNKNOWN, FOREIGN: Severity.WARNING}


def _find_namespace(registry: Registry) -> Iterator[ConfigFinding]:
    known = sorted(registry.namespaces)
    for policy in policies(registry):
        for source in sources(policy):
            for place in source["namespaces"]:
                is_judged = registry.is_whole if "*" in place.text else registry.sees(place.text)
                if place.text and is_judged and not any(matches(place.text, name) for name in known):
                    close = nearest(place.text, known)
                    changes = {place.path: close} if close else {}
                    parameters = (("namespace", place.text), ("close", close))
                    yield ConfigFinding("KIA0101", Severity.WARNING, policy, place.path, parameters, changes)


def _find_principal(registry: Registry, code: str) -> Iterator[ConfigFinding]:
    principals = {cluster: _principals(registry, cluster) for cluster in registry.snapshot.clusters}
    for policy in policies(registry):
        names = principals.get(policy.cluster, frozenset())
        for source in sources(policy):
            for place in source["principals"]:
                if place.text and _judge(registry, policy, place, principals) == code:
                    close = nearest(place.text.removeprefix(SCHEME), sorted(names)) if code == MISSING else ""
                    changes = {place.path: close} if close else {}
                    parameters = (("principal", place.text), ("close", close))
                    yield ConfigFinding(code, SEVERITIES[code], policy, place.path, parameters, changes)


def _judge(
    registry: Registry, policy: KubeObject, place: Place, principals: Mapping[str, frozenset[str]]
) -> str:
    """Code of what is wrong with a principal; empty for nothing."""
    if _is_among(place.text, principals.get(policy.cluster, frozenset())):
        return ""
    if place.text.startswith(SCHEME):
        return MISSING
    others = (names for cluster, names in principals.items() if cluster != policy.cluster)
    if any(_is_among(place.text, names) for names in others):
        return ELSEWHERE
    domain, separator, rest = place.text.partition("/ns/")
    if not (registry.is_whole if "*" in place.text else registry.sees_accounts(rest.partition("/")[0])):
        return ""
    known = _domains(registry, policy.cluster, policy.namespace)
    is_foreign = separator and "*" not in place.text and domain not in known
    return FOREIGN if is_foreign else MISSING


def _is_among(pattern: str, names: frozenset[str]) -> bool:
    return pattern in names or ("*" in pattern and any(matches(pattern, name) for name in names))


def _domains(registry: Registry, cluster: str, namespace: str) -> tuple[str, ...]:
    config = registry.config(cluster, namespace)
    return (config.trust_domain, "cluster.local", *config.trust_domain_aliases)


def _principals(registry: Registry, cluster: str) -> frozenset[str]:
    """Every principal of a cluster; ``cluster.local`` stands for the trust domain, whatever that is."""
    return frozenset(
        f"{domain}/ns/{namespace}/sa/{name}"
        for namespace, name in registry.accounts.get(cluster, ())
        for domain in _domains(registry, cluster, namespace)
    )


_NEEDS = ("AuthorizationPolicy", "ServiceAccount", "ConfigMap", *WORKLOAD_KINDS)
MISSING_CALLERS_NAMESPACE = Rule("KIA0101", ("AuthorizationPolicy", "Namespace"), _find_namespace)
MISSING_CALLER = Rule(MISSING, _NEEDS, partial(_find_principal, code=MISSING))
CALLER_ELSEWHERE = Rule(ELSEWHERE, _NEEDS, partial(_find_principal, code=ELSEWHERE))
CALLER_OF_ANOTHER_MESH = Rule(FOREIGN, _NEEDS, partial(_find_principal, code=FOREIGN))
