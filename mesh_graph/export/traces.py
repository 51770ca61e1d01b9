"""A list of traces as CSV. Safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from mesh_graph.export.csv import safe_text
from mesh_graph.traces.model import TraceSummary
from mesh_graph.views.trace_figures import start_text

__all__ = ["COLUMNS", "render_traces"]

COLUMNS = (
    "trace_id",
    "start_utc",
    "root_service",
    "root_operation",
    "duration_us",
    "spans",
    "errors",
    "services",
)


def render_traces(summaries: Iterable[TraceSummary]) -> bytes:
    """Traces as CSV in UTF-8, a header first; services with their spans as ``name=count``, by spaces."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for summary in summaries:
        services = " ".join(f"{name}={count}" for name, count in summary.services)
        writer.writerow(
            [
                summary.trace_id,
                start_text(summary.start_us),
                safe_text(summary.root_service),
                safe_text(summary.root_name),
                summary.duration_us,
                summary.spans,
                summary.errors,
                safe_text(services),
            ]
        )
    return out.getvalue().encode("utf-8", "replace")
