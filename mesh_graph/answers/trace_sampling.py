"""Which part of the requests is to be traced, as the clusters declare it.

Istio asks, the nearest first: a Telemetry for the workload, one for its namespace, one of the root namespace;
the mesh configuration's ``defaultConfig.tracing.sampling``; istiod's ``PILOT_TRACE_SAMPLING``; else 1 %.
Source: istio.io, "Configure trace sampling" and "Telemetry API".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mesh_graph.istio.mesh_config import MeshConfig
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.revisions import Revisions
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.sources.cluster import KubeObject, Snapshot

__all__ = ["DeclaredSampling", "SamplingOrigin", "declared_sampling"]


class SamplingOrigin(StrEnum):
    """Who says so."""

    TELEMETRY = "telemetry"
    MESH_CONFIG = "mesh-config"
    ISTIOD = "istiod"
    DEFAULT = "default"
    """Nobody: Istio's own."""


@dataclass(frozen=True, slots=True)
class DeclaredSampling:
    """What holds in one part of the mesh.

    Attributes
    ----------
    cluster : str
    namespace : str
        Empty for the whole cluster.
    selector : tuple of (str, str)
        Labels of the workloads; empty for all of the namespace.
    percent : float
        0..100; 0 where reporting of spans is disabled.
    origin : SamplingOrigin
    name : str
        Of the Telemetry; empty for the others.
    """

    cluster: str
    namespace: str
    selector: tuple[tuple[str, str], ...]
    percent: float
    origin: SamplingOrigin
    name: str = ""


def declared_sampling(snapshot: Snapshot, scope: Scope = EVERYTHING) -> tuple[DeclaredSampling, ...]:
    """Sampling by cluster: of the whole first, then of namespaces, then of workloads, each by name.

    Nothing where the mesh's configuration or the Telemetries could not be read: defaults would be a guess.

    Notes
    -----
    A Telemetry counts if its first ``tracing`` entry says how much is sampled, or that nothing is reported.
    Its entries for the client's or the server's side alone are not told apart.
    """
    found: list[DeclaredSampling] = []
    revisions = Revisions(snapshot)
    for cluster in snapshot.clusters if snapshot.is_known("ConfigMap", "Istiod", "Telemetry") else ():
        config = revisions.config(cluster)
        rules = [
            rule
            for one in snapshot.objects("Telemetry")
            if one.cluster == cluster and (rule := _telemetry(one, config)) is not None
        ]
        if not any(not rule.namespace and not rule.selector for rule in rules):
            rules += _without_telemetry(revisions, cluster, {rule.namespace for rule in rules})
        found += [rule for rule in rules if not rule.namespace or scope.allows(rule.namespace, cluster)]
    return tuple(
        sorted(found, key=lambda rule: (rule.cluster, bool(rule.selector), rule.namespace, rule.name))
    )


def _telemetry(one: KubeObject, config: MeshConfig) -> DeclaredSampling | None:
    first = next(iter(spec_of(one)["tracing"]), None)
    if first is None:
        return None
    percent = first["randomSamplingPercentage"].value
    if first["disableSpanReporting"].value is True:
        percent = 0.0
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        return None
    selector = tuple(sorted(spec_of(one)["selector"]["matchLabels"].labels.items()))
    namespace = "" if one.namespace == config.root_namespace and not selector else one.namespace
    return DeclaredSampling(
        one.cluster, namespace, selector, float(percent), SamplingOrigin.TELEMETRY, one.name
    )


def _without_telemetry(revisions: Revisions, cluster: str, told: set[str]) -> Iterator[DeclaredSampling]:
    """What control planes say: that of the mesh, and of namespaces whose own one says something else."""
    mesh = revisions.config(cluster)
    configs = [("", mesh)]
    configs += [(n, p.config) for p in revisions.planes if p.cluster == cluster for n in p.namespaces]
    for namespace, config in configs:
        percent = config.sampling_percent
        if not namespace or (percent != mesh.sampling_percent and namespace not in told):
            yield DeclaredSampling(cluster, namespace, (), percent, SamplingOrigin(config.sampling_from))
