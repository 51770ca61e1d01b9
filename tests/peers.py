"""Real servers for tests: found, started on free loopback ports, waited for, stopped and started again.

Tests get them from the fixtures of ``conftest.py``. A test says with ``@pytest.mark.peer("prometheus")``
which server it needs.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import requests

__all__ = [
    "BUILT",
    "PEERS",
    "Prometheus",
    "Server",
    "VictoriaMetrics",
    "find",
    "free_port",
    "missing",
    "running",
]

PEERS = {
    "prometheus": ("prometheus", "promtool"),
    "victoriametrics": ("victoria-metrics",),
    "envoy": ("envoy",),
    "chromium": ("chromium",),
    "graphviz": ("dot",),
    "kubernetes": ("kube-apiserver", "etcd"),
    "kubelet": ("kwok",),
    "jaeger": ("jaeger-all-in-one",),
    "zipkin": ("zipkin", "java"),
    "tempo": ("tempo",),
    "openid": ("oidc-provider", "node"),
}
"""The programs that each peer consists of."""

BUILT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "meshgraph" / "peers"
"""What ``scripts/install-peers`` has built, and links to the modules whose files tests read."""
START_S = 30.0
STOP_S = 10.0
LOG_TAIL = 2000
IMPORT_BYTES = 8_000_000

running: list[Server] = []
"""Servers under way, whose logs are shown when a test fails."""


def find(program: str) -> str | None:
    """Path of a program: beside the Python that runs, on the PATH, or built for the tests."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(
        program, path=os.pathsep.join((beside, os.environ.get("PATH", ""), str(BUILT / "bin")))
    )


def missing(peer: str) -> list[str]:
    """Programs of a peer that this machine lacks."""
    return [program for program in PEERS[peer] if find(program) is None]


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One server process on a loopback port, which it keeps over restarts.

    Parameters
    ----------
    folder : Path
        Its own; the log goes there.
    command : function of the port
        Its command line.
    ready_path : str
        Answers anything but 503 as soon as the server serves; 401 will do.
    scheme : str
        ``http`` or ``https``.
    client_cert : Path or None
        Certificate and key that the server wants of its clients.
    start_s, stop_s : float
        How long it may take to start, and to stop before it is killed.
    """

    def __init__(
        self,
        folder: Path,
        command: Callable[[int], Sequence[str]],
        ready_path: str,
        *,
        scheme: str = "http",
        client_cert: Path | None = None,
        start_s: float = START_S,
        stop_s: float = STOP_S,
    ) -> None:
        self.folder = folder
        self._start_s = start_s
        self._stop_s = stop_s
        self._command = command
        self._ready_path = ready_path
        self._scheme = scheme
        self._client_cert = client_cert
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace")[-LOG_TAIL:] if path.exists() else ""

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self.url}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        program, *arguments = self._command(self.port)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [find(program) or program, *arguments], stdout=log, stderr=log, cwd=self.folder
            )
        running.append(self)
        until = time.monotonic() + self._start_s
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"{self} did not start:\n{self.log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it and wait until it is gone; nothing happens if it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        running.remove(self)
        process.terminate()
        try:
            process.wait(self._stop_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def restart(self) -> None:
        """Stop it and start it again, on the same port with the same data."""
        self.stop()
        self.start()

    def _is_ready(self) -> bool:
        cert = str(self._client_cert) if self._client_cert else None
        try:
            with warnings.catch_warnings():
                # The certificates of tests are their own, and nothing is told to the server here.
                warnings.simplefilter("ignore")
                answer = requests.get(self.url + self._ready_path, timeout=2, verify=False, cert=cert)
        except requests.RequestException:
            return False
        return answer.status_code != 503


class Prometheus(Server):
    """A real Prometheus.

    Parameters
    ----------
    folder : Path
    openmetrics : str or Path or None
        Past to fill in before the start, as OpenMetrics text (times in seconds, ends with ``# EOF``).
    scrape : sequence of str
        Targets ``host:port`` to scrape.
    interval_s : int
        Scrape interval.
    config : str or None
        The whole configuration as YAML, in place of ``scrape`` and ``interval_s``.
    arguments : sequence of str
        Further flags.
    scheme, client_cert
        As of ``Server``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        openmetrics: str | Path | None = None,
        scrape: Sequence[str] = (),
        interval_s: int = 1,
        config: str | None = None,
        arguments: Sequence[str] = (),
        scheme: str = "http",
        client_cert: Path | None = None,
    ) -> None:
        (folder / "prometheus.yml").write_text(config or _scrape_config(scrape, interval_s))
        if openmetrics is not None:
            _fill_in(_as_file(folder, openmetrics), folder / "data")
        flags = (
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            "--storage.tsdb.retention.time=100y",
            *arguments,
        )
        super().__init__(
            folder,
            lambda port: ("prometheus", f"--web.listen-address=127.0.0.1:{port}", *flags),
            "/-/ready",
            scheme=scheme,
            client_cert=client_cert,
        )


class VictoriaMetrics(Server):
    """A real single-node VictoriaMetrics.

    Parameters
    ----------
    folder : Path
    arguments : sequence of str
        Further flags.
    """

    def __init__(self, folder: Path, *, arguments: Sequence[str] = ()) -> None:
        flags = (
            "-storageDataPath=data",
            "-retentionPeriod=100y",
            "-search.disableCache",
            "-search.latencyOffset=0s",
            *arguments,
        )
        super().__init__(
            folder,
            lambda port: ("victoria-metrics", f"-httpListenAddr=127.0.0.1:{port}", *flags),
            "/health",
        )

    def fill_in(self, openmetrics: str | Path) -> None:
        """Take in OpenMetrics text, the same as ``Prometheus`` takes."""
        with _as_file(self.folder, openmetrics).open() as lines:
            for chunk in _chunks(_in_milliseconds(lines)):
                requests.post(
                    f"{self.url}/api/v1/import/prometheus", data=chunk, timeout=60
                ).raise_for_status()
        requests.get(f"{self.url}/internal/force_flush", timeout=60).raise_for_status()


def _scrape_config(targets: Sequence[str], interval_s: int) -> str:
    if not targets:
        return "global: {}\n"
    return (
        f"global: {{scrape_interval: {interval_s}s, scrape_timeout: {interval_s}s}}\n"
        "scrape_configs:\n"
        f"- {{job_name: mesh, static_configs: [{{targets: {list(targets)}}}]}}\n"
    )


def _as_file(folder: Path, openmetrics: str | Path) -> Path:
    if isinstance(openmetrics, Path):
        return openmetrics
    path = folder / "past.txt"
    path.write_text(openmetrics)
    return path


def _fill_in(past: Path, data: Path) -> None:
    command = [
        find("promtool") or "promtool",
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        str(past),
        str(data),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"promtool did not take the past: {done.stderr[-LOG_TAIL:]}")


def _in_milliseconds(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line.strip() and not line.startswith("#"):
            series, _, seconds = line.rstrip("\n").rpartition(" ")
            yield f"{series} {round(float(seconds) * 1000)}\n"


def _chunks(lines: Iterable[str]) -> Iterator[bytes]:
    held, size = [], 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size > IMPORT_BYTES:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()
