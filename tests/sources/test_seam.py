import inspect
import socket
import ssl

import prometheus_api_client.exceptions
import pytest
import requests
import urllib3

from mesh_graph.errors import SourceError, SourceUnreachable
from mesh_graph.sources.answer import AnswerInvalid, Status
from mesh_graph.sources.credentials import CredentialsUnreadable
from mesh_graph.sources.seam import asking
from mesh_graph.sources.transport import AnswerTooLarge

SECRET = "hunter2"
REFUSED = ConnectionRefusedError(111, "Connection refused")
WRONG_VERSION = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")


def classes(module, base: type[Exception]) -> list[type[Exception]]:
    found = [member for _, member in inspect.getmembers(module, inspect.isclass)]
    return [member for member in found if issubclass(member, base) and not issubclass(member, Warning)]


FOREIGN = sorted(
    {
        *classes(requests.exceptions, requests.RequestException),
        *classes(prometheus_api_client.exceptions, Exception),
        *classes(urllib3.exceptions, urllib3.exceptions.HTTPError),
    },
    key=lambda found: f"{found.__module__}.{found.__qualname__}",
)


def translated(error: BaseException) -> SourceError:
    with pytest.raises(SourceError) as caught, asking("http://prometheus:9090", "up"):
        raise error
    return caught.value


def instance(kind: type[Exception]) -> Exception:
    """An exception of the class with a secret in its words, past its own constructor."""
    error = kind.__new__(kind)
    error.args = (f"https://eve:{SECRET}@prometheus/?token={SECRET}",)
    return error


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: f"{kind.__module__}.{kind.__qualname__}")
def test_every_exception_of_the_libraries_becomes_a_source_error_without_its_words(kind):
    error = translated(instance(kind))
    assert (error.source, error.request) == ("http://prometheus:9090", "up")
    assert error.problem.endswith(".")
    assert error.advice
    assert SECRET not in str(error)


def test_errors_of_ours_pass_unchanged():
    ours = SourceUnreachable("a", "b", "c", "d")
    with pytest.raises(SourceUnreachable) as caught, asking("x", "y"):
        raise ours
    assert caught.value is ours


def test_a_mistake_in_the_program_is_not_hidden():
    with pytest.raises(ZeroDivisionError), asking("x", "y"):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (Status(401), "refused", "401"),
        (Status(403, "", "no tenant"), "refused", "403: no tenant"),
        (Status(400, "bad_data", "parse error"), "rejected", "parse error"),
        (Status(422, "execution", "too many samples"), "rejected", "too many samples"),
        (Status(400), "invalid-reply", "400"),
        (Status(404), "invalid-reply", "404"),
        (Status(413), "rejected", "too long"),
        (Status(414), "rejected", "too long"),
        (Status(429), "rejected", "too often"),
        (Status(503, "timeout", "query timed out"), "timeout", "query timed out"),
        (Status(503, "canceled", "query was canceled"), "timeout", "canceled"),
        (Status(500, "internal", "disk full"), "invalid-reply", "500: disk full"),
        (Status(302, location="https://sso/a?state=x"), "invalid-reply", "redirect to https://sso/a."),
        (Status(302, location="/login"), "invalid-reply", "a redirect."),
        (AnswerTooLarge("more than 5 series"), "too-much-data", "more than 5 series"),
        (AnswerInvalid("is HTML, not JSON"), "invalid-reply", "The answer is HTML"),
        (CredentialsUnreadable("the file /t is empty"), "refused", "/t is empty"),
        (requests.ReadTimeout(), "timeout", "within the time"),
        (requests.ConnectTimeout(), "timeout", "within the time"),
        (requests.exceptions.ChunkedEncodingError(), "invalid-reply", "broke off"),
        (requests.exceptions.InvalidHeader(), "unreachable", "InvalidHeader"),
        (requests.exceptions.ProxyError(REFUSED), "unreachable", "through the proxy: connection refused"),
        (requests.ConnectionError(socket.gaierror(-2, "Name unknown")), "unreachable", "not known"),
        (requests.ConnectionError(ConnectionResetError(104, "reset")), "unreachable", "without an answer"),
        (requests.ConnectionError(), "unreachable", "the connection failed"),
        (requests.exceptions.SSLError(WRONG_VERSION), "unreachable", "TLS failed"),
        (FileNotFoundError(2, "No such file or directory"), "unreachable", "no such file or directory"),
    ],
)  # fmt: skip
def test_what_happened_decides_the_kind(error, kind, words):
    found = translated(error)
    assert found.kind == kind
    assert words in found.problem


def test_the_servers_words_are_cut_to_a_length_that_fits():
    assert len(translated(Status(400, "bad_data", "x" * 10_000)).problem) < 600
