"""Configuration objects and mutual TLS as plain values, for programs."""

from __future__ import annotations

from typing import Any

from mesh_graph.answers.intent_mtls import MtlsAnswer, Observed
from mesh_graph.answers.intent_object import ObjectDetail
from mesh_graph.answers.intent_objects import Objects
from mesh_graph.codec import format_instant
from mesh_graph.istio.mutual_tls import Mode
from mesh_graph.views.addresses import Links
from mesh_graph.views.istio_rows import config_row
from mesh_graph.views.messages_istio import cluster_gap_texts
from mesh_graph.views.mtls_page import verdict_of
from mesh_graph.views.planes import plane_row, unassigned_text
from mesh_graph.views.words import gap_text

__all__ = ["mtls_json", "object_json", "objects_json"]

Row = dict[str, Any]


def objects_json(found: Objects) -> Row:
    """Every object with its findings, worst first; what could not be seen or checked."""
    links = Links(clusters=len({row.source.cluster for row in found.rows}))
    return {
        "confirmed_at": format_instant(found.confirmed_at),
        "counts": {status.value: count for status, count in found.counts.items()},
        "objects": [config_row(row, links) for row in found.rows],
        "gaps": [
            *cluster_gap_texts(found.unseen),
            *map(gap_text, found.gaps),
            *map(unassigned_text, found.unassigned),
        ],
        "control_planes": [plane_row(plane) for plane in found.planes],
        "not_checked": [{"code": code, "unknown_kinds": list(kinds)} for code, kinds in found.skipped],
    }


def object_json(detail: ObjectDetail) -> Row:
    """One object in full; secrets are masked, and then the patches hold the change alone."""
    row = config_row(detail.row, Links())
    for finding in row["findings"] if detail.is_masked else ():
        if finding.get("patch"):
            finding["patch"] = {**finding["patch"], "yaml": None}
    for finding, told in zip(detail.row.findings, row["findings"], strict=True):
        told["yaml_line"] = detail.line_of(finding.path)
    return {
        **row,
        "document": detail.document,
        "yaml": detail.yaml,
        "is_masked": detail.is_masked,
        "refers_to": [
            {
                "kind": one.kind,
                "namespace": one.namespace,
                "name": one.name,
                "path": one.path,
                "exists": one.exists,
            }
            for one in detail.refers_to
        ],
        "referred_by": [
            {
                "kind": one.source.kind,
                "namespace": one.source.namespace,
                "name": one.source.name,
                "path": one.path,
            }
            for one in detail.referred_by
        ],
    }


def mtls_json(answer: MtlsAnswer) -> Row:
    """Per namespace the declared mode beside what was seen; who talks in plain text."""
    return {
        "at": answer.view.at,
        "window_s": answer.view.window_s,
        "mesh": {
            cluster: {**_mode(mode), "auto_mtls": answer.auto_mtls.get(cluster)}
            for cluster, mode in answer.mesh.items()
        },
        "namespaces": [
            {
                "cluster": row.cluster,
                "namespace": row.namespace,
                "declared": _mode(row.declared),
                "exceptions": [one.name for one in row.exceptions],
                "requests": _observed(row.requests),
                "tcp": _observed(row.tcp),
                "verdict": verdict_of(row) or None,
            }
            for row in answer.rows
        ],
        "plain": [
            {
                "source": edge.source.text,
                "destination": edge.destination.text,
                "protocol": edge.protocol.value,
                **_observed(edge.observed),
                "declared": _mode(edge.declared),
            }
            for edge in answer.plain
        ],
        "gaps": [gap_text(gap) for gap in answer.gaps],
    }


def _mode(mode: Mode) -> Row:
    one = mode.source
    return {"mode": mode.name, "by": None if one is None else f"{one.namespace}/{one.name}"}


def _observed(observed: Observed) -> Row:
    return {
        "mtls_share": observed.share,
        "mutual_rate": observed.mutual_rate,
        "known_rate": observed.known_rate,
        "plain_rate": observed.plain_rate,
    }
