"""Request rates of all objects of a kind over the last hour: one range query, whatever their number."""

from __future__ import annotations

import math

import numpy as np

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.labels import label_names, own_matchers, read_key
from mesh_graph.answers.observe import shortfall
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.frames.codes import Floats
from mesh_graph.model import Direction, NodeKey, NodeKind, Reporter, View
from mesh_graph.sources.query import Family, Function, MetricQuery
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.grouping import distinct_rows

__all__ = ["SPAN_S", "STEPS", "STEP_S", "Sparkline", "fetch_sparklines", "grid_end"]

SPAN_S = 3600
STEPS = 30
STEP_S = SPAN_S // STEPS

Sparkline = tuple[float | None, ...]
"""Requests per second at each step, to four digits; None where there was nothing."""
_REPORTERS = frozenset(Reporter)


def grid_end(at: float) -> float:
    """End of the sparklines of a view: its instant, down to a whole step, so that refreshes share them."""
    return math.floor(at / STEP_S) * float(STEP_S)


def fetch_sparklines(
    desk: Desk, view: View, wanted: tuple[tuple[NodeKind, Direction], ...]
) -> tuple[list[dict[NodeKey, Sparkline]], tuple[Gap, ...]]:
    """Request rates of what came in or went out, at ``STEPS + 1`` instants up to the view's.

    Returns
    -------
    list of dict of NodeKey to Sparkline
        One for each that is wanted; without an entry nothing was counted.
    tuple of Gap
        What could not be had.

    Notes
    -----
    The reports are not merged at every step: of two reporters the larger rate is taken, so requests that
    never arrived are missing in what came in.
    """
    queries = {
        (kind, direction): MetricQuery(
            Family.REQUESTS,
            Function.RATE,
            (*label_names(kind, direction), fields.REPORTER),
            own_matchers(desk, view, direction),
            view.window_s,
        )
        for kind, direction in wanted
    }
    end = grid_end(view.at or 0.0)
    answers = desk.over(queries.values(), end - SPAN_S, end, STEP_S)
    found = [_lines(kind, answers[query], end - SPAN_S) for (kind, _), query in queries.items()]
    return found, shortfall(queries.values(), answers)[0]


def _lines(kind: NodeKind, answer: Answer, start: float) -> dict[NodeKey, Sparkline]:
    if isinstance(answer, SourceError):
        return {}
    table = answer.table
    (series,), labels = distinct_rows([table], list(table.columns[: len(label_names(kind)) + 1]))
    step = np.rint((table[fields.TIME].to_numpy() - start) / STEP_S).astype(np.int64)
    inside = (step >= 0) & (step <= STEPS)
    rates = np.full((len(labels), STEPS + 1), np.nan)
    rates[series[inside], step[inside]] = table[fields.VALUE].to_numpy()[inside]
    found: dict[NodeKey, Floats] = {}
    for at, (*names, reporter) in enumerate(labels):
        key = read_key(kind, names)
        if key is not None and reporter in _REPORTERS:
            found[key] = np.fmax(found[key], rates[at]) if key in found else rates[at]
    return {key: _line(line) for key, line in found.items()}


def _line(rates: Floats) -> Sparkline:
    return tuple(None if math.isnan(rate) else float(f"{rate:.4g}") for rate in rates.tolist())
