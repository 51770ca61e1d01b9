"""The two ends of each call of a trace, and the time between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mesh_graph.traces.model import SpanKind
from mesh_graph.traces.tree import NO_PARENT, SpanTree

__all__ = ["Call", "calls_of", "network_us"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the places of its client span and of its server span in the tree."""

    client: int
    server: int


def calls_of(tree: SpanTree) -> tuple[Call, ...]:
    """Calls of which both ends were reported: server spans whose parent is a client span."""
    return tuple(
        Call(above, place)
        for place, above in enumerate(tree.parents)
        if above != NO_PARENT
        and tree.spans[place].kind == SpanKind.SERVER
        and tree.spans[above].kind == SpanKind.CLIENT
    )


def network_us(tree: SpanTree, calls: Sequence[Call]) -> dict[int, int]:
    """Microseconds that calls spent between client and server: client less server, by client span.

    Durations are compared, never instants, so that clocks do not matter. A client span with several server
    spans (retries) has none, nor has one that gave up before its server ended, nor one with a negative
    duration at either end.
    """
    servers: dict[int, list[int]] = {}
    for call in calls:
        servers.setdefault(call.client, []).append(tree.spans[call.server].duration_us)
    found = {}
    for client, durations in servers.items():
        between = tree.spans[client].duration_us - durations[0]
        if len(durations) == 1 and between >= 0 and durations[0] >= 0:
            found[client] = between
    return found
