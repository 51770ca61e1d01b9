"""A frame of traffic together with the way of each of its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.frames.codes import Ints, texts
from mesh_graph.model import Protocol
from mesh_graph.topology.columns import any_of
from mesh_graph.topology.inject import Route
from mesh_graph.topology.outcome import NEVER_ARRIVED, Outcome, split_flags
from mesh_graph.topology.places import NOWHERE

__all__ = ["PROTOCOLS", "Layer"]

PROTOCOLS = (Protocol.GRPC, Protocol.HTTP, Protocol.TCP)
"""In the order of their names; a protocol code is a position in it."""
_RATES = (fields.RATE, *fields.TCP_RATES, *fields.MESSAGE_RATES)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A frame of traffic with the way of each row; ``protocol`` holds positions in ``PROTOCOLS``."""

    frame: pd.DataFrame
    route: Route
    protocol: Ints
    _read: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, frame: pd.DataFrame, route: Route, protocol: Protocol | None = None) -> Self:
        """Layer of a frame of one protocol, or of one with a column that tells it."""
        if protocol is not None:
            return cls(frame, route, np.full(len(frame), PROTOCOLS.index(protocol), dtype=np.int64))
        codes, values = pd.factorize(texts(frame[fields.PROTOCOL]))
        positions = np.array([PROTOCOLS.index(Protocol(str(value))) for value in values], dtype=np.int64)
        return cls(frame, route, positions[codes])

    def rates(self, column: str) -> NDArray[np.float64]:
        """A value column."""
        values = self._read.get(column)
        if values is None:
            values = self._read[column] = self.frame[column].to_numpy(dtype=np.float64)
        return values

    def is_any(self, column: str, value: str) -> NDArray[np.bool_]:
        """Per row, whether the column has the value."""
        return np.asarray(texts(self.frame[column]) == value, dtype=bool)

    def refused(self) -> NDArray[np.bool_]:
        """Per row, whether its flags say that the client's proxy ended it before any server had it."""
        codes, values = pd.factorize(texts(self.frame[fields.FLAGS]))
        flagged = [bool(split_flags(str(value)) & NEVER_ARRIVED) for value in values]
        return np.array([*flagged, False], dtype=bool)[codes]

    def failures(self, rate: str = fields.RATE) -> NDArray[np.float64]:
        """A value column where the outcome is an error, else 0."""
        return np.where(self.is_any(fields.OUTCOME, Outcome.ERROR), self.rates(rate), 0.0)

    def bytes(self) -> NDArray[np.float64]:
        """Bytes per second of a tcp layer, both directions."""
        return self.rates(fields.SENT_BYTES_RATE) + self.rates(fields.RECEIVED_BYTES_RATE)

    def moves(self) -> NDArray[np.bool_]:
        """Per row, whether any of its rates is above 0."""
        names = [name for name in _RATES if name in self.frame]
        return any_of([self.rates(name) > 0 for name in names])

    def placed(self) -> Self:
        """The rows both of whose ends are somewhere."""
        here = (self.route.source != NOWHERE) & (self.route.destination != NOWHERE)
        if here.all():
            return self
        return type(self)(self.frame[here], self.route.where(here), self.protocol[here])
