"""What a case is given: a Prometheus over one mesh's past, and how thorough to be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.past import past_of
from bench.sizes import Size
from tests.peers import Prometheus

__all__ = ["Site", "open_site"]

NO_COMPACTION = ("--storage.tsdb.min-block-duration=2h", "--storage.tsdb.max-block-duration=2h")
"""Blocks stay as they were filled in, so that every run asks the same ones."""


@dataclass(frozen=True, slots=True)
class Site:
    """A mesh to be measured.

    Attributes
    ----------
    size : Size
    url : str
        Of its Prometheus.
    pairs : int
        How often something is measured.
    kiali_url : str
        Of a Kiali over the same Prometheus; empty where there is none.
    """

    size: Size
    url: str
    pairs: int
    kiali_url: str = ""


@contextmanager
def open_site(size: Size, pairs: int, *, kiali_url: str = "", port: int = 0) -> Iterator[Site]:
    """A Prometheus over the past of a mesh, while it is needed; on a free port unless one is named."""
    server = Prometheus(past_of(size), arguments=NO_COMPACTION)
    server.port = port or server.port
    server.start()
    try:
        yield Site(size, server.url, pairs, kiali_url)
    finally:
        server.stop()
