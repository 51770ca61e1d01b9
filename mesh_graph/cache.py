"""A cache bounded in bytes that computes each missing value once, however many ask at the same time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from cachetools import LRUCache

__all__ = ["CacheStats", "SharedCache"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What a cache did and holds.

    Attributes
    ----------
    hits : int
        Answers that cost nothing, those that waited for another's computation included.
    misses : int
        Computations started.
    held_bytes : int
        Size of what is held now, by the cache's own measure.
    """

    hits: int
    misses: int
    held_bytes: int


class SharedCache(Generic[K, V]):
    """Values by key: least recently used goes first, one computation at a time per key, errors are not kept.

    Parameters
    ----------
    max_bytes : int
        Bound on the sum of the sizes held. A value larger than that is handed out and not kept.
    size_of : callable
        Size of a value, bytes.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[V], int]) -> None:
        self._held: LRUCache[K, tuple[V, int]] = LRUCache(max_bytes, getsizeof=lambda entry: entry[1])
        self._size_of = size_of
        self._pending: dict[K, Future[V]] = {}
        self._lock = Lock()
        self._hits = 0
        self._misses = 0

    def get(self, key: K, compute: Callable[[], V]) -> V:
        """Value of the key, computed by the first who asks; the others wait for it.

        Raises
        ------
        Exception
            Whatever ``compute`` raised, to everyone who waited; the next call computes again.
        """
        with self._lock:
            if key in self._held:
                self._hits += 1
                return self._held[key][0]
            future = self._pending.get(key)
            if future is None:
                self._misses += 1
                mine = self._pending[key] = Future()
            else:
                self._hits += 1
        if future is not None:
            return future.result()
        try:
            value = compute()
        except BaseException as error:
            with self._lock:
                del self._pending[key]
            mine.set_exception(error)
            raise
        self.put(key, value)
        mine.set_result(value)
        return value

    def peek(self, key: K) -> V | None:
        """Value of the key if it is held, None if it would have to be computed."""
        with self._lock:
            entry = self._held.get(key)
            return None if entry is None else entry[0]

    def put(self, key: K, value: V) -> None:
        """Hold a value that was computed elsewhere."""
        size = max(1, self._size_of(value))
        with self._lock:
            self._pending.pop(key, None)
            if size <= self._held.maxsize:
                self._held[key] = (value, size)

    @property
    def stats(self) -> CacheStats:
        """Counts since the start, and the size held now."""
        with self._lock:
            return CacheStats(self._hits, self._misses, int(self._held.currsize))
