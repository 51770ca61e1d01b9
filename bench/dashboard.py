"""The dashboard itself, as a process of its own over a Prometheus."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from bench.sizes import SCRAPE_S
from tests.peers import Server

__all__ = ["Dashboard", "open_dashboard"]

APP = Path(__file__).resolve().parents[1] / "app.py"


class Dashboard(Server):
    """``app.py`` on a loopback port.

    Parameters
    ----------
    folder : Path
    prometheus_url : str
    more : sequence of str
        Further options.
    """

    def __init__(self, folder: Path, prometheus_url: str, more: Sequence[str] = ()) -> None:
        options = ("--prometheus-url", prometheus_url, "--scrape-interval-s", f"{SCRAPE_S}", *more)
        super().__init__(
            folder, lambda port: (sys.executable, str(APP), "--port", f"{port}", *options), "/topology"
        )

    @property
    def peak_bytes(self) -> int:
        """The most memory that the process has held so far."""
        if self._process is None:
            raise RuntimeError(f"{self} does not run")
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024

    def graph(self, at: float) -> bytes:
        """The topology page's payload at an instant.

        Raises
        ------
        requests.HTTPError
            If there was none.
        """
        answer = requests.get(f"{self.url}/api/pages/topology", {"at": f"{at:.0f}"}, timeout=120)
        answer.raise_for_status()
        return answer.content


@contextmanager
def open_dashboard(prometheus_url: str, *more: str) -> Iterator[Dashboard]:
    """A dashboard, with further options, while it is needed."""
    with TemporaryDirectory() as folder:
        dashboard = Dashboard(Path(folder), prometheus_url, more)
        dashboard.start()
        try:
            yield dashboard
        finally:
            dashboard.stop()
