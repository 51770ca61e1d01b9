"""The wire below prometheus-api-client: what it sends better, and what it would lose of the answers.

Queries go as a POST form instead of in the URL (GET where a proxy refuses POST), answers are read under caps
on time, series and bytes, and the rows that the client hands on carry their answer's warnings and size.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from threading import BoundedSemaphore
from typing import Any

import requests
from requests import PreparedRequest
from urllib3 import Timeout
from urllib3.exceptions import ReadTimeoutError

from mesh_graph.sources.answer import WholeResponse
from mesh_graph.sources.deadline import DeadlineAdapter
from mesh_graph.sources.options import Limits

__all__ = ["AnswerTooLarge", "PrometheusAdapter"]

CHUNK = 1 << 18
SERIES_MARK = b'"metric":{'
"""Begins each series; inside a JSON string its quotes would be escaped."""
ERROR_BYTES = 1 << 16
"""Most that is read of an answer other than 200."""
PAUSES_S = (0.2, 0.8)
"""Waits before asking again."""
POST_REFUSED = (403, 405, 501)
AGAIN = (502, 503, 504)


class AnswerTooLarge(requests.RequestException):
    """An answer passed a cap and was not read further; the message says which."""


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._until - time.monotonic()

    def require(self) -> float:
        left = self.left
        if left <= 0:
            raise requests.Timeout("no time left")
        return left


class PrometheusAdapter(DeadlineAdapter):
    """Sends the requests of one source.

    Parameters
    ----------
    limits : Limits
    clock : function
        Our clock, Unix seconds.
    """

    response_class: type[WholeResponse] = WholeResponse

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.time) -> None:
        super().__init__(pool_maxsize=limits.max_in_flight)
        self._limits = limits
        self._clock = clock
        self._slots = BoundedSemaphore(limits.max_in_flight)
        self._post_refused = False

    def send(self, request: PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """The whole answer to a request, read under the caps.

        Raises
        ------
        Status
            If it is not 200.
        AnswerTooLarge
            If it passed a cap.
        requests.RequestException
            If there was none.
        """
        deadline = _Deadline(self._limits.timeout_s)
        options = {name: options.get(name) for name in ("verify", "cert", "proxies")}
        with self._slot(deadline):
            response = self._send_either_way(request, deadline, options)
        response.raise_for_status()
        return response

    @contextmanager
    def _slot(self, deadline: _Deadline) -> Iterator[None]:
        if not self._slots.acquire(timeout=max(0.0, deadline.left)):
            raise requests.Timeout("too many requests under way")
        try:
            yield
        finally:
            self._slots.release()

    def _send_either_way(
        self, request: PreparedRequest, deadline: _Deadline, options: dict[str, Any]
    ) -> WholeResponse:
        if request.method != "POST" or self._post_refused:
            return self._send_again(_as_get(request), deadline, options)
        response = self._send_again(_as_form(request), deadline, options)
        if response.status_code not in POST_REFUSED or response.api_error:
            return response
        got = self._send_again(_as_get(request), deadline, options)
        if got.status_code in (*POST_REFUSED, 401):
            return response
        self._post_refused = True
        return got

    def _send_again(
        self, request: PreparedRequest, deadline: _Deadline, options: dict[str, Any]
    ) -> WholeResponse:
        for pause in PAUSES_S:
            try:
                response = self._send_once(request, deadline, options)
                # An error of the API's own, a query that ran too long for one, would only repeat itself.
                if response.status_code not in AGAIN or response.api_error or deadline.left <= pause:
                    return response
            except requests.ConnectionError as error:
                hopeless = isinstance(error, requests.Timeout | requests.exceptions.SSLError)
                if hopeless or deadline.left <= pause:
                    raise
            time.sleep(pause)
        return self._send_once(request, deadline, options)

    def _send_once(
        self, request: PreparedRequest, deadline: _Deadline, options: dict[str, Any]
    ) -> WholeResponse:
        timeout: Any = Timeout(total=deadline.require())
        response = super().send(request, stream=True, timeout=timeout, **options)
        began = self._clock()
        whole = self.response_class()
        whole.__dict__.update(response.__dict__)
        whole.clock_offset_s = _clock_offset(response.headers.get("Date"), began)
        try:
            whole.body = self._read(response)
        finally:
            response.close()
        return whole

    def _read(self, response: requests.Response) -> bytes:
        chunks, size, series, tail = [], 0, 0, b""
        for chunk in _chunks(response):
            chunks.append(chunk)
            size += len(chunk)
            if response.status_code != 200 and size > ERROR_BYTES:
                break
            # A mark may lie across two chunks.
            series += (tail + chunk).count(SERIES_MARK)
            tail = (tail + chunk)[1 - len(SERIES_MARK) :]
            self._check(size, series)
        return b"".join(chunks)

    def _check(self, size: int, series: int) -> None:
        if size > self._limits.max_bytes:
            raise AnswerTooLarge(f"more than {self._limits.max_bytes / 2**20:g} MiB")
        if series > self._limits.max_series:
            raise AnswerTooLarge(f"more than {self._limits.max_series:,} series")


def _chunks(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_content(CHUNK)
    except requests.ConnectionError as error:
        if error.args and isinstance(error.args[0], ReadTimeoutError):
            raise requests.ReadTimeout(*error.args) from error
        raise requests.exceptions.ChunkedEncodingError(*error.args) from error


def _as_form(request: PreparedRequest) -> PreparedRequest:
    form = request.copy()
    url, _, query = (request.url or "").partition("?")
    form.url = url
    form.headers["Content-Type"] = "application/x-www-form-urlencoded"
    form.prepare_body(query, None)
    return form


def _as_get(request: PreparedRequest) -> PreparedRequest:
    got = request.copy()
    got.method = "GET"
    got.headers.pop("Content-Length", None)
    return got


def _clock_offset(date: str | None, ours: float) -> float | None:
    if date is None:
        return None
    try:
        # The header is cut to whole seconds: half of one is its mean delay.
        return parsedate_to_datetime(date).timestamp() + 0.5 - ours
    except (ValueError, OverflowError):
        return None
