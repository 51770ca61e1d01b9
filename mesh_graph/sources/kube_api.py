"""One API server: pages of objects and streams of changes as plain JSON, every failure as one of ours.

The ``kubernetes`` client brings addresses, credentials and their renewal. Its typed models are passed by:
they hold far more than the fields in use. Its informer is, too: it neither pages nor waits between attempts.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import orjson
import urllib3
from kubernetes.client.api_client import ApiClient
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException

from mesh_graph.errors import (
    QueryRejected,
    SourceRefused,
    SourceReplyInvalid,
    SourceTimeout,
    SourceUnreachable,
    TooMuchData,
)

__all__ = ["Absent", "Forbidden", "Gone", "KubeApi"]

CONNECT_S = 5.0
READ_S = 30.0
MAX_BYTES = 64 * 2**20
"""Most bytes of one page, and of one line of a stream."""
REASON_LENGTH = 300


class Gone(Exception):
    """410: the version asked for has been forgotten; list anew."""


class Absent(Exception):
    """404: the server has no such kind."""


class Forbidden(SourceRefused):
    """403: the credentials are good, and lack a right."""


class KubeApi:
    """Reads of one API server.

    Parameters
    ----------
    name : str
        Of the cluster.
    client : ApiClient
        Knows the address and the credentials.
    """

    def __init__(self, name: str, client: ApiClient) -> None:
        self.name = name
        self._client = client
        self._streams: set[urllib3.BaseHTTPResponse] = set()
        self._lock = threading.Lock()
        self._signing = threading.Lock()
        """Credentials may be renewed then, and the client does not keep two threads from doing it at once."""
        self._closed = False

    def page(self, path: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Answer to a GET.

        Raises
        ------
        Gone, Absent, SourceError
        """
        with self._failures(path), self._get(path, parameters, READ_S) as response:
            body = response.read(MAX_BYTES + 1, decode_content=True)
            if len(body) > MAX_BYTES:
                raise TooMuchData(self.name, path, f"A page has more than {MAX_BYTES >> 20} MiB.")
            return self._object(path, body)

    @contextmanager
    def stream(
        self, path: str, parameters: Mapping[str, Any], read_s: float
    ) -> Iterator[Iterator[dict[str, Any]]]:
        """Objects of a GET that the server answers line by line, until it ends it.

        The server has accepted the request where the block begins.

        Raises
        ------
        Gone, Absent, SourceError
            A silence of ``read_s`` is a ``SourceTimeout``.
        """
        with self._failures(path), self._get(path, parameters, read_s) as response:
            yield self._events(path, response)

    @contextmanager
    def text(self, path: str, parameters: Mapping[str, Any], read_s: float) -> Iterator[Iterator[bytes]]:
        """Pieces of a GET whose answer is no JSON, as they come.

        Raises
        ------
        Absent, SourceError
            A silence of ``read_s`` is a ``SourceTimeout``.
        """
        with self._failures(path), self._get(path, parameters, read_s) as response:
            yield response.stream(2**16, decode_content=True)

    def _events(self, path: str, response: urllib3.BaseHTTPResponse) -> Iterator[dict[str, Any]]:
        for line in _lines(response):
            if len(line) > MAX_BYTES:
                raise TooMuchData(self.name, path, f"A change has more than {MAX_BYTES >> 20} MiB.")
            if line.strip():
                yield self._object(path, line)

    def _object(self, path: str, text: bytes) -> dict[str, Any]:
        read = orjson.loads(text)
        if not isinstance(read, dict):
            raise SourceReplyInvalid(self.name, path, "The answer is no object.")
        return read

    def close(self) -> None:
        """End all streams, also those that other threads are reading."""
        with self._lock:
            self._closed = True
            streams = list(self._streams)
        for stream in streams:
            with suppress(ValueError, RuntimeError):  # its reader has just come to the end by itself
                stream.shutdown()

    @contextmanager
    def _get(
        self, path: str, parameters: Mapping[str, Any], read_s: float
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        with self._signing:
            request = self._client.param_serialize(
                "GET",
                path,
                query_params=list(parameters.items()),
                header_params={"Accept": "application/json, */*", "Accept-Encoding": "gzip"},
                auth_settings=["BearerToken"],
            )
        method, url, headers = request[:3]
        answer = self._client.call_api(method, url, headers, _request_timeout=(CONNECT_S, read_s))
        response: urllib3.BaseHTTPResponse = answer.response
        with self._lock:
            if self._closed:
                response.close()
                raise SourceUnreachable(self.name, path, "The source is closed.")
            self._streams.add(response)
        try:
            if response.status not in (200, 204):
                raise _refusal(self.name, path, response)
            yield response
        finally:
            with self._lock:
                self._streams.discard(response)
            response.close()

    @contextmanager
    def _failures(self, path: str) -> Iterator[None]:
        try:
            yield
        except (ConfigException, ApiException) as error:
            why = getattr(error, "reason", None) or type(error).__name__
            raise SourceUnreachable(
                self.name, path, f"The request could not be made: {_short(why)}."
            ) from error
        except orjson.JSONDecodeError as error:
            raise SourceReplyInvalid(self.name, path, "The answer is not JSON.") from error
        except urllib3.exceptions.NewConnectionError as error:  # to urllib3 a kind of time-out
            raise SourceUnreachable(self.name, path, _no_connection(error), _ADVICE) from error
        except (urllib3.exceptions.TimeoutError, TimeoutError) as error:
            raise SourceTimeout(self.name, path, "The API server did not answer in time.") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise SourceUnreachable(self.name, path, _no_connection(error), _ADVICE) from error


_ADVICE = "Check the server of the context, and that it can be reached from here."


def _lines(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    held = b""
    for chunk in response.stream(2**16, decode_content=True):
        *lines, held = (held + chunk).split(b"\n")
        yield from lines
        if len(held) > MAX_BYTES:
            break
    yield held


def _refusal(name: str, path: str, response: urllib3.BaseHTTPResponse) -> Exception:
    said = _short(_message(response.read(2**16, decode_content=True)))
    answered = f"The API server answered {response.status}" + (f": {said}" if said else "") + "."
    match response.status:
        case 404:
            return Absent(path)
        case 410:
            return Gone(path)
        case 401:
            return SourceRefused(name, path, answered, "Renew the credentials of the context.")
        case 403:
            return Forbidden(name, path, answered, "Grant the rights of deploy/clusterrole.yaml.")
        case 400 | 422:
            return QueryRejected(name, path, answered)
        case _:
            return SourceReplyInvalid(name, path, answered)


def _message(body: bytes) -> str:
    try:
        status = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    message = status.get("message") if isinstance(status, dict) else None
    return message if isinstance(message, str) else ""


def _short(text: object) -> str:
    words = " ".join(str(text).split())
    return (words if len(words) <= REASON_LENGTH else words[:REASON_LENGTH] + "…").rstrip(".")


def _no_connection(error: BaseException) -> str:
    cause: object = error
    while isinstance(cause, BaseException):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"Its TLS certificate is not accepted: {cause.verify_message}."
        inner = getattr(cause, "reason", None)
        cause = inner if isinstance(inner, BaseException) else cause.__cause__ or cause.__context__
    return "No connection to the API server."
