"""What Kiali's appenders add to edges from metrics: response time, throughput, mutual TLS and principals.

Kiali adds to the traffic map of each namespace before these are merged, so a number is found by the map whose
edge was kept. Response times and throughput cannot be shared out among the callers of a service: behind an
inserted service node only the edge from it has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import texts
from mesh_graph.frames.schema import Schema
from mesh_graph.kiali.calls import Call, CallReader
from mesh_graph.kiali.numbers import whole
from mesh_graph.kiali.options import GrpcRate, HttpRate, Options
from mesh_graph.kiali.samples import rounded
from mesh_graph.kiali.traffic import Edge, EdgeKey, TrafficMap
from mesh_graph.model import Protocol

__all__ = ["PRINCIPALS", "Additions", "add_additions"]

MUTUAL_TLS = "mutual_tls"
PRINCIPALS = Schema.of(
    (
        *fields.BASE_LABELS,
        fields.SOURCE_PRINCIPAL,
        fields.DESTINATION_PRINCIPAL,
        fields.CONNECTION_SECURITY_POLICY,
    ),
    (fields.RATE,),
)
"""Columns of a frame that says how safely ends talked."""

Found = dict[tuple[int, str, str, str], Any]
"""By map, source id, destination id and protocol (empty for all)."""


@dataclass(frozen=True, slots=True, eq=False)
class Additions:
    """Frames of what is added; empty where it was not asked for.

    Attributes
    ----------
    incoming_times, outgoing_times : pandas.DataFrame or None
        ``BASE_LABELS``, ``request_protocol``, ``latency_ms``: by destinations for services of the
        namespaces, by sources for what goes out of them.
    sizes : pandas.DataFrame or None
        ``BASE_LABELS``, ``bytes_rate``.
    security : tuple of pandas.DataFrame
        ``PRINCIPALS``, a frame per family; labels that an earlier family has are not read again.
    """

    incoming_times: pd.DataFrame | None = None
    outgoing_times: pd.DataFrame | None = None
    sizes: pd.DataFrame | None = None
    security: tuple[pd.DataFrame, ...] = ()


def add_additions(
    graph: TrafficMap, maps: Sequence[int], additions: Additions, *, options: Options, reader: CallReader
) -> None:
    """Mark edges with what the frames say of them.

    Parameters
    ----------
    graph : TrafficMap
        Merged; written to.
    maps : sequence of int
        Number of the traffic map that each edge was taken from, in their order.
    additions : Additions
    options : Options
    reader : CallReader
        The one that the graph was made with.
    """
    numbers = {namespace: number for number, namespace in enumerate(options.namespaces)}
    times = _response_times(additions, options, numbers, reader)
    sizes = _throughput(additions.sizes, numbers, reader)
    policies = _policies(additions.security, numbers, reader)
    for number, (key, edge) in zip(maps, graph.edges.items(), strict=True):
        if (time := times.get((number, *key))) is not None:
            edge.marks["responseTime"] = whole(time)
        if (size := sizes.get((number, *key), 0.0)) > 0:
            edge.marks["throughput"] = whole(size)
        if additions.security:
            _mark_security(graph, key, edge, policies.get((number, *key[:2], "")))


def _rows(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
    """Base labels and the values of other columns, row by row in the order of the labels."""
    labels = zip(*(texts(frame[label]).tolist() for label in fields.BASE_LABELS), strict=True)
    others = zip(*(frame[column].tolist() for column in columns), strict=True)
    return iter(sorted(zip(labels, others, strict=True), key=lambda row: (row[0], row[1][:-1])))


def _last_leg(call: Call) -> tuple[str, str]:
    return (call.service or call.source).id, call.destination.id


def _response_times(
    additions: Additions, options: Options, numbers: Mapping[str, int], reader: CallReader
) -> Found:
    """Milliseconds; what comes in is read before what goes out, and the first number counts."""
    found: Found = {}
    spoken = {Protocol.HTTP.value} if options.http is HttpRate.REQUESTS else set()
    spoken |= {Protocol.GRPC.value} if options.grpc is GrpcRate.REQUESTS else set()
    stages = (
        (additions.incoming_times, _AT_SERVICE_NAMESPACE),
        (additions.outgoing_times, _AT_SOURCE_NAMESPACE),
    )
    for frame, place in stages:
        if frame is None:
            continue
        for labels, (protocol, milliseconds) in _rows(frame, fields.REQUEST_PROTOCOL, fields.LATENCY_MS):
            number, call = numbers.get(labels[place]), reader(labels)
            if number is None or call is None or protocol not in spoken or milliseconds <= 0:
                continue
            found.setdefault((number, *_last_leg(call), protocol), float(milliseconds))
    return found


_AT_SERVICE_NAMESPACE = fields.BASE_LABELS.index(fields.DESTINATION_SERVICE_NAMESPACE)
_AT_SOURCE_NAMESPACE = fields.BASE_LABELS.index(fields.SOURCE_WORKLOAD_NAMESPACE)


def _maps_of(labels: tuple[str, ...], numbers: Mapping[str, int]) -> list[int]:
    """Maps that count a row: of the service's namespace and of the source's."""
    places = {labels[_AT_SERVICE_NAMESPACE], labels[_AT_SOURCE_NAMESPACE]}
    return [numbers[place] for place in places if place in numbers]


def _throughput(frame: pd.DataFrame | None, numbers: Mapping[str, int], reader: CallReader) -> Found:
    """Bytes per second, added up; http alone."""
    found: Found = {}
    if frame is None:
        return found
    for labels, (size,) in _rows(frame, fields.BYTES_RATE):
        call = reader(labels)
        if call is None or size <= 0:
            continue
        for number in _maps_of(labels, numbers):
            key = (number, *_last_leg(call), Protocol.HTTP.value)
            found[key] = found.get(key, 0.0) + float(rounded(np.array([size]))[0])
    return found


@dataclass(slots=True)
class _Policy:
    """Rates by whether they were mutual TLS, and who the ends proved to be."""

    mutual: float
    other: float
    principals: tuple[str, str]


def _policies(frames: Sequence[pd.DataFrame], numbers: Mapping[str, int], reader: CallReader) -> Found:
    found: Found = {}
    seen: set[tuple[Any, ...]] = set()
    for frame in frames:
        own: set[tuple[Any, ...]] = set()
        for labels, (source, destination, policy, rate) in _rows(frame, *PRINCIPALS.names[-4:]):
            series, call = (labels, source, destination, policy), reader(labels)
            if call is None or series in seen or not (source and destination) or rate <= 0:
                continue
            own.add(series)
            for number in _maps_of(labels, numbers):
                for ends in _legs(call):
                    entry = found.setdefault((number, *ends, ""), _Policy(0.0, 0.0, (source, destination)))
                    if policy == MUTUAL_TLS:
                        entry.mutual += rate
                    else:
                        entry.other += rate
        seen |= own
    return found


def _legs(call: Call) -> list[tuple[str, str]]:
    if call.service is None:
        return [(call.source.id, call.destination.id)]
    return [(call.source.id, call.service.id), (call.service.id, call.destination.id)]


def _mark_security(graph: TrafficMap, key: EdgeKey, edge: Edge, policy: _Policy | None) -> None:
    """Share of mutual TLS in per cent. To and from waypoints all is, whether or not a row says so."""
    if policy is None:
        if any("isWaypoint" in graph.nodes[end].marks for end in key[:2]):
            edge.marks["isMTLS"] = whole(100)
        return
    if policy.mutual > 0:
        edge.marks["isMTLS"] = whole(policy.mutual / (policy.mutual + policy.other) * 100)
    edge.marks["sourcePrincipal"], edge.marks["destPrincipal"] = policy.principals
