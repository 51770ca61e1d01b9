"""The ways in that a server offers, as the doors need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from mesh_graph.access.doorkeeper import Doorkeeper
from mesh_graph.access.openid import OpenIdOptions, OpenIdProvider
from mesh_graph.settings import Settings

__all__ = ["WaysIn", "attach_ways_in", "current_ways_in", "ways_in_of"]

_EXTENSION = "meshgraph-sign-in"


@dataclass(frozen=True, slots=True)
class WaysIn:
    """What a server offers to whoever wants in.

    Attributes
    ----------
    keeper : Doorkeeper
    provider : OpenIdProvider or None
    """

    keeper: Doorkeeper
    provider: OpenIdProvider | None = None


def ways_in_of(settings: Settings) -> WaysIn | None:
    """The ways in that the settings name; None without a sign-in.

    Raises
    ------
    ConfigError
        If the users file cannot be used, or the audit log cannot be written.
    """
    if not settings.has_sign_in:
        return None
    keeper = Doorkeeper(
        settings.users_file,
        idle_s=settings.session_idle_s,
        lifetime_s=settings.session_lifetime_s,
        audit_log=settings.audit_log,
    )
    return WaysIn(keeper, OpenIdProvider(_openid(settings)) if settings.oidc_issuer else None)


def _openid(settings: Settings) -> OpenIdOptions:
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
    if settings.oidc_client_secret_file:
        secret = settings.oidc_client_secret_file.read_text(encoding="utf-8").strip()
    return OpenIdOptions(
        issuer=settings.oidc_issuer or "",
        client_id=settings.oidc_client_id or "",
        client_secret=secret,
        scopes=settings.oidc_scopes,
        user_claim=settings.oidc_user_claim,
        groups_claim=settings.oidc_groups_claim,
        ca_file=settings.oidc_ca_file,
        label=settings.oidc_label,
        signs_out=settings.oidc_sign_out,
    )


def attach_ways_in(server: Flask, ways: WaysIn) -> None:
    """Keep the ways in on the server, for ``current_ways_in``."""
    server.extensions[_EXTENSION] = ways


def current_ways_in() -> WaysIn:
    """The ways in of the server that answers the present request."""
    ways: Any = current_app.extensions[_EXTENSION]
    if not isinstance(ways, WaysIn):
        raise TypeError("no sign-in attached to this server")
    return ways
