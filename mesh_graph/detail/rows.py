"""Rows of merged traffic that are a subject's, each with the peer at its other end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mesh_graph.detail.subject import graph_type_of, subject_name
from mesh_graph.frames.codes import Bools, Ints
from mesh_graph.model import Direction, NodeKey, NodeKind
from mesh_graph.topology.inject import serving_cluster
from mesh_graph.topology.places import NOWHERE, Nodes, Places, find_places

__all__ = ["PEER", "is_subject", "its_rows", "served_by"]

PEER = "peer"
"""Column of the text of the peer's ``NodeKey``."""


def is_subject(key: NodeKey, subject: NodeKey) -> bool:
    """Whether a node is the subject, or one of those of its name where the subject names no cluster."""
    return (
        key.kind is subject.kind
        and key.namespace == subject.namespace
        and subject_name(key) == subject_name(subject)
        and subject.cluster in ("", key.cluster)
    )


def its_rows(frames: Sequence[pd.DataFrame], subject: NodeKey, direction: Direction) -> list[pd.DataFrame]:
    """Of every frame the rows that come into the subject, or that go out of it, with a column ``PEER``.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        Columns ``BASE_LABELS``, normalised, and any others; not modified. What stands behind a service is
        told from all of them together.
    subject : NodeKey
        Application, workload or service.
    direction : Direction

    Notes
    -----
    The peer of what comes in is the caller: an application for an application, else a workload. The peer of
    what goes out is the called service, or where none was called the other end; of what a service passes on,
    the workload behind it.

    A request that reached nobody came into the service, and into what alone stands behind that service; where
    nothing was seen behind it, into the application that is called like the service.
    """
    nodes, places = find_places(frames, graph_type_of(subject))
    home = np.append(serving_cluster(nodes, places), NOWHERE)
    places = [Places(home[p.source], home[p.service], home[p.destination]) for p in places]
    behind = _behind(nodes, places, subject)
    is_it = np.array([*(is_subject(key, subject) for key in nodes.keys), False], dtype=np.bool_)
    texts = np.array([*(key.text for key in nodes.keys), ""], dtype=object)
    found = []
    for frame, place in zip(frames, places, strict=True):
        mask, peer = _own(place, subject, direction, is_it, nodes, behind)
        found.append(frame[mask].assign(**{PEER: texts[peer[mask]]}))
    return found


def served_by(frame: pd.DataFrame, subject: NodeKey) -> tuple[str, ...]:
    """Names of the services, in the subject's namespace, whose requests reached it; and its namesake."""
    nodes, (place,) = find_places([frame], graph_type_of(subject))
    is_it = np.array([is_subject(key, subject) for key in nodes.keys], dtype=np.bool_)
    services = (
        np.unique(place.service[is_it[place.destination]]) if len(frame) else np.empty(0, dtype=np.int64)
    )
    keys = [nodes.keys[at] for at in services.tolist() if at != NOWHERE]
    names = {key.service for key in keys if key.namespace == subject.namespace}
    if subject.kind is NodeKind.APP:
        names.add(subject_name(subject))
    return tuple(sorted(names))


def _own(
    place: Places, subject: NodeKey, direction: Direction, is_it: Bools, nodes: Nodes, behind: Ints
) -> tuple[Bools, Ints]:
    """Which rows are the subject's, and the number of each row's peer."""
    if subject.kind is NodeKind.SERVICE:
        called = is_it[place.service] | ((place.service == NOWHERE) & is_it[place.destination])
        return called, place.source if direction is Direction.INBOUND else place.destination
    if direction is Direction.OUTBOUND:
        return is_it[place.source], np.where(place.service == NOWHERE, place.destination, place.service)
    lost = np.append(nodes.of_kind(NodeKind.SERVICE), False)[place.destination]
    reached = np.where(lost, behind[place.service], place.destination)
    return is_it[reached], place.source


def _behind(nodes: Nodes, places: Sequence[Places], subject: NodeKey) -> Ints:
    """Per node, what alone stands behind it as a service; one more, for no service. ``NOWHERE`` is none."""
    keys = list(nodes.keys)
    is_service = np.append(nodes.of_kind(NodeKind.SERVICE), False)
    reached: dict[int, set[int]] = {}
    for place in places:
        known = (place.service != NOWHERE) & ~is_service[place.destination]
        pairs = np.unique(np.stack([place.service[known], place.destination[known]], axis=1), axis=0)
        for service, destination in pairs.tolist():
            reached.setdefault(service, set()).add(destination)
    found = np.full(len(keys) + 1, NOWHERE, dtype=np.int64)
    for at, key in enumerate(keys):
        if len(only := reached.get(at, set())) == 1:
            found[at] = next(iter(only))
        elif not only and key.kind is NodeKind.SERVICE:
            namesake = NodeKey(NodeKind.APP, key.cluster, key.namespace, app=key.service)
            # Nothing else is asked for, so only the subject needs to be found although nobody reached it.
            found[at] = nodes.number(namesake) if is_subject(namesake, subject) else NOWHERE
    return found
