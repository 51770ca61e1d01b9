"""The meshes that are measured, and the instants at which they are."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["END", "SCRAPE_S", "SIZES", "WINDOW_S", "Size"]

WINDOW_S = 300
SCRAPE_S = 30
END = 1_700_005_800
"""Last instant of every past, Unix seconds; a multiple of the window, as the views compared with are."""


@dataclass(frozen=True, slots=True)
class Size:
    """A mesh of Bookinfo namespaces, requests and durations only.

    Attributes
    ----------
    namespaces : int
    replicas : int
        Pods per workload.
    """

    namespaces: int
    replicas: int = 1

    @property
    def text(self) -> str:
        """For people: ``100 ns x 10``."""
        return f"{self.namespaces} ns x {self.replicas}"


SIZES = (Size(1), Size(1, 10), Size(10), Size(10, 10), Size(100), Size(100, 10), Size(300), Size(1000))
