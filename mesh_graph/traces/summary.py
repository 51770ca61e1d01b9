"""Traces → a list of them: one row each, and how their durations spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mesh_graph.traces.model import Span, Trace, TraceSummary

__all__ = ["QUANTILES", "Bin", "Spread", "spread_of", "summary_of"]

QUANTILES = (0.5, 0.95, 0.99)
MOST_BINS = 60


@dataclass(frozen=True, slots=True)
class Bin:
    """Traces whose duration is in ``low_us <= duration < high_us``; in the last bin up to it."""

    low_us: float
    high_us: float
    traces: int
    with_errors: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How the durations of a list of traces spread.

    Attributes
    ----------
    quantiles_us : tuple of (float, int)
        Quantile, and the shortest duration that so great a part of the traces does not exceed; that of a
        trace, never between two. Empty of no traces.
    bins : tuple of Bin
        Of equal ratio of their edges, all traces in one.
    """

    quantiles_us: tuple[tuple[float, int], ...]
    bins: tuple[Bin, ...]


def summary_of(trace: Trace) -> TraceSummary | None:
    """The trace as a row of a list; None of one without spans."""
    if not trace.spans:
        return None
    root = _root(trace.spans)
    start = min(span.start_us for span in trace.spans)
    services = Counter(span.service for span in trace.spans)
    return TraceSummary(
        trace.trace_id,
        root.service,
        root.name,
        start,
        max(span.end_us for span in trace.spans) - start,
        len(trace.spans),
        sum(span.is_error for span in trace.spans),
        tuple(sorted(services.items(), key=lambda row: (-row[1], row[0]))),
    )


def _root(spans: Sequence[Span]) -> Span:
    """The earliest span without a known parent; of none (a cycle) the earliest span. Of two, the longer."""
    known = {span.span_id for span in spans}
    return min(
        (span for span in spans if span.parent_id not in known),
        key=lambda span: (span.start_us, -span.duration_us),
        default=min(spans, key=lambda span: span.start_us),
    )


def spread_of(rows: Sequence[TraceSummary]) -> Spread:
    """Spread of the durations of listed traces.

    Notes
    -----
    The number of bins is numpy's choice ("auto") for the logarithms of the durations, at most ``MOST_BINS``.
    """
    if not rows:
        return Spread((), ())
    durations = np.array([row.duration_us for row in rows], dtype=np.int64)
    found = np.quantile(durations, QUANTILES, method="inverted_cdf")
    logs = np.log10(np.maximum(durations, 1))
    edges = np.histogram_bin_edges(logs, bins="auto")
    if len(edges) > MOST_BINS + 1:
        edges = np.histogram_bin_edges(logs, bins=MOST_BINS)
    has_error = np.array([row.errors > 0 for row in rows])
    every, failed = (np.histogram(logs[which], bins=edges)[0] for which in (slice(None), has_error))
    bounds = np.power(10.0, edges)
    return Spread(
        tuple((quantile, int(value)) for quantile, value in zip(QUANTILES, found, strict=True)),
        tuple(
            Bin(float(low), float(high), int(count), int(errors))
            for low, high, count, errors in zip(bounds[:-1], bounds[1:], every, failed, strict=True)
        ),
    )
