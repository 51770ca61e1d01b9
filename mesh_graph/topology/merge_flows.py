"""Requests on their way through the merge: coded rows in, the ``flows`` frame out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Floats, Ints, decode, first_rows, group, totals
from mesh_graph.topology.merge_kinds import Kinds
from mesh_graph.topology.merge_reports import is_live
from mesh_graph.topology.merge_rows import DESTINATION, REPORTERS, Identities, Rows

__all__ = ["Requests", "flows_frame", "read_requests", "word_column"]


@dataclass(frozen=True, slots=True, eq=False)
class Requests:
    """Requests that ended alike, one row each.

    Attributes
    ----------
    identity, reporter, kind : array of int64
        Places in ``Identities``, ``REPORTERS`` and ``Kinds``.
    edge : array of int64
        Number of the source, destination and protocol.
    never : array of bool
        Whether the reporting proxy ended them before they reached a workload (rule 2).
    arrived : array of bool
        Whether they reached a destination workload that is known.
    rate : array of float64
        Requests per second.
    """

    identity: Ints
    reporter: Ints
    kind: Ints
    edge: Ints
    never: Bools
    arrived: Bools
    rate: Floats

    def __len__(self) -> int:
        return len(self.identity)

    def __getitem__(self, rows: Bools | Ints) -> Requests:
        return Requests(*(getattr(self, name)[rows] for name in Requests.__slots__))

    def at_rate(self, rate: Floats) -> Requests:
        """The same requests at other rates."""
        return replace(self, rate=rate)

    @classmethod
    def concat(cls, parts: Iterable[Requests]) -> Requests:
        """Rows of all parts, in order."""
        parts = list(parts)
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__slots__))


def read_requests(rows: Rows, kind: Ints, who: Identities, kinds: Kinds) -> tuple[Requests, Bools]:
    """Rows of a requests frame that count, and which of the frame's rows they are.

    Rows without traffic count only where the whole edge has none.
    """
    has_destination = who.has_destination[rows.identity]
    by_client = rows.reporter != DESTINATION
    never = by_client & (kinds.never_arrived[kind] | (~has_destination & kinds.has_no_flag[kind]))
    arrived = ~never & (has_destination | ~by_client)
    protocol = kinds.protocol_number[kind]
    edge, count = group(who.source[rows.identity], who.destination[rows.identity], protocol)
    requests = Requests(rows.identity, rows.reporter, kind, edge, never, arrived, rows.rates[0])
    live = is_live(edge, requests.rate, count)
    return requests[live], live


def flows_frame(requests: Requests, who: Identities, kinds: Kinds) -> pd.DataFrame:
    """Requests as the ``flows`` frame of ``Traffic``: equal rows summed, sorted."""
    arrived = requests.arrived.astype(np.int64)
    groups, count = group(requests.identity, requests.kind, arrived, requests.reporter)
    distinct = requests[first_rows(groups, count)]
    columns = {
        **who.columns(distinct.identity),
        fields.PROTOCOL: word_column(kinds.protocol, distinct.kind),
        fields.CODE: word_column(kinds.code, distinct.kind),
        fields.FLAGS: word_column(kinds.flags, distinct.kind),
        fields.OUTCOME: word_column(kinds.outcome, distinct.kind),
        fields.ARRIVED: distinct.arrived,
        fields.RATE: totals(groups, requests.rate, count),
        fields.REPORTED_BY: word_column(REPORTERS, distinct.reporter),
    }
    return pd.DataFrame(columns, copy=False)


def word_column(words: Sequence[str], places: Ints) -> ExtensionArray:
    """Text column of a frame from places in a list of words."""
    # Members of an enumeration become plain text.
    return decode([str(word) for word in words], [places])[0]
