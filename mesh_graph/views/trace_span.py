"""One span of a trace → what it says in full: times, tags, process, events, and what is odd about it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.trace_view import TraceRow, TraceView
from mesh_graph.traces.model import Attribute, Event, Span, SpanKind
from mesh_graph.traces.question import text_of
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_traces import KINDS, MESSAGES, problem_words
from mesh_graph.views.numbers import format_latency, format_micros, format_percent
from mesh_graph.views.trace_figures import start_text
from mesh_graph.views.trace_list import trace_href
from mesh_graph.views.words import fill

__all__ = ["render_span", "row_of"]

MOST_VALUE = 2_000
"""Characters of a tag's value that are shown."""
MOST_TAGS = 300
MOST_EVENTS = 100


def row_of(view: TraceView, span_id: str) -> TraceRow | None:
    """The first row of a span id; None where the trace has no such span."""
    return next((row for row in view.rows if row.span.span_id == span_id), None)


def render_span(view: TraceView, row: TraceRow, links: Links) -> list[Component]:
    """Everything that is known of one span."""
    span = row.span
    head = [
        html.H3(span.service or "–"),
        html.Div(span.name, className="mgt-operation-whole"),
        *_odd(view, row),
        _table(_times(view, row)),
        *_measured(row),
        html.Div(_ways(span, links), className="mgt-ways"),
    ]
    if row.is_foreign:
        return [*head, html.P(MESSAGES["foreign"], className="mgt-quiet")]
    return [
        *head,
        *_tags("Tags", span.attributes),
        *_events(span.events, span.start_us),
        *_tags("Process", span.resource),
        *_linked(span.links, links),
        html.H4("Id"),
        html.Div(span.span_id, className="mgt-code"),
    ]


def _odd(view: TraceView, row: TraceRow) -> list[Component]:
    problems = [problem for problem in view.problems if problem.span_id == row.span.span_id]
    words = [problem_words(problem) for problem in problems]
    if row.span.is_error:
        words.insert(0, MESSAGES["failed"])
    marks = ["error" if row.span.is_error and number == 0 else "problem" for number in range(len(words))]
    return [
        html.P([html.Span(className=f"mgt-mark mgt-mark-{mark}"), text], className="mgt-odd")
        for mark, text in zip(marks, words, strict=True)
    ]


def _times(view: TraceView, row: TraceRow) -> list[tuple[str, str]]:
    span = row.span
    share = row.critical_us / view.duration_us if view.duration_us > 0 else 0.0
    path = (
        f"{format_micros(row.critical_us)}, {format_percent(share)} of the trace" if row.critical_us else "no"
    )
    facts = [
        ("Duration", format_micros(span.duration_us)),
        ("Its own time", f"{format_micros(row.self_us)}"),
        ("On the critical path", path),
        ("Start", f"{format_micros(row.offset_us)} after the trace's"),
        ("Start, UTC", start_text(span.start_us)),
        ("Kind", KINDS[span.kind]),
        ("Spans inside", f"{row.below:,}"),
    ]
    if row.network_us is not None:
        facts.insert(2, ("Network and queues", format_micros(row.network_us)))
    if row.errors_below:
        facts.append(("Failed inside", f"{row.errors_below:,}"))
    if row.skew_us:
        facts.append(("Clock put right by", format_micros(row.skew_us)))
    return facts


def _measured(row: TraceRow) -> list[Component]:
    """The span beside what the mesh measured of its edge; that nothing was measured is said."""
    if row.span.kind not in (SpanKind.CLIENT, SpanKind.SERVER) or row.is_foreign:
        return []
    times = row.measured
    if times is None or (times.p50_ms is None and times.p99_ms is None):
        return [html.H4(MESSAGES["measured"]), html.P(MESSAGES["measured.nothing"], className="mgt-quiet")]
    rows = [
        _against(name, row.span.duration_us, measured)
        for name, measured in (("p50", times.p50_ms), ("p99", times.p99_ms))
        if measured is not None
    ]
    return [html.H4(MESSAGES["measured"]), html.Table(html.Tbody(rows))]


def _against(name: str, duration_us: int, measured_ms: float) -> Component:
    if math.isinf(measured_ms):
        return html.Tr([html.Th(name, scope="row"), html.Td(format_latency(measured_ms))])
    difference_us = duration_us - measured_ms * 1000
    words = "measured.slower" if difference_us > 0 else "measured.faster"
    values = {
        "measured": format_latency(measured_ms, digits=3),
        "difference": format_micros(abs(difference_us)),
    }
    tone = "slower" if name == "p99" and difference_us > 0 else "usual"
    cell = html.Td(fill(MESSAGES[words], values), **{"data-tone": tone})
    return html.Tr([html.Th(name, scope="row"), cell])


def _ways(span: Span, links: Links) -> list[Component]:
    alike = links.page("/traces", service=span.service, **({"operation": span.name} if span.name else {}))
    return [dcc.Link("Traces with this operation", href=alike, className="mg-link")]


def _table(rows: Iterable[tuple[str, str]]) -> Component:
    lines = [html.Tr([html.Th(name, scope="row"), html.Td(text)]) for name, text in rows]
    return html.Table(html.Tbody(lines))


def _value(text: str) -> str:
    if len(text) <= MOST_VALUE:
        return text
    return f"{text[:MOST_VALUE]}… {fill(MESSAGES['cut'], {'count': f'{len(text):,}'})}"


def _tags(title: str, tags: Mapping[str, Attribute]) -> list[Component]:
    if not tags:
        return []
    rows = [(key[:MOST_VALUE], _value(text_of(value))) for key, value in sorted(tags.items())]
    more = [
        html.P(fill(MESSAGES["more-tags"], {"count": f"{len(rows) - MOST_TAGS:,}"}), className="mgt-quiet")
    ]
    return [html.H4(title), _table(rows[:MOST_TAGS]), *(more if len(rows) > MOST_TAGS else [])]


def _events(events: Sequence[Event], start_us: int) -> list[Component]:
    if not events:
        return []
    shown = [
        html.Div(
            [
                html.Div(
                    [html.B(event.name[:MOST_VALUE] or "event"), f" {format_micros(event.at_us - start_us)}"]
                ),
                *(
                    [_table((k, _value(text_of(v))) for k, v in event.attributes.items())]
                    if event.attributes
                    else []
                ),
            ],
            className="mgt-event",
        )
        for event in events[:MOST_EVENTS]
    ]
    more = fill(MESSAGES["more-events"], {"count": f"{len(events) - MOST_EVENTS:,}"})
    rest = [html.P(more, className="mgt-quiet")] if len(events) > MOST_EVENTS else []
    return [html.H4("Events, after its start"), *shown, *rest]


def _linked(traces: Sequence[str], links: Links) -> list[Component]:
    if not traces:
        return []
    items = [dcc.Link(trace, href=trace_href(trace, links), className="mg-link mgt-code") for trace in traces]
    return [html.H4("Links to other traces"), html.Div(items[:MOST_TAGS], className="mgt-linked")]
