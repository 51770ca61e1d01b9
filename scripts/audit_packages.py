"""Fail if a package that the dashboard runs with has a known vulnerability.

Asks PyPI's database by ``pip-audit`` for everything in ``requirements.txt``. Where the database cannot be
asked this is said and nothing fails: a test must not depend on the network.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).parent.parent / "requirements.txt"
WAIT_S = 120


def report() -> dict[str, Any] | None:
    """What ``pip-audit`` found; None where it could not ask."""
    program = Path(sys.executable).with_name("pip-audit")
    command = [program, "--requirement", REQUIREMENTS, "--no-deps", "--disable-pip"]
    quietly = ["--progress-spinner", "off", "--timeout", "5", "--format", "json"]
    try:
        done = subprocess.run(
            [*command, *quietly], capture_output=True, text=True, check=False, timeout=WAIT_S
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return found


def judge(found: dict[str, Any] | None) -> tuple[str, bool]:
    """A sentence on what was found, and whether it is good enough."""
    packages = found["dependencies"] if found else []
    asked = [package for package in packages if "skip_reason" not in package]
    if not asked:
        return "The database of vulnerabilities cannot be asked from here: no package was audited.", True
    lines = [
        f"{package['name']} {package['version']}: {vulnerability['id']}, "
        f"mended in {', '.join(vulnerability['fix_versions']) or 'no version yet'}"
        for package in asked
        for vulnerability in package["vulns"]
    ]
    if lines:
        return "Packages with known vulnerabilities:\n" + "\n".join(lines), False
    unknown = len(packages) - len(asked)
    rest = f"; of {unknown} it knows nothing" if unknown else ""
    return f"No known vulnerability in {len(asked)} packages{rest}.", True


def main() -> int:
    """Print the judgement; the exit code."""
    sentence, is_good = judge(report())
    print(sentence)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
