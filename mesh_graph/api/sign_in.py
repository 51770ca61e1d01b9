"""Sign in by name and password or at an OpenID provider, sign out, and who is signed in.

``GET /sign-in``: the page. ``POST /sign-in``: form fields ``name``, ``password``, ``next``, ``form_token``.
``GET /sign-in/openid``: the way to the provider, which leads back to ``/sign-in/openid/return``.
``POST /sign-out``: form field ``form_token`` or header ``X-Form-Token``. ``GET /session``: who asks, as JSON.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, redirect, request, session
from werkzeug.wrappers import Response as BaseResponse

from mesh_graph.access.identity import Identity, Way
from mesh_graph.access.openid import OpenIdProvider
from mesh_graph.access.refusals import NotSignedIn, Refused, SignInUnavailable
from mesh_graph.access.sessions import Session
from mesh_graph.api.entrance import SESSION_NUMBER, client_address
from mesh_graph.api.problems import plain_problem, status_of
from mesh_graph.api.sign_in_page import (
    SignInForm,
    page_response,
    render_refusal,
    render_sign_in,
    render_signed_out,
)
from mesh_graph.api.ways_in import WaysIn, current_ways_in

__all__ = ["begin_session", "blueprint", "safe_address"]

_LOG = logging.getLogger(__name__)
blueprint = Blueprint("sign_in", __name__)

FORM_TOKEN = "form"
"""Where the browser's cookie holds what the sign-in form must bring back."""
NEXT = "next"
"""Where it holds the address to go on to after the provider."""
LONGEST_ADDRESS = 8000
_WRONG = "This name and password do not go together."
_NOT_PROVED = "The provider did not let you in, or the way there took too long. Try again."
_STALE = "This page was open for too long, or cookies are forbidden. Try again."


def safe_address(text: str, root: str) -> str:
    """An address to go on to after the sign-in, if it is on this server, else the first page.

    Parameters
    ----------
    text : str
        As the browser sent it: written by anybody.
    root : str
        Our path prefix, or empty.

    Examples
    --------
    >>> safe_address("/mesh/topology?window=5m", "/mesh")
    '/mesh/topology?window=5m'
    >>> safe_address("//evil.example/mesh/", "/mesh")
    '/mesh/'
    """
    first = f"{root}/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return first
    is_ours = text.startswith(first) and not text.startswith(("//", "/\\")) and not parts.netloc
    is_plain = text.isascii() and text.isprintable() and "\\" not in text and len(text) <= LONGEST_ADDRESS
    return text if is_ours and is_plain and not parts.scheme else first


@blueprint.get("/sign-in")
def show() -> BaseResponse:
    """The sign-in page; whoever is signed in goes on."""
    address = safe_address(request.args.get("next", ""), request.script_root)
    if _is_signed_in():
        return redirect(address, 303)
    return page_response(_page(current_ways_in(), address))


@blueprint.post("/sign-in")
def enter() -> BaseResponse:
    """Check name and password, begin a session, go on."""
    ways = current_ways_in()
    address = safe_address(request.form.get("next", ""), request.script_root)
    name = request.form.get("name", "")[:200]
    if not _has_form_token(session.get(FORM_TOKEN, "")):
        return page_response(_page(ways, address, name, _STALE), 400)
    try:
        number = ways.keeper.sign_in(name, request.form.get("password", ""), client_address())
    except Refused as error:
        said = _WRONG if isinstance(error, NotSignedIn) else str(error)
        return page_response(_page(ways, address, name, said), status_of(error))
    begin_session(number)
    return redirect(address, 303)


@blueprint.post("/sign-out")
def leave() -> BaseResponse:
    """End the session, and say where it can be ended at the provider; our own scripts then lead there."""
    ways, number = current_ways_in(), session.get(SESSION_NUMBER, "")
    held = ways.keeper.session(number)
    if held is not None and not _has_form_token(held.form_token):
        return plain_problem("refused-origin", 403)
    ways.keeper.sign_out(number, client_address())
    session.clear()
    there, again = _way_out(ways, held), f"{request.script_root}/sign-in"
    if request.headers.get("Accept") == "application/json":
        return jsonify(next=there or again)
    if there and ways.provider is not None:
        # The policy of our pages lets no form lead to another site, not even by a redirection.
        return page_response(render_signed_out(there, ways.provider.options.label))
    return redirect(again, 303)


def _way_out(ways: WaysIn, held: Session | None) -> str:
    """Where a session that ended here ends at the provider; empty for nowhere."""
    if ways.provider is None or held is None or held.way is not Way.OPENID:
        return ""
    return ways.provider.way_out(f"{request.root_url.rstrip('/')}/sign-in", held.id_token)


@blueprint.get("/session")
def tell() -> Response:
    """Who asks, the way in, and what a form must bring back to sign out; null where that is not for us."""
    who: Identity = g.identity
    is_ours = who.way in (Way.PASSWORD, Way.OPENID)
    held = current_ways_in().keeper.session(session.get(SESSION_NUMBER, "")) if is_ours else None
    return jsonify(name=who.name, way=who.way.value, form_token=held.form_token if held else None)


@blueprint.get("/sign-in/openid")
def go_to_provider() -> BaseResponse:
    """Lead the browser to the OpenID provider."""
    provider = _provider()
    session[NEXT] = safe_address(request.args.get("next", ""), request.script_root)
    return provider.lead_there(f"{request.root_url.rstrip('/')}/sign-in/openid/return")


@blueprint.get("/sign-in/openid/return")
def come_back() -> BaseResponse:
    """Begin a session for whoever the provider sends back."""
    ways, provider = current_ways_in(), _provider()
    address = safe_address(session.get(NEXT, ""), request.script_root)
    try:
        name, groups, id_token = provider.welcome_back()
        number = ways.keeper.sign_in_proved(name, groups, client_address(), id_token=id_token)
    except NotSignedIn as error:
        ways.keeper.refused(error, client_address())
        return page_response(_page(ways, address, said=_NOT_PROVED), 401)
    begin_session(number)
    return redirect(address, 303)


def _provider() -> OpenIdProvider:
    provider = current_ways_in().provider
    if provider is None:
        raise NotSignedIn("no OpenID provider is set")
    return provider


@blueprint.errorhandler(Refused)
def _say(error: Refused) -> BaseResponse:
    return page_response(_page_of(error), status_of(error))


def _page_of(error: Refused) -> str:
    if isinstance(error, SignInUnavailable):
        _LOG.error("Nobody can sign in: %s", error.reason)
    return render_refusal(str(error))


def begin_session(number: str) -> None:
    """Give the browser the number of a new session, in the place of whatever its cookie held."""
    session.clear()
    session[SESSION_NUMBER] = number


def _is_signed_in() -> bool:
    number = session.get(SESSION_NUMBER)
    if not number:
        return False
    try:
        current_ways_in().keeper.of_session(number, client_address())
    except Refused:
        return False
    return True


def _page(ways: WaysIn, address: str, name: str = "", said: str = "") -> str:
    token = session.setdefault(FORM_TOKEN, secrets.token_urlsafe())
    provider = ways.provider.options.label if ways.provider else ""
    return render_sign_in(SignInForm(address, token, ways.keeper.has_passwords, provider, name), said)


def _has_form_token(expected: str) -> bool:
    sent = request.headers.get("X-Form-Token") or request.form.get("form_token", "")
    return bool(expected) and hmac.compare_digest(expected.encode(), sent.encode())
