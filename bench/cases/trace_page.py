"""The page of a trace of ten thousand spans in real Chromium: first load, scrolling, folding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import orjson
from playwright.sync_api import Page

from bench.browser import open_page, wait_until
from bench.cases.traces import TEXT, TRACE_ID, large_trace
from bench.dashboard import open_dashboard
from bench.figures import Figure
from bench.site import Site
from mesh_graph.demo.zipkin import zipkin_spans

__all__ = ["measure_trace_page"]

DRAWN_AIM_MS = 2000
FRAME_AIM_MS = 50
STEPS = 60
_DRAWN = """
const afterFrames = (done) => requestAnimationFrame(() => requestAnimationFrame(done));
document.addEventListener("meshgraph:trace", () => afterFrames(() => (window.drawn = performance.now())));
"""
"""Remembers when the rows were on the screen: two frames after they came."""
_SCROLL = """async (steps) => {
    const box = document.getElementById("mgt-scroller");
    const frames = [];
    let last = performance.now();
    for (let step = 1; step <= steps; step += 1) {
        box.scrollTop = (box.scrollHeight * step) / steps;
        await new Promise(requestAnimationFrame);
        frames.push(performance.now() - last);
        last = performance.now();
    }
    return frames;
}"""
_FOLD = """async () => {
    const began = performance.now();
    meshgraph.trace.foldFrom(1);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - began;
}"""


def measure_trace_page(site: Site) -> Iterator[Figure]:
    """A page never opened before, then its rows scrolled from end to end, then folded."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        path.write_bytes(orjson.dumps(zipkin_spans(large_trace())))
        with open_dashboard(site.url, "--trace-file", str(path)) as dashboard, open_page(_DRAWN) as page:
            address = f"{dashboard.url}/traces/{TRACE_ID}"
            times = [_drawn(page, address) for _ in range(max(3, site.pairs))]
            frames: list[float] = page.evaluate(_SCROLL, STEPS)
            folded: float = page.evaluate(_FOLD)
    yield Figure("trace page", TEXT, "navigation to drawn, first", times[0], aim=DRAWN_AIM_MS)
    yield Figure("trace page", TEXT, "navigation to drawn, again", median(times[1:]), aim=DRAWN_AIM_MS)
    yield Figure("trace page", TEXT, "scroll frame, median", median(frames), aim=FRAME_AIM_MS)
    yield Figure("trace page", TEXT, "scroll frame, 95 of 100", sorted(frames)[int(0.95 * len(frames))])
    yield Figure("trace page", TEXT, "fold all, click to drawn", folded)


def _drawn(page: Page, address: str) -> float:
    """Milliseconds from navigation to the rows on the screen."""
    page.goto(address)
    page.wait_for_selector(".mgt-row", timeout=60_000)
    wait_until(page, "() => window.drawn")
    return float(page.evaluate("() => window.drawn"))
