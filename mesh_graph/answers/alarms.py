"""How gravely namespaces failed a little while ago, so that what is folded does not come and go with them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from mesh_graph import fields
from mesh_graph.answers.desk import Desk
from mesh_graph.errors import SourceError
from mesh_graph.model import View
from mesh_graph.sources.query import Family, Function, MetricQuery
from mesh_graph.topology.fold import alarm_of
from mesh_graph.topology.identity import is_known
from mesh_graph.topology.outcome import Outcome, outcome, response_code, split_flags

__all__ = ["recent_alarms"]

EVERY_S = 60
LOOK_BACK_S = 600
"""An alarm lasts so long after the errors."""
_HOMES = (
    (fields.SOURCE_CLUSTER, fields.SOURCE_WORKLOAD_NAMESPACE),
    (fields.DESTINATION_CLUSTER, fields.DESTINATION_WORKLOAD_NAMESPACE),
    (fields.DESTINATION_CLUSTER, fields.DESTINATION_SERVICE_NAMESPACE),
)
_ENDING = (
    fields.REQUEST_PROTOCOL,
    fields.RESPONSE_CODE,
    fields.GRPC_RESPONSE_STATUS,
    fields.RESPONSE_FLAGS,
)
_BY = (*dict.fromkeys(label for home in _HOMES for label in home), *_ENDING)


def recent_alarms(desk: Desk, view: View) -> Mapping[tuple[str, str], int]:
    """How gravely each (cluster, namespace) failed of late, as ``topology.fold.alarm_of`` counts it.

    One small query, asked once a minute for all views of a mesh. A source that does not answer tells of no
    alarm.
    """
    query = MetricQuery(Family.REQUESTS, Function.RATE, _BY, window_s=max(view.window_s, LOOK_BACK_S))
    at = float(math.floor((view.at or 0.0) / EVERY_S) * EVERY_S)
    answer = desk.fetcher.at([query], at)[query]
    return {} if isinstance(answer, SourceError) else _alarms(answer.table)


def _alarms(table: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Alarms by the reports of both ends together: thresholds of a ratio do not mind the doubling."""
    rates: defaultdict[tuple[str, str], float] = defaultdict(float)
    errors: defaultdict[tuple[str, str], float] = defaultdict(float)
    failed = [_is_error(*ending) for ending in zip(*(table[label] for label in _ENDING), strict=True)]
    homes = [zip(map(_name, table[cluster]), table[namespace], strict=True) for cluster, namespace in _HOMES]
    for rate, is_error, *ends in zip(table[fields.VALUE], failed, *homes, strict=True):
        for home in set(ends):
            rates[home] += rate
            errors[home] += rate if is_error else 0.0
    return {home: alarm_of(rate, errors[home]) for home, rate in rates.items()}


def _name(label: str) -> str:
    """A cluster as the keys of nodes have it."""
    return label if is_known(label) else ""


def _is_error(protocol: str, code: str, status: str, flags: str) -> bool:
    return outcome(protocol, response_code(protocol, code, status), split_flags(flags)) is Outcome.ERROR
