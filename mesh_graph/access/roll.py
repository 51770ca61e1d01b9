"""The roll: who there is and what everybody may see, from the entries of the users file.

    users:
      ada:
        password: $argon2id$…      # mesh-graph passwd
        groups: [shop]
        namespaces: ["ada-*"]
        tokens: [{id: …, sha256: …, expires: 2027-01-31T00:00:00Z}]   # mesh-graph token
    groups:
      shop: {namespaces: ["shop-*"], clusters: [east], rights: [logs]}

An entry with a password is for that password and its tokens alone; one without is for the person of that name
that a proxy or a provider signs in. So nobody becomes somebody else by choosing a name at a provider.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mesh_graph.access.identity import Identity, Way
from mesh_graph.access.refusals import NotAllowed, NotSignedIn
from mesh_graph.access.roll_text import Entries, TokenEntry, UserEntry
from mesh_graph.access.tokens import matches, token_id
from mesh_graph.errors import ConfigError
from mesh_graph.scope import NOTHING, Scope

__all__ = ["Roll"]

_NOTHING_GRANTED = "You are signed in, but no namespace is granted to you. Ask whoever runs this server."


@dataclass(frozen=True, slots=True)
class Roll:
    """Who there is.

    Parameters
    ----------
    users : mapping of name to UserEntry
    groups : mapping of name to Scope
    tokens : mapping of token's id to (user's name, TokenEntry)
    """

    users: Mapping[str, UserEntry]
    groups: Mapping[str, Scope]
    tokens: Mapping[str, tuple[str, TokenEntry]]

    @classmethod
    def of(cls, entries: Entries, where: str) -> Roll:
        """The roll of checked entries.

        Raises
        ------
        ConfigError
            If somebody is in a group that is not there, or if two tokens have one id.
        """
        groups = {name: grant.scope for name, grant in entries.groups.items()}
        for name, user in entries.users.items():
            strange = [group for group in user.groups if group not in entries.groups]
            if strange:
                raise ConfigError(f"{where}: users.{name}.groups: there is no group {strange[0]}.")
        return cls(entries.users, groups, _tokens(entries, where))

    @property
    def a_hash(self) -> str | None:
        """Hash of somebody's password, for its parameters; None where nobody has one."""
        return next((user.password for user in self.users.values() if user.password), None)

    def hash_of(self, name: str) -> str | None:
        """Hash of a user's password; None for a stranger, and for a user without a password."""
        user = self.users.get(name)
        return user.password if user else None

    def identity(self, name: str, way: Way, groups: Iterable[str] = ()) -> Identity:
        """Somebody whose name has been proved, with what may be seen.

        Parameters
        ----------
        name : str
        way : Way
        groups : iterable of str
            Those that a proxy or provider names; of users with a password the file's groups count.

        Raises
        ------
        NotAllowed
            If nothing may be seen.
        """
        user = self.users.get(name)
        is_own = user is not None and (way in (Way.PASSWORD, Way.TOKEN) or user.password is None)
        named = user.groups if user is not None and is_own else ()
        scope = self._granted(name if is_own else None, (*named, *groups))
        if scope == NOTHING:
            raise NotAllowed(name, _NOTHING_GRANTED)
        return Identity(name, way, scope)

    def identity_of_token(self, text: str, now: datetime) -> Identity:
        """The user of a token, with what both may see.

        Raises
        ------
        NotSignedIn
            If no token is this one, or its time is over.
        NotAllowed
            If nothing may be seen.
        """
        name, token = self.tokens.get(token_id(text) or "", (None, None))
        if name is None or token is None or not matches(token.sha256, text):
            raise NotSignedIn("unknown token")
        if now >= token.expires:
            raise NotSignedIn(f"token {token.id} has expired")
        identity = self.identity(name, Way.TOKEN)
        scope = identity.scope.narrowed(token.scope)
        if scope == NOTHING:
            raise NotAllowed(name, _NOTHING_GRANTED)
        return Identity(name, Way.TOKEN, scope)

    def proof_of(self, name: str) -> str:
        """What changes when a user's password does; empty without one."""
        known = self.hash_of(name)
        return hashlib.sha256(known.encode()).hexdigest() if known else ""

    def _granted(self, name: str | None, groups: Iterable[str]) -> Scope:
        own = [self.users[name].scope] if name is not None else []
        scopes = [*own, *(self.groups[group] for group in groups if group in self.groups)]
        return Scope(tuple(grant for scope in scopes for grant in scope.grants))


def _tokens(entries: Entries, where: str) -> dict[str, tuple[str, TokenEntry]]:
    found: dict[str, tuple[str, TokenEntry]] = {}
    for name, user in entries.users.items():
        for token in user.tokens:
            if token.id in found:
                raise ConfigError(f"{where}: users.{name}.tokens: the id {token.id} stands there twice.")
            found[token.id] = (name, token)
    return found
