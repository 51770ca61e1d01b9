"""Request rates of all objects of a kind over the last hour: one range query, whatever their number."""

from __future__ import annotations

import math

import numpy as np

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.labels import label_names, own_matchers, read_keys
from mesh_graph.answers.observe import shortfall
from mesh_graph.errors import SourceError
from mesh_graph.frames.codes import Floats
from mesh_graph.model import Direction, NodeKey, NodeKind, Reporter, View
from mesh_graph.sources.query import Family, Function, MetricQuery
from mesh_graph.topology.attributes import Gap

__all__ = ["SPAN_S", "STEPS", "STEP_S", "Sparkline", "fetch_sparklines", "grid_end"]

SPAN_S = 3600
STEPS = 30
STEP_S = SPAN_S // STEPS

Sparkline = tuple[float | None, ...]
"""Requests per second at each step; None where there was nothing."""


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
    found = []
    for (kind, _), query in queries.items():
        answer = answers[query]
        rates: dict[NodeKey, dict[str, Floats]] = {}
        if not isinstance(answer, SourceError):
            table = answer.table
            steps = np.rint((table[fields.TIME].to_numpy() - (end - SPAN_S)) / STEP_S).astype(int)
            columns = zip(
                read_keys(kind, table),
                table[fields.REPORTER],
                steps.tolist(),
                table[fields.VALUE],
                strict=True,
            )
            for key, reporter, step, value in columns:
                if key is not None and reporter in tuple(Reporter) and 0 <= step <= STEPS:
                    line = rates.setdefault(key, {}).setdefault(reporter, np.full(STEPS + 1, np.nan))
                    line[step] = value
        found.append({key: _line(list(lines.values())) for key, lines in rates.items()})
    return found, shortfall(queries.values(), answers)[0]


def _line(lines: list[Floats]) -> Sparkline:
    largest = np.fmax.reduce(lines)
    return tuple(None if math.isnan(rate) else rate for rate in largest.tolist())
