"""Configuration objects as plain rows and the columns that show them."""

from __future__ import annotations

from typing import Any

from mesh_graph.answers.intent_objects import ConfigRow, ObjectStatus
from mesh_graph.codec import format_instant
from mesh_graph.views.addresses import Links, config_route
from mesh_graph.views.check_text import finding_json
from mesh_graph.views.messages_config import CSS_STATUS, MESSAGES, STATUSES
from mesh_graph.views.messages_istio import config_words
from mesh_graph.views.messages_overview import more_words
from mesh_graph.views.numbers import format_seconds

__all__ = ["CONFIG_COLUMNS", "config_cells", "config_row"]

Row = dict[str, Any]

CONFIG_COLUMNS: list[dict[str, Any]] = [
    {
        "field": "order",
        "headerName": "Status",
        "cellRenderer": "MeshgraphStatus",
        "width": 118,
        "sort": "asc",
        "sortIndex": 0,
        "sortingOrder": ["asc", "desc", None],
    },
    {"field": "kind", "headerName": "Kind", "width": 160},
    {
        "field": "name",
        "headerName": "Name",
        "cellRenderer": "MeshgraphName",
        "comparator": {"function": "meshgraphNatural(params)"},
        "flex": 1,
        "minWidth": 150,
    },
    {
        "field": "reason",
        "headerName": "What is wrong",
        "cellRenderer": "MeshgraphReason",
        "flex": 4,
        "minWidth": 260,
        "sortable": False,
    },
    {"field": "namespace", "headerName": "Namespace", "cellRenderer": "MeshgraphPlace", "width": 140},
    {"field": "codes", "headerName": "Rules", "width": 150},
    {
        "field": "changed_at",
        "headerName": "Changed",
        "valueFormatter": {"function": "params.data.changed_text"},
        "type": "rightAligned",
        "width": 100,
        "sortingOrder": ["desc", "asc", None],
        "headerTooltip": "When the specification was last changed",
    },
]
"""Columns of the list, the worst first."""


def config_row(row: ConfigRow, links: Links) -> Row:
    """One object for programs; ``docs/istio-configuration.md`` describes it."""
    one = row.source
    return {
        "cluster": one.cluster,
        "kind": one.kind,
        "namespace": one.namespace,
        "name": one.name,
        "status": row.status.value,
        "findings": [finding_json(finding) for finding in row.findings],
        "changed_at": None if one.changed_at is None else format_instant(one.changed_at),
        "href": _address(row, links),
    }


def config_cells(row: ConfigRow, links: Links, now: float) -> Row:
    """One object as the list shows it; ``now`` (Unix seconds) is what ages are told by."""
    one = row.source
    told = [config_words(finding).what for finding in row.findings]
    age = None if one.changed_at is None else max(now - one.changed_at, 0.0)
    return {
        "id": "/".join(row.key),
        "kind": one.kind,
        "name": one.name,
        "namespace": one.namespace,
        "cluster": one.cluster if links.clusters > 1 else "",
        "status": CSS_STATUS[row.status],
        "object_status": row.status.value,
        "status_text": STATUSES[row.status],
        "order": row.status.rank,
        "is_firm": True,
        "evidence": "",
        "reason": told[0] if told else _quiet(row.status),
        "reasons": told,
        "more": more_words(len(told) - 1),
        "codes": ", ".join(dict.fromkeys(finding.code for finding in row.findings)),
        "changed_at": one.changed_at,
        "changed_text": "" if age is None else format_seconds(age),
        "href": _address(row, links),
    }


def _quiet(status: ObjectStatus) -> str:
    return MESSAGES["config.nothing-found" if status is ObjectStatus.VALID else "config.unchecked"]


def _address(row: ConfigRow, links: Links) -> str:
    one = row.source
    cluster = {"cluster": one.cluster} if links.clusters > 1 else {}
    return links.page(config_route(one.namespace, one.kind, one.name), **cluster)
