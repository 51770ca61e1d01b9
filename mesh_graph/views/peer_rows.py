"""Peers of a subject → rows and columns of its traffic tables; cells are text, never markup."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from mesh_graph.detail.peers import Ending, Peer
from mesh_graph.fields import BLACKHOLE, PASSTHROUGH, UNKNOWN
from mesh_graph.health import Check
from mesh_graph.model import NodeKey, Protocol
from mesh_graph.views.addresses import LISTS, Links
from mesh_graph.views.flags import flag_words
from mesh_graph.views.messages_health import ending_words
from mesh_graph.views.numbers import format_percent
from mesh_graph.views.scale import Level, error_level

__all__ = ["NO_PAGE", "PEER_COLUMNS", "has_page", "other_ends", "peer_name", "peer_rows", "ratio_level"]

Row = dict[str, Any]
NO_PAGE = ("", UNKNOWN, PASSTHROUGH, BLACKHOLE)
"""Names of what is no application, workload or service."""
_CLASSES = ("2xx", "3xx", "4xx", "5xx")


def has_page(key: NodeKey) -> bool:
    """Whether a node is something that has a page of its own."""
    return key.kind in LISTS and peer_name(key) not in NO_PAGE


def other_ends(peers: Iterable[Peer], subject: NodeKey) -> list[Peer]:
    """Peers but the subject itself: a service that nobody stands behind does not answer itself."""
    return [
        peer
        for peer in peers
        if peer.key.kind is not subject.kind or peer_name(peer.key) != peer_name(subject)
    ]


def peer_name(key: NodeKey) -> str:
    """Name of a peer, without its namespace."""
    return key.app or key.workload or key.service or UNKNOWN


def ratio_level(ratio: float | None, check: Check | None) -> Level:
    """Level of an error ratio by the limits of the check that decided how the subject fares.

    So that a part and the whole do not contradict each other on one page.
    """
    if ratio is None or check is None or not math.isfinite(check.tolerance.failure):
        return error_level(ratio)
    share, limits = 100.0 * ratio, check.tolerance
    return "ok" if not share or share < limits.degraded else "err" if share >= limits.failure else "warn"


def peer_rows(peers: Iterable[Peer], links: Links, check: Check | None = None) -> list[Row]:
    """Rows of a traffic table; None is unknown, and shown as a dash."""
    return [_row(peer, links, check) for peer in peers]


def _row(peer: Peer, links: Links, check: Check | None) -> Row:
    ratio = peer.error_ratio
    is_tcp = peer.protocol == Protocol.TCP
    return {
        "id": f"{peer.key.text}\t{peer.protocol}",
        "level": ratio_level(ratio, check) if peer.rate else "idle",
        "name": peer_name(peer.key),
        "kind": peer.key.kind.value,
        "href": links.of(peer.key) if has_page(peer.key) else "",
        "namespace": peer.key.namespace,
        "cluster": peer.key.cluster,
        "protocol": peer.protocol,
        "rate": None if is_tcp else peer.rate,
        "success": None if ratio is None else 100.0 * (1.0 - ratio),
        "endings": _endings_text(peer),
        **(dict.fromkeys(_CLASSES) if peer.protocol != Protocol.HTTP else _class_shares(peer)),
        "p50": peer.latency_ms.get(0.5),
        "p95": peer.latency_ms.get(0.95),
        "p99": peer.latency_ms.get(0.99),
        "sent": peer.sent,
        "received": peer.received,
        "messages_sent": peer.messages_sent,
        "messages_received": peer.messages_received,
        "opened": peer.opened,
        "mtls": None if peer.mtls_share is None else 100.0 * peer.mtls_share,
    }


def _class_shares(peer: Peer) -> Row:
    shares = dict.fromkeys(_CLASSES, 0.0)
    for ending in peer.endings:
        name = f"{ending.code[:1]}xx"
        if name in shares and peer.rate:
            shares[name] += 100.0 * ending.rate / peer.rate
    return dict(shares)


def _endings_text(peer: Peer) -> str:
    """What did not end well, in words with its share, the most frequent first."""
    bad = [ending for ending in peer.endings if ending.outcome != "ok"]
    return "; ".join(
        f"{format_percent(e.rate / peer.rate)} {_words(e, peer.protocol)}" for e in bad if e.rate
    )


def _words(ending: Ending, protocol: str) -> str:
    if protocol == Protocol.TCP:
        return f"{flag_words(ending.flags)} ({ending.flags})" if ending.flags else "closed"
    return ending_words(protocol, ending.code, ending.flags)


def _number(field: str, name: str, unit: str, width: int = 84, function: str = "meshgraphNumber") -> Row:
    return {
        "field": field,
        "headerName": f"{name} {unit}".strip(),
        "type": "rightAligned",
        "valueFormatter": {"function": f"{function}(params.value)"},
        "width": width,
    }


PEER_COLUMNS: list[Row] = [
    {"field": "name", "headerName": "Peer", "flex": 2, "minWidth": 170, "cellRenderer": "MeshgraphPeer"},
    {"field": "namespace", "headerName": "Namespace", "width": 120},
    {"field": "protocol", "headerName": "Protocol", "width": 84},
    _number("rate", "Rate", "rps", 88),
    _number("success", "Success", "%", 98),
    {
        "field": "endings",
        "headerName": "What went wrong",
        "flex": 3,
        "minWidth": 200,
        "tooltipField": "endings",
    },
    *(_number(name, name, "%", 76) for name in _CLASSES),
    _number("p50", "p50", "ms"),
    _number("p95", "p95", "ms"),
    _number("p99", "p99", "ms"),
    _number("sent", "Sent", "B/s", 92, "meshgraphBytes"),
    _number("received", "Received", "B/s", 116, "meshgraphBytes"),
    _number("messages_sent", "Messages sent", "/s", 136),
    _number("messages_received", "received", "/s", 100),
    _number("opened", "Opened", "/s", 92),
    _number("mtls", "mTLS", "%", 84),
]
"""Columns of a traffic table, in the order of its rows: most errors first."""
