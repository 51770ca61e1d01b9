"""A test whose server is missing is skipped with the reason, and fails in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDS_BOTH = "tests/integration/test_victoriametrics.py::test_a_single_sample_has_no_rate"


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_a_missing_server_is_a_skip_and_in_ci_a_failure(tmp_path, ci, outcome):
    run = subprocess.run(
        [sys.executable, "-m", "pytest", NEEDS_BOTH, "-rs", "-p", "no:cacheprovider", "--color=no"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in run.stdout
    assert "not found on the PATH" in run.stdout
    assert (run.returncode == 0) is (ci == "")
