"""How requests and connections ended: the distinct endings, and what the merge rules ask of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Ints, first_rows, group
from mesh_graph.model import Protocol
from mesh_graph.topology import outcome as rule
from mesh_graph.topology.merge_rows import Rows

__all__ = ["Kinds", "request_kinds", "tcp_kinds"]

Ending = tuple[str, str, frozenset[str]]
"""Protocol, code and flags."""


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """Distinct endings, sorted by protocol, code and flags.

    Attributes
    ----------
    protocol, code, flags, outcome : list of str
        As ``Traffic`` shows them.
    protocol_number : array of int64
        Number of the protocol.
    never_arrived, answer_lost, server_died, client_gone, has_no_flag : array of bool
        What the flags say; see ``topology.outcome``. An answer that had begun is not lost: the server's proxy
        counts it under the same code.
    unanswered : array of bool
        No response, and the client went away: what a server's proxy writes of an answer that was lost.
    counted_code, counted_outcome : array of int64
        Number of the protocol and code (or outcome) under which a server's proxy counts such a request.
    """

    protocol: list[str]
    code: list[str]
    flags: list[str]
    outcome: list[str]
    protocol_number: Ints
    never_arrived: Bools
    answer_lost: Bools
    server_died: Bools
    client_gone: Bools
    has_no_flag: Bools
    unanswered: Bools
    counted_code: Ints
    counted_outcome: Ints

    @classmethod
    def of(cls, endings: Sequence[Ending]) -> Kinds:
        """Kinds of distinct endings, which are in order."""
        protocols = [protocol for protocol, _, _ in endings]
        codes = [code for _, code, _ in endings]
        outcomes = [str(rule.outcome(*ending)) for ending in endings]
        begun = np.array([rule.had_begun(*ending[:2]) for ending in endings], dtype=np.bool_)
        lost = _with(endings, rule.ANSWER_LOST) & ~begun
        gone = _with(endings, rule.CLIENT_GONE)
        return cls(
            protocols,
            codes,
            [rule.flags_text(flags) for _, _, flags in endings],
            outcomes,
            protocol_number=_numbers(protocols),
            never_arrived=_with(endings, rule.NEVER_ARRIVED),
            answer_lost=lost,
            server_died=_with(endings, rule.SERVER_DIED) & ~begun,
            client_gone=gone,
            has_no_flag=np.array([not flags for _, _, flags in endings], dtype=np.bool_),
            unanswered=gone & np.array([code == fields.NO_RESPONSE for code in codes], dtype=np.bool_),
            counted_code=_numbers(_counted(protocols, codes, lost, fields.NO_RESPONSE)),
            counted_outcome=_numbers(_counted(protocols, outcomes, lost, rule.Outcome.HUNG_UP)),
        )


def _with(endings: Iterable[Ending], wanted: frozenset[str]) -> Bools:
    return np.array([not flags.isdisjoint(wanted) for _, _, flags in endings], dtype=np.bool_)


def _counted(protocols: list[str], names: list[str], lost: Bools, instead: str) -> list[tuple[str, str]]:
    return [
        (protocol, instead if is_lost else name)
        for protocol, name, is_lost in zip(protocols, names, lost.tolist(), strict=True)
    ]


def _numbers(values: Sequence[object]) -> Ints:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def request_kinds(rows: Rows, vocabulary: Sequence[str]) -> tuple[Kinds, Ints]:
    """Kinds of the rows of a requests frame, and the kind of each row."""
    labels = (
        fields.REQUEST_PROTOCOL,
        fields.RESPONSE_CODE,
        fields.GRPC_RESPONSE_STATUS,
        fields.RESPONSE_FLAGS,
    )

    def ending(protocol: str, code: str, status: str, flags: str) -> Ending:
        protocol = Protocol.GRPC if protocol == Protocol.GRPC else Protocol.HTTP
        return str(protocol), rule.response_code(protocol, code, status), rule.split_flags(flags)

    words, combinations = _combinations(rows, labels, vocabulary)
    return _kinds([ending(*row) for row in words], combinations)


def tcp_kinds(rows: Rows, vocabulary: Sequence[str]) -> tuple[Kinds, Ints]:
    """Kinds of the rows of a TCP frame, and the kind of each row."""
    words, combinations = _combinations(rows, (fields.RESPONSE_FLAGS,), vocabulary)
    return _kinds([(str(Protocol.TCP), "", rule.split_flags(flags)) for (flags,) in words], combinations)


def _combinations(
    rows: Rows, labels: Sequence[str], vocabulary: Sequence[str]
) -> tuple[list[tuple[str, ...]], Ints]:
    combinations, count = group(*(rows.labels[label] for label in labels))
    distinct = first_rows(combinations, count)
    columns = ([vocabulary[code] for code in rows.labels[label][distinct].tolist()] for label in labels)
    return list(zip(*columns, strict=True)), combinations


def _kinds(endings: Sequence[Ending], combinations: Ints) -> tuple[Kinds, Ints]:
    ordered = sorted(set(endings), key=lambda ending: (*ending[:2], rule.flags_text(ending[2])))
    place = {ending: number for number, ending in enumerate(ordered)}
    places = np.array([place[ending] for ending in endings], dtype=np.int64)
    return Kinds.of(ordered), places[combinations]
