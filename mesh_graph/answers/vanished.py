"""When what vanished was last seen: sightings of it between the earlier view and the present one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.earlier import MOST_WINDOWS, earlier_span
from mesh_graph.errors import SourceError
from mesh_graph.fetch import instants
from mesh_graph.model import Protocol, View
from mesh_graph.plan import traffic_queries
from mesh_graph.sources.query import Family, Function, MetricQuery, any_of
from mesh_graph.topology.grouping import distinct_rows
from mesh_graph.topology.traffic import Traffic

__all__ = ["sightings"]

MOST = 100
"""Identities that are looked for, the busiest first."""
_BY = (*fields.BASE_LABELS, fields.REQUEST_PROTOCOL)
_NAMES = (fields.SOURCE_WORKLOAD, fields.DESTINATION_WORKLOAD, fields.DESTINATION_SERVICE)
_COLUMNS = [*fields.BASE_LABELS, fields.PROTOCOL, fields.TIME]

Names = dict[str, list[str]]
"""Per label, the values that what vanished had; what may have had any is left out."""


def sightings(desk: Desk, view: View, now: Traffic, earlier: Traffic) -> pd.DataFrame | None:
    """Instants at which what is gone still had traffic, and what else goes by the same names.

    Parameters
    ----------
    desk : Desk
    view : View
        With its instant.
    now, earlier : Traffic
        Of the view and of the one that it is compared with.

    Returns
    -------
    pandas.DataFrame or None
        ``BASE_LABELS``, ``protocol`` : str, ``time`` : float64, Unix seconds. None where nothing vanished.
    """
    gone = _vanished(now.reports, earlier.reports)
    if gone.empty or view.at is None:
        return None
    is_tcp = gone[fields.PROTOCOL] == Protocol.TCP
    parts = [
        (family, _names(rows))
        for family, rows in ((Family.REQUESTS, gone[~is_tcp]), (Family.TCP_SENT, gone[is_tcp]))
        if len(rows)
    ]
    return pd.concat([_in_family(desk, view, family, names) for family, names in parts], ignore_index=True)


def _vanished(now: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Rows of the earlier reports whose identity has none now, the busiest ``MOST``."""
    (is_now, was), _ = distinct_rows([now, earlier], (*fields.BASE_LABELS, fields.PROTOCOL))
    gone = earlier[~np.isin(was, is_now)]
    rates = gone[[fields.SOURCE_RATE, fields.DESTINATION_RATE]].max(axis="columns")
    return gone.loc[rates.sort_values(ascending=False).index[:MOST]]


def _names(gone: pd.DataFrame) -> Names:
    found = {label: sorted(set(gone[label])) for label in _NAMES}
    # What is unknown may be written in other ways, and some rows take their names from elsewhere.
    return {label: values for label, values in found.items() if fields.UNKNOWN not in values}


def _in_family(desk: Desk, view: View, family: Family, names: Names) -> pd.DataFrame:
    """Sightings in one family; without rows where the source did not tell."""
    table = _held(desk, view, family, names)
    if table is None:
        table = _asked(desk, view, family, names)
    tcp = {fields.REQUEST_PROTOCOL: Protocol.TCP.value} if family is Family.TCP_SENT else {}
    return table.assign(**tcp).rename(columns={fields.REQUEST_PROTOCOL: fields.PROTOCOL})[_COLUMNS]


def _asked(desk: Desk, view: View, family: Family, names: Names) -> pd.DataFrame:
    at = view.at or 0.0
    which = tuple(any_of(label, values) for label, values in names.items())
    query = MetricQuery(family, Function.RATE, _BY, which, view.window_s)
    step = max(float(view.window_s), view.compare_s / MOST_WINDOWS)
    answer = desk.fetcher.over([query], at - view.compare_s, at, step)[query]
    if not isinstance(answer, SourceError):
        return answer.table
    return pd.DataFrame(columns=[*_BY, fields.TIME]).astype({fields.TIME: "float64"})


def _held(desk: Desk, view: View, family: Family, names: Names) -> pd.DataFrame | None:
    """Rows of these names at every whole window since the earlier view; None if a window is not held."""
    span = earlier_span(view, view.at or 0.0)
    if span is None:
        return None
    queries = traffic_queries(desk.scopes(view), view.window_s, idle=view.idle)[family]
    found = []
    for at in instants(*span):
        replies = desk.fetcher.held(queries, at)
        if replies is None:
            return None
        found += [_named(reply.table, names).assign(**{fields.TIME: at}) for reply in replies]
    return pd.concat(found, ignore_index=True)


def _named(table: pd.DataFrame, names: Names) -> pd.DataFrame:
    masks = (table[label].isin(values).to_numpy() for label, values in names.items())
    return table[np.logical_and.reduce([(table[fields.VALUE] > 0).to_numpy(), *masks])]
