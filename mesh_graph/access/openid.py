"""Sign-in at an OpenID provider: the authorization code flow with PKCE, and claims → name and groups.

Authlib does the protocol: state bound to the browser, nonce, code verifier, the provider's keys, signature
and times of the ID token. Added here: whose token it must be, for whom, and which algorithms are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from cachetools import TTLCache
from flask import Flask
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from mesh_graph.access.refusals import NotSignedIn, SignInUnavailable

__all__ = ["OpenIdOptions", "OpenIdProvider", "claimed"]

TIMEOUT_S = 10.0
WAY_THERE_S = 900.0
"""How long somebody may take at the provider."""
MOST_UNDER_WAY = 10_000
_ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
_NAME = "provider"


@dataclass(frozen=True, slots=True)
class OpenIdOptions:
    """How a provider is asked.

    Attributes
    ----------
    issuer : str
        Its address, below which ``.well-known/openid-configuration`` lies.
    client_id, client_secret : str
        Who we are to it; an empty secret is a public client.
    scopes : tuple of str
    user_claim, groups_claim : str
        Where name and groups stand; ``realm_access.roles`` is ``roles`` in ``realm_access``.
    ca_file : Path or None
        CA certificates that the provider's is checked with, in place of the system's.
    label : str
        What people read on the sign-in page.
    signs_out : bool
        Whether who signs out here is to sign out there, too.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    user_claim: str = "preferred_username"
    groups_claim: str = "groups"
    ca_file: Path | None = None
    label: str = "single sign-on"
    signs_out: bool = True


class _UnderWay:
    """What belongs to sign-ins under way, in the form that Authlib keeps it."""

    def __init__(self) -> None:
        self._held: TTLCache[str, str] = TTLCache(MOST_UNDER_WAY, WAY_THERE_S)

    def get(self, key: str) -> str | None:
        return self._held.get(key)

    def set(self, key: str, value: str, _expires_s: float) -> None:
        self._held[key] = value

    def delete(self, key: str) -> None:
        self._held.pop(key, None)


class OpenIdProvider:
    """One provider, asked by the requests of one server.

    Parameters
    ----------
    options : OpenIdOptions
    """

    def __init__(self, options: OpenIdOptions) -> None:
        self.options = options
        self._client: Any = None

    def attach(self, server: Flask) -> None:
        """Make it known to a server; the provider itself is asked when somebody signs in."""
        options = self.options
        secret = options.client_secret
        self._client = OAuth(server, cache=_UnderWay()).register(
            _NAME,
            client_id=options.client_id,
            client_secret=secret or None,
            server_metadata_url=f"{options.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": " ".join(options.scopes),
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_S,
                "verify": str(options.ca_file) if options.ca_file else True,
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            },
        )

    def lead_there(self, back: str) -> Response:
        """The way to the provider, which sends the browser back to that address.

        Raises
        ------
        SignInUnavailable
            If it does not answer as a provider does.
        """
        try:
            self._check_metadata()
            there: Response = self._client.authorize_redirect(back)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise self._unavailable(error) from None
        return there

    def way_out(self, back: str, id_token: str) -> str:
        """The address that ends somebody's session at the provider and leads back; empty where there is none.

        Parameters
        ----------
        back : str
            The provider has to know it, or leads nowhere.
        id_token : str
            Tells the provider whose session it is; empty to let it ask.

        Source: OpenID Connect RP-Initiated Logout 1.0, section 2.
        """
        try:
            there = (
                str(self._check_metadata().get("end_session_endpoint", "")) if self.options.signs_out else ""
            )
            parts = urlsplit(there)
        except (OSError, ValueError, KeyError, RuntimeError):
            return ""
        if parts.scheme not in ("http", "https"):
            return ""
        said = {"client_id": self.options.client_id, "post_logout_redirect_uri": back}
        query = urlencode(said | ({"id_token_hint": id_token} if id_token else {}))
        return parts._replace(query=f"{parts.query}&{query}" if parts.query else query).geturl()

    def welcome_back(self) -> tuple[str, tuple[str, ...], str]:
        """Name, groups and ID token of whoever comes back from the provider with the present request.

        Raises
        ------
        NotSignedIn
            If the provider refused, the way did not begin in this browser, the token is not what was asked
            for, or names nobody.
        SignInUnavailable
            If the provider does not answer.
        """
        options = self.options
        try:
            metadata = self._check_metadata()
            token = self._client.authorize_access_token(
                claims_options={
                    "iss": {"essential": True, "value": metadata["issuer"]},
                    "aud": {"essential": True, "value": options.client_id},
                }
            )
            claims = dict(token["userinfo"])
            if not {options.user_claim.partition(".")[0], options.groups_claim.partition(".")[0]} <= set(
                claims
            ):
                claims |= self._more_about(claims["sub"], token)
        except (OAuthError, JoseError, KeyError, ValueError, RuntimeError) as error:
            raise NotSignedIn(f"OpenID: {_in_short(error)}") from None
        except OSError as error:
            raise self._unavailable(error) from None
        return *claimed(claims, options.user_claim, options.groups_claim), str(token.get("id_token", ""))

    def _more_about(self, subject: str, token: Mapping[str, Any]) -> dict[str, Any]:
        """What only the provider's userinfo tells, where there is one."""
        if "userinfo_endpoint" not in self._client.load_server_metadata():
            return {}
        told = dict(self._client.userinfo(token=token))
        if told.get("sub") != subject:
            raise ValueError("userinfo is of somebody else")
        return told

    def _check_metadata(self) -> dict[str, Any]:
        metadata: dict[str, Any] = self._client.load_server_metadata()
        if str(metadata["issuer"]).rstrip("/") != self.options.issuer:
            raise ValueError(f"it calls itself {metadata['issuer']}")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in _ALGORITHMS]
        return metadata

    def _unavailable(self, error: Exception) -> SignInUnavailable:
        return SignInUnavailable(f"The OpenID provider {self.options.issuer}: {_in_short(error)}")


def claimed(claims: Mapping[str, Any], user_claim: str, groups_claim: str) -> tuple[str, tuple[str, ...]]:
    """Name and groups in claims.

    Raises
    ------
    NotSignedIn
        If the claims name nobody, or an e-mail address that was never verified.

    Examples
    --------
    >>> claimed({"sub": "7", "email": "a@b", "roles": {"mesh": ["sre"]}}, "email", "roles.mesh")
    ('a@b', ('sre',))
    """
    name = _claim(claims, user_claim)
    if not isinstance(name, str) or not name or len(name) > 200 or not name.isprintable():
        raise NotSignedIn(f"OpenID: the claim {user_claim} names nobody")
    if user_claim == "email" and claims.get("email_verified") is False:
        raise NotSignedIn("OpenID: the e-mail address was never verified")
    groups = _claim(claims, groups_claim)
    if isinstance(groups, str):
        groups = [groups]
    if not isinstance(groups, Iterable) or isinstance(groups, Mapping):
        groups = ()
    return name, tuple(group for group in groups if isinstance(group, str))


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _in_short(error: Exception) -> str:
    """Kind and words of an error, on one line; never what was sent."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words[:200]}"
