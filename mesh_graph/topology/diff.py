"""Vanished and new: a view against an earlier one.

Both are laid out and folded together, so the same things are compared whatever the graph type and the
folding: an edge between folded nodes is new only if nothing that it sums was there before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mesh_graph.model import State
from mesh_graph.topology.attributes import EdgeAttr, NodeAttr
from mesh_graph.topology.columns import Rows, put

__all__ = ["write_edge_states", "write_node_states"]


def write_edge_states(
    rows: Rows, now: NDArray[np.bool_], last_rate: NDArray[np.float64], before: NDArray[np.bool_]
) -> None:
    """Write each edge's state and what a vanished one carried last.

    Parameters
    ----------
    rows : list of dict
        The edges of both views; those of the earlier one alone get the rate 0.
    now, before : array of bool
        Whether the edge carried traffic.
    last_rate : array of float64
        ``EdgeAttr.RATE`` in the earlier view.
    """
    _write_states(rows, EdgeAttr.STATE, now, before)
    put(rows, EdgeAttr.LAST_RATE, last_rate, before & ~now)
    for at in np.flatnonzero(before & ~now).tolist():
        rows[at].setdefault(EdgeAttr.RATE, 0.0)


def write_node_states(rows: Rows, now: NDArray[np.bool_], before: NDArray[np.bool_]) -> None:
    """Write each node's state, from whether it had any traffic, inner traffic included."""
    _write_states(rows, NodeAttr.STATE, now, before)


def _write_states(rows: Rows, name: str, now: NDArray[np.bool_], before: NDArray[np.bool_]) -> None:
    states = np.select(
        [now & ~before, before & ~now], [State.NEW.value, State.VANISHED.value], State.STEADY.value
    )
    put(rows, name, states)
