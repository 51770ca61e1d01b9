"""Real tracing backends: Jaeger, Zipkin and Tempo on loopback, filled over their intake."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import requests

from mesh_graph.demo.otlp import otlp_document
from mesh_graph.demo.zipkin import zipkin_spans
from mesh_graph.traces.model import Trace
from tests.peers import Server, free_port

__all__ = ["Jaeger", "Tempo", "Zipkin"]

INTAKE_S = 30.0
_TEMPO = """\
usage_report: {{reporting_enabled: false}}
server:
  http_listen_address: 127.0.0.1
  http_listen_port: {http}
  grpc_listen_address: 127.0.0.1
  grpc_listen_port: {grpc}
  log_level: warn
multitenancy_enabled: {is_multitenant}
memberlist: {{bind_addr: [127.0.0.1], bind_port: {gossip}}}
distributor:
  ring: {{kvstore: {{store: inmemory}}, instance_addr: 127.0.0.1}}
  receivers:
    otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{otlp}"}}}}}}
    zipkin: {{endpoint: "127.0.0.1:{zipkin}"}}
ingester:
  lifecycler:
    address: 127.0.0.1
    min_ready_duration: 0s
    ring: {{kvstore: {{store: inmemory}}, replication_factor: 1}}
  trace_idle_period: 1ms
  flush_check_period: 50ms
querier: {{frontend_worker: {{frontend_address: "127.0.0.1:{grpc}"}}}}
# The spans of tests are of any time, where Tempo wants those of the present.
query_frontend: {{search: {{query_ingesters_until: 175200h, query_backend_after: 0s, max_duration: 0s}}}}
compactor:
  disabled: true
  ring: {{kvstore: {{store: inmemory}}, instance_addr: 127.0.0.1, wait_stability_min_duration: 0s}}
storage:
  trace:
    backend: local
    local: {{path: ./blocks}}
    wal: {{path: ./wal, ingestion_time_range_slack: 175200h}}
"""


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


class Tempo(Server):
    """A real Grafana Tempo with all its parts in one process.

    Parameters
    ----------
    folder : Path
    is_multitenant : bool
        Whether it wants to be told a tenant.
    """

    def __init__(self, folder: Path, *, is_multitenant: bool = False) -> None:
        ports = {name: free_port() for name in ("grpc", "gossip", "otlp", "zipkin")}
        tenancy = str(is_multitenant).lower()

        def command(port: int) -> tuple[str, ...]:
            (folder / "tempo.yaml").write_text(_TEMPO.format(http=port, is_multitenant=tenancy, **ports))
            return "tempo", "-config.file=tempo.yaml"

        super().__init__(folder, command, "/ready")
        self._otlp = f"http://127.0.0.1:{ports['otlp']}/v1/traces"
        self._intake = f"http://127.0.0.1:{ports['zipkin']}/api/v2/spans"

    def fill(self, traces: Sequence[Trace], tenant: str = "") -> None:
        """Take in traces, and wait until all of them can be found."""
        self.take_otlp(otlp_document(traces), tenant)
        wanted = {trace.trace_id.lstrip("0") for trace in traces}
        until = time.monotonic() + INTAKE_S
        while wanted - self._found(traces, tenant):
            if time.monotonic() > until:
                raise RuntimeError(f"{self} has not all traces in time:\n{self.log}")
            time.sleep(0.02)

    def take(self, spans: list[dict[str, object]]) -> None:
        """Take in spans as Zipkin's API has them."""
        _post(self._intake, spans)

    def take_otlp(self, document: object, tenant: str = "") -> None:
        """Take in spans as OTLP."""
        _post(self._otlp, document, tenant)

    def _found(self, traces: Sequence[Trace], tenant: str) -> set[str]:
        """Ids of what a search finds in the time of the traces."""
        spans = [span for trace in traces for span in trace.spans]
        params = {
            "q": "{}",
            "limit": str(2 * len(traces)),
            "start": str(min(span.start_us for span in spans) // 1_000_000 - 1),
            "end": str(max(span.end_us for span in spans) // 1_000_000 + 2),
        }
        headers = {"X-Scope-OrgID": tenant} if tenant else {}
        answer = requests.get(f"{self.url}/api/search", params=params, headers=headers, timeout=INTAKE_S)
        return {trace["traceID"] for trace in answer.json()["traces"]}


def _post(url: str, document: object, tenant: str = "") -> None:
    headers = {"X-Scope-OrgID": tenant} if tenant else {}
    requests.post(url, json=document, headers=headers, timeout=INTAKE_S).raise_for_status()


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
