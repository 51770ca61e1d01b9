"""Passwords and their Argon2 hashes; a name that does not exist costs as much as a wrong password."""

from __future__ import annotations

import secrets
import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError

from mesh_graph.access.refusals import SignInUnavailable

__all__ = ["MOST_CHARACTERS", "Passwords", "is_hash"]

MOST_CHARACTERS = 1024
AT_ONCE = 4
"""Hashes computed at the same time: each takes 64 MiB with the usual parameters."""
WAIT_S = 10.0


def is_hash(text: str) -> bool:
    """Whether a text is an Argon2 hash."""
    try:
        extract_parameters(text)
    except InvalidHashError:
        return False
    return True


class Passwords:
    """Hashes and checks passwords.

    Parameters
    ----------
    hasher : argon2.PasswordHasher
        The library's own parameters (RFC 9106, low memory) unless told otherwise.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = BoundedSemaphore(AT_ONCE)
        self._stand_ins: dict[str, str] = {}

    def hash(self, password: str) -> str:
        """Salted hash of a password, with its parameters."""
        return self._hasher.hash(_settled(password))

    def is_right(self, known: str, password: str) -> bool:
        """Whether a password is the one of a hash.

        Raises
        ------
        SignInUnavailable
            If so many are being checked that none is done in time.
        """
        if not self._room.acquire(timeout=WAIT_S):
            raise SignInUnavailable("Too many passwords are being checked at once.")
        try:
            return self._hasher.verify(known, _settled(password[:MOST_CHARACTERS]))
        except (Argon2Error, InvalidHashError):
            return False
        finally:
            self._room.release()

    def pretend(self, like: str | None, password: str) -> None:
        """Do what a wrong password costs, for a name that has none.

        Parameters
        ----------
        like : str or None
            A hash with the parameters to take, ours where there is none.
        password : str
        """
        self.is_right(self._stand_in(like), password)

    def _stand_in(self, like: str | None) -> str:
        kind = "" if like is None else like.rsplit("$", 2)[0]  # all but salt and hash
        if kind not in self._stand_ins:
            hasher = PasswordHasher.from_parameters(extract_parameters(like)) if like else self._hasher
            self._stand_ins[kind] = hasher.hash(secrets.token_urlsafe())
        return self._stand_ins[kind]


def _settled(password: str) -> str:
    """One spelling of letters that keyboards compose differently."""
    return unicodedata.normalize("NFC", password)
