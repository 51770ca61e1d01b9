"""A mesh's past as Prometheus blocks, made once and kept in the user's cache folder.

Only what a view and the one it is compared with can ask is written: some minutes up to ``END``, and as many
an hour before.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from bench.sizes import END, SCRAPE_S, WINDOW_S, Size
from mesh_graph.demo import bookinfo
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.model import View

__all__ = ["past_of", "sample_times"]

FAMILIES = ("istio_requests_total", "istio_request_duration_milliseconds")
MADE_BY = (
    *(
        "bookinfo",
        "containers",
        "curves",
        "exposition",
        "flows",
        "labels",
        "noise",
        "outcomes",
        "series",
        "simulator",
    ),
    *("spec", "spread", "tally"),
)
"""Modules of the demo that say what a past holds."""
SLACK_S = 120
"""How far before ``END`` instants may lie, and then some."""


def sample_times() -> np.ndarray:
    """Instants of the samples, Unix seconds, ascending."""
    earlier = END - View().compare_s
    stretches = ((earlier - WINDOW_S, earlier), (END, END))
    return np.concatenate(
        [np.arange(first - WINDOW_S - SLACK_S, last + 1, SCRAPE_S) for first, last in stretches]
    ).astype(np.float64)


def past_of(size: Size) -> Path:
    """Folder of a Prometheus over the past of a mesh, with its blocks under ``data``."""
    folder = _cache() / f"{size.namespaces}x{size.replicas}-{_fingerprint()}"
    if not (folder / "data").is_dir():
        for outdated in _cache().glob(f"{size.namespaces}x{size.replicas}-*"):
            shutil.rmtree(outdated)
        _make(size, folder)
    return folder


def _cache() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "meshgraph" / "bench"


def _fingerprint() -> str:
    """Of all that a past depends on."""
    demo, here = Path(bookinfo.__file__).parent, Path(__file__).parent
    sources = [*(demo / f"{name}.py" for name in MADE_BY), here / "past.py", here / "sizes.py"]
    digest = hashlib.blake2b(digest_size=6)
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _make(size: Size, folder: Path) -> None:
    sys.stderr.write(f"Making the past of {size.text} (once)\n")
    folder.mkdir(parents=True)
    text = folder / "past.txt"
    simulator = Simulator(MeshSpec.of(bookinfo.namespaces(size.namespaces, size.replicas, None)), 0)
    with text.open("w", encoding="utf-8") as file:
        file.writelines(openmetrics(simulator, sample_times(), FAMILIES, LEAN_LABELS))
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(folder / "making")]
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    finally:
        text.unlink()
    (folder / "making").rename(folder / "data")
