"""A small HTTP proxy before a real server that spoils what goes through it, as a test tells it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import requests

__all__ = ["Exchange", "FaultProxy", "Passed", "answers", "forward"]


class Passed(NamedTuple):
    """A request as it came in."""

    method: str
    path: str
    query: str
    body: str


class Exchange(BaseHTTPRequestHandler):
    """One request, and the ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: FaultServer

    def log_message(self, *_) -> None:
        """Say nothing."""

    def _do(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        self.server.passed.append(Passed(self.command, path, query, self.body.decode()))
        with suppress(BrokenPipeError, ConnectionResetError):
            self.server.fault(self)

    do_GET = do_POST = _do

    @property
    def ended(self) -> Event:
        """Set when the test is over."""
        return self.server.ended

    def real(self) -> requests.Response:
        """The real server's answer."""
        headers = {"Content-Type": self.headers.get("Content-Type", "")}
        # A client that takes this for its proxy names the whole URL.
        parts = urlsplit(self.path)
        url = f"{self.server.upstream}{parts.path}?{parts.query}"
        with requests.Session() as session:
            session.trust_env = False
            return session.request(self.command, url, data=self.body, headers=headers, timeout=30)

    def answer(
        self,
        status: int,
        body: bytes = b"",
        length: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer; with a ``length`` that is not the body's, the connection is closed after it."""
        self.send_response_only(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.close_connection or length is not None

    def drip(self, body: bytes, pause_s: float) -> None:
        """Answer byte by byte, each well within any read time-out, until the test is over."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body:
            if self.ended.wait(pause_s):
                break
            self.wfile.write(bytes([byte]))
        self.close_connection = True

    def drop(self) -> None:
        """Close the connection without an answer."""
        self.close_connection = True
        self.connection.close()


def forward(exchange: Exchange) -> None:
    """No fault at all."""
    real = exchange.real()
    exchange.answer(real.status_code, real.content)


def answers(status: int, body: bytes = b"", **more) -> Callable[[Exchange], None]:
    """Always the same answer."""
    return lambda exchange: exchange.answer(status, body, **more)


class FaultServer(ThreadingHTTPServer):
    """Holds what the exchanges share."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.upstream = upstream
        self.fault: Callable[[Exchange], None] = forward
        self.passed: list[Passed] = []
        self.ended = Event()

    def handle_error(self, *_) -> None:
        """Say nothing of connections that the other side closed."""


class FaultProxy:
    """The proxy, to be entered; ``fault`` is what happens to the next requests."""

    def __init__(self, upstream: str) -> None:
        self._server = FaultServer(upstream)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def does(self, fault: Callable[[Exchange], None]) -> None:
        """Do this to all requests from now on."""
        self._server.fault = fault

    @property
    def passed(self) -> list[Passed]:
        """The requests so far."""
        return self._server.passed
