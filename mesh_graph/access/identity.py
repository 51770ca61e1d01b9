"""Somebody who was let in: the name, the way, and what may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mesh_graph.scope import Scope

__all__ = ["Identity", "Way"]


class Way(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"
    TOKEN = "token"
    PROXY = "proxy"
    OPENID = "openid"


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who was let in.

    Attributes
    ----------
    name : str
        As the users file, the proxy or the provider says it.
    way : Way
    scope : Scope
        What may be seen; never more than what the users file grants at this moment.
    """

    name: str
    way: Way
    scope: Scope

    @property
    def is_ambient(self) -> bool:
        """Whether the browser itself adds what lets this request in, also where another site sends it."""
        return self.way is not Way.TOKEN
