"""Who each end proved to be: the SPIFFE identities on edges, beside their mTLS share."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import texts
from mesh_graph.topology.attributes import EdgeAttr
from mesh_graph.topology.identity import is_known
from mesh_graph.topology.locate import locate

__all__ = ["add_principals"]


def add_principals(graph: nx.MultiDiGraph[str], principals: pd.DataFrame) -> None:
    """Write the principals of each edge's ends, sorted; an end that proved none lacks the attribute.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        As ``build_graph`` gives it; written to.
    principals : pandas.DataFrame
        ``BASE_LABELS``, ``protocol``, ``source_principal``, ``destination_principal`` : str.
    """
    located = locate(graph, principals)
    for name, column in (
        (EdgeAttr.SOURCE_PRINCIPALS, fields.SOURCE_PRINCIPAL),
        (EdgeAttr.DESTINATION_PRINCIPALS, fields.DESTINATION_PRINCIPAL),
    ):
        found: dict[int, set[str]] = defaultdict(set)
        for at, text in zip(located.at.tolist(), texts(principals[column])[located.row], strict=True):
            if is_known(text):
                found[at].add(text)
        for at, proved in found.items():
            located.edges[at][name] = tuple(sorted(proved))
