"""The empty-graph doctor: an ordered ladder of cheap checks, climbed until a rung explains the emptiness.

    scope ─► series ─► labels ─► namespaces ─► window ─► traffic        a rung that fails ends the climb
      ─► applications ─► reporters ─► tcp-ends ─► destinations ─► sources ─► hide        these only remark

Source of the causes and their order: those that the field's maintainers name to users with empty graphs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mesh_graph.diagnosis import presence, shape
from mesh_graph.diagnosis.asking import Ask, Case
from mesh_graph.diagnosis.presence import Outcome
from mesh_graph.diagnosis.report import Evidence, Finding, Report, Step, Verdict
from mesh_graph.errors import SourceError, SourceRefused, SourceUnreachable
from mesh_graph.model import View
from mesh_graph.sources.base import MetricsSource

__all__ = ["LADDER", "examine"]

LADDER: dict[str, Callable[[Ask, Case], Outcome]] = {
    "scope": presence.check_scope,
    "series": presence.check_series,
    "labels": presence.check_labels,
    "namespaces": presence.check_namespaces,
    "window": presence.check_window,
    "traffic": presence.check_traffic,
    "applications": shape.check_applications,
    "reporters": shape.check_reporters,
    "tcp-ends": shape.check_tcp_ends,
    "destinations": shape.check_destinations,
    "sources": shape.check_sources,
    "hide": shape.check_hide,
}
"""Every rung by its id, in order."""


def examine(
    source: MetricsSource,
    view: View,
    *,
    interval_s: float | None = None,
    unscoped: MetricsSource | None = None,
) -> Report:
    """Why the graph of a view is empty, or what is odd about its traffic.

    A rung that the source does not answer is marked and the climb goes on, but for a source that cannot be
    reached or refuses us: nothing more is asked of that.

    Parameters
    ----------
    source : MetricsSource
    view : View
        Without ``at``: the source's present.
    interval_s : float or None
        Scrape interval, seconds; None measures it.
    unscoped : MetricsSource or None
        The same source without its query scope, to tell a wrong scope from a mesh without metrics; None where
        no scope is set.

    Returns
    -------
    Report
        Every rung of ``LADDER``, in order.
    """
    ask = Ask(source, source.now() if view.at is None else view.at)
    case = Case(view, ask.at, interval_s, unscoped)
    failure: SourceError | None = None
    steps: list[Step] = []
    for rung, check in LADDER.items():
        if failure is not None or any(step.verdict is Verdict.FAILED for step in steps):
            steps.append(Step(rung, Verdict.NOT_REACHED))
            continue
        try:
            steps.append(_step(rung, check(ask, case), ask.evidence))
        except SourceError as error:
            steps.append(_step(rung, _unanswered(error), ask.evidence))
            failure = error if _is_final(error) else None
        ask.begin()
    return Report(source.name, ask.at, view.window_s, tuple(steps), failure)


def _step(rung: str, outcome: Outcome, evidence: tuple[Evidence, ...]) -> Step:
    finding = outcome.finding and replace(outcome.finding, evidence=evidence)
    return Step(rung, outcome.verdict, finding, evidence)


def _unanswered(error: SourceError) -> Outcome:
    finding = Finding.of("unanswered", kind=error.kind, problem=error.problem, advice=error.advice)
    return Outcome(Verdict.UNANSWERED, finding)


def _is_final(error: SourceError) -> bool:
    return isinstance(error, SourceUnreachable | SourceRefused)
