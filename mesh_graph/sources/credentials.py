"""Credentials as the ``Authorization`` header of each request."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from requests import PreparedRequest
from requests.auth import AuthBase

from mesh_graph.sources.options import Credentials

__all__ = ["CredentialsUnreadable", "Login"]


class CredentialsUnreadable(Exception):
    """A secret that cannot be read or sent; the message names its file, never the secret."""


class Login(AuthBase):
    """Signs requests; without credentials it adds nothing, and keeps ``requests`` away from ``~/.netrc``."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Add the header, from the files as they are now."""
        who = self._credentials
        token = _secret(who.bearer_token, who.bearer_token_file)
        if token:
            if not token.isascii():
                raise CredentialsUnreadable(
                    "the bearer token holds characters that HTTP headers cannot carry"
                )
            request.headers["Authorization"] = f"Bearer {token}"
        elif who.username:
            pair = f"{who.username}:{_secret(who.password, who.password_file)}"
            request.headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        return request


def _secret(value: str, path: Path | None) -> str:
    if path is None:
        secret, where = value, "the secret that was set"
    else:
        where = f"the file {path}"
        try:
            secret = path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CredentialsUnreadable(f"{where} cannot be read ({_reason(error)})") from None
        if not secret:
            raise CredentialsUnreadable(f"{where} is empty")
    if not secret.isprintable():
        raise CredentialsUnreadable(f"{where} holds control characters")
    return secret


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not text"
    return (error.strerror or type(error).__name__).lower()
