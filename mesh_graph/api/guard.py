"""The guard in front of every door: known hosts only, same origin only, security headers on every answer.

A browser that was lured to another site can still reach a server on loopback: by a name that the attacker
resolves to 127.0.0.1 (the ``Host`` check stops it) or by a request across sites (the ``Origin`` check does).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, request

from mesh_graph.api.front import OUTSIDE
from mesh_graph.api.problems import plain_problem

__all__ = ["OPEN_PATHS", "add_guard", "host_name", "is_known_host"]

OPEN_PATHS = ("/healthz", "/readyz", "/metrics")
"""What may be asked under any address of ours, beside a known name: probes and scrapers do. A page that lures
a browser here needs a name of its own, so an address cannot be its doing."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def host_name(authority: str) -> str:
    """Host of an authority such as ``localhost:8050`` or ``[::1]:8050``, in lower case; empty for none."""
    try:
        return (urlsplit(f"//{authority}").hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def is_known_host(host: str, allowed: Iterable[str]) -> bool:
    """Whether a host is loopback, by name or address, or among those allowed."""
    if host == "localhost" or host in {name.lower() for name in allowed}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def add_guard(
    server: Flask,
    allowed_hosts: tuple[str, ...],
    script_hashes: Callable[[], Iterable[str]],
    *,
    is_tls: bool = False,
) -> None:
    """Check ``Host`` and ``Origin`` of every request and set the security headers of every answer.

    Parameters
    ----------
    server : flask.Flask
    allowed_hosts : tuple of str
        Host names besides loopback under which the server may be asked.
    script_hashes : callable
        Hashes of the inline scripts that a page may run; asked late, since Dash adds its own with the first
        request.
    is_tls : bool
        Whether the server itself speaks TLS: then browsers are told to stay with it.
    """

    def check() -> Response | None:
        host = host_name(request.host)
        is_probe = request.path in OPEN_PATHS and _is_address(host)
        if not is_probe and not is_known_host(host, allowed_hosts):
            return plain_problem("refused-host", 421)
        if not _is_same_site():
            return plain_problem("refused-origin", 403)
        if OUTSIDE in request.environ:
            return plain_problem("not-found", 404)
        return None

    def add_headers(response: Response) -> Response:
        response.headers.update(_HEADERS)
        response.headers["Content-Security-Policy"] = _policy(script_hashes())
        if is_tls:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    server.before_request(check)
    server.after_request(add_headers)


def _is_same_site() -> bool:
    """Whether a request comes from a page of ours, from no page, or is a link that somebody followed."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return False
    if request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none"):
        return True
    return request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"


def _policy(script_hashes: Iterable[str]) -> str:
    """The content policy: what is not named is forbidden, everything comes from here, no script is inline.

    One directive is loose. Mantine, AG Grid, Plotly and Cytoscape write styles into the page as they run,
    whose hashes nobody can know before; so styles may be inline. Pictures may be data and blobs: nodes are
    drawn as such, and exports are made in the page.
    """
    scripts = " ".join(("'self'", *script_hashes))
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
