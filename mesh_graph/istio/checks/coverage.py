"""KIA1301: a workload that no authorization policy is for. Not looked for unless it is asked."""

from __future__ import annotations

from collections.abc import Iterator

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.policy_rules import policies
from mesh_graph.istio.mutual_tls import selector_of
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry, Workload
from mesh_graph.sources.cluster import KubeObject

__all__ = ["UNCOVERED_WORKLOAD"]


def _find(registry: Registry) -> Iterator[ConfigFinding]:
    everything = policies(registry)
    for workload in registry.selected({}):
        if not registry.sees(registry.config(workload.cluster).root_namespace):
            continue
        if not any(_covers(registry, policy, workload) for policy in everything):
            parameters = (("workload", workload.name), ("namespace", workload.namespace))
            yield ConfigFinding("KIA1301", Severity.WARNING, workload.source, "", parameters)


def _covers(registry: Registry, policy: KubeObject, workload: Workload) -> bool:
    is_wide = policy.namespace == registry.config(policy.cluster).root_namespace
    is_here = policy.cluster == workload.cluster and (is_wide or policy.namespace == workload.namespace)
    return is_here and selector_of(policy).items() <= workload.labels.items()


UNCOVERED_WORKLOAD = Rule(
    "KIA1301", ("Deployment", "AuthorizationPolicy", "ConfigMap", *WORKLOAD_KINDS), _find
)
