"""One pair of Envoys for all scenarios."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.envoy.pair import Pair


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two Envoys in a row with the application behind them."""
    pair = Pair(tmp_path_factory.mktemp("envoy"))
    try:
        pair.start()
        yield pair
    finally:
        pair.stop()
