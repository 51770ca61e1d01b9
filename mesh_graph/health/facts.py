"""Merged traffic as facts about objects: what came in and went out, how it ended, and who the other end was.

A request is a fact about its server's application, workload, service and namespace (inbound) and about its
caller's application, workload and namespace (outbound). One that reached no workload counts against the one
it was meant for: what alone stands behind its service, or the application that is called like the service.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Floats, Ints
from mesh_graph.model import Direction, GraphType, NodeKey, NodeKind, Protocol
from mesh_graph.topology.grouping import distinct_rows
from mesh_graph.topology.identity import is_external_service
from mesh_graph.topology.inject import serving_cluster
from mesh_graph.topology.places import NOWHERE, Ends, Nodes, Places, find_ends, place_ends
from mesh_graph.topology.traffic import Traffic

__all__ = ["DIRECTIONS", "KINDS", "Ending", "Facts", "read_facts"]

DIRECTIONS = (Direction.INBOUND, Direction.OUTBOUND)
"""A fact's direction is a position here."""
KINDS = (NodeKind.APP, NodeKind.WORKLOAD, NodeKind.SERVICE)
"""Kinds of objects; a namespace is made of them."""
NO_SERVICES = (fields.UNKNOWN, fields.PASSTHROUGH, fields.BLACKHOLE)
"""Names that Istio gives to what is no service."""


@dataclass(frozen=True, slots=True, order=True)
class Ending:
    """How requests or closed connections ended; ``code`` is empty for tcp."""

    protocol: str
    code: str
    flags: str
    outcome: str


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Facts about objects, a row each; all columns are of one length.

    Attributes
    ----------
    keys : list of NodeKey
        Objects and their peers.
    endings : list of Ending
    subject, peer : array of int64
        Places in ``keys``: what the fact is about, and the other end: the caller's application of what comes
        in, the called service (else application) of what goes out.
    direction : array of int64
        Place in ``DIRECTIONS``.
    ending : array of int64
        Place in ``endings``.
    rate : array of float64
        Requests, or closed connections, per second.
    bytes_rate : array of float64
        Of tcp: bytes per second, both ways; 0 of requests.
    """

    keys: list[NodeKey]
    endings: list[Ending]
    subject: Ints
    peer: Ints
    direction: Ints
    ending: Ints
    rate: Floats
    bytes_rate: Floats

    def subjects(self) -> Ints:
        """Places in ``keys`` of the objects that there are facts about, ascending."""
        return np.unique(self.subject)


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Per row of a frame, places in the common keys of all its ends; ``NOWHERE`` for none."""

    callers: tuple[Ints, ...]
    callees: tuple[Ints, ...]
    caller: Ints
    callee: Ints


def read_facts(traffic: Traffic) -> Facts:
    """Facts about every application, workload, service and namespace of the traffic."""
    frames = [traffic.flows, traffic.tcp]
    keys, ends = _find_ends(frames)
    endings, ending = _find_endings(frames)
    both_ways = traffic.tcp[[fields.SENT_BYTES_RATE, fields.RECEIVED_BYTES_RATE]].sum(axis=1)
    rates = [traffic.flows[fields.RATE].to_numpy(), traffic.tcp[fields.CLOSED_RATE].to_numpy()]
    volumes = [np.zeros(len(traffic.flows)), both_ways.to_numpy(dtype=np.float64)]
    parts = [
        (subject, peer, np.full_like(subject, direction), *of_rows)
        for end, *of_rows in zip(ends, ending, rates, volumes, strict=True)
        for subject, peer, direction in _sides(end)
    ]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    subject, peer, direction, how, rate, volume = (column[columns[0] != NOWHERE] for column in columns)
    return Facts(keys, endings, subject, peer, direction, how, rate, volume)


def _sides(end: _Ends) -> Iterator[tuple[Ints, Ints, int]]:
    for callee in end.callees:
        yield callee, end.caller, 0
    for caller in end.callers:
        yield caller, end.callee, 1


def _find_ends(frames: list[pd.DataFrame]) -> tuple[list[NodeKey], list[_Ends]]:
    index = Nodes()
    both = find_ends(frames)
    apps = _find_places(both, GraphType.APP, index)
    workloads = _find_places(both, GraphType.WORKLOAD, index)
    namespace = _namespaces(index)
    only = {kind: _Only.of(index.keys, kind) for kind in KINDS}
    is_lost = [only[NodeKind.SERVICE].mask[place.destination] for place in apps]
    behind_app = _behind(apps, is_lost, len(index.keys))
    behind_app = np.where(behind_app == UNSEEN, _namesakes(index.keys), behind_app)
    behind_workload = _behind(workloads, is_lost, len(index.keys))
    ends = []
    for app, workload, lost in zip(apps, workloads, is_lost, strict=True):
        served = np.where(lost, behind_app[app.service], app.destination)
        serving = np.where(lost, behind_workload[app.service], workload.destination)
        callers = (
            only[NodeKind.APP](app.source),
            only[NodeKind.WORKLOAD](workload.source),
            namespace[app.source],
        )
        callees = (
            only[NodeKind.APP](served),
            only[NodeKind.WORKLOAD](serving),
            only[NodeKind.SERVICE](app.service),
            namespace[app.destination],
        )
        callee = np.where(app.service == NOWHERE, app.destination, app.service)
        ends.append(_Ends(callers, callees, app.source, callee))
    return index.keys, ends


@dataclass(frozen=True, slots=True)
class _Only:
    """Leaves of places those of one kind of object."""

    mask: Bools

    @classmethod
    def of(cls, keys: list[NodeKey], kind: NodeKind) -> Self:
        told = (key.kind is kind and key.service not in NO_SERVICES for key in keys)
        # The last two are for UNSEEN and NOWHERE.
        return cls(np.array([*told, False, False], dtype=np.bool_))

    def __call__(self, places: Ints) -> Ints:
        return np.where(self.mask[places], places, NOWHERE)


def _find_places(ends: Ends, graph_type: GraphType, index: Nodes) -> list[Places]:
    """Where the rows with these ends lie, in common keys."""
    nodes, places = place_ends(ends, graph_type)
    home = serving_cluster(nodes, places)
    numbers = np.array([*(index.number(nodes.keys[at]) for at in home.tolist()), NOWHERE], dtype=np.int64)
    return [
        Places(numbers[place.source], numbers[place.service], numbers[place.destination]) for place in places
    ]


UNSEEN = -2
"""In place of what stands behind a service: nothing was seen there."""


def _behind(places: list[Places], is_lost: list[Bools], count: int) -> Ints:
    """Per key, what alone stands behind it as a service; the last entry is for no service at all."""
    service = np.concatenate([place.service[~lost] for place, lost in zip(places, is_lost, strict=True)])
    node = np.concatenate([place.destination[~lost] for place, lost in zip(places, is_lost, strict=True)])
    pairs = np.unique(np.stack([service, node], axis=1)[service != NOWHERE], axis=0)
    found = np.full(count + 1, UNSEEN, dtype=np.int64)
    found[pairs[:, 0]] = pairs[:, 1]
    found[:-1][np.bincount(pairs[:, 0], minlength=count) > 1] = NOWHERE
    found[-1] = NOWHERE
    return found


def _namespaces(index: Nodes) -> Ints:
    """Per key the place of its namespace's key, ``NOWHERE`` if none; those keys join the index."""
    places = [
        index.number(NodeKey(NodeKind.NAMESPACE, key.cluster, key.namespace)) if _is_inside(key) else NOWHERE
        for key in tuple(index.keys)
    ]
    return np.array([*places, NOWHERE], dtype=np.int64)


def _is_inside(key: NodeKey) -> bool:
    """Whether it is in a namespace; a host outside the mesh is not, wherever it was declared."""
    is_outside = key.kind is NodeKind.SERVICE and is_external_service(key)
    return bool(key.namespace) and not is_outside


def _namesakes(keys: list[NodeKey]) -> Ints:
    """Per key, the application in its namespace that is called like it as a service; ``NOWHERE`` if none."""
    apps = {key: at for at, key in enumerate(keys) if key.kind is NodeKind.APP}
    names = (NodeKey(NodeKind.APP, key.cluster, key.namespace, app=key.service) for key in keys)
    return np.array([*(apps.get(name, NOWHERE) for name in names), NOWHERE], dtype=np.int64)


def _find_endings(frames: list[pd.DataFrame]) -> tuple[list[Ending], list[Ints]]:
    """Distinct endings of the frames, and per frame the ending of each row."""
    flows, tcp = frames
    tcp = tcp.assign(**{fields.PROTOCOL: Protocol.TCP.value, fields.CODE: ""})
    rows, labels = distinct_rows([flows, tcp], (fields.PROTOCOL, fields.CODE, fields.FLAGS, fields.OUTCOME))
    return [Ending(*label) for label in labels], rows
