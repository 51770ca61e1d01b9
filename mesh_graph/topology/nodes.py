"""Attributes of nodes: who they are, what goes in and out, what is noteworthy about them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.frames.codes import Ints
from mesh_graph.model import NodeKey, NodeKind, Protocol, Reporter
from mesh_graph.topology.attributes import NodeAttr
from mesh_graph.topology.columns import Rows, put, put_flag, put_ratio, sums
from mesh_graph.topology.edges import Edges, EdgeSums
from mesh_graph.topology.identity import is_external_service
from mesh_graph.topology.layer import PROTOCOLS, Layer
from mesh_graph.topology.places import NOWHERE, Nodes
from mesh_graph.topology.responses import Endings, responses_of

__all__ = [
    "external",
    "front_apps",
    "legible",
    "missing_sidecars",
    "write_ended",
    "write_identity",
    "write_marks",
    "write_totals",
]

_INCOMING = (NodeAttr.IN_RATE, NodeAttr.IN_ERROR_RATE, NodeAttr.IN_ERROR_RATIO, NodeAttr.TCP_IN_RATE)
_OUTGOING = (NodeAttr.OUT_RATE, NodeAttr.OUT_ERROR_RATE, NodeAttr.OUT_ERROR_RATIO, NodeAttr.TCP_OUT_RATE)
_ILLEGIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NAMES = (
    NodeAttr.CLUSTER,
    NodeAttr.NAMESPACE,
    NodeAttr.WORKLOAD,
    NodeAttr.APP,
    NodeAttr.VERSION,
    NodeAttr.SERVICE,
)


def legible(text: str) -> str:
    r"""Text with what no XML or JSON reader takes spelled out (``\x00``); the key has the exact names."""
    return _ILLEGIBLE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def write_identity(rows: Rows, keys: Sequence[NodeKey]) -> None:
    """Write kind and names; a name that is not known is absent."""
    for row, key in zip(rows, keys, strict=True):
        row[NodeAttr.KIND] = key.kind.value
        for name in _NAMES:
            text = getattr(key, name)
            if text:
                row[name] = legible(text)


def write_hints(rows: Rows, name: str, hints: Mapping[int, str]) -> None:
    """Write a name that is known of some nodes by number, beyond their keys."""
    for number, text in hints.items():
        rows[number].setdefault(name, legible(text))


def front_apps(nodes: Nodes, layers: Iterable[Layer]) -> dict[int, str]:
    """App of each service node that stands before workloads of one app only, in its own namespace."""
    routes = [layer.route for layer in layers]
    via = np.concatenate([route.via for route in routes])
    behind = np.concatenate([route.destination for route in routes])
    stops = via != NOWHERE
    apps: dict[int, set[tuple[str, str, str]]] = defaultdict(set)
    for service, node in np.unique(np.stack([via[stops], behind[stops]], axis=1), axis=0).tolist():
        key = nodes.keys[node]
        apps[service].add((key.cluster, key.namespace, key.app or nodes.apps.get(node, "")))
    fronts = {}
    for service, (app, *more) in apps.items():
        key = nodes.keys[service]
        if not more and app[2] and app[:2] == (key.cluster, key.namespace):
            fronts[service] = app[2]
    return fronts


def write_totals(rows: Rows, edges: Edges, traffic: EdgeSums) -> None:
    """Write what goes in and out of each node, from its edges.

    Requests of http and grpc together; bytes of tcp, both directions. None is absent, so is a ratio of none.
    """
    is_tcp = edges.protocol == PROTOCOLS.index(Protocol.TCP)
    requests, failed = np.where(is_tcp, 0.0, traffic.rate), np.where(is_tcp, 0.0, traffic.errors)
    size = np.where(is_tcp, traffic.rate, 0.0)
    for ends, names in ((edges.destination, _INCOMING), (edges.source, _OUTGOING)):
        rate_name, error_name, ratio_name, tcp_name = names
        total, wrong, tcp = (sums(ends, values, len(rows)) for values in (requests, failed, size))
        put(rows, rate_name, total, total > 0)
        put(rows, error_name, wrong, wrong > 0)
        put_ratio(rows, ratio_name, wrong, total)
        put(rows, tcp_name, tcp, tcp > 0)


def write_marks(rows: Rows, keys: Sequence[NodeKey], edges: Edges, namespaces: Collection[str]) -> None:
    """Write root and outside, from the present's edges and the view's namespaces."""
    put_flag(rows, NodeAttr.IS_ROOT, _has(edges.source, len(rows)) & ~_has(edges.destination, len(rows)))
    if namespaces:
        for row, key in zip(rows, keys, strict=True):
            if key.namespace and key.namespace not in namespaces:
                row[NodeAttr.IS_OUTSIDE] = True


def external(keys: Sequence[NodeKey], edges: Edges, traffic: Iterable[Layer]) -> NDArray[np.bool_]:
    """Per node, whether it is a host outside the mesh.

    It has a host's name, and no workload stands behind it or it answers without one (through an egress
    gateway both hold: the way to the gateway and the way out).
    """
    is_host = [key.kind is NodeKind.SERVICE and is_external_service(key) for key in keys]
    alone = ~_has(edges.source, len(keys))
    for layer in traffic:
        alone |= _has(layer.route.destination[~layer.refused()], len(keys))
    return np.array(is_host, dtype=bool) & alone


def write_ended(
    rows: Rows,
    flows: Layer,
    endings: Endings,
    *,
    is_service: NDArray[np.bool_],
    is_injected: NDArray[np.bool_],
    is_external: NDArray[np.bool_],
) -> None:
    """Write on service nodes how the requests ended that went no further.

    On a host outside the mesh only those that the client's proxy refused: the others were answered there.
    On an injected node whatever it did not pass on, so that in = out + ended.
    """
    at = flows.route.destination
    lost = np.where(is_external[at], flows.refused(), ~flows.frame[fields.ARRIVED].to_numpy(dtype=bool))
    ended = np.flatnonzero(is_service[at] & (lost | is_injected[at]))
    for node, responses in responses_of(endings, at[ended], ended, flows.rates(fields.RATE)[ended]).items():
        rows[node][NodeAttr.ENDED_HERE] = responses


def missing_sidecars(reports: Layer, traffic: Sequence[Layer], count: int) -> NDArray[np.bool_]:
    """Per node, whether only the other end's proxies report its traffic.

    Parameters
    ----------
    reports : Layer
        What each end counted.
    traffic : sequence of Layer
        Flows and tcp. A request that never arrived says nothing about its destination; a waypoint's report
        says that the node is in the mesh without a sidecar of its own.
    count : int
        Number of nodes.
    """
    by_source, by_destination = (
        ~np.isnan(reports.rates(name)) for name in (fields.SOURCE_RATE, fields.DESTINATION_RATE)
    )
    speaks = _has(reports.route.source[by_source], count) | _has(
        reports.route.destination[by_destination], count
    )
    seen = _has(reports.route.source[by_destination & ~by_source], count)
    for layer in traffic:
        arrived = layer.frame[fields.ARRIVED].to_numpy(bool) if fields.ARRIVED in layer.frame else True
        seen |= _has(
            layer.route.destination[layer.is_any(fields.REPORTED_BY, Reporter.SOURCE) & arrived], count
        )
        waypoint = layer.is_any(fields.REPORTED_BY, Reporter.WAYPOINT)
        speaks |= _has(layer.route.source[waypoint], count) | _has(layer.route.destination[waypoint], count)
    return seen & ~speaks


def _has(nodes: Ints, count: int) -> NDArray[np.bool_]:
    return np.bincount(nodes, minlength=count) > 0
