"""The same series stored twice: by two replicas of a Prometheus, or by two scrape jobs of one pod.

Rates add up over all series, so whatever is stored twice is shown twice as large.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from mesh_graph import fields
from mesh_graph.diagnosis.asking import Ask, Case
from mesh_graph.diagnosis.report import Finding
from mesh_graph.sources.query import Family, Function, MetricQuery, any_of

__all__ = ["MARKS", "REPLICA_LABELS", "find_doubles"]

REPLICA_LABELS = ("prometheus_replica", "replica")
"""External labels by which the replicas of a highly available Prometheus are told apart."""

_SAMPLE = 5
"""Namespaces that are looked into."""
_TARGET = (fields.CLUSTER, fields.NAMESPACE, fields.POD, fields.INSTANCE)
_MARKS = (fields.JOB, *REPLICA_LABELS)
MARKS = (fields.NAMESPACE, *_MARKS)
"""What series are first counted by."""


def find_doubles(ask: Ask, case: Case) -> Iterator[Finding]:
    """Findings on series of the view that are stored twice.

    Two marks (job or replica) in a namespace are suspicious; the pods of a few such namespaces then tell
    whether one pod has both.

    Raises
    ------
    SourceError
        If the source does not answer.
    """
    ask.begin()
    marks = ask.tables(case.queries(Family.REQUESTS, Function.SERIES, MARKS))
    kinds = marks.drop_duplicates(list(MARKS)).groupby(fields.NAMESPACE).size()
    suspicious = sorted(kinds[kinds > 1].index)[:_SAMPLE]
    if not suspicious:
        return
    within = any_of(fields.NAMESPACE, suspicious)
    query = MetricQuery(Family.REQUESTS, Function.SERIES, (*_TARGET, *_MARKS), (within,))
    targets = ask.tables([query])
    for label in REPLICA_LABELS:
        yield from _findings(ask, "doubled-by-replicas", targets, label, [*_TARGET, fields.JOB])
    pods = targets[targets[fields.POD] != ""]
    yield from _findings(
        ask, "doubled-by-jobs", pods, fields.JOB, [fields.CLUSTER, fields.NAMESPACE, fields.POD]
    )


def _findings(
    ask: Ask, message: str, targets: pd.DataFrame, label: str, one: Iterable[str]
) -> Iterator[Finding]:
    """A finding if one target appears under two values of the label."""
    marked = targets[targets[label] != ""]
    for _, rows in marked.groupby(list(one)):
        values = sorted(set(rows[label]))
        if len(values) > 1:
            first = rows.iloc[0]
            example = str(first[fields.POD] or first[fields.INSTANCE])
            parameters = {"label": label, "values": ", ".join(values), "example": example}
            yield Finding(message, tuple(parameters.items()), ask.evidence)
            return
