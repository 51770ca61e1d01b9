"""A graph as pandas tables: a row per node, per edge, per kind of response."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from mesh_graph.topology.attributes import EdgeAttr as E
from mesh_graph.topology.attributes import NodeAttr as N

__all__ = [
    "EDGE_COLUMNS",
    "NODE_COLUMNS",
    "RESPONSE_COLUMNS",
    "edges_frame",
    "nodes_frame",
    "responses_frame",
]

Columns = Mapping[str, str]

NODE_COLUMNS: Columns = {
    "key": "str",
    **dict.fromkeys(
        (N.KIND, N.CLUSTER, N.NAMESPACE, N.WORKLOAD, N.APP, N.VERSION, N.SERVICE, N.BOX, N.PARENT, N.STATE),
        "str",
    ),
    **dict.fromkeys((N.DEAD, N.ENTRY), "str"),
    **dict.fromkeys((N.PODS, N.BARE_PODS), "float64"),
    **dict.fromkeys((N.IN_RATE, N.IN_ERROR_RATE, N.IN_ERROR_RATIO), "float64"),
    **dict.fromkeys((N.OUT_RATE, N.OUT_ERROR_RATE, N.OUT_ERROR_RATIO), "float64"),
    **dict.fromkeys((N.TCP_IN_RATE, N.TCP_OUT_RATE, N.INNER_RATE, N.INNER_ERROR_RATE), "float64"),
    **dict.fromkeys((N.FOLDED, N.LAST_SEEN), "float64"),
    **dict.fromkeys(
        (N.IS_INJECTED, N.IS_ROOT, N.IS_OUTSIDE, N.IS_EXTERNAL, N.IS_IDLE, N.HAS_NO_SIDECAR, N.IS_GATEWAY),
        "bool",
    ),
}
"""Columns of ``nodes_frame`` and their dtypes: ``key``, then attributes of ``topology.NodeAttr``."""

EDGE_COLUMNS: Columns = {
    **dict.fromkeys(("source", "destination", E.PROTOCOL, E.STATE, E.REPORTED_BY), "str"),
    **dict.fromkeys((E.RATE, E.ERROR_RATE, E.ERROR_RATIO, E.CLIENT_ERROR_RATE, E.HUNG_UP_RATE), "float64"),
    **dict.fromkeys((E.SHARE, E.LATENCY_MS, E.LATENCY_EDGE_MS), "float64"),
    **dict.fromkeys((E.REQUEST_BYTES_RATE, E.RESPONSE_BYTES_RATE), "float64"),
    **dict.fromkeys((E.SENT_BYTES_RATE, E.RECEIVED_BYTES_RATE, E.OPENED_RATE, E.CLOSED_RATE), "float64"),
    **dict.fromkeys((E.SENT_MESSAGE_RATE, E.RECEIVED_MESSAGE_RATE, E.MTLS_SHARE), "float64"),
    **dict.fromkeys((E.SOURCE_RATE, E.DESTINATION_RATE, E.LAST_RATE, E.LAST_SEEN, E.FOLDED), "float64"),
    **dict.fromkeys((E.IS_PARTIAL, E.IS_IDLE), "bool"),
}
"""Columns of ``edges_frame`` and their dtypes: both ends, then attributes of ``EdgeAttr``."""

RESPONSE_COLUMNS: Columns = {
    **dict.fromkeys(("source", "destination", E.PROTOCOL, "code", "flags", "host", "outcome"), "str"),
    "rate": "float64",
}


def nodes_frame(graph: nx.MultiDiGraph[str]) -> pd.DataFrame:
    """Nodes of a graph, boxes included.

    Returns
    -------
    pandas.DataFrame
        ``NODE_COLUMNS``: rates per second, ratios 0..1, ``last_seen`` in Unix seconds. A text that a node
        lacks is ``""``, a number NaN, a flag False. In the graph's order; without nodes, the same columns
        and no rows.
    """
    return _frame(({"key": key, **data} for key, data in graph.nodes(data=True)), NODE_COLUMNS)


def edges_frame(graph: nx.MultiDiGraph[str]) -> pd.DataFrame:
    """Edges of a graph.

    Returns
    -------
    pandas.DataFrame
        ``EDGE_COLUMNS``: ``rate`` is requests per second, of tcp bytes; ratios and shares 0..1;
        ``latency_ms`` in milliseconds, +inf above ``latency_edge_ms``. What an edge lacks as in
        ``nodes_frame``; in the graph's order; without edges, the same columns and no rows.
    """
    return _frame(
        ({"source": source, "destination": to, **data} for source, to, data in graph.edges(data=True)),
        EDGE_COLUMNS,
    )


def responses_frame(graph: nx.MultiDiGraph[str]) -> pd.DataFrame:
    """How requests (of tcp closed connections) ended, a row per edge, code, flags and host.

    Returns
    -------
    pandas.DataFrame
        ``RESPONSE_COLUMNS``: ``rate`` per second; ``outcome`` as in ``topology/outcome.py``.
    """
    rows = (
        {
            "source": source,
            "destination": destination,
            E.PROTOCOL: data[E.PROTOCOL],
            **{name: getattr(response, name) for name in ("code", "flags", "host", "outcome", "rate")},
        }
        for source, destination, data in graph.edges(data=True)
        for response in data.get(E.RESPONSES, ())
    )
    return _frame(rows, RESPONSE_COLUMNS)


def _frame(rows: Iterable[Mapping[str, Any]], columns: Columns) -> pd.DataFrame:
    listed = list(rows)
    missing = {"str": "", "float64": np.nan, "bool": False}
    return pd.DataFrame(
        {
            name: pd.Series([row.get(name, missing[dtype]) for row in listed], dtype=dtype)
            for name, dtype in columns.items()
        }
    )
