"""The machine that the figures are of."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

__all__ = ["load_average", "machine"]


def machine() -> dict[str, str]:
    """What figures depend on, by name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "prometheus": _first_line("prometheus", "--version"),
        "chromium": _first_line("chromium", "--version"),
    }


def load_average() -> float:
    """Processes that want to run, over the last minute."""
    return round(os.getloadavg()[0], 1)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _first_line(*command: str) -> str:
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return "none"
    return said.partition("\n")[0].partition(" (")[0].strip()
