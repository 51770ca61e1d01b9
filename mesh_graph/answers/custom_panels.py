"""Panels that a team added: their queries with the page's names in them → charts; each fails alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np
import orjson
import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.metric_panels import Panel
from mesh_graph.answers.metric_queries import Span
from mesh_graph.detail.lines import LINE, busiest, sum_lines
from mesh_graph.errors import SourceError
from mesh_graph.fetch import Answer
from mesh_graph.model import Direction, NodeKey
from mesh_graph.scope import Right
from mesh_graph.sources.base import Reply
from mesh_graph.sources.panels import CustomPanel, CustomQuery
from mesh_graph.sources.promql_template import FreeQuery
from mesh_graph.sources.query import Matcher

__all__ = ["custom_panels"]

_LABEL = re.compile(r"\{(\w+)\}")
Asked = dict[CustomQuery, FreeQuery]


def custom_panels(desk: Desk, subject: NodeKey, direction: Direction, span: Span) -> list[Panel]:
    """The charts of the desk's added panels that this page has the names for; none where it has none.

    A chart without data is there, so that a query that finds nothing can be told from one that was left out.
    """
    names = {
        name: value
        for name, value in (
            ("namespace", subject.namespace),
            ("app", subject.app),
            ("workload", subject.workload),
            ("service", subject.service),
        )
        if value
    }
    may_ask = subject.namespace and desk.scope.allows(subject.namespace, right=Right.QUERIES)
    panels = [p for p in desk.panels if may_ask and p.direction is direction and p.names <= names.keys()]
    asked = [_asked(panel, names, span) for panel in panels]
    queries = [query for of_panel in asked for query in of_panel.values()]
    answers = desk.fetcher.freely(queries, span.start, span.end, span.step_s) if queries else {}
    return [
        _panel(f"added-{number}", panel, [(query, answers[free]) for query, free in of_panel.items()], span)
        for number, (panel, of_panel) in enumerate(zip(panels, asked, strict=True), 1)
    ]


def _asked(panel: CustomPanel, names: Mapping[str, str], span: Span) -> Asked:
    home = (Matcher(panel.namespace_label, "=", names["namespace"]),)
    return {
        query: FreeQuery(query.promql, home, span.window_s, tuple(sorted(names.items())))
        for query in panel.queries
    }


def _panel(name: str, panel: CustomPanel, told: list[tuple[CustomQuery, Answer]], span: Span) -> Panel:
    for _, answer in told:
        if isinstance(answer, SourceError):
            return Panel(
                name, pd.DataFrame(), (answer.request,), problem=answer, title=panel.title, unit=panel.unit
            )
    replies = [(query, answer) for query, answer in told if isinstance(answer, Reply)]
    lines = sum_lines(_rows(replies), span.times)
    shown, hidden = busiest(lines, lines)
    promql = tuple(reply.promql for _, reply in replies)
    return Panel(name, shown, promql, hidden=hidden, title=panel.title, unit=panel.unit)


def _rows(replies: list[tuple[CustomQuery, Reply]]) -> pd.DataFrame:
    """All samples with the line that they belong to: one a series, whatever the legends say."""
    tables = [_named(reply.table, query.legend, number) for number, (query, reply) in enumerate(replies, 1)]
    rows = pd.concat(tables, ignore_index=True)
    series = rows.drop_duplicates(["query", fields.LABELS])
    shared = Counter(series["called"])
    lines = np.empty(len(rows), dtype=object)
    lines[:] = [
        (called if shared[called] == 1 else f"{called}: {_all(labels)} (query {query})", "")
        for called, labels, query in zip(rows["called"], rows[fields.LABELS], rows["query"], strict=True)
    ]
    return rows.assign(**{LINE: lines})


def _named(table: pd.DataFrame, legend: str, number: int) -> pd.DataFrame:
    called = {labels: _called(legend, labels) for labels in table[fields.LABELS].unique()}
    return table.assign(called=table[fields.LABELS].map(called), query=number)


def _called(legend: str, labels: str) -> str:
    if not legend:
        return _all(labels)
    values = orjson.loads(labels)
    return _LABEL.sub(lambda name: str(values.get(name[1], "")) or "none", legend)


def _all(labels: str) -> str:
    return ", ".join(f"{name}={value}" for name, value in orjson.loads(labels).items()) or "all"
