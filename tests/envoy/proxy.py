"""One real Envoy and the two things that tests ask of it: what it logged, and whether it is idle."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from tests.peers import Server

__all__ = ["Envoy", "wait_until"]

_PATIENCE_S = 20.0


def wait_until(is_true: Callable[[], bool], claim: str) -> None:
    """Poll until the claim holds; fail if it does not in time."""
    deadline = time.monotonic() + _PATIENCE_S
    while not is_true():
        assert time.monotonic() < deadline, f"waited {_PATIENCE_S:.0f} s in vain until {claim}"
        time.sleep(0.01)


class Envoy(Server):
    """An Envoy with one listener and one access log of JSON lines.

    Parameters
    ----------
    folder : Path
    bootstrap : function of the access log's path
        Its configuration, without the admin address.
    """

    def __init__(self, folder: Path, bootstrap: Callable[[Path], dict[str, Any]]) -> None:
        self.access_log = folder / "access.log"
        self.bootstrap = bootstrap(self.access_log)
        super().__init__(folder, self._command_line, "/ready")

    def _command_line(self, admin_port: int) -> tuple[str, ...]:
        admin = {"address": {"socket_address": {"address": "127.0.0.1", "port_value": admin_port}}}
        path = self.folder / "bootstrap.json"
        path.write_text(json.dumps({"admin": admin, **self.bootstrap}))
        # One worker, so that the access log has the requests in the order in which they ended.
        options = ("--concurrency", "1", "--disable-hot-restart", "--log-level", "warning")
        return ("envoy", "--config-path", str(path), "--file-flush-interval-msec", "10", *options)

    @property
    def listening_port(self) -> int:
        """Port of the listener, which may have been a free one."""
        (listener,) = self._admin("/listeners", format="json")["listener_statuses"]
        return int(listener["local_address"]["socket_address"]["port_value"])

    def entries(self, scenario: str) -> list[dict[str, Any]]:
        """Access log entries of one scenario."""
        entries = map(json.loads, self.access_log.read_text().splitlines())
        return [entry for entry in entries if entry["scenario"] == scenario]

    def is_idle(self) -> bool:
        """Whether no request is under way, in or out."""
        # Not through the admin port: that one would count this very question.
        active = r"^(http\.traffic\.downstream|cluster\..*\.upstream)_rq_active$"
        stats = self._admin("/stats", format="json", filter=active)["stats"]
        return not any(stat.get("value") for stat in stats)

    def kill(self) -> None:
        """End it at once, as a machine that loses power does."""
        if self._process is not None:
            self._process.kill()
        self.stop()

    def _admin(self, path: str, **query: str) -> Any:
        return requests.get(self.url + path, query, timeout=10).json()
