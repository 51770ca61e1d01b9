"""Answers that are remembered for a while: a small bounded table with an expiry of each entry."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Remembered"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values by key, each kept for as long as it was said to hold.

    Callers that miss at the same moment each ask: nobody waits behind another's time-out. Errors are not
    kept.

    Parameters
    ----------
    clock : function
        Seconds, monotonic.
    size : int
        Most entries; the least recently used goes first.
    """

    def __init__(self, clock: Callable[[], float], size: int) -> None:
        self._clock = clock
        self._size = size
        self._lock = Lock()
        self._entries: OrderedDict[K, tuple[V, float]] = OrderedDict()

    def get(self, key: K, ask: Callable[[], tuple[V, float]]) -> V:
        """The value of a key, remembered or asked for; ``ask`` says for how many seconds it holds."""
        known = self._known(key)
        if known is not None:
            return known[0]
        value, holds_s = ask()
        with self._lock:
            self._entries[key] = value, self._clock() + holds_s
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
        return value

    def _known(self, key: K) -> tuple[V, float] | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry[1] <= self._clock():
                return None
            self._entries.move_to_end(key)
            return entry
