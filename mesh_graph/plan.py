"""A view as the few typed queries that answer it.

Per family at most three queries (for up to a hundred namespaces), disjoint by construction, scoped to the
view's namespaces S: (a) every reporter of traffic into S; (b) every reporter of traffic from S to elsewhere;
(c) traffic from elsewhere that reached no workload, of which ``belongs`` keeps what was meant for S. Never
one query per namespace.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.model import Reporter
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery, any_of

__all__ = ["belongs", "bundles", "scopes", "traffic_queries"]

NAMES_PER_QUERY = 100
"""A longer regular expression costs the source more than another query."""
WHOLE_MESH_SHARE = 0.5
"""From this share of the mesh's namespaces on, asking for all and filtering here is cheaper."""

TRAFFIC_FAMILIES = {
    Family.REQUESTS: fields.REQUEST_LABELS,
    Family.TCP_SENT: fields.TCP_LABELS,
    Family.TCP_RECEIVED: fields.TCP_LABELS,
    Family.TCP_OPENED: fields.TCP_LABELS,
    Family.TCP_CLOSED: fields.TCP_LABELS,
    Family.GRPC_REQUEST_MESSAGES: fields.MESSAGE_LABELS,
    Family.GRPC_RESPONSE_MESSAGES: fields.MESSAGE_LABELS,
}
"""The families whose rates make the graph, and the labels each is grouped by."""


def scopes(namespaces: Collection[str], known: Collection[str] = ()) -> tuple[tuple[Matcher, ...], ...]:
    """Disjoint sets of matchers that together hold every row of the view's namespaces.

    Parameters
    ----------
    namespaces : collection of str
        S; empty means the whole mesh.
    known : collection of str
        The mesh's namespaces; empty if not known, and then S is taken for a small part.

    Returns
    -------
    tuple of tuple of Matcher
        One set per query; the empty set asks for the whole mesh.
    """
    if not namespaces or (known and len(namespaces) >= WHOLE_MESH_SHARE * len(known)):
        return ((),)
    names = sorted(namespaces)
    chunks = [names[i : i + NAMES_PER_QUERY] for i in range(0, len(names), NAMES_PER_QUERY)]
    to, source = fields.DESTINATION_WORKLOAD_NAMESPACE, fields.SOURCE_WORKLOAD_NAMESPACE
    into = [(any_of(to, chunk),) for chunk in chunks]
    out = [(any_of(source, chunk), any_of(to, names, negate=True)) for chunk in chunks]
    lost = (
        Matcher(fields.REPORTER, "=~", f"{Reporter.SOURCE}|{Reporter.WAYPOINT}"),
        any_of(source, names, negate=True),
        any_of(to, names, negate=True),
        Matcher(fields.DESTINATION_WORKLOAD, "=", fields.UNKNOWN),
    )
    return (*into, *out, lost)


def traffic_queries(
    scoped: tuple[tuple[Matcher, ...], ...], window_s: int, *, idle: bool = False
) -> dict[Family, tuple[MetricQuery, ...]]:
    """Every rate query that the graph of these scopes needs, by family; one per scope, in their order."""
    return {
        family: tuple(
            MetricQuery(family, Function.RATE, by, matchers, window_s=window_s, idle=idle)
            for matchers in scoped
        )
        for family, by in TRAFFIC_FAMILIES.items()
    }


def bundles(plan: Mapping[Family, Sequence[MetricQuery]]) -> tuple[tuple[MetricQuery, ...], ...]:
    """A plan's queries as they are best asked together: the requests, which are many, and all the others."""
    others = chain.from_iterable(queries for family, queries in plan.items() if family is not Family.REQUESTS)
    return tuple(plan[Family.REQUESTS]), tuple(others)


def belongs(frame: pd.DataFrame, namespaces: Collection[str]) -> pd.DataFrame:
    """Rows of a frame that touch the namespaces; all of them if there are none to choose by.

    A row belongs if either end runs there, or if it reached no workload and its service or host is there
    (``name.namespace.svc…``).

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns ``fields.BASE_LABELS`` and any others.
    """
    if not namespaces or frame.empty:
        return frame
    wanted = list(namespaces)
    lost = (frame[fields.DESTINATION_WORKLOAD] == fields.UNKNOWN).to_numpy()
    ends = (fields.DESTINATION_WORKLOAD_NAMESPACE, fields.SOURCE_WORKLOAD_NAMESPACE)
    keep = np.logical_or.reduce([frame[end].isin(wanted).to_numpy() for end in ends])
    keep |= lost & frame[fields.DESTINATION_SERVICE_NAMESPACE].isin(wanted).to_numpy()
    unsure = np.flatnonzero(lost & ~keep)
    hosts = frame[fields.DESTINATION_SERVICE].to_numpy()[unsure]
    keep[unsure] = [_namespace_of(str(host)) in wanted for host in hosts]
    return frame[keep]


def _namespace_of(host: str) -> str:
    parts = host.split(".", 2)
    return parts[1] if len(parts) > 1 else ""
