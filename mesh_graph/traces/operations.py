"""Spans of one trace → which operation led to which, and where the time went by itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Operation", "OperationGraph", "Step", "operation_graph"]

Name = tuple[str, str]
"""Service and operation."""


@dataclass(frozen=True, slots=True)
class Step:
    """One span as the graph counts it.

    Attributes
    ----------
    name : (str, str)
        Service and operation.
    parent : int
        Place of its parent among the steps, which comes before it; -1 for a root.
    self_us, critical_us : int
        What it did by itself; of that, what the root waited for.
    is_error : bool
    """

    name: Name
    parent: int
    self_us: int
    critical_us: int
    is_error: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """All spans of one operation.

    Attributes
    ----------
    service, name : str
    spans, errors : int
    self_us, critical_us : int
        Together.
    """

    service: str
    name: str
    spans: int
    errors: int
    self_us: int
    critical_us: int


@dataclass(frozen=True, slots=True)
class OperationGraph:
    """Operations of a trace and what led to what.

    Attributes
    ----------
    operations : tuple of Operation
        In order of their first span.
    calls : dict
        Places of two operations to how many spans of the second are children of spans of the first; an
        operation may call itself.
    left_out : int
        Operations that are not in it, those with the least time of their own; their calls are not either.
    self_us : int
        Time of all operations by themselves, those left out too.
    """

    operations: tuple[Operation, ...]
    calls: dict[tuple[int, int], int]
    left_out: int
    self_us: int


def operation_graph(steps: Iterable[Step], most: int = 150) -> OperationGraph:
    """Graph of a trace's operations, of no more than ``most``; empty for no steps."""
    listed = tuple(steps)
    members: dict[Name, list[Step]] = defaultdict(list)
    for step in listed:
        members[step.name].append(step)
    kept = sorted(members, key=lambda name: -sum(step.self_us for step in members[name]))[:most]
    wanted = set(kept)
    places = {name: place for place, name in enumerate(name for name in members if name in wanted)}
    calls = Counter(
        (places[listed[step.parent].name], places[step.name])
        for step in listed
        if step.parent >= 0 and step.name in places and listed[step.parent].name in places
    )
    return OperationGraph(
        tuple(_operation(name, members[name]) for name in places),
        dict(calls),
        len(members) - len(places),
        sum(step.self_us for step in listed),
    )


def _operation(name: Name, steps: list[Step]) -> Operation:
    return Operation(
        *name,
        spans=len(steps),
        errors=sum(step.is_error for step in steps),
        self_us=sum(step.self_us for step in steps),
        critical_us=sum(step.critical_us for step in steps),
    )
