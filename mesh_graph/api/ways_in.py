"""The ways in that a server offers, as the doors need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from mesh_graph.access.doorkeeper import Doorkeeper
from mesh_graph.settings import Settings

__all__ = ["WaysIn", "attach_ways_in", "current_ways_in", "ways_in_of"]

_EXTENSION = "meshgraph-sign-in"


@dataclass(frozen=True, slots=True)
class WaysIn:
    """What a server offers to whoever wants in.

    Attributes
    ----------
    keeper : Doorkeeper
    has_passwords : bool
        Whether the sign-in page asks for a name and a password.
    """

    keeper: Doorkeeper
    has_passwords: bool = True


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
    return WaysIn(keeper)


def attach_ways_in(server: Flask, ways: WaysIn) -> None:
    """Keep the ways in on the server, for ``current_ways_in``."""
    server.extensions[_EXTENSION] = ways


def current_ways_in() -> WaysIn:
    """The ways in of the server that answers the present request."""
    ways: Any = current_app.extensions[_EXTENSION]
    if not isinstance(ways, WaysIn):
        raise TypeError("no sign-in attached to this server")
    return ways
