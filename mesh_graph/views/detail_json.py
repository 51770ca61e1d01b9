"""Answers about one subject → plain data for the JSON twins; null is unknown, never zero."""

from __future__ import annotations

import math
from typing import Any

from mesh_graph.answers.detail import Detail
from mesh_graph.answers.metric_panels import Panel
from mesh_graph.answers.metrics import Metrics
from mesh_graph.answers.since import Timeline
from mesh_graph.detail.lines import lines_of
from mesh_graph.detail.peers import Peer
from mesh_graph.detail.subject import subject_name
from mesh_graph.health.assessment import Replicas
from mesh_graph.model import NodeKey
from mesh_graph.topology.attributes import Gap
from mesh_graph.views.messages_health import assessment_words, reason_words, replica_words

__all__ = ["detail_json", "metrics_json", "subject_json", "timeline_json"]

Json = dict[str, Any]
ABOVE = "+Inf"
"""In place of a response time above the histogram's top edge."""


def detail_json(detail: Detail) -> Json:
    """One subject at one instant."""
    assessment = detail.assessment
    return {
        **subject_json(detail.subject),
        "at": detail.at,
        "window_s": detail.window_s,
        "clusters": detail.clusters,
        "health": {
            "status": assessment.status.value,
            "is_firm": assessment.is_firm,
            "words": assessment_words(assessment),
            "reasons": [reason_words(reason) for reason in assessment.reasons],
            "replicas": _replicas(assessment.replicas),
        },
        "totals": {
            way.value: {"request_rate": t.rate, "error_ratio": t.error_ratio, "tcp_bytes_rate": t.tcp_bytes}
            for way, t in detail.totals.items()
        },
        "inbound": [_peer(peer) for peer in detail.inbound],
        "outbound": [_peer(peer) for peer in detail.outbound],
        "versions": [
            {"version": v.version, "workload": v.workload, "request_rate": v.rate, "error_rate": v.errors}
            for v in detail.versions
        ],
        "last_seen": detail.last_seen,
        "gaps": [_gap(gap) for gap in detail.gaps],
        "queries": detail.queries,
    }


def _replicas(replicas: Replicas | None) -> Json | None:
    if replicas is None:
        return None
    return {
        "status": replicas.status.value,
        "desired": replicas.desired,
        "current": replicas.current,
        "available": replicas.available,
        "troubles": dict(replicas.troubles),
        "since": replicas.since,
        "words": replica_words(replicas),
    }


def timeline_json(timeline: Timeline) -> Json:
    """Statuses over time."""
    since = timeline.since
    return {
        "times": timeline.times,
        "statuses": timeline.statuses,
        "since": since
        and {
            "status": since.state,
            "at": since.at,
            "is_at_least": since.is_bound,
            "step_s": since.step_s,
            "before": since.before or None,
        },
    }


def metrics_json(metrics: Metrics) -> Json:
    """Charts as numbers: each line has a value, or null, for each of ``times``."""
    choice, span = metrics.choice, metrics.span
    return {
        **subject_json(metrics.subject),
        "direction": choice.direction,
        "told": choice.told,
        "group": choice.group,
        "quantile": choice.quantile,
        "times": span.times,
        "step_s": span.step_s,
        "window_s": span.window_s,
        "panels": {panel.name: _panel(panel) for panel in metrics.panels},
        "absent": metrics.absent,
        "differences": [_gap(gap) for gap in metrics.differences],
        "places": metrics.places,
    }


def subject_json(subject: NodeKey) -> Json:
    """Which one it is."""
    return {
        "kind": subject.kind.value,
        "namespace": subject.namespace,
        "name": subject_name(subject),
        "cluster": subject.cluster,
    }


def _peer(peer: Peer) -> Json:
    return {
        "key": peer.key.text,
        "kind": peer.key.kind.value,
        "cluster": peer.key.cluster,
        "namespace": peer.key.namespace,
        "name": peer.key.app or peer.key.workload or peer.key.service,
        "protocol": peer.protocol,
        "rate": peer.rate,
        "error_ratio": peer.error_ratio,
        "endings": [
            {"code": e.code, "flags": e.flags, "outcome": e.outcome, "rate": e.rate} for e in peer.endings
        ],
        "latency_ms": {f"p{round(100 * q)}": _number(ms) for q, ms in peer.latency_ms.items()},
        "sent_bytes_rate": peer.sent,
        "received_bytes_rate": peer.received,
        "opened_rate": peer.opened,
        "sent_message_rate": peer.messages_sent,
        "received_message_rate": peer.messages_received,
        "mtls_share": peer.mtls_share,
    }


def _panel(panel: Panel) -> Json:
    lines = [
        {
            "line": name,
            "reporter": reporter or None,
            "values": [_number(v) for v in panel.lines.iloc[:, at].tolist()],
        }
        for at, (name, reporter) in enumerate(lines_of(panel.lines))
    ]
    body: Json = {
        "lines": lines,
        "promql": panel.promql,
        "hidden_lines": panel.hidden,
        "outliers": [name for name, _ in panel.outliers],
        "problem": None if panel.problem is None else str(panel.problem),
    }
    if panel.title:
        body |= {"title": panel.title, "unit": panel.unit}
    if panel.heat is not None:
        body["buckets"] = {
            "edges": [_number(edge) for edge in panel.heat.edges.tolist()],
            "rates": [[_number(rate) for rate in row] for row in panel.heat.rates.tolist()],
        }
    return body


def _number(value: float) -> float | str | None:
    return ABOVE if value == math.inf else value if math.isfinite(value) else None


def _gap(gap: Gap) -> Json:
    return {"message": gap.message, **dict(gap.parameters)}
