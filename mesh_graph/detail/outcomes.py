"""Requests at many instants → how many there were and which share ended badly, line by line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.detail.choice import Choice, Group
from mesh_graph.detail.lines import Line, sum_lines, table_of
from mesh_graph.frames.codes import Bools
from mesh_graph.topology.outcome import Outcome, outcome, response_code, split_flags

__all__ = ["raw_outcomes", "request_lines"]

_ANSWERS = (Group.CODE, Group.GRPC_STATUS, Group.FLAGS)
"""Groups of which a line either fails or does not: their ratios are of all requests."""


def request_lines(
    rows: pd.DataFrame, known: Bools, choice: Choice, times: Sequence[float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Requests per second, and ratios 0..1: in plain charts a column per outcome, else per line.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``LINE``, ``time``, ``outcome``, ``value``: requests per second.
    known : array of bool
        Per instant, whether any proxy spoke: where one did, what has no row is zero. A place that has no row
        is gone, and no zero.
    choice : Choice
    times : sequence of float
        Unix seconds.

    Returns
    -------
    volume, ratios : pandas.DataFrame
        Index ``times``. A ratio without requests is NaN. Of lines by code, status or flag the ratios are of
        all requests, and a line that never fails has none.
    """
    filled = np.zeros(len(times), dtype=np.bool_) if choice.group.is_place else known
    whole = _filled(sum_lines(rows, times), filled)
    ended = {how: _filled(sum_lines(rows[rows[fields.OUTCOME] == how], times), filled) for how in Outcome}
    if choice.is_plain:
        return _by_outcome(whole, ended)
    failed = ended[Outcome.ERROR].reindex(columns=whole.columns, fill_value=0.0)
    if choice.group not in _ANSWERS:
        return whole, failed / whole.where(whole > 0)
    shares = failed.div(whole.sum(axis=1).where(lambda total: total > 0), axis=0)
    return whole, shares.iloc[:, np.flatnonzero((failed.fillna(0.0) > 0).to_numpy().any(axis=0))]


def _by_outcome(whole: pd.DataFrame, ended: dict[Outcome, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    total = whole.sum(axis=1, min_count=1)
    volume: dict[Line, pd.Series[float]] = {
        (how.value, ""): table.sum(axis=1, min_count=1)
        for how, table in ended.items()
        if table.size and (table.fillna(0.0).to_numpy() > 0).any()
    }
    ratios: dict[Line, pd.Series[float]] = {
        (how.value, ""): volume.get((how.value, ""), total * 0.0).fillna(0.0) / total.where(total > 0)
        for how in (Outcome.ERROR, Outcome.CLIENT_ERROR, Outcome.HUNG_UP)
        if how is Outcome.ERROR or (how.value, "") in volume
    }
    return table_of(volume, total.index), table_of(ratios, total.index)


def _filled(table: pd.DataFrame, known: Bools) -> pd.DataFrame:
    return table.mask(table.isna() & known[:, None], 0.0) if table.size else table


def raw_outcomes(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of one proxy's requests with ``OUTCOME`` and ``CODE``, as that proxy reports them, unmerged.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``request_protocol``, ``response_code``, ``grpc_response_status``, ``response_flags`` : str.
    """
    labels = (
        fields.REQUEST_PROTOCOL,
        fields.RESPONSE_CODE,
        fields.GRPC_RESPONSE_STATUS,
        fields.RESPONSE_FLAGS,
    )
    known: dict[tuple[str, ...], tuple[str, str]] = {}
    for row in zip(*(rows[label] for label in labels), strict=True):
        if row not in known:
            protocol, code, status, flags = row
            shown = response_code(protocol, code, status)
            known[row] = shown, outcome(protocol, shown, split_flags(flags)).value
    told = [known[row] for row in zip(*(rows[label] for label in labels), strict=True)]
    return rows.assign(**{fields.CODE: [code for code, _ in told], fields.OUTCOME: [how for _, how in told]})
