"""Which Meshgraph this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["installed_version"]


def installed_version() -> str:
    """The installed package's version; ``not installed`` where the code is run from a folder."""
    try:
        return version("mesh-graph")
    except PackageNotFoundError:
        return "not installed"
