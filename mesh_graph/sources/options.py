"""What a source over HTTP is told: address, credentials, TLS, limits; a Prometheus names beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from mesh_graph.errors import ConfigError
from mesh_graph.settings.values import HEADER_NAME
from mesh_graph.sources.promql import ISTIO_NAMES, MetricNames
from mesh_graph.sources.query import Matcher

__all__ = [
    "Credentials",
    "LabelNaming",
    "Limits",
    "PrometheusOptions",
    "ServerOptions",
    "Tls",
    "TracingOptions",
]


class LabelNaming(StrEnum):
    """Labels that tell application and version."""

    AUTO = "auto"
    """Ask the source once which of the two the mesh has."""
    CANONICAL = "canonical"
    """``*_canonical_service`` and ``*_canonical_revision``."""
    APP = "app"
    """``*_app`` and ``*_version``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who asks: basic authentication, a bearer token, or nobody. Files are read anew for every request.

    Attributes
    ----------
    username : str
        Of basic authentication; it needs ``password`` or ``password_file``.
    password, bearer_token : str
        Never shown, not even by ``repr``.
    password_file, bearer_token_file : Path or None
        File with the secret; white space around it is dropped.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    password_file: Path | None = None
    bearer_token: str = field(default="", repr=False)
    bearer_token_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How the server is checked, and how we prove who we are.

    Attributes
    ----------
    ca_file : Path or None
        CA certificates (PEM) in place of the system's.
    client_cert_file, client_key_file : Path or None
        Client certificate and key (PEM) of mutual TLS; the key may be in the certificate's file.
    skip_verify : bool
        Do not check the server's certificate.
    """

    ca_file: Path | None = None
    client_cert_file: Path | None = None
    client_key_file: Path | None = None
    skip_verify: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on one answer, and on how many are under way.

    Attributes
    ----------
    timeout_s : float
        Longest wait for one answer: queueing, connecting, retries and reading together.
    max_in_flight : int
        Most requests under way at once.
    max_series, max_bytes : int
        Most that is read of one answer; bytes after decompression.
    """

    timeout_s: float = 15.0
    max_in_flight: int = 8
    max_series: int = 500_000
    max_bytes: int = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """What every server is asked with.

    Attributes
    ----------
    url : str
        Base of its API. Credentials in it are used but never shown.
    headers : mapping of str to str
        Sent with every request, such as ``X-Scope-OrgID``; never shown.

    Raises
    ------
    ConfigError
        If the URL or a header cannot be used.
    """

    kind: ClassVar[str] = "server"

    url: str = field(repr=False)
    credentials: Credentials = Credentials()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    tls: Tls = Tls()
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise ConfigError(
                f"{self.name} is no URL of a {self.kind}, which begins with http:// or https://."
            )
        if parts.query or parts.fragment:
            raise ConfigError(f"{self.name}: the URL of a {self.kind} takes no query and no fragment.")
        for name, value in self.headers.items():
            if not HEADER_NAME.fullmatch(name) or not _is_header_value(value):
                raise ConfigError(f"The header {name!r} holds characters that HTTP headers cannot carry.")

    @property
    def name(self) -> str:
        """The URL without credentials, query and fragment."""
        scheme, rest = self.url.split("://", 1) if "://" in self.url else ("", self.url)
        rest = rest.split("?", 1)[0].split("#", 1)[0]
        host, slash, path = rest.partition("/")
        return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}".removeprefix("://").rstrip("/")

    @property
    def login(self) -> Credentials:
        """The credentials, or else those in the URL."""
        parts = urlsplit(self.url)
        if self.credentials != Credentials() or parts.username is None:
            return self.credentials
        return Credentials(username=unquote(parts.username), password=unquote(parts.password or ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusOptions(ServerOptions):
    """All that a ``PrometheusSource`` takes; its URL is without ``/api/v1``.

    Attributes
    ----------
    scope : tuple of Matcher
        Put into every selector.
    names : MetricNames
        Families that are stored under other names than Istio's.
    labels : LabelNaming
    """

    kind: ClassVar[str] = "Prometheus"

    scope: tuple[Matcher, ...] = ()
    names: MetricNames = field(default_factory=lambda: ISTIO_NAMES)
    labels: LabelNaming = LabelNaming.AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class TracingOptions(ServerOptions):
    """All that a client of a tracing backend takes; its URL is without ``/api``."""

    kind: ClassVar[str] = "tracing backend"


def _is_header_value(text: str) -> bool:
    return text.isprintable() and text == text.strip() and text.isascii()
