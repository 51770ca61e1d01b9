"""In front of the application: a path prefix, and what a proxy says of the request it passes on.

Only listed proxies are believed. Of everybody else the headers are taken away before anything reads them, so
that nobody becomes another address, another host or another person by sending one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.utils import redirect

from mesh_graph.settings import Settings
from mesh_graph.settings.sign_in_values import Network

__all__ = ["OUTSIDE", "PROXY_GROUPS", "PROXY_USER", "UNPREFIXED", "Front", "front_of", "in_front"]

OUTSIDE = "meshgraph.outside"
"""Key of the WSGI environment: the path does not begin with our prefix."""
PROXY_USER = "meshgraph.proxy_user"
PROXY_GROUPS = "meshgraph.proxy_groups"
"""Keys under which a trusted proxy's word stands: texts, as sent."""
UNPREFIXED = ("/healthz", "/readyz", "/metrics")
"""Asked without the prefix, too: probes and scrapers come to the process, not through the proxy."""

_SPOKEN = ("HTTP_X_FORWARDED_", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
"""How the names begin of what proxies say, as WSGI spells them."""

Environment = dict[str, Any]
Application = Callable[[Environment, Any], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Front:
    """What stands before the application.

    Attributes
    ----------
    prefix : str
        Path under which all is served: ``/mesh``, or empty.
    trusted_proxies : tuple of networks
        Whose headers are believed.
    user_header, groups_header : str or None
        Headers in which a trusted proxy names who asks; None where it does not.
    is_tls : bool
        Whether the server itself speaks TLS.
    """

    prefix: str = ""
    trusted_proxies: tuple[Network, ...] = ()
    user_header: str | None = None
    groups_header: str | None = None
    is_tls: bool = False


def front_of(settings: Settings) -> Front:
    """The front that the settings name."""
    return Front(
        settings.url_prefix or "",
        settings.trusted_proxies,
        settings.proxy_user_header,
        settings.proxy_groups_header,
        settings.tls_cert_file is not None,
    )


def in_front(application: Application, front: Front) -> Application:
    """The application behind its front."""
    believing = ProxyFix(_prefixed(application, front.prefix), x_for=0, x_proto=1, x_host=1)
    disbelieving = _prefixed(application, front.prefix)
    named = [(PROXY_USER, front.user_header), (PROXY_GROUPS, front.groups_header)]
    names = {key: "HTTP_" + header.upper().replace("-", "_") for key, header in named if header}

    def answer(environment: Environment, start_response: Any) -> Iterable[bytes]:
        said = {key: environment.pop(name, None) for key, name in names.items()}
        if not _is_trusted(environment.get("REMOTE_ADDR", ""), front.trusted_proxies):
            silent = {name: value for name, value in environment.items() if not name.startswith(_SPOKEN)}
            return disbelieving(silent, start_response)
        environment |= {key: text for key, text in said.items() if text is not None}
        environment["REMOTE_ADDR"] = _client(environment, front.trusted_proxies)
        return believing(environment, start_response)

    return answer


def _is_trusted(address: str, proxies: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(mapped.version == network.version and mapped in network for network in proxies)


def _client(environment: Environment, proxies: tuple[Network, ...]) -> str:
    """Address of the client: the last one in the proxies' list that is no proxy itself."""
    nearest: str = environment["REMOTE_ADDR"]
    for text in reversed(environment.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        try:
            address = str(ipaddress.ip_address(text.strip()))
        except ValueError:
            return nearest
        nearest = address
        if not _is_trusted(address, proxies):
            return address
    return nearest


def _prefixed(application: Application, prefix: str) -> Application:
    if not prefix:
        return application

    def answer(environment: Environment, start_response: Any) -> Iterable[bytes]:
        path = environment.get("PATH_INFO", "")
        if path.startswith(prefix + "/"):
            environment["SCRIPT_NAME"] = environment.get("SCRIPT_NAME", "") + prefix
            environment["PATH_INFO"] = path[len(prefix) :]
        elif path == prefix:
            return redirect(f"{prefix}/", 308)(environment, start_response)
        elif path not in UNPREFIXED:
            environment[OUTSIDE] = True
        return application(environment, start_response)

    return answer
