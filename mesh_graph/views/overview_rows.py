"""Overview and lists as plain rows: numbers for sorting and scripts, texts for people, one row an object."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from mesh_graph.answers.figures import Figures
from mesh_graph.answers.inventory import ObjectRow
from mesh_graph.answers.overview import NamespaceRow
from mesh_graph.fields import LATEST
from mesh_graph.health import Assessment, Reason
from mesh_graph.model import Direction, NodeKey, NodeKind, Status
from mesh_graph.views.addresses import LISTS, Links
from mesh_graph.views.messages_health import (
    STATUSES,
    assessment_words,
    evidence_words,
    reason_words,
    replica_words,
)
from mesh_graph.views.messages_overview import count_words, more_words
from mesh_graph.views.numbers import format_bytes_rate, format_latency, format_percent, format_significant

__all__ = ["NO_NUMBER", "assessment_cells", "latency_cells", "namespace_row", "object_row", "shown_reasons"]

NO_NUMBER = "–"
"""Text of a number that is not known."""
REASONS = 5
"""Reasons of a namespace that a row tells: the first in sight, the others on hovering."""

Row = dict[str, Any]


def namespace_row(row: NamespaceRow, links: Links) -> Row:
    """Row of a namespace; ``docs/overview.md`` describes it."""
    cells = _common(row.key, row.assessment, row.figures, links)
    counts = {kind.value: _by_status(counted) for kind, counted in row.counts.items()}
    sizes = {kind.value: sum(counted.values()) for kind, counted in row.counts.items()}
    inside = {
        "inner_rate": row.figures.inner_rate,
        "mtls_share": row.mtls_share,
        "counts": counts,
        "applications": sizes.get(NodeKind.APP, 0),
        "workloads": sizes.get(NodeKind.WORKLOAD, 0),
        "services": sizes.get(NodeKind.SERVICE, 0),
        "came_in": list(row.came_in),
        "went_out": list(row.went_out),
    }
    cells |= {**inside, **latency_cells("p95", row.p95_ms)}
    cells["texts"] |= {
        "mtls": NO_NUMBER if row.mtls_share is None else format_percent(row.mtls_share),
        "inner": _rate_text(row.figures.inner_rate),
        "p95": _latency_text(row.p95_ms),
        **{f"count_{kind.value}": count_words(kind, counted) for kind, counted in row.counts.items()},
    }
    cells["lists"] = {
        kind.value: links.page(path, namespaces=row.key.namespace) for kind, path in LISTS.items()
    }
    return cells


def object_row(row: ObjectRow, links: Links) -> Row:
    """Row of an application, workload or service; ``docs/overview.md`` describes it."""
    cells = _common(row.key, row.assessment, row.figures, links)
    cells |= {
        "name": row.key.app or row.key.workload or row.key.service,
        "versions": list(row.versions),
        "came_in": list(row.came_in),
        "went_out": list(row.went_out),
        **latency_cells("p50", row.p50_ms),
        **latency_cells("p95", row.p95_ms),
    }
    cells["texts"] |= {
        "p50": _latency_text(row.p50_ms),
        "p95": _latency_text(row.p95_ms),
        "versions": ", ".join(version for version in row.versions if version != LATEST) or NO_NUMBER,
    }
    return cells


def _common(key: NodeKey, assessment: Assessment, figures: Figures, links: Links) -> Row:
    ratio = figures.error_ratio
    return {
        "id": key.text,
        "kind": key.kind.value,
        "namespace": key.namespace,
        "cluster": key.cluster,
        **assessment_cells(assessment, key),
        "in_rate": figures.in_rate,
        "out_rate": figures.out_rate,
        "tcp_rate": figures.tcp_rate,
        "error_ratio": ratio,
        "in_error_ratio": figures.in_error_ratio,
        "out_error_ratio": figures.out_error_ratio,
        "href": links.of(key),
        "texts": {
            "in": _rate_text(figures.in_rate),
            "out": _rate_text(figures.out_rate),
            "errors": NO_NUMBER if ratio is None else format_percent(ratio),
            "tcp": format_bytes_rate(figures.tcp_rate) if figures.tcp_rate else NO_NUMBER,
        },
    }


def assessment_cells(assessment: Assessment, key: NodeKey) -> Row:
    """Status, its order (worst lowest), and why, in words: the first reason, and all that are told."""
    severity, is_firm = assessment.rank
    told = shown_reasons(assessment.reasons)
    inside = key if key.kind is NodeKind.NAMESPACE else None
    reasons = [reason_words(reason, inside) for reason in told]
    if assessment.replicas is not None and assessment.replicas.is_ill:
        of_pods = replica_words(assessment.replicas, inside)
        reasons.insert(0 if assessment.is_by_replicas else 1, of_pods)
    first = reasons[0] if reasons else assessment_words(assessment).partition(": ")[2]
    evidence = "" if assessment.check is None else evidence_words(assessment.check)
    return {
        "status": assessment.status.value,
        "is_firm": is_firm,
        "order": -2 * severity - is_firm,
        "status_text": STATUSES[assessment.status] + _doubt(assessment),
        "reason": first,
        "reasons": reasons[:REASONS],
        "more": more_words(len(reasons) - 1),
        "evidence": evidence,
    }


def _doubt(assessment: Assessment) -> str:
    return "" if assessment.is_firm or assessment.status is Status.NO_DATA else "?"


def shown_reasons(reasons: Iterable[Reason]) -> list[Reason]:
    """The reasons that differ: what an application, its parts and its callers tell alike is told once."""
    told: list[Reason] = []
    for reason in reasons:
        if not any(_tells_the_same(other, reason) for other in told):
            told.append(reason)
    return told


def _tells_the_same(one: Reason, other: Reason) -> bool:
    if (one.code, one.flags, one.check.protocol) != (other.code, other.flags, other.check.protocol):
        return False
    is_of_part = one.message == other.message and one.peer == other.peer
    is_same_kind = one.subject.kind is other.subject.kind
    return _server(one) == _server(other) or (is_of_part and not is_same_kind)


def _server(reason: Reason) -> tuple[str, str]:
    """Namespace and name of what was called."""
    key = reason.subject if reason.check.direction is Direction.INBOUND else reason.peer
    return key.namespace, key.app or key.service or key.workload


def _by_status(counted: Counter[Status]) -> dict[str, int]:
    return {status.value: count for status, count in counted.items()}


def latency_cells(name: str, milliseconds: float | None) -> Mapping[str, Any]:
    """A response time as a number (absent above the top bucket), and whether it is above."""
    is_above = milliseconds is not None and math.isinf(milliseconds)
    return {f"{name}_ms": None if is_above else milliseconds, f"{name}_is_above": is_above}


def _latency_text(milliseconds: float | None) -> str:
    return NO_NUMBER if milliseconds is None else format_latency(milliseconds)


def _rate_text(rate: float) -> str:
    return format_significant(rate, 3) if rate else NO_NUMBER
