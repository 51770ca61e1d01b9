"""The application behind the destination's proxy: it does what the last part of the path says."""

from __future__ import annotations

import socket
import struct
import threading
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

__all__ = ["SCENARIO", "App"]

SCENARIO = "x-scenario"
"""Header that names the scenario of a request, here and in the access logs."""
_LONGEST_WAIT_S = 10.0


class App:
    """A threaded HTTP/1.1 server on a free loopback port.

    | last part of the path | answer |
    |---|---|
    | ``ok`` | 200 |
    | ``404``, ``503`` | that code |
    | ``flaky`` | 503 to the first two requests of a scenario, then 200 |
    | ``slow`` | none: waits until its client hangs up |
    | ``reset`` | none: resets the connection |
    | ``cut`` | 200 and half the body it announced, then hangs up |
    | ``half`` | 200 and half the body it announced, then waits until its client hangs up |
    | ``grpc-0``, ``grpc-14`` | 200 and that gRPC status |
    """

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more connections; nothing happens to an application that did not start."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def wait_for(self, scenario: str) -> None:
        """Return once a request of the scenario has arrived."""
        with self._server.arrival:
            arrived = self._server.arrival.wait_for(
                lambda: self._server.arrivals[scenario] > 0, timeout=_LONGEST_WAIT_S
            )
        assert arrived, f"no request of {scenario} reached the application"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.arrival = threading.Condition()
        self.arrivals: Counter[str] = Counter()
        super().__init__(address, handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    codes: ClassVar = {"ok": 200, "404": 404, "503": 503}

    def do_GET(self) -> None:
        scenario = self.headers.get(SCENARIO, "")
        with self.server.arrival:
            self.server.arrivals[scenario] += 1
            attempt = self.server.arrivals[scenario]
            self.server.arrival.notify_all()
        self._behave(self.path.rsplit("/", 1)[-1], attempt)

    def _behave(self, behaviour: str, attempt: int) -> None:
        if behaviour == "slow":
            self._wait_for_hang_up()
        elif behaviour == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif behaviour.startswith("grpc-"):
            self._answer(200, {"content-type": "application/grpc", "grpc-status": behaviour[5:]})
        elif behaviour in ("cut", "half"):
            self._answer(200, {}, b"half", missing=4)
            if behaviour == "half":
                self._wait_for_hang_up()
        else:
            flaky_code = 503 if attempt <= 2 else 200
            self._answer(self.codes.get(behaviour, flaky_code), {}, b"said the application\n")

    def _wait_for_hang_up(self) -> None:
        self.connection.settimeout(_LONGEST_WAIT_S)
        with suppress(OSError):
            self.connection.recv(1)
        self.close_connection = True

    def _answer(self, code: int, headers: dict[str, str], body: bytes = b"", *, missing: int = 0) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body) + missing))
        # A connection for each request: a kept one could be closed just when the proxy reuses it.
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the proxies' access logs tell."""
