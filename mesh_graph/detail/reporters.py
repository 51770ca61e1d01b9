"""What both ends' proxies report of the same traffic → in what, and why, they differ."""

from __future__ import annotations

import pandas as pd

from mesh_graph import fields
from mesh_graph.model import Reporter
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.outcome import NEVER_ARRIVED, Outcome, flags_text, split_flags

__all__ = ["differences"]

NOTICEABLE = 0.01
"""Share of the traffic below which two counts are the same: scrapes of two proxies never meet."""


def differences(rows: pd.DataFrame) -> tuple[Gap, ...]:
    """Messages about what one end counted and the other did not; none where only one reports.

    ==================  =====================================================================
    message             when, and its parameters
    ==================  =====================================================================
    report-source-only  the server's proxies report nothing
    report-server-only  the callers' proxies report nothing
    report-lost         requests ended at the caller's proxy: ``share``, ``flags``
    report-more         the server counted more than arrived: ``share`` of what the callers saw
    report-masked       the server's error ratio is above the callers': ``server``, ``source``
    report-added        the callers' error ratio is above the server's: ``server``, ``source``
    ==================  =====================================================================

    Parameters
    ----------
    rows : pandas.DataFrame
        ``reporter``, ``response_flags``, ``outcome`` : str; ``value`` : float64, requests per second.
    """
    source, server = (rows[rows[fields.REPORTER] == end] for end in (Reporter.SOURCE, Reporter.DESTINATION))
    asked, answered = float(source[fields.VALUE].sum()), float(server[fields.VALUE].sum())
    if asked <= 0 or answered <= 0:
        return _one_sided(asked, answered)
    return (*_lost(source, asked, answered), *_errors(source, server))


def _one_sided(asked: float, answered: float) -> tuple[Gap, ...]:
    if asked > 0:
        return (Gap("report-source-only"),)
    return (Gap("report-server-only"),) if answered > 0 else ()


def _lost(source: pd.DataFrame, asked: float, answered: float) -> list[Gap]:
    flags = source[fields.RESPONSE_FLAGS].map(lambda text: flags_text(split_flags(text) & NEVER_ARRIVED))
    lost = source[flags != ""]
    rate = float(lost[fields.VALUE].sum())
    found = []
    if rate / asked >= NOTICEABLE / 10:
        by_flag = lost.groupby(flags[lost.index])[fields.VALUE].sum().sort_values(ascending=False)
        found.append(Gap("report-lost", (("share", repr(rate / asked)), ("flags", str(by_flag.index[0])))))
    more = (answered - (asked - rate)) / asked
    if more >= NOTICEABLE:
        found.append(Gap("report-more", (("share", repr(more)),)))
    return found


def _errors(source: pd.DataFrame, server: pd.DataFrame) -> list[Gap]:
    seen, served = _error_ratio(source), _error_ratio(server)
    ratios = (("server", repr(served)), ("source", repr(seen)))
    if served - seen >= NOTICEABLE / 2:
        return [Gap("report-masked", ratios)]
    return [Gap("report-added", ratios)] if seen - served >= NOTICEABLE / 2 else []


def _error_ratio(rows: pd.DataFrame) -> float:
    errors = float(rows.loc[rows[fields.OUTCOME] == Outcome.ERROR, fields.VALUE].sum())
    return errors / float(rows[fields.VALUE].sum())
