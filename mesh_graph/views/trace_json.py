"""Answers about traces → JSON documents. Times are Unix seconds or whole microseconds, as the name says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import inf
from typing import Any

from mesh_graph.answers.trace_coverage import SampledShare
from mesh_graph.answers.trace_list import FoundList
from mesh_graph.answers.trace_many import DependencyRow, TraceAudit, TraceDependencies, TracePaths
from mesh_graph.answers.trace_view import EdgeTimes, TraceRow, TraceView
from mesh_graph.codec import format_instant
from mesh_graph.model import View
from mesh_graph.topology.attributes import Gap
from mesh_graph.traces.aggregate import Around, OwnerShare
from mesh_graph.traces.audit import ServiceAudit
from mesh_graph.traces.interval import Interval
from mesh_graph.traces.model import Attribute, Event, SpanProblem, TraceSummary
from mesh_graph.views.detail_json import ABOVE
from mesh_graph.views.messages_traces import problem_words
from mesh_graph.views.words import gap_text

__all__ = [
    "audit_document",
    "dependencies_document",
    "found_document",
    "paths_document",
    "trace_document",
]

_LARGEST = 2**63


def found_document(found: FoundList) -> dict[str, Any]:
    """A list of traces."""
    return {
        **_about(found.view, found.gaps),
        "is_complete": not found.was_cut,
        "complete_since": found.from_s,
        "looked_at": found.looked_at,
        "sampled": _sampled(found.sampled),
        "quantiles": [
            {"quantile": quantile, "duration_us": value} for quantile, value in found.spread.quantiles_us
        ],
        "histogram": [asdict(one) for one in found.spread.bins],
        "traces": [_summary(row) for row in found.rows],
    }


def trace_document(view: TraceView) -> dict[str, Any]:
    """One trace."""
    return {
        **_summary(view.summary),
        "timeline_us": view.duration_us,
        "rows": [_row(row) for row in view.rows],
        "critical_path": [asdict(part) for part in view.critical],
        "problems": [_problem(problem) for problem in view.problems],
        "gaps": [gap_text(gap) for gap in view.gaps],
    }


def paths_document(paths: TracePaths) -> dict[str, Any]:
    """Who owns the time of many traces."""
    told = paths.aggregate
    return {
        **_about(paths.view, paths.gaps),
        "is_complete": not paths.was_cut,
        "complete_since": paths.from_s,
        "traces": told.traces,
        "left_out": told.left_out,
        "quantiles": [asdict(around) for around in told.around],
        "owners": [_owner(owner, told.around) for owner in told.owners],
    }


def dependencies_document(found: TraceDependencies) -> dict[str, Any]:
    """Who calls whom."""
    return {
        **_about(found.view, found.gaps),
        "is_complete": not found.was_cut,
        "traces": found.traces,
        "dependencies": [_dependency(row) for row in found.rows],
    }


def audit_document(told: TraceAudit) -> dict[str, Any]:
    """Where traces fall apart."""
    audit = told.audit
    return {
        **_about(told.view, told.gaps),
        "is_complete": not told.was_cut,
        "traces": audit.traces,
        "spans": audit.spans,
        "sampled": _sampled(told.sampled),
        "declared_sampling": [{**asdict(rule), "selector": dict(rule.selector)} for rule in told.declared],
        "services": [_service(row) for row in audit.services],
        "unseen_edges": [
            {"source": edge.source, "destination": edge.destination, "rate": edge.rate}
            for edge in audit.unseen
        ],
        "short_ids": audit.short_ids,
        "long_ids": audit.long_ids,
        "cut_ids": [{"short": short, "long": long} for short, long in audit.cut_ids],
    }


def _about(view: View, gaps: tuple[Gap, ...]) -> dict[str, Any]:
    at = view.at or 0.0
    return {
        "at": at,
        "at_text": format_instant(at),
        "span_s": view.span_s,
        "gaps": [gap_text(gap) for gap in gaps],
    }


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    return None if interval is None else {"low": interval.low, "high": interval.high}


def _sampled(sampled: SampledShare | None) -> dict[str, Any] | None:
    return None if sampled is None else asdict(sampled)


def _summary(row: TraceSummary) -> dict[str, Any]:
    services = [{"service": name, "spans": count} for name, count in row.services]
    return {**asdict(row), "services": services}


def _row(row: TraceRow) -> dict[str, Any]:
    span = row.span
    return {
        "span_id": span.span_id,
        "parent_id": span.parent_id,
        "parent": row.parent,
        "depth": row.depth,
        "service": span.service,
        "operation": span.name,
        "kind": span.kind.value,
        "start_us": span.start_us,
        "duration_us": span.duration_us,
        "offset_us": row.offset_us,
        "skew_us": row.skew_us,
        "is_skewed": row.is_skewed,
        "self_us": row.self_us,
        "network_us": row.network_us,
        "critical_us": row.critical_us,
        "is_error": span.is_error,
        "errors_below": row.errors_below,
        "is_orphan": row.is_orphan,
        "is_foreign": row.is_foreign,
        "measured": _measured(row.measured),
        "attributes": _plain(span.attributes),
        "resource": _plain(span.resource),
        "events": [_event(event) for event in span.events],
        "links": list(span.links),
    }


def _plain(attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """Attributes as JSON can hold them: a whole number of more than 64 bits as text."""
    return {
        name: str(value) if isinstance(value, int) and not -_LARGEST <= value < _LARGEST else value
        for name, value in attributes.items()
    }


def _measured(times: EdgeTimes | None) -> dict[str, Any] | None:
    if times is None:
        return None
    return {"p50_ms": _milliseconds(times.p50_ms), "p99_ms": _milliseconds(times.p99_ms)}


def _milliseconds(value: float | None) -> float | str | None:
    return ABOVE if value == inf else value


def _event(event: Event) -> dict[str, Any]:
    return {"at_us": event.at_us, "name": event.name, "attributes": _plain(event.attributes)}


def _problem(problem: SpanProblem) -> dict[str, Any]:
    return {
        "message": problem.id,
        "text": problem_words(problem),
        "span_id": problem.span_id,
        "parameters": _plain(problem.parameters),
    }


def _owner(owner: OwnerShare, around: tuple[Around, ...]) -> dict[str, Any]:
    saved = owner.saved_us or (None,) * len(around)
    columns = zip(around, owner.shares, owner.intervals, saved, strict=True)
    return {
        "service": owner.service,
        "operation": owner.operation,
        "traces": owner.traces,
        "quantiles": [
            {
                "quantile": one.quantile,
                "share": share,
                "interval": _interval(interval),
                "saved_us_if_half": saving,
            }
            for one, share, interval, saving in columns
        ],
    }


def _dependency(row: DependencyRow) -> dict[str, Any]:
    traced, counted = row.traced, row.counted
    return {
        "source": row.source,
        "destination": row.destination,
        "calls": traced.calls if traced else 0,
        "failed_calls": traced.errors if traced else 0,
        "traces": traced.traces if traced else 0,
        "destination_reports": traced.is_reported if traced else None,
        "rate": counted.rate if counted else None,
        "error_rate": counted.error_rate if counted else None,
    }


def _service(row: ServiceAudit) -> dict[str, Any]:
    return {
        **asdict(row),
        "propagation": row.propagation.value,
        "broken": [asdict(path) for path in row.broken],
    }
