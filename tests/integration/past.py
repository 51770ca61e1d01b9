"""A hand-written past of a small mesh: steady counters whose rates are known, for every kind of source.

Sampled every 15 s from ``START`` to ``END``. A series' rate is a multiple of 1/15 per second, so that every
sample is a whole number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

__all__ = [
    "BYTES",
    "EDGES",
    "END",
    "HOSTILE",
    "SERIES",
    "START",
    "STEP_S",
    "TCP",
    "Counters",
    "Series",
    "openmetrics",
]

STEP_S = 15
START = 1_700_000_010
END = START + 1800

HOSTILE = "a\"b\\c\nd'} or vector(1) # <img src=x onerror=alert(1)> ☃"
"""A label value that must come back as it is."""
BYTES = 1500.0
"""Request bytes per second of ``web``."""
TCP = 4096.0
"""TCP bytes sent per second by ``web``."""

EDGES = (
    *("0.5", "1", "5", "10", "25", "50", "100", "250", "500", "1000", "2500", "5000", "10000", "30000"),
    *("60000", "300000", "600000", "1800000", "3600000", "+Inf"),
)
"""Upper edges of Istio's histograms."""


@dataclass(frozen=True)
class Series:
    """One series of a family (of a histogram, one for all its buckets) and what it counts per second."""

    family: str
    labels: Mapping[str, str]
    rate: float
    total: float = 0.0
    between: Mapping[str, float] = field(default_factory=dict)
    """Of a histogram: requests per second in the bucket up to an edge."""

    @property
    def buckets(self) -> list[float]:
        """Requests per second at or below each of ``EDGES``."""
        return list(accumulate(self.between.get(edge, 0.0) for edge in EDGES))


def _requests(reporter: str, workload: str, code: str, rate: float) -> list[Series]:
    """Two pods that share a rate."""
    labels = {
        "reporter": reporter,
        "source_workload": workload,
        "source_workload_namespace": "shop",
        "source_canonical_service": workload,
        "source_canonical_revision": "v2",
        "destination_workload_namespace": "store",
        "destination_canonical_service": "cart",
        "destination_canonical_revision": "v1",
        "response_code": code,
    }
    return [Series("istio_requests_total", {**labels, "pod": pod}, rate / 2) for pod in ("p-1", "p-2")]


def _duration(workload: str, between: Mapping[str, float], total: float) -> Series:
    labels = {"reporter": "destination", "source_workload": workload}
    return Series("istio_request_duration_milliseconds", labels, sum(between.values()), total, between)


SERIES: tuple[Series, ...] = (
    *_requests("destination", "web", "200", 2.0),
    *_requests("destination", "web", "503", 0.4),
    *_requests("source", "web", "200", 1.6),
    *_requests("destination", "batch", "200", 0.0),
    *_requests("destination", HOSTILE, "200", 0.4),
    _duration("web", {"10": 1.2, "100": 0.8}, 24.0),
    _duration("slow", {"3600000": 1.0, "+Inf": 1.0}, 6_000_000.0),
    _duration("batch", {}, 0.0),
    Series(
        "istio_request_bytes",
        {"reporter": "destination", "source_workload": "web"},
        2.0,
        BYTES,
        {"1000": 2.0},
    ),
    Series(
        "istio_tcp_sent_bytes_total", {"reporter": "source", "source_workload": "web", "app": "ztunnel"}, TCP
    ),
)


def openmetrics(canonical: bool = True) -> str:
    """The past as OpenMetrics text; with app and version labels where the canonical ones are not wanted."""
    families = dict.fromkeys(series.family for series in SERIES)
    lines = (line for family in families for line in _family(family, canonical))
    return "".join((*lines, "# EOF\n"))


def _family(family: str, canonical: bool) -> Iterator[str]:
    of_family = [series for series in SERIES if series.family == family]
    is_histogram = any(series.between for series in of_family)
    yield f"# TYPE {family.removesuffix('_total')} {'histogram' if is_histogram else 'counter'}\n"
    for series in of_family:
        labels = {_name(label, canonical): value for label, value in series.labels.items()}
        if not is_histogram:
            yield from _counter(family, labels, series.rate)
            continue
        for edge, rate in zip(EDGES, series.buckets, strict=True):
            yield from _counter(f"{family}_bucket", {**labels, "le": edge}, rate)
        yield from _counter(f"{family}_sum", labels, series.total)
        yield from _counter(f"{family}_count", labels, series.rate)


def _name(label: str, canonical: bool) -> str:
    if canonical:
        return label
    return label.replace("canonical_service", "app").replace("canonical_revision", "version")


def _counter(metric: str, labels: Mapping[str, str], rate: float) -> Iterator[str]:
    inside = ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items())
    for second in range(0, END - START + 1, STEP_S):
        yield f"{metric}{{{inside}}} {round(1000 + rate * second)} {START + second}\n"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Counters:
    """The past as the demo source reads it, in the place of the simulated mesh."""

    def labels(self, family: str) -> dict[str, np.ndarray]:
        """Label columns of a family's series; ``""`` where a label is absent."""
        names = dict.fromkeys(label for series in SERIES for label in series.labels)
        of_family = [series for series in SERIES if series.family == family]
        return {n: np.array([series.labels.get(n, "") for series in of_family], dtype=object) for n in names}

    def read(self, family: str, part: str, times: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Counters at instants, of shape (series, instants); of buckets (series, edges, instants)."""
        of_family = [series for series in SERIES if series.family == family]
        chosen = [of_family[row] for row in rows]
        rates = {
            "count": [series.rate for series in chosen],
            "sum": [series.total for series in chosen],
            "bucket": [series.buckets for series in chosen],
        }[str(part)]
        counters = np.round(1000 + np.asarray(rates)[..., None] * (times - START))
        return np.where((times >= START) & (times <= END), counters, np.nan)
