"""A hand-written past of a small mesh: steady counters whose rates are known, as OpenMetrics text.

Sampled every 15 s from ``START`` to ``END``. Rates are multiples of 2/15 per second, so that every
sample of each of two pods is a whole number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

__all__ = ["BYTES", "DURATIONS", "END", "HOSTILE", "REQUESTS", "START", "STEP_S", "TCP", "openmetrics"]

STEP_S = 15
START = 1_700_000_010
END = START + 1800

HOSTILE = "a\"b\\c\nd'} or vector(1) # <img src=x onerror=alert(1)> ☃"
"""A label value that must come back as it is."""

REQUESTS: list[tuple[dict[str, str], float]] = [
    ({"reporter": "destination", "source_workload": "web", "response_code": "200"}, 2.0),
    ({"reporter": "destination", "source_workload": "web", "response_code": "503"}, 0.4),
    ({"reporter": "source", "source_workload": "web", "response_code": "200"}, 1.6),
    ({"reporter": "destination", "source_workload": "batch", "response_code": "200"}, 0.0),
    ({"reporter": "destination", "source_workload": HOSTILE, "response_code": "200"}, 0.4),
]
"""Labels and requests per second; each is one pod's series, and ``web`` has two pods that share its rate."""

DURATIONS: list[tuple[str, Mapping[str, float], float]] = [
    ("web", {"1": 0.0, "10": 1.2, "100.0": 2.0, "+Inf": 2.0}, 24.0),
    ("slow", {"1": 0.0, "10": 0.0, "100": 1.0, "+Inf": 2.0}, 6000.0),
    ("batch", {"1": 0.0, "10": 0.0, "100": 0.0, "+Inf": 0.0}, 0.0),
]
"""Source workload, requests per second at or below each edge, milliseconds per second in all."""

BYTES = 1500.0
"""Request bytes per second of ``web``."""
TCP = 4096.0
"""TCP bytes sent per second by ``web``."""


def openmetrics(canonical: bool = True) -> str:
    """The past as OpenMetrics text; without the canonical labels if so wished."""
    return "".join((*_requests(canonical), *_durations(), *_bytes(), *_tcp(), "# EOF\n"))


def _requests(canonical: bool) -> Iterator[str]:
    yield "# TYPE istio_requests counter\n"
    for labels, rate in REQUESTS:
        app = "canonical_service" if canonical else "app"
        version = "canonical_revision" if canonical else "version"
        for pod in ("p-1", "p-2"):
            named = {
                **labels,
                "pod": pod,
                "source_workload_namespace": "shop",
                "destination_workload_namespace": "store",
                f"destination_{app}": "cart",
                f"destination_{version}": "v1",
                f"source_{app}": labels["source_workload"],
                f"source_{version}": "v2",
            }
            yield from _counter("istio_requests_total", named, rate / 2)


def _durations() -> Iterator[str]:
    yield "# TYPE istio_request_duration_milliseconds histogram\n"
    metric = "istio_request_duration_milliseconds"
    for workload, buckets, total in DURATIONS:
        named = {"reporter": "destination", "source_workload": workload}
        for edge, rate in buckets.items():
            yield from _counter(f"{metric}_bucket", {**named, "le": edge}, rate)
        yield from _counter(f"{metric}_sum", named, total)
        yield from _counter(f"{metric}_count", named, buckets["+Inf"])


def _bytes() -> Iterator[str]:
    yield "# TYPE istio_request_bytes histogram\n"
    named = {"reporter": "destination", "source_workload": "web"}
    yield from _counter("istio_request_bytes_bucket", {**named, "le": "+Inf"}, 2.0)
    yield from _counter("istio_request_bytes_sum", named, BYTES)
    yield from _counter("istio_request_bytes_count", named, 2.0)


def _tcp() -> Iterator[str]:
    yield "# TYPE istio_tcp_sent_bytes counter\n"
    named = {"reporter": "source", "source_workload": "web", "app": "ztunnel"}
    yield from _counter("istio_tcp_sent_bytes_total", named, TCP)


def _counter(metric: str, labels: Mapping[str, str], rate: float) -> Iterator[str]:
    inside = ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items())
    for second in range(0, END - START + 1, STEP_S):
        yield f"{metric}{{{inside}}} {round(1000 + rate * second)} {START + second}\n"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
