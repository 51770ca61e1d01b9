"""Bytes per second of requests and responses on edges: rates, so they add up."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.topology.attributes import EdgeAttr
from mesh_graph.topology.columns import put, sums
from mesh_graph.topology.locate import locate

__all__ = ["add_throughput"]


def add_throughput(
    graph: nx.MultiDiGraph[str], *, requests: pd.DataFrame | None, responses: pd.DataFrame | None
) -> None:
    """Write ``EdgeAttr.REQUEST_BYTES_RATE`` and ``RESPONSE_BYTES_RATE``, bytes per second.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As ``build_graph`` gives it; written to. Edges without a row lack the attribute: no data is not zero.
    requests, responses : pandas.DataFrame, optional
        ``traffic.BYTES``: one row per identity and protocol, ``bytes_rate``. None writes nothing.
    """
    for name, frame in (
        (EdgeAttr.REQUEST_BYTES_RATE, requests),
        (EdgeAttr.RESPONSE_BYTES_RATE, responses),
    ):
        if frame is None:
            continue
        located = locate(graph, frame)
        values = frame[fields.BYTES_RATE].to_numpy(dtype=np.float64)[located.row]
        here = np.bincount(located.at, minlength=len(located.edges)) > 0
        put(located.edges, name, sums(located.at, values, len(located.edges)), here)
