"""Volumes by the canonical rule: bytes, connections and messages, which have no code to match by.

The numbers are those of the canonical merge's rules (``docs/architecture.md``). Rule 3 has no part here: what
one end calls lost, the other counts as open or closed in its own words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Floats, Ints, first_rows, group, totals
from mesh_graph.topology.merge_flows import word_column
from mesh_graph.topology.merge_kinds import Kinds
from mesh_graph.topology.merge_reports import NEGLIGIBLE, is_live, nearest_reporter, outnumbers, take_off
from mesh_graph.topology.merge_rows import DESTINATION, REPORTERS, SOURCE, Identities, Rows

__all__ = ["COMPARED", "Volumes", "merge_volumes", "messages_frame", "read_tcp", "read_volumes", "tcp_frame"]

COMPARED = 2
"""How many of a family's quantities, from the first, its two reports are compared by: there and back."""


@dataclass(frozen=True, slots=True, eq=False)
class Volumes:
    """What proxies counted, one row each.

    Attributes
    ----------
    identity, reporter, kind : array of int64
        Places in ``Identities``, ``REPORTERS`` and, of tcp, ``Kinds``.
    layer : array of int64
        What is never added up across; the protocol, where a family has several.
    edge : array of int64
        Number of the source, destination and layer.
    never : array of bool
        Whether the reporting proxy ended it before it reached a workload (rule 2).
    rates : array of float64
        A line per quantity, a column per row; per second.
    """

    identity: Ints
    reporter: Ints
    kind: Ints
    layer: Ints
    edge: Ints
    never: Bools
    rates: Floats

    def __len__(self) -> int:
        return len(self.identity)

    def __getitem__(self, rows: Bools | Ints) -> Volumes:
        return Volumes(*(getattr(self, name)[..., rows] for name in Volumes.__slots__))

    @property
    def volume(self) -> Floats:
        """What the two ends' reports are compared by: both ways together."""
        both: Floats = self.rates[:COMPARED].sum(axis=0)
        return both


def read_volumes(rows: Rows, who: Identities, layer: Ints | None = None) -> tuple[Volumes, Bools]:
    """Rows of a frame without codes that count, and which of the frame's rows they are."""
    none = np.zeros(len(rows), dtype=np.int64)
    return _read(rows, who, none, none if layer is None else layer, none.astype(np.bool_))


def read_tcp(rows: Rows, who: Identities, kind: Ints, kinds: Kinds) -> tuple[Volumes, Bools]:
    """Rows of a TCP frame that count, and which of the frame's rows they are."""
    refused = ~who.has_destination[rows.identity] & kinds.has_no_flag[kind]
    never = (rows.reporter != DESTINATION) & (kinds.never_arrived[kind] | refused)
    return _read(rows, who, kind, np.zeros(len(rows), dtype=np.int64), never & ~kinds.client_gone[kind])


def _read(rows: Rows, who: Identities, kind: Ints, layer: Ints, never: Bools) -> tuple[Volumes, Bools]:
    edge, count = group(who.source[rows.identity], who.destination[rows.identity], layer)
    live = is_live(edge, rows.rates.sum(axis=0), count)
    return Volumes(rows.identity, rows.reporter, kind, layer, edge, never, rows.rates)[live], live


def merge_volumes(rows: Volumes, who: Identities, tolerance: float | None) -> tuple[Volumes, Bools]:
    """Everything once: rows of the reports that are used, and what never arrived.

    Parameters
    ----------
    rows : Volumes
        All reporters' rows.
    tolerance : float
        Excess of the source's report over the destination's that is within sampling; None where the two
        ends do not count alike and no excess means anything.

    Returns
    -------
    Volumes
        Rows of the input at their rates, or what is left of them.
    array of bool
        Per row of the input: whether its destination reports only part of what its source saw arrive.
    """
    edges = int(rows.edge.max(initial=-1)) + 1
    nearest = nearest_reporter(rows.edge, rows.reporter, edges)[rows.edge]
    arrived = ~rows.never & who.has_destination[rows.identity]
    is_counted = rows.reporter == DESTINATION
    is_half = np.zeros(len(rows), dtype=np.bool_)
    if tolerance is not None:
        is_evidence = (rows.reporter == SOURCE) & arrived
        is_half = outnumbers(rows.edge, rows.volume, is_evidence, is_counted, tolerance=tolerance)
        is_half &= nearest == DESTINATION
    used_by = np.where(is_half, SOURCE, nearest)
    is_used = rows.reporter == used_by
    hidden = rows[is_used & arrived & ~is_counted & ~is_half]
    kept = is_used | (rows.never & (rows.reporter > used_by))
    return _without_hidden(rows[kept], hidden, who), is_half


def _without_hidden(rows: Volumes, hidden: Volumes, who: Identities) -> Volumes:
    """Rule 5: the rows less what unknown sources hide; under the same service first."""
    is_holding = (rows.reporter == DESTINATION) & who.is_anonymous[rows.identity]
    if not is_holding.any() or not len(hidden):
        return rows
    holding = rows[is_holding]
    places = _hiding_places(holding, who), _hiding_places(hidden, who)
    rates = rows.rates.copy()
    pairs = zip(holding.rates, hidden.rates, strict=True)
    rates[:, is_holding] = [take_off(held, asked, *places) for held, asked in pairs]
    is_gone = is_holding & (rates.sum(axis=0) <= NEGLIGIBLE) & (rows.rates.sum(axis=0) > 0)
    return replace(rows, rates=rates)[~is_gone]


def _hiding_places(rows: Volumes, who: Identities) -> list[tuple[Ints, ...]]:
    destination, service = who.destination[rows.identity], who.service[rows.identity]
    return [(destination, rows.layer, service), (destination, rows.layer)]


def tcp_frame(rows: Volumes, who: Identities, kinds: Kinds) -> pd.DataFrame:
    """The ``tcp`` frame of ``Traffic``: equal rows summed, sorted."""
    first, rates = _sums(rows, rows.kind, rows.reporter)
    sent, received, opened, closed = rates
    columns = {
        **who.columns(rows.identity[first]),
        fields.FLAGS: word_column(kinds.flags, rows.kind[first]),
        fields.OUTCOME: word_column(kinds.outcome, rows.kind[first]),
        fields.SENT_BYTES_RATE: sent,
        fields.RECEIVED_BYTES_RATE: received,
        fields.OPENED_RATE: opened,
        fields.CLOSED_RATE: closed,
        fields.REPORTED_BY: word_column(REPORTERS, rows.reporter[first]),
    }
    return pd.DataFrame(columns, copy=False)


def messages_frame(rows: Volumes, who: Identities) -> pd.DataFrame:
    """The ``messages`` frame of ``Traffic``: equal rows summed, sorted."""
    first, rates = _sums(rows)
    return pd.DataFrame(
        {**who.columns(rows.identity[first]), **dict(zip(fields.MESSAGE_RATES, rates, strict=True))},
        copy=False,
    )


def _sums(rows: Volumes, *columns: Ints) -> tuple[Ints, list[Floats]]:
    """A row of each identity and values of the columns, and the sum of each quantity over them."""
    groups, count = group(rows.identity, *columns)
    return first_rows(groups, count), [totals(groups, rates, count) for rates in rows.rates]
