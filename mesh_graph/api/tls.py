"""A server that speaks TLS itself, where no proxy does: cheroot, for waitress has no TLS."""

from __future__ import annotations

import logging
import socket
import ssl
from pathlib import Path
from typing import Any

from cheroot.errors import FatalSSLAlert
from cheroot.makefile import StreamReader, StreamWriter
from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest
from cheroot.ssl import Adapter
from cheroot.wsgi import Server

from mesh_graph.errors import ConfigError

__all__ = ["TlsServer"]

_LOG = logging.getLogger(__name__)
_SILENT_S = 30
_WAITING = 128
"""Connections that wait for a thread."""


class _Socket(ssl.SSLSocket):
    """A connection on which mistakes of the other side end it, and are no error of ours."""

    def recv_into(self, *arguments: Any, **more: Any) -> int:
        try:
            return super().recv_into(*arguments, **more)
        except ssl.SSLError as error:
            raise FatalSSLAlert(*error.args) from None


class _Certificate(Adapter):
    """Certificate and key from files, read anew when they change: servers outlive certificates."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.sslsocket_class = _Socket
        self._read = self._stamp()
        self.context.load_cert_chain(certificate, key)

    def _stamp(self) -> list[tuple[int, int]]:
        return [(stat.st_ino, stat.st_mtime_ns) for stat in (path.stat() for path in self._files)]

    def _renew(self) -> None:
        """Take up new files; as long as they cannot be used, the old ones serve on."""
        try:
            stamp = self._stamp()
            if stamp != self._read:
                self._read = stamp
                self.context.load_cert_chain(*self._files)
                _LOG.info("A new certificate is in use.")
        except (OSError, ssl.SSLError) as error:
            _LOG.error("The new certificate cannot be used: %s", error)

    def bind(self, sock: Any) -> Any:
        # Whoever connects and says nothing is left to the kernel: it would hold a thread.
        if hasattr(socket, "TCP_DEFER_ACCEPT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, _SILENT_S)
        return sock

    def wrap(self, sock: Any) -> tuple[Any, dict[str, str]]:
        # The handshake is left to the first read, in a thread: here one slow client would keep all out.
        self._renew()
        wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return wrapped, self.get_environ()

    def get_environ(self) -> dict[str, str]:
        return {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(self, sock: Any, mode: str = "r", bufsize: int = -1) -> Any:
        return (StreamReader if "r" in mode else StreamWriter)(sock, mode, bufsize)


class _Headers(HeaderReader):
    """Headers without those that have an underscore: WSGI tells ``X_User`` and ``X-User`` apart no more."""

    def _allow_header(self, key_name: bytes) -> bool:
        return b"_" not in key_name


class _Request(HTTPRequest):
    header_reader = _Headers()


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request


class _Server(Server):
    ConnectionClass = _Connection

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        _LOG.log(level, "%s", msg, exc_info=traceback)


class TlsServer:
    """A bound server.

    Parameters
    ----------
    application : WSGI application
    address : (str, int)
        Host and port; port 0 is a free one.
    certificate, key : Path
        PEM files.
    threads : int
        Requests answered at once.
    max_body_bytes : int
        A longer request is refused.

    Raises
    ------
    ConfigError
        If certificate and key cannot be used.
    OSError
        If the address cannot be listened on.
    """

    def __init__(
        self,
        application: Any,
        address: tuple[str, int],
        *,
        certificate: Path,
        key: Path,
        threads: int,
        max_body_bytes: int,
    ) -> None:
        self._server = _Server(
            address, application, numthreads=threads, server_name="meshgraph", request_queue_size=_WAITING
        )
        self._server.max_request_body_size = max_body_bytes
        try:
            self._server.ssl_adapter = _Certificate(certificate, key)
        except (OSError, ssl.SSLError) as error:
            said = getattr(error, "reason", None) or error.strerror
            raise ConfigError(f"tls_cert_file and tls_key_file cannot be used together: {said}.") from None
        self._server.prepare()

    @property
    def effective_port(self) -> int:
        """Port that is listened on."""
        port: int = self._server.bind_addr[1]
        return port

    def run(self) -> None:
        """Serve until the process is told to stop, or ``close`` is called."""
        try:
            self._server.serve()
        finally:
            self._server.stop()

    def close(self) -> None:
        """Stop serving."""
        self._server.stop()
