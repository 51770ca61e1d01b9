"""Whoever wants in becomes an ``Identity``, or is refused for a reason that is written down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from mesh_graph.access.attempts import Attempts
from mesh_graph.access.audit import Audit
from mesh_graph.access.identity import Identity, Way
from mesh_graph.access.passwords import Passwords
from mesh_graph.access.refusals import NotAllowed, NotSignedIn, Refused, SignInUnavailable, TooManyAttempts
from mesh_graph.access.sessions import Session, Sessions
from mesh_graph.access.users_file import UsersFile
from mesh_graph.errors import ConfigError

__all__ = ["Clocks", "Doorkeeper"]

IDLE_S = 3600.0
LIFETIME_S = 12 * 3600.0
_TOKENS = "(a token)"
"""Name under which wrong tokens are counted."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The time as the doorkeeper reads it.

    Attributes
    ----------
    seconds : callable
        Seconds that only go forward.
    now : callable
        The present, with its time zone.
    """

    seconds: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=_utc_now)


class Doorkeeper:
    """Decides who comes in.

    Parameters
    ----------
    users : Path or None
        The users file, or a folder of such files.
    passwords : Passwords
    idle_s, lifetime_s : float
        How long a session lasts without a request, and at most.
    audit_log : Path or None
    clocks : Clocks

    Raises
    ------
    ConfigError
        If the users file cannot be used, or the audit log cannot be written.
    """

    def __init__(
        self,
        users: Path | None = None,
        *,
        passwords: Passwords | None = None,
        idle_s: float = IDLE_S,
        lifetime_s: float = LIFETIME_S,
        audit_log: Path | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        clocks = clocks or Clocks()
        self.audit = Audit(audit_log, clocks.now)
        self._users = UsersFile(users)
        self._passwords = passwords or Passwords()
        self._attempts = Attempts(clocks.seconds)
        self._sessions = Sessions(clocks.seconds, idle_s=idle_s, lifetime_s=lifetime_s)
        self._now = clocks.now
        self._check()

    def _check(self) -> None:
        """Say at the start what is wrong with the users file."""
        try:
            self._users.roll()
        except SignInUnavailable as error:
            raise ConfigError(error.reason) from None

    def sign_in(self, name: str, password: str, address: str) -> str:
        """Let somebody in by password.

        Returns
        -------
        str
            The number of a new session.

        Raises
        ------
        NotSignedIn, NotAllowed, TooManyAttempts, SignInUnavailable
        """
        roll = self._users.roll()
        # Who is not known may have typed a password in the place of the name: that is not written down.
        known, who = roll.hash_of(name), name if name in roll.users else ""
        if wait_s := self._attempts.begin(name, address):
            raise self._refusal(TooManyAttempts(wait_s), who, Way.PASSWORD, address)
        if known is None:
            self._passwords.pretend(roll.a_hash, password)
            raise self._refusal(NotSignedIn("no such user with a password"), who, Way.PASSWORD, address)
        if not self._passwords.is_right(known, password):
            raise self._refusal(NotSignedIn("wrong password"), name, Way.PASSWORD, address)
        self._attempts.succeed(name, address)
        return self._begin(Session(name, Way.PASSWORD, proof=roll.proof_of(name)), address)

    def sign_in_proved(self, name: str, groups: Iterable[str], address: str, *, id_token: str = "") -> str:
        """Let somebody in whom the OpenID provider has proved; as ``sign_in``."""
        return self._begin(Session(name, Way.OPENID, tuple(groups), id_token=id_token), address)

    def of_session(self, number: str, address: str) -> Identity:
        """Who is signed in by a session, with what may be seen now.

        Raises
        ------
        NotSignedIn
            If it has ended, its user was taken off the users file, or the password was changed.
        NotAllowed, SignInUnavailable
        """
        roll = self._users.roll()
        session = self.session(number)
        if session is None:
            raise NotSignedIn("no such session")
        if session.proof != (roll.proof_of(session.name) if session.way is Way.PASSWORD else ""):
            self._sessions.end(number)
            self._write(
                "session-ended", session.name, session.way, address, reason="user or password changed"
            )
            raise NotSignedIn("user or password changed")
        return roll.identity(session.name, session.way, session.groups)

    def session(self, number: str) -> Session | None:
        """The session of a number, whatever its user may see; None where it has ended or never was."""
        return self._sessions.find(number)

    def of_token(self, text: str, address: str) -> Identity:
        """The user of a bearer token; one that is right is let in whatever else came from its address.

        Raises
        ------
        NotSignedIn, NotAllowed, TooManyAttempts, SignInUnavailable
        """
        roll = self._users.roll()
        try:
            return roll.identity_of_token(text, self._now())
        except NotAllowed as error:
            raise self._refusal(error, error.name, Way.TOKEN, address) from None
        except NotSignedIn as error:
            wait_s = self._attempts.begin(_TOKENS, address)
            refused: Refused = TooManyAttempts(wait_s) if wait_s else error
            raise self._refusal(refused, "", Way.TOKEN, address) from None

    def of_proxy(self, name: str, groups: Iterable[str]) -> Identity:
        """Somebody whom a trusted proxy names.

        Raises
        ------
        NotAllowed, SignInUnavailable
        """
        return self._users.roll().identity(name, Way.PROXY, groups)

    def sign_out(self, number: str, address: str) -> None:
        """End a session."""
        session = self._sessions.end(number)
        if session is not None:
            self._write("sign-out", session.name, session.way, address)

    def write_answer(self, who: Identity, address: str, status: int, asked: Mapping[str, str]) -> None:
        """Write down what somebody was answered; ``asked`` says to what.

        Raises
        ------
        SignInUnavailable
            If it cannot be written down.
        """
        self.audit.write(
            "answered", **{"who": who.name, "way": who.way.value, "from": address}, **asked, status=status
        )

    @property
    def has_passwords(self) -> bool:
        """Whether anybody can sign in by password."""
        return self._users.roll().a_hash is not None

    def refused(self, error: NotSignedIn, address: str) -> None:
        """Write down that the OpenID provider proved nobody."""
        self._refusal(error, "", Way.OPENID, address)

    def _begin(self, session: Session, address: str) -> str:
        try:
            self._users.roll().identity(session.name, session.way, session.groups)
        except NotAllowed as error:
            raise self._refusal(error, session.name, session.way, address) from None
        self._write("sign-in", session.name, session.way, address)
        return self._sessions.begin(session)

    def _refusal(self, error: Refused, name: str, way: Way, address: str) -> Refused:
        self._write("sign-in-refused", name, way, address, reason=error.reason)
        return error

    def _write(self, what: str, name: str, way: Way, address: str, **more: str) -> None:
        self.audit.write(what, **{"who": name, "way": way.value, "from": address} | more)
