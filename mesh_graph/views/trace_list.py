"""Traces found → rows and columns of their table, and the words above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from mesh_graph.answers.trace_list import FoundList
from mesh_graph.traces.model import TraceSummary
from mesh_graph.traces.summary import Spread
from mesh_graph.views.addresses import Links
from mesh_graph.views.messages_traces import MESSAGES
from mesh_graph.views.numbers import format_micros, format_percent
from mesh_graph.views.trace_figures import start_text
from mesh_graph.views.words import fill, joined

__all__ = [
    "TRACE_COLUMNS",
    "coverage_words",
    "kept_words",
    "quantile_words",
    "render_found",
    "render_nothing",
    "sampled_words",
    "trace_href",
    "trace_rows",
]

_MOST_SERVICES = 12
_MOST_TEXT = 200


def _column(field: str, name: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "headerName": name, **more}


def _number(field: str, name: str, **more: Any) -> dict[str, Any]:
    return _column(
        field,
        name,
        type="rightAligned",
        cellClass="mg-number",
        sortingOrder=["desc", "asc", None],
        **more,
    )


TRACE_COLUMNS: list[dict[str, Any]] = [
    _column(
        "start_us",
        "Start, UTC",
        valueFormatter={"function": "params.data.start"},
        width=190,
        sort="desc",
        sortingOrder=["desc", "asc", None],
    ),
    _column("root", "Root", cellRenderer="MeshgraphTrace", flex=3, minWidth=220),
    _number("duration_us", "Duration", cellRenderer="MeshgraphDuration", width=150),
    _number("spans", "Spans", width=84),
    _number("errors", "Errors", cellRenderer="MeshgraphTraceErrors", width=90),
    _number("services", "Services", width=96, headerTooltip="How many services took part"),
    _column(
        "service_counts",
        "Spans by service",
        cellRenderer="MeshgraphServices",
        flex=3,
        minWidth=220,
        sortable=False,
    ),
    _column("trace_id", "Trace", width=150, cellClass="mgt-id"),
]
"""Columns of the table, the newest first; cells are drawn by assets/traces_page.js."""


def trace_href(trace_id: str, links: Links) -> str:
    """Address of a trace's page."""
    return links.page(f"/traces/{quote(trace_id, safe='')}")


def trace_rows(summaries: Sequence[TraceSummary], links: Links) -> list[dict[str, Any]]:
    """Rows of the table, in the order of the summaries."""
    longest_us = max((summary.duration_us for summary in summaries), default=0)
    return [_row(summary, links, longest_us) for summary in summaries]


def _row(summary: TraceSummary, links: Links, longest_us: int) -> dict[str, Any]:
    """One row; of ``longest_us`` a full bar stands."""
    more = len(summary.services) - _MOST_SERVICES
    named = [[name[:_MOST_TEXT], count] for name, count in summary.services[:_MOST_SERVICES]]
    return {
        "id": summary.trace_id,
        "trace_id": summary.trace_id,
        "href": trace_href(summary.trace_id, links),
        "start_us": summary.start_us,
        "start": start_text(summary.start_us),
        "root": f"{summary.root_service[:_MOST_TEXT]}: {summary.root_name[:_MOST_TEXT]}",
        "root_service": summary.root_service[:_MOST_TEXT],
        "root_name": summary.root_name[:_MOST_TEXT],
        "duration_us": summary.duration_us,
        "duration": format_micros(summary.duration_us),
        "share": summary.duration_us / longest_us if longest_us > 0 else 0.0,
        "spans": summary.spans,
        "errors": summary.errors,
        "services": len(summary.services),
        "service_counts": named,
        "more_services": max(0, more),
    }


def render_found(found: FoundList, download: str) -> list[Component]:
    """How many traces these are of how many, how long they took, and where they are to be had as a file."""
    errors = sum(row.errors > 0 for row in found.rows)
    count = len(found.rows)
    if not count:
        return []
    spans = sum(row.spans for row in found.rows)
    parts: list[Any] = [
        html.Span([html.B(f"{count:,}"), f" traces, {spans:,} spans"]),
        html.Span([html.B(f"{errors:,}"), " with errors"]),
        html.Span(quantile_words(found.spread), title=MESSAGES["quantiles"]),
    ]
    if found.looked_at is not None:
        parts.append(html.Span(kept_words(found), title=MESSAGES["kept.how"]))
    cut = html.Span(
        coverage_words(found), className="mgt-coverage", **{"data-cut": "1" if found.was_cut else "0"}
    )
    sampled = html.Span(sampled_words(found), title=MESSAGES["sampled.how"])
    end = html.A("Download CSV", href=download, className="mg-link mgt-end", download="traces.csv")
    return [*parts, cut, sampled, end]


def coverage_words(found: FoundList) -> str:
    """Whether these are all traces that answer, and since when they are."""
    if not found.was_cut:
        return MESSAGES["whole"]
    since = start_text(int(found.from_s * 1e6))
    return fill(MESSAGES["cut-list"], {"since": since, "limit": f"{found.ask.limit:,}"})


def kept_words(found: FoundList) -> str:
    """How many of the traces that were looked at have the call; empty where the backend finds them itself."""
    if found.looked_at is None:
        return ""
    ask = found.ask
    values = {
        "count": f"{len(found.rows):,}",
        "looked": f"{found.looked_at:,}",
        "caller": ask.caller,
        "service": ask.service or "anyone",
    }
    return fill(MESSAGES["kept"], values)


def sampled_words(found: FoundList) -> str:
    """Which part of the requests is traced, estimated; empty where it cannot be."""
    sampled = found.sampled
    if sampled is None:
        return ""
    low, high = format_percent(sampled.interval.low), format_percent(sampled.interval.high)
    values = {"share": format_percent(sampled.share), "low": low, "high": high}
    return fill(MESSAGES["sampled"], values)


def quantile_words(spread: Spread) -> str:
    """Quantiles of the traces found, in words; empty without traces."""
    return joined(f"p{quantile * 100:g} {format_micros(us)}" for quantile, us in spread.quantiles_us)


def render_nothing(found: FoundList | None) -> list[Component]:
    """Why there are no traces, and what to try; of None, that nobody was asked."""
    kind = "not-set" if found is None else "nothing"
    title, *lines = MESSAGES[kind].split("\n")
    if found is not None and found.looked_at:
        lines.insert(0, f"{kept_words(found)}.")
    return [
        html.Div(title, className="mg-line mg-line-title"),
        *(html.Div(line, className="mg-line mg-line-step") for line in lines),
    ]
