"""A metrics tab: every family of one subject over time, as panels; a family that fails fails alone."""

from __future__ import annotations

from dataclasses import dataclass

from mesh_graph.answers.custom_panels import custom_panels
from mesh_graph.answers.desk import Desk
from mesh_graph.answers.metric_panels import Panel, Panels
from mesh_graph.answers.metric_queries import Span, ask, place_label, place_labels, span_of
from mesh_graph.answers.metric_requests import request_queries
from mesh_graph.answers.pod_charts import pod_panels
from mesh_graph.detail.choice import Choice, Group
from mesh_graph.model import Direction, NodeKey, View
from mesh_graph.topology.attributes import Gap

__all__ = ["Metrics", "metrics_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    """A metrics tab.

    Attributes
    ----------
    subject : NodeKey
    choice : Choice
    span : Span
    marked_s : int
        Window of the view: the last part of the span, which tables and graphs are of.
    panels : tuple of Panel
        With data or a problem, in the order of the page, those that a team added last.
    absent : tuple of str
        Names of panels without data.
    differences : tuple of Gap
        In what both ends' reports differ, where both are shown.
    places : tuple of Group
        Places that this mesh's labels tell.
    """

    subject: NodeKey
    choice: Choice
    span: Span
    marked_s: int
    panels: tuple[Panel, ...]
    absent: tuple[str, ...]
    differences: tuple[Gap, ...] = ()
    places: tuple[Group, ...] = ()


def metrics_of(desk: Desk, view: View, subject: NodeKey, choice: Choice) -> Metrics:
    """Charts of one subject up to the view's instant; all queries are asked at once."""
    places = place_labels(desk, subject, choice.direction, view.at or 0.0)
    labels = place_label(choice, places)
    span = span_of(desk, view, subject)
    asked = ask(subject, choice, span.window_s, labels)
    requests = request_queries(desk, view, subject, choice, window_s=span.window_s, labels=labels)
    answers = desk.fetcher.over([*requests, *asked.queries], span.start, span.end, span.step_s)
    maker = Panels(desk, subject, choice, span, asked, requests, answers)
    of_pods = pod_panels(desk, subject, span) if choice.direction is Direction.INBOUND else []
    panels = [*maker.all(), *of_pods]
    added = custom_panels(desk, subject, choice.direction, span)
    return Metrics(
        subject,
        choice,
        span,
        view.window_s,
        (*(panel for panel in panels if panel.has_data or panel.problem), *added),
        tuple(panel.name for panel in panels if not panel.has_data and not panel.problem),
        maker.differences(),
        tuple(places),
    )
