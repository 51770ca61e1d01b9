"""The rules that configuration is checked by, and the check of a whole snapshot. Pure.

Codes and severities are those of Kiali's documentation, so that people can look them up.
"""

from __future__ import annotations

from collections.abc import Collection

from mesh_graph.istio.checks.coverage import UNCOVERED_WORKLOAD
from mesh_graph.istio.checks.empty_subset import EMPTY_SUBSET, MISSING_SUBSET
from mesh_graph.istio.checks.exported import EXPORTED_NOWHERE
from mesh_graph.istio.checks.finding import Basis, ConfigFinding, Rule, Severity
from mesh_graph.istio.checks.gateway_naming import GATEWAY_NAMING
from mesh_graph.istio.checks.gateways import GATEWAY_WITHOUT_WORKLOAD, SAME_GATEWAY_HOST
from mesh_graph.istio.checks.judging import IGNORED, Checked, checked_by
from mesh_graph.istio.checks.missing_gateway import MISSING_GATEWAY
from mesh_graph.istio.checks.missing_host import MISSING_HOST
from mesh_graph.istio.checks.policy_mtls import POLICY_WITHOUT_MTLS
from mesh_graph.istio.checks.policy_operations import MISSING_METHOD, MISSING_OPERATION_HOST
from mesh_graph.istio.checks.policy_sources import (
    CALLER_ELSEWHERE,
    CALLER_OF_ANOTHER_MESH,
    MISSING_CALLER,
    MISSING_CALLERS_NAMESPACE,
)
from mesh_graph.istio.checks.route_entries import LONE_WEIGHT, REPEATED_DESTINATION
from mesh_graph.istio.checks.rule_host import RULE_HOST, UNLABELLED_SUBSET
from mesh_graph.istio.checks.same_host import SAME_HOST
from mesh_graph.istio.checks.same_rule import OVERRIDDEN_MTLS, SAME_RULE_HOST
from mesh_graph.istio.checks.selectors import SAME_SCOPE, SAME_WORKLOAD, SELECTS_NOTHING
from mesh_graph.istio.checks.service_entries import OTHER_PROTOCOL, SAME_ENTRY
from mesh_graph.istio.checks.service_ports import PORT_NAME, PORT_NOT_EXPOSED, PORT_PROTOCOL
from mesh_graph.istio.checks.sidecars import MISSING_EGRESS_HOST, MODELESS_OUTBOUND, SELECTIVE_DEFAULT
from mesh_graph.istio.checks.wide_mtls import WIDE_MTLS
from mesh_graph.istio.checks.workload_groups import MISSING_ACCOUNT, SAME_GROUP_LABELS
from mesh_graph.istio.checks.wrong_type import WRONG_TYPE
from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import Snapshot

__all__ = [
    "IGNORED",
    "RULES",
    "Basis",
    "Checked",
    "ConfigFinding",
    "Rule",
    "Severity",
    "check",
    "check_all",
]

RULES: tuple[Rule, ...] = (
    *WRONG_TYPE,
    *SAME_SCOPE,
    *SAME_WORKLOAD,
    *SELECTS_NOTHING,
    *EXPORTED_NOWHERE,
    MISSING_CALLERS_NAMESPACE,
    MISSING_METHOD,
    MISSING_OPERATION_HOST,
    POLICY_WITHOUT_MTLS,
    MISSING_CALLER,
    CALLER_ELSEWHERE,
    CALLER_OF_ANOTHER_MESH,
    SAME_RULE_HOST,
    RULE_HOST,
    EMPTY_SUBSET,
    OVERRIDDEN_MTLS,
    UNLABELLED_SUBSET,
    *WIDE_MTLS,
    SAME_GATEWAY_HOST,
    GATEWAY_WITHOUT_WORKLOAD,
    PORT_NAME,
    PORT_PROTOCOL,
    PORT_NOT_EXPOSED,
    MISSING_EGRESS_HOST,
    SELECTIVE_DEFAULT,
    MODELESS_OUTBOUND,
    MISSING_HOST,
    MISSING_GATEWAY,
    LONE_WEIGHT,
    REPEATED_DESTINATION,
    SAME_HOST,
    MISSING_SUBSET,
    GATEWAY_NAMING,
    SAME_ENTRY,
    OTHER_PROTOCOL,
    UNCOVERED_WORKLOAD,
    MISSING_ACCOUNT,
    SAME_GROUP_LABELS,
)
"""Every rule that is checked."""


def check(snapshot: Snapshot, ignored: Collection[str] = IGNORED) -> Checked:
    """Mistakes in what a snapshot declares, as ``check_all``."""
    return check_all(Registry(snapshot), ignored)


def check_all(registry: Registry, ignored: Collection[str] = IGNORED) -> Checked:
    """Mistakes in what is declared; those that an object asks to ignore are left out.

    Parameters
    ----------
    registry : Registry
        Of the snapshot.
    ignored : collection of str
        Codes that are not looked for.
    """
    return checked_by(registry.snapshot, RULES, lambda rule: rule.find(registry), ignored)
