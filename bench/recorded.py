"""What recording rules make of a mesh's past, in a Prometheus of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.past import past_of
from bench.site import NO_COMPACTION, Site
from bench.sizes import END, SCRAPE_S, WINDOW_S
from mesh_graph.export.rules import render_rules
from tests.peers import Prometheus

__all__ = ["open_recorded"]

RECORDED_S = 120
"""How far before ``END`` rates are recorded."""


@contextmanager
def open_recorded(site: Site) -> Iterator[str]:
    """URL of a Prometheus that holds the recorded rates of a site, while it is needed."""
    folder = past_of(site.size) / "recorded"
    if not (folder / "data").is_dir():
        _make(site, folder)
    server = Prometheus(folder, arguments=NO_COMPACTION)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def _make(site: Site, folder: Path) -> None:
    sys.stderr.write(f"Recording the rates of {site.size.text} (once)\n")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    rules = folder / "rules.yaml"
    rules.write_bytes(render_rules(WINDOW_S, SCRAPE_S, resource=False))
    span = (f"--start={END - RECORDED_S}", f"--end={END}", f"--eval-interval={SCRAPE_S}s")
    making = folder / "making"
    command = ["promtool", "tsdb", "create-blocks-from", "rules", *span, f"--url={site.url}"]
    subprocess.run([*command, f"--output-dir={making}", str(rules)], check=True, stdout=subprocess.DEVNULL)
    making.rename(folder / "data")
