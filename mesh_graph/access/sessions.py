"""Who is signed in: sessions kept here, so that they can be ended; the browser has a number of no meaning."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from cachetools import LRUCache

from mesh_graph.access.identity import Way

__all__ = ["Session", "Sessions"]

MOST = 10_000
"""Sessions kept; of more, the one not used for longest ends."""


@dataclass(slots=True)
class Session:
    """Somebody signed in with one browser.

    Attributes
    ----------
    name : str
    way : Way
    groups : tuple of str
        As the provider named them; those of the users file are read there.
    proof : str
        Hash of the password that was given, so that the session ends when it is changed; empty otherwise.
    began, used : float
        Seconds of the sessions' clock.
    form_token : str
        What a form must bring back.
    id_token : str
        What the provider knows its own session by; empty without one.
    """

    name: str
    way: Way
    groups: tuple[str, ...] = ()
    proof: str = field(default="", repr=False)
    began: float = 0.0
    used: float = 0.0
    form_token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    id_token: str = field(default="", repr=False)


class Sessions:
    """All sessions of one process.

    Parameters
    ----------
    clock : callable
        Seconds that only go forward.
    idle_s, lifetime_s : float
        A session ends after so long without a request, and after so long in any case.
    """

    def __init__(self, clock: Callable[[], float], *, idle_s: float, lifetime_s: float) -> None:
        self._clock = clock
        self._idle_s = idle_s
        self._lifetime_s = lifetime_s
        self._lock = Lock()
        self._held: LRUCache[bytes, Session] = LRUCache(MOST)

    def begin(self, session: Session) -> str:
        """Keep a session; its new number, which is kept nowhere."""
        number = secrets.token_urlsafe(32)
        with self._lock:
            session.began = session.used = self._clock()
            self._held[_key(number)] = session
        return number

    def find(self, number: str) -> Session | None:
        """The session of a number, which is used by this; None where it has ended or never was."""
        with self._lock:
            now = self._clock()
            session = self._held.get(_key(number))
            if session is None:
                return None
            if now - session.used >= self._idle_s or now - session.began >= self._lifetime_s:
                del self._held[_key(number)]
                return None
            session.used = now
            return session

    def end(self, number: str) -> Session | None:
        """End a session; the one that ended, if there was one."""
        with self._lock:
            return self._held.pop(_key(number), None)


def _key(number: str) -> bytes:
    """What a session is found by: nobody who reads our memory can sign in with it."""
    return hashlib.sha256(number.encode()).digest()
