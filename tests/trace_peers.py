"""Real tracing backends: Jaeger and Zipkin on loopback, filled over their intake."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import requests

from mesh_graph.demo.otlp import otlp_document
from mesh_graph.demo.zipkin import zipkin_spans
from mesh_graph.traces.model import Trace
from tests.peers import Server, free_port

__all__ = ["Jaeger", "Zipkin"]

INTAKE_S = 30.0


class Jaeger(Server):
    """A real Jaeger with all its parts in one process, in memory; its query service is at ``url``.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        intake = free_port()
        others = {
            name: f"127.0.0.1:{free_port()}"
            for name in (
                "admin.http.host-port",
                "collector.grpc-server.host-port",
                "collector.http-server.host-port",
                "collector.otlp.grpc.host-port",
                "collector.otlp.http.host-port",
                "query.grpc-server.host-port",
            )
        }
        flags = {**others, "collector.zipkin.host-port": f"127.0.0.1:{intake}"}
        super().__init__(
            folder,
            lambda port: (
                "jaeger-all-in-one",
                f"--query.http-server.host-port=127.0.0.1:{port}",
                "--query.enable-tracing=false",
                *(f"--{name}={value}" for name, value in flags.items()),
            ),
            "/api/services",
            # Killed soon: it would wait for somebody to take its own traces.
            stop_s=1,
        )
        self._intake = f"http://127.0.0.1:{intake}/api/v2/spans"
        self._otlp = f"http://{others['collector.otlp.http.host-port']}/v1/traces"

    def fill(self, traces: Sequence[Trace]) -> None:
        """Take in traces, and wait until each of them can be asked for."""
        # Not as Zipkin's spans, of which Jaeger takes all with a 4xx for failed.
        _post(self._otlp, otlp_document(traces))
        _wait(traces, lambda trace: f"{self.url}/api/traces/{trace.trace_id}?raw=true")

    def take(self, spans: list[dict[str, object]]) -> None:
        """Take in spans as Zipkin's API has them."""
        _post(self._intake, spans)


class Zipkin(Server):
    """A real Zipkin server, in memory.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder,
            lambda port: (
                "zipkin",
                "--armeria.ports[0].ip=127.0.0.1",
                f"--armeria.ports[0].port={port}",
                "--armeria.ports[0].protocols[0]=http",
            ),
            "/health",
            start_s=120,
        )

    def fill(self, traces: Sequence[Trace]) -> None:
        """Take in traces, and wait until each of them can be asked for."""
        self.take([span for trace in traces for span in zipkin_spans(trace)])
        _wait(traces, lambda trace: f"{self.url}/api/v2/trace/{trace.trace_id}")

    def take(self, spans: list[dict[str, object]]) -> None:
        """Take in spans as Zipkin's API has them."""
        _post(f"{self.url}/api/v2/spans", spans)


def _post(url: str, document: object) -> None:
    requests.post(url, json=document, timeout=INTAKE_S).raise_for_status()


def _wait(traces: Sequence[Trace], address: Callable[[Trace], str]) -> None:
    until = time.monotonic() + INTAKE_S
    with requests.Session() as session:
        for trace in traces:
            while _count(session, address(trace)) < len(trace.spans):
                if time.monotonic() > until:
                    raise RuntimeError(f"{address(trace)} is not there in time")
                time.sleep(0.02)


def _count(session: requests.Session, url: str) -> int:
    """Spans that a backend has of a trace."""
    answer = session.get(url, timeout=INTAKE_S)
    if answer.status_code == 404:
        return 0
    found = answer.json()
    return len(found if isinstance(found, list) else found["data"][0]["spans"])
