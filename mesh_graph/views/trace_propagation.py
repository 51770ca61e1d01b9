"""The audit of trace headers → who drops them, the evidence, what to do; what is sampled; forcing one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from mesh_graph.answers.trace_many import TraceAudit
from mesh_graph.answers.trace_sampling import DeclaredSampling
from mesh_graph.traces.audit import Audit, Propagation, ServiceAudit
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_propagation import FORCE, HEADERS, MESSAGES, ORIGINS, STATUSES, VERDICTS
from mesh_graph.views.numbers import format_percent, format_rate, format_significant
from mesh_graph.views.trace_list import trace_href
from mesh_graph.views.words import fill

__all__ = ["render_propagation", "verdict_words"]

MOST_ROWS = 300
MOST_PATHS = 5
_MOST_TEXT = 120
_TOLERATED = 1.5
"""Traffic changes within the time looked at: an estimate so far off contradicts nothing."""


def render_propagation(found: TraceAudit, links: Links) -> list[Component]:
    """The whole tab."""
    audit = found.audit
    return [
        html.P(verdict_words(audit), className="mgt-verdict", **{"data-status": _status(audit)}),
        *(_accused(row, links) for row in audit.accused),
        *([_advice()] if any(_is_suspect(row) for row in audit.services) else []),
        *_services(audit.services, links),
        *_unseen(audit),
        *_ids(audit, links),
        html.Section([html.H3("Sampling in force"), *_sampling(found)], className="mgt-section"),
        _force(),
    ]


def _is_suspect(row: ServiceAudit) -> bool:
    return row.propagation in (Propagation.DROPS, Propagation.SOMETIMES)


def _status(audit: Audit) -> str:
    if not audit.spans:
        return "no_data"
    return "failure" if audit.accused else "healthy"


def verdict_words(audit: Audit) -> str:
    """The verdict on the whole in a sentence."""
    if not audit.spans:
        return MESSAGES["nothing"]
    counts = {"traces": f"{audit.traces:,}", "spans": f"{audit.spans:,}", "all": f"{len(audit.services):,}"}
    accused = audit.accused
    if not accused:
        return fill(MESSAGES["all-well"], counts)
    if len(accused) == 1:
        return fill(MESSAGES["accused.one"], {**counts, "service": accused[0].service[:_MOST_TEXT]})
    return fill(MESSAGES["accused"], {**counts, "count": f"{len(accused):,}"})


def _evidence(row: ServiceAudit) -> str:
    share = row.unjoined_share
    values = {
        "unjoined": f"{row.unjoined:,}",
        "calls": f"{row.joined + row.unjoined:,}",
        "low": format_percent(share.low),
        "high": format_percent(share.high),
    }
    return fill(MESSAGES["of-calls"], values)


def _accused(row: ServiceAudit, links: Links) -> Component:
    paths = [
        html.Li(
            fill(
                MESSAGES["broken"],
                {
                    "source": path.source[:_MOST_TEXT],
                    "service": path.service[:_MOST_TEXT],
                    "destination": path.destination[:_MOST_TEXT],
                    "calls": f"{path.calls_out:,}",
                },
            )
        )
        for path in row.broken[:MOST_PATHS]
    ]
    return html.Section(
        [
            html.H3([html.Span(className="mgt-mark mgt-mark-error"), row.service[:_MOST_TEXT]]),
            html.P(_evidence(row)),
            *([html.Ul(paths)] if paths else []),
            *_examples(row.examples, links),
        ],
        className="mgt-card",
    )


def _examples(examples: Sequence[str], links: Links) -> Iterator[Component]:
    if examples:
        items = [
            dcc.Link(f"{trace[:16]}…", href=trace_href(trace, links), className="mgt-code", title=trace)
            for trace in examples
        ]
        yield html.P(
            ["For example: ", *(part for item in items for part in (item, " "))], className="mgt-quiet"
        )


def _copy(text: str) -> Component:
    return dmc.CopyButton("Copy", copiedChildren="Copied", value=text, size="compact-xs", variant="light")


def _advice() -> Component:
    return html.Section(
        [
            html.H3("Headers to hand on"),
            html.P(MESSAGES["headers"]),
            html.Div([html.Code(", ".join(HEADERS)), _copy("\n".join(HEADERS))], className="mgt-copy"),
            html.P(MESSAGES["own-account"], className="mgt-quiet"),
        ],
        className="mgt-section",
    )


def _services(rows: Sequence[ServiceAudit], links: Links) -> list[Component]:
    if not rows:
        return []
    heads = ("Calls made", "In no caller's trace", "Spans", "Lost parents", "Traces of one span")
    table = html.Table(
        [
            html.Thead(
                html.Tr(
                    [
                        html.Th("Service"),
                        html.Th("Verdict"),
                        *(html.Th(name, className="mg-number") for name in heads),
                        html.Th("Examples"),
                    ]
                )
            ),
            html.Tbody([_service(row, links) for row in rows[:MOST_ROWS]]),
        ],
        className="mgt-table",
    )
    return [
        html.Section(
            [html.H3("All services"), html.Div(table, className="mgt-scroll")], className="mgt-section"
        )
    ]


def _service(row: ServiceAudit, links: Links) -> Component:
    calls = row.joined + row.unjoined
    numbers = [
        f"{calls:,}",
        format_percent(row.unjoined / calls) if calls else "–",
        f"{row.spans:,}",
        f"{row.orphans:,}",
        f"{row.one_span_traces:,}",
    ]
    sign = html.Span(
        [html.Span(className="mg-status-mark", **{"aria-hidden": "true"}), VERDICTS[row.propagation]],
        className="mg-status",
        **{"data-status": STATUSES[row.propagation], "data-firm": "1"},
    )
    remark = [html.Small(MESSAGES["asked-without"])] if row.is_asked_without_headers else []
    examples = [
        dcc.Link(trace[:8], href=trace_href(trace, links), className="mgt-code", title=trace)
        for trace in row.examples[:2]
    ]
    return html.Tr(
        [
            html.Td(
                dcc.Link(row.service[:_MOST_TEXT] or "–", href=links.page("/traces", service=row.service))
            ),
            html.Td([sign, *remark]),
            *(html.Td(text, className="mg-number") for text in numbers),
            html.Td([part for link in examples for part in (link, " ")]),
        ]
    )


def _unseen(audit: Audit) -> list[Component]:
    if not audit.unseen:
        return []
    rows = [
        html.Li(f"{edge.source[:_MOST_TEXT]} → {edge.destination[:_MOST_TEXT]}: {format_rate(edge.rate)}")
        for edge in audit.unseen[:12]
    ]
    more = [html.Li(f"and {len(audit.unseen) - 12:,} more")] if len(audit.unseen) > 12 else []
    title = html.H3("Edges that traces never join")
    return [
        html.Section([title, html.P(MESSAGES["unseen"]), html.Ul([*rows, *more])], className="mgt-section")
    ]


def _ids(audit: Audit, links: Links) -> list[Component]:
    if not (audit.cut_ids or (audit.short_ids and audit.long_ids)):
        return []
    counts = {"short": f"{audit.short_ids:,}", "long": f"{audit.long_ids:,}"}
    parts: list[Component] = [html.H3("Formats of ids"), html.P(fill(MESSAGES["mixed"], counts))]
    if audit.cut_ids:
        parts += [html.P(MESSAGES["cut-ids"]), *_examples([long for _, long in audit.cut_ids], links)]
    return [html.Section(parts, className="mgt-section")]


def _sampling(found: TraceAudit) -> list[Component]:
    if found.declared:
        declared: list[Component] = [html.Ul([html.Li(_declared(one)) for one in found.declared[:MOST_ROWS]])]
    else:
        declared = [html.P(MESSAGES["declared.none"])]
    sampled = found.sampled
    if sampled is None:
        return [*declared, html.P(MESSAGES["sampled.unknown"])]
    values = {
        "share": format_percent(sampled.share),
        "low": format_percent(sampled.interval.low),
        "high": format_percent(sampled.interval.high),
        "requests": f"{sampled.requests:,}",
        "expected": format_significant(sampled.expected),
    }
    return [*declared, html.P([fill(MESSAGES["sampled"], values), *_contradiction(found)])]


def _contradiction(found: TraceAudit) -> list[str]:
    """That fewer or more are traced than everything that is declared; nothing where they may agree."""
    declared, sampled = [one.percent / 100 for one in found.declared], found.sampled
    if not declared or sampled is None:
        return []
    if sampled.interval.high < min(declared) / _TOLERATED:
        return [" ", MESSAGES["sampled.fewer"]]
    return [" ", MESSAGES["sampled.more"]] if sampled.interval.low > max(declared) * _TOLERATED else []


def _declared(one: DeclaredSampling) -> str:
    labels = ", ".join(f"{key}={value}" for key, value in one.selector)
    kind = "place.workloads" if labels else "place.namespace" if one.namespace else "place.cluster"
    values = {"labels": labels, "namespace": one.namespace, "cluster": one.cluster or "the cluster"}
    origin = fill(ORIGINS[one.origin], {"name": one.name})
    percent = f"{format_significant(one.percent, 3)}%"
    return fill(
        MESSAGES["declared"], {"percent": percent, "place": fill(MESSAGES[kind], values), "origin": origin}
    )


def _force() -> Component:
    return html.Section(
        [
            html.H3("Force one trace"),
            html.P(MESSAGES["force"]),
            html.Div([html.Code(FORCE), _copy(FORCE)], className="mgt-copy"),
        ],
        className="mgt-section",
    )
