"""Two Envoys in a row, and what Istio's two reporters would count of the traffic through them."""

from __future__ import annotations

import http.client
import itertools
import socket
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from tests.envoy import bootstrap
from tests.envoy.app import SCENARIO, App
from tests.envoy.proxy import Envoy, wait_until
from tests.peers import free_port

__all__ = ["Pair", "Row", "Seen"]


class Row(NamedTuple):
    """What tells one series of ``istio_requests_total`` from another here.

    Istio's stats filter takes code, flags and gRPC status from the stream, as the access log does: code 0
    where there was no response, flags ``-`` where there are none. ``workload`` is False where the proxy chose
    no endpoint, so that Istio's destination workload is ``unknown``.
    """

    code: str
    flags: str = "-"
    grpc_status: str = ""
    workload: bool = True


class Seen(NamedTuple):
    """Number of requests by row, per reporter; and the protocols in which the destination was asked."""

    source: Counter[Row]
    destination: Counter[Row]
    protocols: frozenset[str]


class Pair:
    """A source's proxy, a destination's proxy and the application behind it, on loopback."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._app = App()
        # Bound but not listening: refuses connections, and nobody else can take the port.
        self._closed = socket.socket()
        self._closed.bind(("127.0.0.1", 0))
        self._mortal_port = free_port()
        self._envoys: list[Envoy] = []

    def start(self) -> None:
        """Start the application and both proxies."""
        self._app.start()
        self._destination = self._start_destination("destination")
        closed_port = self._closed.getsockname()[1]
        ports = bootstrap.Ports(self._destination.listening_port, self._mortal_port, closed_port)
        self._source = self._start(Envoy(self._make("source"), lambda log: bootstrap.source(ports, log)))
        self._port = self._source.listening_port

    def stop(self) -> None:
        """Stop everything."""
        for envoy in self._envoys:
            envoy.stop()
        self._closed.close()
        self._app.stop()

    def ask(self, path: str, content_type: str, times: int) -> Seen:
        """Send requests one after the other and take their answers."""
        scenario = self._name(path)
        for _ in range(times):
            _finish(self._send(path, content_type, scenario))
        return self._seen(scenario)

    def abandon(self, path: str, content_type: str) -> Seen:
        """Send a request and hang up as soon as the application has it."""
        scenario = self._name(path)
        client = self._send(path, content_type, scenario)
        self._app.wait_for(scenario)
        client.close()
        return self._seen(scenario)

    def lose_destination(self, path: str, content_type: str) -> Seen:
        """Send a request by a destination proxy of its own, which dies while the application works."""
        scenario = self._name(path)
        mortal = self._start_destination(scenario.replace("/", "-"), self._mortal_port)
        client = self._send(path, content_type, scenario)
        self._app.wait_for(scenario)
        mortal.kill()
        _finish(client)
        return self._seen(scenario, mortal)

    def _send(self, path: str, content_type: str, scenario: str) -> http.client.HTTPConnection:
        client = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        client.request("GET", path, headers={SCENARIO: scenario, "content-type": content_type})
        return client

    def _name(self, path: str) -> str:
        return f"{next(self._numbers)}{path}"

    def _seen(self, scenario: str, destination: Envoy | None = None) -> Seen:
        """What was seen, once nothing is under way and both logs have a later request."""
        proxies = (self._source, self._destination)
        wait_until(lambda: all(proxy.is_idle() for proxy in proxies), "both proxies are idle")
        later = self._name("later")
        _finish(self._send("/h1/plain/ok", "text/plain", later))
        wait_until(lambda: all(proxy.entries(later) for proxy in proxies), "the later request is logged")
        there = (destination or self._destination).entries(scenario)
        protocols = frozenset(entry["protocol"] for entry in there)
        return Seen(_count(self._source.entries(scenario)), _count(there), protocols)

    def _start_destination(self, name: str, port: int = 0) -> Envoy:
        app, closed = self._app.port, self._closed.getsockname()[1]
        return self._start(
            Envoy(self._make(name), lambda log: bootstrap.destination(app, closed, log, port=port))
        )

    def _make(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder

    def _start(self, envoy: Envoy) -> Envoy:
        envoy.start()
        self._envoys.append(envoy)
        return envoy


def _finish(client: http.client.HTTPConnection) -> None:
    # An answer that breaks off is one of the scenarios.
    with closing(client), suppress(http.client.IncompleteRead):
        client.getresponse().read()


def _count(entries: list[dict[str, Any]]) -> Counter[Row]:
    return Counter(map(_row, entries))


def _row(entry: dict[str, Any]) -> Row:
    is_grpc = entry["content_type"] == "application/grpc"
    status = entry["grpc_status"] if is_grpc and entry["grpc_status"] is not None else ""
    return Row(str(entry["code"]), entry["flags"] or "-", str(status), entry["upstream_host"] is not None)
