"""What we count about ourselves: requests to the source, answers to browsers, what the caches hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, Info
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mesh_graph.cache import CacheStats
from mesh_graph.version import installed_version

__all__ = ["Telemetry", "add_telemetry"]

_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)

CacheCounts = Callable[[], Mapping[str, CacheStats]]


class _Caches(Collector):
    """What the caches did and hold, read when it is asked for."""

    def __init__(self, counts: CacheCounts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        asked = CounterMetricFamily(
            "meshgraph_cache_requests",
            "Answers taken from a cache, or computed for it.",
            labels=("cache", "result"),
        )
        held = GaugeMetricFamily("meshgraph_cache_bytes", "What a cache holds.", labels=("cache",))
        for name, stats in self._counts().items():
            asked.add_metric((name, "hit"), stats.hits)
            asked.add_metric((name, "miss"), stats.misses)
            held.add_metric((name,), stats.held_bytes)
        yield asked
        yield held


class Telemetry:
    """Counters of one application; a ``sources.measured.Meter``."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._asked = Counter(
            "meshgraph_source_requests",
            "Requests to the source.",
            ("what", "outcome"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "meshgraph_source_request_seconds",
            "Time until the source had answered.",
            ("what",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._received = Counter(
            "meshgraph_source_received_bytes", "Size of the source's answers.", registry=self.registry
        )
        self._answered = Counter(
            "meshgraph_http_requests", "Requests answered.", ("route", "status"), registry=self.registry
        )
        self._answer_seconds = Histogram(
            "meshgraph_http_request_seconds",
            "Time until a request was answered.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._failed = Counter(
            "meshgraph_errors",
            "Requests answered with an error, by its kind.",
            ("kind",),
            registry=self.registry,
        )
        Info("meshgraph_build", "What is running.", registry=self.registry).info(
            {"version": installed_version()}
        )

    def watch_caches(self, counts: CacheCounts) -> None:
        """Tell what caches did, by their name, as often as anybody asks."""
        self.registry.register(_Caches(counts))

    def source_asked(self, what: str, outcome: str, seconds: float, received_bytes: int) -> None:
        """Count one request to the source."""
        self._asked.labels(what, outcome).inc()
        self._seconds.labels(what).observe(seconds)
        self._received.inc(received_bytes)

    def answered(self, route: str, response: Response, seconds: float) -> None:
        """Count one answer to a browser."""
        self._answered.labels(route, str(response.status_code)).inc()
        self._answer_seconds.labels(route).observe(seconds)
        if response.mimetype == "application/problem+json":
            body = response.get_json(silent=True) or {}
            self._failed.labels(str(body.get("type", "unknown"))).inc()


def add_telemetry(server: Flask, telemetry: Telemetry) -> None:
    """Count every request that is answered, by its route: never by its address, which anybody chooses."""

    def begin() -> None:
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule is not None else "none"
        telemetry.answered(route, response, time.perf_counter() - g.get("began", time.perf_counter()))
        return response

    server.before_request(begin)
    server.after_request(end)
