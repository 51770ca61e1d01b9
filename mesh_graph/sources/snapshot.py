"""A recorded snapshot as a metrics source, with time travel inside its range."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mesh_graph.errors import ConfigError, MeshGraphError, NotRecorded
from mesh_graph.fields import DESTINATION_WORKLOAD_NAMESPACE, SOURCE_WORKLOAD_NAMESPACE
from mesh_graph.scope import EVERYTHING, Scope
from mesh_graph.sources.base import Reply
from mesh_graph.sources.evaluator import Evaluator, steps
from mesh_graph.sources.matching import matching_rows
from mesh_graph.sources.promql import duration, render
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery
from mesh_graph.sources.recording import About, RecordedStore, Recording
from mesh_graph.sources.snapshot_file import read_snapshot
from mesh_graph.sources.store import LOOKBACK_S

__all__ = ["SnapshotSource", "open_snapshot"]

_NAMESPACES = (SOURCE_WORKLOAD_NAMESPACE, DESTINATION_WORKLOAD_NAMESPACE)
_SLACK_S = 0.001
"""Instants are told to the millisecond."""


def open_snapshot(path: Path) -> SnapshotSource:
    """The snapshot in a file.

    Raises
    ------
    ConfigError
        If the file is none, or passes a limit.
    """
    try:
        return SnapshotSource(read_snapshot(path), path.name)
    except MeshGraphError as error:
        raise error if isinstance(error, ConfigError) else ConfigError(f"snapshot {path}: {error}") from error


class SnapshotSource:
    """Implements ``MetricsSource`` over a recording; its present is the recording's end.

    Parameters
    ----------
    recording : Recording
    title : str
        What to call it, such as its file's name.

    Notes
    -----
    An instant whose window reaches beyond what was recorded is refused: half a window would give half a rate.
    Of a range the instants that can be answered are, with a warning; none of them, and it is refused.
    A series that ended counts as present for five minutes more: Prometheus' marks of an end are not held.
    """

    def __init__(self, recording: Recording, title: str) -> None:
        self._about = recording.about
        self._title = title
        store = RecordedStore(recording)
        self._known = {label: _values(store, label) for label in _NAMESPACES}
        self._evaluator = Evaluator(store, self.name)

    @property
    def name(self) -> str:
        """The title, who was recorded, whose traffic and when."""
        return self.name_for(EVERYTHING)

    def name_for(self, scope: Scope) -> str:
        """The name without namespaces that may not be seen."""
        about = self._about
        names = [name for name in about.namespaces if scope.is_whole or scope.allows(name)]
        part = f", namespaces {', '.join(names)}" if names else ""
        return f"snapshot {self._title} of {about.source}{part}, {_span(about)}"

    @property
    def is_demo(self) -> bool:
        """Whether the mesh that was recorded is simulated."""
        return self._about.is_demo

    def now(self) -> float:
        """The recording's end, Unix seconds."""
        return self._about.end

    def instant(self, query: MetricQuery, at: float) -> Reply:
        """Answer at one instant (Unix seconds).

        Raises
        ------
        NotRecorded
            If the instant, or the window before it, was not recorded, or the traffic asked for was not.
        """
        self._require_namespaces(query)
        first, last = self._answerable(query)
        if not first <= at <= last:
            raise self._outside(query, at, at)
        return self._told(self._evaluator.instant(query, at))

    def range(self, query: MetricQuery, start: float, end: float, step_s: float) -> Reply:
        """Answers at those of ``start``, ``start + step_s`` … up to ``end`` that were recorded.

        Raises
        ------
        NotRecorded
            If none of them was, or the traffic asked for was not.
        InvalidRequest
            If there are no steps.
        """
        self._require_namespaces(query)
        ats = steps(start, end, step_s)
        first, last = self._answerable(query)
        inside = ats[(ats >= first) & (ats <= last)]
        if not len(inside):
            raise self._outside(query, start, end)
        cut = [f"only {_span(self._about)} was recorded"] if len(inside) < len(ats) else []
        return self._told(self._evaluator.range(query, inside), *cut)

    def label_values(
        self, label: str, matchers: tuple[Matcher, ...], start: float, end: float
    ) -> tuple[str, ...]:
        """Values of a label on the requests and TCP families between two instants, sorted."""
        return self._evaluator.label_values(label, matchers, start, end)

    def promql(self, query: MetricQuery) -> str:
        """The query as Prometheus reads it."""
        return render(query)

    def close(self) -> None:
        """Nothing to release."""

    def _told(self, reply: Reply, *more: str) -> Reply:
        return replace(reply, warnings=(*self._about.warnings, *more))

    def _answerable(self, query: MetricQuery) -> tuple[float, float]:
        """First and last instant that the recording has all samples for."""
        has_window = query.function not in (Function.SERIES, Function.AGE, Function.LATEST)
        reach = query.window_s if has_window else LOOKBACK_S
        return self._about.since + reach - _SLACK_S, self._about.end + _SLACK_S

    def _outside(self, query: MetricQuery, start: float, end: float) -> NotRecorded:
        asked = _time(start) if start == end else f"{_time(start)} to {_time(end)}"
        window = duration(query.window_s)
        about = self._about
        return NotRecorded(
            self.name,
            render(query),
            f"{asked} UTC with a window of {window} was not recorded, only {_span(about)}.",
            f"Choose one up to {_time(about.end)}, at least {window} after {_time(about.since)}.",
        )

    def _require_namespaces(self, query: MetricQuery) -> None:
        """Refuse what asks for the traffic of other namespaces only: that there is none would be untrue."""
        held = self._about.namespaces
        asked = [
            names
            for matcher in query.matchers
            if held and matcher.label in _NAMESPACES and (names := self._named(matcher))
        ]
        if asked and not any(names <= set(held) for names in asked):
            missing = sorted(min(asked, key=len) - set(held))
            raise NotRecorded(
                self.name,
                render(query),
                f"The traffic of {', '.join(missing[:5])} was not recorded.",
                f"Choose {', '.join(held)}, or record anew.",
            )

    def _named(self, matcher: Matcher) -> set[str]:
        """Namespaces that a matcher chooses; none for one that leaves some out."""
        if matcher.op == "=":
            return {matcher.value}
        if matcher.op != "=~":
            return set()
        column = self._known[matcher.label]
        try:
            rows = matching_rows({matcher.label: column}, (matcher,))
        except ValueError:
            return set()
        return set(column[rows])


def _values(store: RecordedStore, label: str) -> NDArray[np.object_]:
    found = {text for family in Family for text in store.labels(family).get(label, ())}
    return np.array(sorted(found), dtype=object)


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"


def _span(about: About) -> str:
    return f"{_time(about.since)} to {_time(about.end)} UTC"
