"""KIA0105: a policy that knows callers by their certificates, where no certificates are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.policy_rules import policies, sources, terms
from mesh_graph.istio.checks.wide_rules import MESH_HOST, enabling, namespace_host
from mesh_graph.istio.mutual_tls import DISABLE, selector_of
from mesh_graph.istio.place import Place
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["POLICY_WITHOUT_MTLS"]

FIELDS = (
    "principals",
    "notPrincipals",
    "namespaces",
    "notNamespaces",
    "serviceAccounts",
    "notServiceAccounts",
)
KEYS = ("source.principal", "source.namespace", "source.serviceAccount", "connection.sni")


def _find(registry: Registry) -> Iterator[ConfigFinding]:
    for policy in policies(registry):
        needing = list(_needing(policy))
        mode = _missing(registry, policy) if needing else ""
        for place in needing if mode else ():
            parameters = (("field", place.path.rpartition("/")[2]), ("mode", mode))
            yield ConfigFinding("KIA0105", Severity.ERROR, policy, place.path, parameters)


def _needing(policy: KubeObject) -> Iterator[Place]:
    for source in sources(policy):
        yield from (source[field] for field in FIELDS if any(source[field]))
    yield from (term for term in terms(policy) if term["key"].text in KEYS)


def _missing(registry: Registry, policy: KubeObject) -> str:
    """Why there is no mutual TLS; empty where there is, at some of the policy's workloads at least."""
    cluster, namespace, selector = policy.cluster, policy.namespace, selector_of(policy)
    workloads = registry.selected(selector, namespace) if selector else ()
    modes = {registry.peer_modes.workload(cluster, namespace, one.labels).name for one in workloads}
    if (modes or {registry.peer_modes.namespace(cluster, namespace).name}) == {DISABLE}:
        return DISABLE
    hosts = (MESH_HOST, namespace_host(namespace))
    if registry.config(cluster, namespace).auto_mtls or not registry.is_whole:
        return ""
    is_used = any(enabling(registry, cluster, host) for host in hosts)
    return "" if is_used else "enableAutoMtls: false"


POLICY_WITHOUT_MTLS = Rule(
    "KIA0105",
    ("AuthorizationPolicy", "PeerAuthentication", "DestinationRule", "ConfigMap", *WORKLOAD_KINDS),
    _find,
)
