"""A household for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.access.people import Household


@pytest.fixture
def household(tmp_path: Path) -> Household:
    return Household(tmp_path)
