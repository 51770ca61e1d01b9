"""The pods of a subject, and what the clusters declare of it → plain data; null is unknown, never zero."""

from __future__ import annotations

import math
from typing import Any

from mesh_graph.answers.pods import PodRow, Pods
from mesh_graph.answers.standing import ServiceStanding, Standing
from mesh_graph.detail.pod_notes import PodNote, Slowness
from mesh_graph.detail.pods import ContainerUse
from mesh_graph.istio.standing import ContainerStanding, WorkloadStanding
from mesh_graph.views.messages_pods import note_level, note_words, pod_gap_words

__all__ = ["pods_json"]

Json = dict[str, Any]


def pods_json(pods: Pods, standing: Standing | None) -> Json:
    """Pods of one subject: CPU in cores, memory in bytes, shares 0..1, instants in Unix seconds."""
    return {
        "at": pods.at,
        "window_s": pods.window_s,
        "is_now": pods.is_now,
        "pods": [_pod(row) for row in pods.rows],
        "notes": [_note(note) for note in pods.notes],
        "gaps": [
            {"id": gap.message, **dict(gap.parameters), "words": pod_gap_words(gap)} for gap in pods.gaps
        ],
        "workloads": None if standing is None else [_workload(one) for one in standing.workloads],
        "services": None if standing is None else [_service(one) for one in standing.services],
        "config": None
        if standing is None
        else [
            {"kind": row.source.kind, "namespace": row.source.namespace, "name": row.source.name}
            | {"cluster": row.source.cluster, "status": row.status.value}
            for row in standing.config
        ],
        "queries": pods.queries,
    }


def _pod(row: PodRow) -> Json:
    standing = row.standing
    uses = {one.name: one for one in row.containers}
    declared = {one.name: one for one in standing.containers} if standing else {}
    return {
        "name": row.name,
        "workload": row.workload,
        "cluster": row.cluster,
        "is_ready": row.is_ready,
        "reason": row.reason,
        "unready_since": standing.since if standing else None,
        "restarts": row.restarts,
        "restarted_in_window": row.restarted,
        "started_at": row.use.started if row.use else None,
        "node": standing.node if standing else None,
        "containers": [
            _container(name, uses.get(name), declared.get(name)) for name in sorted({*uses, *declared})
        ],
    }


def _container(name: str, use: ContainerUse | None, declared: ContainerStanding | None) -> Json:
    use = use or ContainerUse(name)
    return {
        "name": name,
        "image": declared.image if declared else None,
        "is_ready": declared.is_ready if declared else use.is_ready,
        "cpu_cores": use.cpu,
        "cpu_request_cores": use.cpu_request,
        "cpu_limit_cores": use.cpu_limit,
        "throttled_share": use.throttled,
        "memory_bytes": use.memory,
        "memory_request_bytes": use.memory_request,
        "memory_limit_bytes": use.memory_limit,
        "knows_limits": use.knows_limits,
        "restarts": declared.restarts if declared else use.restarts,
        "restarted_in_window": use.restarted,
        "waiting": declared.reason if declared else use.waiting,
        "last_reason": declared.last_reason if declared else use.last_reason,
        "last_exit_code": declared.exit_code if declared else None,
    }


def _note(note: PodNote) -> Json:
    return {
        "id": note.message,
        "level": note_level(note),
        "container": note.container,
        "pods": note.pods,
        "of": note.of,
        "reason": note.reason,
        **note.numbers,
        "p99_ms": note.slowness and _slowness(note.slowness),
        "words": note_words(note),
    }


def _slowness(slowness: Slowness) -> Json:
    """Medians while throttled and else; null above the histogram's top edge."""
    told = {"throttled": slowness.throttled_ms, "else": slowness.else_ms}
    return {name: value if math.isfinite(value) else None for name, value in told.items()}


def _workload(one: WorkloadStanding) -> Json:
    running = one.running
    return {
        "name": running.name,
        "cluster": running.cluster,
        "kind": running.controller.kind if running.controller else None,
        "desired": one.desired,
        "current": one.current if running.is_live else None,
        "available": one.available if running.is_live else None,
        "images": one.images,
        "labels": dict(running.labels),
        "proxy_versions": one.proxies,
        "pods_without_proxy": running.bare_pods,
    }


def _service(one: ServiceStanding) -> Json:
    ports = [
        {"number": port.number, "name": port.name, "protocol": port.protocol, "told_by": port.told_by}
        for port in one.ports
    ]
    return {
        "name": one.source.name,
        "cluster": one.source.cluster,
        "ports": ports,
        "endpoints_ready": one.ready,
        "endpoints": one.endpoints,
    }
