"""MSH0401: a workload of which only the other side's proxies tell."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mesh_graph import fields
from mesh_graph.istio.checks.finding import ConfigFinding, Severity
from mesh_graph.istio.joined.evidence import CLIENT, COUNT, SERVER, Evidence, JoinedRule
from mesh_graph.istio.sidecars import has_proxy
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry, Workload

__all__ = ["ONE_SIDED"]

FEWEST = 10.0
"""Requests and connections from which it is told."""


def _find(registry: Registry, evidence: Evidence) -> Iterator[ConfigFinding]:
    own = _own_reports(evidence.traffic.reports)
    counts = pd.concat([evidence.requests, evidence.connections], ignore_index=True)
    for side, by in (("server", SERVER), ("client", CLIENT)):
        seen = counts.groupby(by, as_index=False)[COUNT].sum()
        for namespace, name, count in seen[seen[COUNT] >= FEWEST].itertuples(index=False, name=None):
            workload = registry.workload_named(namespace, name)
            if workload is None or (namespace, name) in own or not evidence.holds(workload.source):
                continue
            is_injected = _is_injected(registry, workload)
            parameters = (("workload", name), ("side", side), ("proxy", "yes" if is_injected else "no"))
            yield ConfigFinding(
                "MSH0401",
                Severity.WARNING if is_injected else Severity.UNKNOWN,
                workload.source,
                "",
                parameters,
                basis=evidence.basis(count),
            )


def _own_reports(reports: pd.DataFrame) -> set[tuple[str, str]]:
    """Workloads whose own proxies reported something, as client or as server."""
    sides = ((SERVER, fields.DESTINATION_RATE), (CLIENT, fields.SOURCE_RATE))
    return {
        (str(namespace), str(name))
        for by, rate in sides
        for namespace, name in reports.loc[reports[rate].notna(), by].itertuples(index=False, name=None)
    }


def _is_injected(registry: Registry, workload: Workload) -> bool:
    labels = workload.labels.items()
    return any(has_proxy(pod) for pod in registry.pods(workload.namespace) if labels <= pod.labels.items())


ONE_SIDED = JoinedRule("MSH0401", WORKLOAD_KINDS, _find)
