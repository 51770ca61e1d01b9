"""The entrance: who sends a request is settled before anything answers it.

Whatever is not named in ``OPEN`` is closed to strangers, also what does not exist and what will be added. The
order of proofs: a bearer token, a trusted proxy's word, a session; a session makes no wrong token good.
Where no proof is given, or anything fails, the request ends here.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response as BaseResponse

from mesh_graph.access.identity import Identity
from mesh_graph.access.refusals import NotSignedIn, Refused, SignInUnavailable, TooManyAttempts
from mesh_graph.api.context import set_scope
from mesh_graph.api.front import PROXY_GROUPS, PROXY_USER
from mesh_graph.api.problems import plain_problem, problem_response, status_of
from mesh_graph.api.sign_in_page import page_response, render_refusal
from mesh_graph.api.ways_in import WaysIn, attach_ways_in, current_ways_in

__all__ = [
    "OPEN",
    "OPEN_ASSETS",
    "SESSION_NUMBER",
    "add_entrance",
    "client_address",
    "refusal",
    "write_down",
]

OPEN = frozenset(
    (
        "telemetry.healthz",
        "telemetry.readyz",
        "sign_in.show",
        "sign_in.enter",
        "sign_in.leave",
        "sign_in.go_to_provider",
        "sign_in.come_back",
    )
)
"""Endpoints that answer strangers."""
OPEN_ASSETS = frozenset(("sign-in.css", "scheme.js"))
"""Files of the sign-in page."""
ASSETS = "_dash_assets.static"
SESSION_NUMBER = "number"
"""Where the browser's cookie holds the number of its session."""

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_UNSEEN = ("/assets/", "/_dash-", "/_favicon", "/session")
"""Paths that tell nothing of a mesh, and are not written down; callbacks are."""
_CALLBACK = "/_dash-update-component"


class _Cookie(SecureCookieSessionInterface):
    """The signed cookie, which goes over TLS alone where it was given over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def add_entrance(server: Flask, ways: WaysIn, prefix: str = "") -> None:
    """Let nobody in who is not known, and write down what is answered to whom."""
    server.secret_key = secrets.token_bytes(32)  # as short-lived as the sessions, which are in our memory
    server.session_interface = _Cookie()
    server.config.update(SESSION_COOKIE_NAME="mesh_graph_session", SESSION_COOKIE_HTTPONLY=True)
    # Lax, not Strict: the way back from an OpenID provider comes from another site, as a shared link does.
    server.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_PATH=f"{prefix}/")
    attach_ways_in(server, ways)
    if ways.provider is not None:
        ways.provider.attach(server)

    def enter() -> BaseResponse | None:
        if _is_open():
            return None
        try:
            identity = _identify(ways)
        except Refused as error:
            return refusal(error)
        if identity.is_ambient and not _is_of_our_pages():
            return plain_problem("refused-origin", 403)
        g.identity = identity
        set_scope(identity.scope)
        return None

    def leave(response: Response) -> Response:
        response.vary.update(("Cookie", "Authorization"))
        if request.endpoint != ASSETS and "immutable" not in response.headers.get("Cache-Control", ""):
            response.cache_control.private = True
            if response.mimetype == "text/html":
                response.cache_control.no_store = True
        return _written_down(ways, response)

    server.before_request(enter)
    server.after_request(leave)


def client_address() -> str:
    """Address of whoever asks; of a trusted proxy's client as the proxy says."""
    return request.remote_addr or ""


def _is_open() -> bool:
    if request.endpoint == ASSETS:
        return (request.view_args or {}).get("filename") in OPEN_ASSETS
    return request.endpoint in OPEN


def _identify(ways: WaysIn) -> Identity:
    keeper, address = ways.keeper, client_address()
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return keeper.of_token(token.strip(), address)
    name = request.environ.get(PROXY_USER)
    if name:
        return keeper.of_proxy(name, _groups(request.environ.get(PROXY_GROUPS, "")))
    return keeper.of_session(session.get(SESSION_NUMBER, ""), address)


def _groups(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _is_of_our_pages() -> bool:
    """Whether a request that changes something, or asks with a body, surely comes from a page of ours.

    The guard has refused other origins; a browser that names none is too old to be sure of.
    """
    if request.method in _SAFE_METHODS or request.headers.get("Origin"):
        return True
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def refusal(error: Refused) -> BaseResponse:
    """The answer to whoever is not let in: to people a page, to programs a problem."""
    response: BaseResponse
    if not _is_for_eyes():
        response = problem_response(error)
        if isinstance(error, NotSignedIn):
            response.headers["WWW-Authenticate"] = 'Bearer realm="Meshgraph"'
    elif isinstance(error, NotSignedIn):
        query = urlencode({"next": request.script_root + request.full_path.rstrip("?")})
        response = redirect(f"{request.script_root}/sign-in?{query}", 303)
    else:
        held = current_ways_in().keeper.session(session.get(SESSION_NUMBER, ""))
        page = render_refusal(str(error), held.form_token if held else "")
        response = page_response(page, status_of(error))
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(int(error.wait_s) + 1)
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_for_eyes() -> bool:
    """Whether a browser asks for a page, not a script or program for data."""
    is_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    accepts_page = "text/html" in request.headers.get("Accept", "")
    return request.method in ("GET", "HEAD") and is_page and accepts_page


def write_down(**facts: str) -> None:
    """Let the audit log say more of what the present request is answered with; nothing without a sign-in."""
    g.facts = facts


def _written_down(ways: WaysIn, response: Response) -> Response:
    identity: Identity | None = g.get("identity")
    if identity is None or (request.path.startswith(_UNSEEN) and request.path != _CALLBACK):
        return response
    facts = {"method": request.method, "path": request.path, "query": request.query_string.decode("latin-1")}
    facts |= g.get("facts", {})
    if request.path == _CALLBACK:
        facts["page"] = request.headers.get("Referer", "")
    try:
        ways.keeper.write_answer(identity, client_address(), response.status_code, facts)
    except SignInUnavailable as error:
        response.close()
        return problem_response(error)
    return response
