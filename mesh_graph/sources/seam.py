"""The one place where foreign exceptions become ours: who was asked, what, what happened, what to try."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3
from prometheus_api_client import exceptions as client

from mesh_graph.errors import (
    QueryRejected,
    SourceError,
    SourceRefused,
    SourceReplyInvalid,
    SourceTimeout,
    SourceUnreachable,
    TooMuchData,
)
from mesh_graph.sources.answer import AnswerInvalid, Status
from mesh_graph.sources.credentials import CredentialsUnreadable
from mesh_graph.sources.transport import AnswerTooLarge

__all__ = ["PROMETHEUS", "TRACES", "Advice", "asking"]

REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class _Case:
    error: type[SourceError]
    problem: str
    advice: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What to try, where that depends on what is asked.

    Attributes
    ----------
    no_time, too_long, too_much : str
        Of an answer that takes too long, a request that is too long, an answer that is too large.
    no_api : str
        Where something else answers than what should.
    """

    no_time: str
    too_long: str
    too_much: str
    no_api: str


PROMETHEUS = Advice(
    no_time="Look at fewer namespaces or a shorter window, or raise the query time-out.",
    too_long="Look at fewer namespaces, or let the proxy before it pass POST.",
    too_much="Look at fewer namespaces, set a query scope, or raise the cap.",
    no_api="Check the URL of the Prometheus: http or https, its path prefix, no /api/v1.",
)
TRACES = Advice(
    no_time="Ask for less time, for one service or for fewer traces, or raise the query time-out.",
    too_long="Ask for fewer tags, or let the proxy before it pass long URLs.",
    too_much="Ask for less time or for fewer traces, or raise the cap.",
    no_api="Check the URL: that of Jaeger's query service, of Zipkin's server or of Tempo's query frontend, "
    "its path prefix, no /api.",
)
NO_ANSWER = "Check the address, and that the server runs and can be reached from here."
NO_RIGHTS = "Check the user name and password, the token or the client certificate, and the tenant header."
BROKE_OFF = "It, or a proxy before it, closed the connection; see its log."
IN_TROUBLE = "It, or a proxy before it, is in trouble; see its log."


@contextmanager
def asking(source: str, request: str, advice: Advice = PROMETHEUS) -> Iterator[None]:
    """Raise what goes wrong inside as a ``SourceError``.

    Parameters
    ----------
    source : str
        Who is asked, without credentials.
    request : str
        What is asked: PromQL or a path.
    advice : Advice
        What to try.

    Notes
    -----
    Words of foreign exceptions are not passed on: they may hold headers and URLs with secrets.
    """
    try:
        yield
    except (
        requests.RequestException,
        client.PrometheusApiClientException,
        client.MetricValueConversionError,
        urllib3.exceptions.HTTPError,
        CredentialsUnreadable,
        OSError,
    ) as error:
        case = _case(error, advice)
        raise case.error(source, request, case.problem, case.advice) from error


def _case(error: Exception, advice: Advice) -> _Case:
    match error:
        case Status():
            return _status(error, advice)
        case AnswerTooLarge():
            return _Case(TooMuchData, f"The answer has {error}; the rest was not read.", advice.too_much)
        case AnswerInvalid():
            return _Case(SourceReplyInvalid, f"The answer {error}.", advice.no_api)
        case CredentialsUnreadable():
            return _Case(SourceRefused, f"The request could not be signed: {error}.", NO_RIGHTS)
        case requests.Timeout() | urllib3.exceptions.TimeoutError() | TimeoutError():
            return _Case(SourceTimeout, "It did not answer in full within the time allowed.", advice.no_time)
        case requests.exceptions.ChunkedEncodingError():
            return _Case(SourceReplyInvalid, "The answer broke off.", BROKE_OFF)
        case requests.exceptions.ContentDecodingError() | requests.JSONDecodeError():
            return _Case(SourceReplyInvalid, "The answer could not be decoded.", advice.no_api)
        case requests.ConnectionError() | urllib3.exceptions.HTTPError():
            return _unreachable(error)
        case requests.RequestException():
            problem = f"The request could not be made ({type(error).__name__})."
            return _Case(SourceUnreachable, problem, advice.no_api)
        case OSError():
            return _Case(SourceUnreachable, f"The request could not be made: {_os_reason(error)}.", NO_ANSWER)
        case _:
            return _Case(SourceReplyInvalid, "The answer could not be read.", advice.no_api)


def _status(status: Status, advice: Advice) -> _Case:
    code, said = status.code, status.reason[:REASON_LENGTH]
    answered = f"It answered {code}" + (f": {said}" if said else "")
    if code in (401, 403):
        return _Case(SourceRefused, f"{answered}.", NO_RIGHTS)
    if status.kind in ("timeout", "canceled"):
        return _Case(SourceTimeout, f"It gave up on the query: {said}.", advice.no_time)
    if code in (413, 414, 431):
        return _Case(QueryRejected, f"{answered}. The query is too long for it.", advice.too_long)
    if code == 429:
        return _Case(QueryRejected, f"{answered}. It was asked too often.", "Refresh less often.")
    if said and code in (200, 400, 422):
        return _Case(QueryRejected, f"It declined the query: {said}.", "")
    if 300 <= code < 400:
        to = _leading_to(status.location)
        return _Case(SourceReplyInvalid, f"{answered}, a redirect{to}.", advice.no_api)
    if code >= 500:
        return _Case(SourceReplyInvalid, f"{answered}.", IN_TROUBLE)
    return _Case(SourceReplyInvalid, f"{answered}.", advice.no_api)


def _leading_to(location: str) -> str:
    parts = urlsplit(location)
    return f" to {parts.scheme}://{parts.hostname}{parts.path}" if parts.hostname else ""


def _unreachable(error: BaseException) -> _Case:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            words = f"Its TLS certificate is not accepted: {cause.verify_message}."
            return _Case(SourceUnreachable, words, "Set the CA that signed it, and the name that it is for.")
        if isinstance(cause, ssl.SSLError):
            reason = (getattr(cause, "reason", None) or "unknown reason").replace("_", " ").lower()
            advice = "Check http or https, and the client certificate if it asks for one."
            return _Case(SourceUnreachable, f"TLS failed: {reason}.", advice)
    proxy = any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes)
    reason = next(
        (text for cause in reversed(causes) if (text := _os_reason(cause))), "the connection failed"
    )
    way = " through the proxy" if proxy else ""
    return _Case(SourceUnreachable, f"No connection{way}: {reason}.", NO_ANSWER)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and all that caused it, wherever requests and urllib3 keep the cause."""
    seen: list[BaseException] = []
    todo = [error]
    while todo:
        cause = todo.pop()
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            todo += [cause.__context__, cause.__cause__, getattr(cause, "reason", None), *cause.args]


def _os_reason(error: BaseException) -> str:
    if isinstance(error, socket.gaierror):
        return "its name is not known here"
    if isinstance(error, ConnectionResetError | urllib3.exceptions.ProtocolError):
        return "it closed the connection without an answer"
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        return (error.strerror or type(error).__name__).lower()
    return ""
