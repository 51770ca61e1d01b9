"""How often somebody may try: per name and address together, per address, per name."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable
from threading import Lock

from cachetools import LRUCache

__all__ = ["WINDOW_S", "Attempts"]

WINDOW_S = 300.0
MOST = {"name and address": 5, "address": 30, "name": 100}
"""Attempts per window. A name that is tried from many addresses at once keeps its owner out, too."""
REMEMBERED = 20_000
"""Names and addresses of each kind; those not seen for longest are forgotten first."""


class Attempts:
    """Attempts that failed, or that are under way.

    Parameters
    ----------
    clock : callable
        Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._tried: dict[str, LRUCache[object, deque[float]]] = {kind: LRUCache(REMEMBERED) for kind in MOST}

    def begin(self, name: str, address: str) -> float:
        """Count an attempt before it is looked at, so that a hundred at once are no way round.

        Returns
        -------
        float
            Seconds to wait; 0 where the attempt may be looked at. One that has to wait is not counted.
        """
        with self._lock:
            now = self._clock()
            counted = [(MOST[kind], self._times(kind, key, now)) for kind, key in _keys(name, address)]
            full = [times for most, times in counted if len(times) >= most]
            if full:
                return max(times[0] + WINDOW_S - now for times in full)
            for _, times in counted:
                times.append(now)
            return 0.0

    def succeed(self, name: str, address: str) -> None:
        """Forget what this name did from this address; what the address did with other names stays."""
        with self._lock:
            for kind, key in _keys(name, address):
                times = self._tried[kind].get(key)
                if kind == "name and address":
                    self._tried[kind].pop(key, None)
                elif times:
                    times.pop()

    def _times(self, kind: str, key: object, now: float) -> deque[float]:
        times = self._tried[kind].setdefault(key, deque())
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        return times


def _keys(name: str, address: str) -> list[tuple[str, object]]:
    origin = _origin(address)
    return [("name and address", (name, origin)), ("address", origin), ("name", name)]


def _origin(address: str) -> str:
    """Whom an address belongs to: of IPv6 the network, of which everybody has a whole one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6 and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
