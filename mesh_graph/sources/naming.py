"""Which labels tell application and version: canonical ones, or app and version where a mesh lacks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from mesh_graph import fields
from mesh_graph.errors import QueryRejected, SourceRefused, SourceReplyInvalid
from mesh_graph.sources.query import Matcher, MetricQuery
from mesh_graph.sources.remembered import Remembered

__all__ = ["APP_LABELS", "CANONICAL_LABELS", "Detector", "Stored", "store"]

Stored = Mapping[str, str]
"""The label that a source stores in the place of one of Istio's; others are stored as they are."""

CANONICAL_LABELS: Stored = MappingProxyType({})
APP_LABELS: Stored = MappingProxyType(
    {
        fields.SOURCE_CANONICAL_SERVICE: fields.SOURCE_APP,
        fields.SOURCE_CANONICAL_REVISION: fields.SOURCE_VERSION,
        fields.DESTINATION_CANONICAL_SERVICE: fields.DESTINATION_APP,
        fields.DESTINATION_CANONICAL_REVISION: fields.DESTINATION_VERSION,
    }
)

LOOK_BACK_S = 3600.0
FOUND_HOLDS_S = 3600.0
NOTHING_HOLDS_S = 60.0

LabelValues = Callable[[str, float, float], tuple[str, ...]]


def store(query: MetricQuery, stored: Stored) -> MetricQuery:
    """The query in the labels that the source stores."""

    def named(matchers: tuple[Matcher, ...]) -> tuple[Matcher, ...]:
        return tuple(replace(m, label=stored.get(m.label, m.label)) for m in matchers)

    return replace(
        query,
        by=tuple(stored.get(label, label) for label in query.by),
        matchers=named(query.matchers),
        either=tuple(map(named, query.either)),
    )


class Detector:
    """Finds out which labels a mesh has, by at most three look-ups in the source's index.

    Parameters
    ----------
    label_values : function of label, start, end
        Values of a stored label in Istio's metrics.
    clock : function
        Seconds, monotonic.
    """

    def __init__(self, label_values: LabelValues, clock: Callable[[], float]) -> None:
        self._label_values = label_values
        self._latest = CANONICAL_LABELS
        self._found: Remembered[str, Stored] = Remembered(clock, 1)

    @property
    def latest(self) -> Stored:
        """What was found last, without asking."""
        return self._latest

    def around(self, at: float) -> Stored:
        """The labels that Istio's metrics had before an instant; held for an hour, whatever the instant."""
        self._latest = self._found.get("", lambda: self._look(at - LOOK_BACK_S, at))
        return self._latest

    def _look(self, start: float, end: float) -> tuple[Stored, float]:
        try:
            if self._label_values(fields.DESTINATION_CANONICAL_SERVICE, start, end):
                return CANONICAL_LABELS, FOUND_HOLDS_S
            if any(
                self._label_values(app, start, end) for app in (fields.DESTINATION_APP, fields.SOURCE_APP)
            ):
                return APP_LABELS, FOUND_HOLDS_S
        except (QueryRejected, SourceRefused, SourceReplyInvalid):
            # A proxy may pass queries only; then Istio's present labels are the better guess.
            pass
        return CANONICAL_LABELS, NOTHING_HOLDS_S
