"""Which of Kiali's queries each row of a frame answers: its traffic maps and its place in their order.

Kiali asks per namespace, in an order that decides which report counts. Here one frame holds the rows of all
namespaces; every query of Kiali's is a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from enum import Enum, auto
from typing import NamedTuple

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Ints, texts
from mesh_graph.kiali.options import Ambient, Options, Target
from mesh_graph.model import Reporter

__all__ = ["Chosen", "Counted", "choose", "inbound_labels", "outbound_labels"]

UNSERVED, CAPTURED, INCOMING, OUTGOING = 0, 1, 2, 3
"""Kiali's queries Q0 to Q3. Q1 is asked of namespaces that ztunnel captures, and not of bytes."""


class Counted(Enum):
    """What a family counts: some queries are asked of some families only."""

    REQUESTS = auto()
    MESSAGES = auto()
    BYTES = auto()


class Chosen(NamedTuple):
    """Rows chosen by queries, one entry per row and query that it answers.

    Attributes
    ----------
    row, map, stage : array of int64
        Row of the frame, number of the namespace whose traffic map it goes into, place of the query.
    """

    row: Ints
    map: Ints
    stage: Ints


def _is_report_of(frame: pd.DataFrame, reporter: Reporter, ambient: Ambient) -> Bools:
    """Rows by this reporter, or by a waypoint where waypoints count."""
    found = frame[fields.REPORTER].to_numpy(dtype=object)
    own: Bools = found == reporter.value
    return own | (found == Reporter.WAYPOINT.value) if ambient.has_waypoints else own


def choose(frame: pd.DataFrame, options: Options, family: Counted, captured: Collection[str] = ()) -> Chosen:
    """The rows of a frame that Kiali's queries for these options would have answered with.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``BASE_LABELS``, ``reporter`` and any others.
    options : Options
    family : Counted
        What the frame counts.
    captured : collection of str
        Namespaces that ztunnel captures.
    """
    if options.target is not None:
        has_captured = options.target.namespace in captured and family is Counted.REQUESTS
        return _of_target(frame, options, options.target, family, is_captured=has_captured)
    numbers = {namespace: number for number, namespace in enumerate(options.namespaces)}
    source, destination = (
        _numbers(frame[label], numbers)
        for label in (fields.SOURCE_WORKLOAD_NAMESPACE, fields.DESTINATION_WORKLOAD_NAMESPACE)
    )
    by_source = _is_report_of(frame, Reporter.SOURCE, options.ambient)
    by_destination = _is_report_of(frame, Reporter.DESTINATION, options.ambient)
    incoming = np.flatnonzero(by_destination & (destination >= 0))
    outgoing = np.flatnonzero(by_source & (source >= 0))
    unserved, maps = _unserved(frame, by_source, source, numbers)
    # The last place is for -1, a namespace that was not asked for.
    is_captured = np.array([*(name in captured for name in options.namespaces), False], dtype=np.bool_)
    by_caller = _is_report_of(frame, Reporter.SOURCE, Ambient.NONE) & (family is not Counted.BYTES)
    from_elsewhere = np.flatnonzero(by_caller & is_captured[destination] & (source != destination))
    return _joined(
        (unserved, maps, UNSERVED),
        (from_elsewhere, destination[from_elsewhere], CAPTURED),
        (incoming, destination[incoming], INCOMING),
        (outgoing, source[outgoing], OUTGOING),
    )


def _numbers(column: pd.Series[str], numbers: dict[str, int]) -> Ints:
    codes, names = pd.factorize(texts(column))
    return np.array([*(numbers.get(name, -1) for name in names.tolist()), -1], dtype=np.int64)[codes]


def _unserved(
    frame: pd.DataFrame, by_source: Bools, source: Ints, numbers: dict[str, int]
) -> tuple[Ints, Ints]:
    """Q0: calls from elsewhere that reached no workload, by the namespaces that their host names."""
    lost = by_source.copy()
    for label in (fields.DESTINATION_WORKLOAD_NAMESPACE, fields.DESTINATION_WORKLOAD):
        lost &= frame[label].to_numpy(dtype=object) == fields.UNKNOWN
    candidates = np.flatnonzero(lost)
    hosts = texts(frame[fields.DESTINATION_SERVICE])[candidates].tolist()
    pairs = [
        (row, number)
        for row, host in zip(candidates.tolist(), hosts, strict=True)
        for number in _named_in(host, numbers)
        if number != source[row]
    ]
    rows, maps = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return rows, maps


def _named_in(host: str, numbers: dict[str, int]) -> list[int]:
    """Numbers of the namespaces that stand between two dots of a host: ``service.namespace.svc…``."""
    named = {part for part in host.split(".")[1:-1] if part in numbers}
    return sorted(
        numbers[name] for name in named if re.fullmatch(rf".+\.{re.escape(name)}\..+", host, re.DOTALL)
    )


def _of_target(
    frame: pd.DataFrame, options: Options, target: Target, family: Counted, *, is_captured: bool
) -> Chosen:
    """The node graph's queries: a service's lost calls, what comes in, what goes out."""
    # Of bytes a node graph counts no waypoint's reports.
    ambient = Ambient.NONE if family is Counted.BYTES else options.ambient
    by_source = _is_report_of(frame, Reporter.SOURCE, ambient)
    incoming = _is_report_of(frame, Reporter.DESTINATION, ambient)
    if is_captured and not target.service and ambient.has_waypoints:
        # Before a captured workload stands no proxy that reports as its destination.
        incoming |= by_source
    incoming &= _equal(frame, inbound_labels(target))
    outgoing = lost = np.zeros(0, dtype=np.int64)
    if not target.service:
        outgoing = np.flatnonzero(by_source & _equal(frame, outbound_labels(target)))
    else:
        host = f"{target.service}.{target.namespace}."
        called = frame[fields.DESTINATION_SERVICE].str.startswith(host).to_numpy(dtype=np.bool_)
        incoming &= called
        if family is Counted.REQUESTS:
            unserved = _in_cluster(target, fields.DESTINATION_CLUSTER)
            unserved[fields.DESTINATION_WORKLOAD] = fields.UNKNOWN
            lost = np.flatnonzero(by_source & called & _equal(frame, unserved))
    found = (lost, UNSERVED), (np.flatnonzero(incoming), INCOMING), (outgoing, OUTGOING)
    return _joined(*((rows, np.zeros(len(rows), dtype=np.int64), stage) for rows, stage in found))


def inbound_labels(target: Target) -> dict[str, str]:
    """Labels and values of the series of what comes into a node; of a service, beside its host."""
    ends = _in_cluster(target, fields.DESTINATION_CLUSTER)
    if target.workload:
        ends[fields.DESTINATION_WORKLOAD_NAMESPACE] = target.namespace
        return ends | {fields.DESTINATION_WORKLOAD: target.workload}
    ends[fields.DESTINATION_SERVICE_NAMESPACE] = target.namespace
    if target.app:
        ends[fields.DESTINATION_CANONICAL_SERVICE] = target.app
    return ends | ({fields.DESTINATION_CANONICAL_REVISION: target.version} if target.version else {})


def outbound_labels(target: Target) -> dict[str, str]:
    """Labels and values of the series of what goes out of a workload or app."""
    ends = _in_cluster(target, fields.SOURCE_CLUSTER)
    ends[fields.SOURCE_WORKLOAD_NAMESPACE] = target.namespace
    if target.workload:
        return ends | {fields.SOURCE_WORKLOAD: target.workload}
    ends[fields.SOURCE_CANONICAL_SERVICE] = target.app
    return ends | ({fields.SOURCE_CANONICAL_REVISION: target.version} if target.version else {})


def _in_cluster(target: Target, label: str) -> dict[str, str]:
    return {label: target.cluster} if target.cluster else {}


def _equal(frame: pd.DataFrame, wanted: dict[str, str]) -> Bools:
    equal = np.ones(len(frame), dtype=np.bool_)
    for label, value in wanted.items():
        equal &= frame[label].to_numpy(dtype=object) == value
    return equal


def _joined(*parts: tuple[Ints, Ints, int]) -> Chosen:
    kept: Sequence[tuple[Ints, Ints, int]] = parts
    return Chosen(
        np.concatenate([rows for rows, _, _ in kept]),
        np.concatenate([maps for _, maps, _ in kept]),
        np.concatenate([np.full(len(rows), stage, dtype=np.int64) for rows, _, stage in kept]),
    )
