"""The topology page in real Chromium: first load, refresh, panning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median

from playwright.sync_api import Page, Route

from bench.browser import open_page, wait_until
from bench.dashboard import open_dashboard
from bench.figures import Figure
from bench.site import Site
from bench.sizes import END

__all__ = ["measure_page"]

PAINTED_AIMS_MS = {1: 2000, 10: 2000, 100: 3000}
APPLIED_AIMS_MS = {1: 300, 10: 300, 100: 500}
FRAME_AIM_MS = 50
LOADED_AIM_MB = 2.5
PAN_STEPS = 60
_COUNT = """
window.bench = { arrived: 0, answered: 0, applied: 0, painted: 0 };
const afterFrames = (done) => requestAnimationFrame(() => requestAnimationFrame(done));
document.addEventListener("meshgraph:picture", () => (bench.answered = performance.now()), true);
document.addEventListener("meshgraph:applied", () => {
  bench.applied = performance.now();
  afterFrames(() => { bench.painted = performance.now(); bench.arrived += 1; });
});
"""
"""Counts pictures on the screen, and when each came, was applied, and was painted (two frames later)."""
_PLACES = "() => meshgraph.cy.nodes().map((node) => [node.id(), node.position('x'), node.position('y')])"
_FRAMES = """() => {
  window.frames_ = [];
  let last = performance.now();
  const tick = (now) => {
    frames_.push(now - last);
    last = now;
    if (window.frames_) requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""


def measure_page(site: Site) -> Iterator[Figure]:
    """First load, refreshes and a pan of the whole mesh's picture."""
    size, namespaces = site.size.text, site.size.namespaces
    with open_dashboard(site.url) as dashboard, _live_page() as page:
        dashboard.graph(END - 100)
        loaded = _count_bytes(page)
        painted = _first_load(page, dashboard.url)
        megabytes = sum(loaded.values()) / 1e6
        whole, applied, moved = _refreshes(page, site.pairs)
        frames = _pan(page)
    yield Figure("page", size, "navigation to painted", painted, aim=PAINTED_AIMS_MS[namespaces])
    yield Figure("page", size, "loaded, compressed", megabytes, "MB", LOADED_AIM_MB)
    yield Figure("page", size, "refresh, click to painted", median(whole))
    yield Figure("page", size, "refresh applied", median(applied), aim=APPLIED_AIMS_MS[namespaces])
    yield Figure("page", size, "moved by refreshes", moved, "px", 0)
    yield Figure("page", size, "pan frame, median", median(frames), aim=FRAME_AIM_MS)
    yield Figure("page", size, "pan frame, 95 of 100", sorted(frames)[int(0.95 * len(frames))])


@contextmanager
def _live_page() -> Iterator[Page]:
    with open_page(_COUNT) as page:
        # A live page over a past that has ended: its requests are given the instant, always a new one.
        instants = (END - 90 + number for number in count())
        page.route("**/api/pages/topology*", lambda route: _at(route, next(instants)))
        yield page


def _at(route: Route, instant: int) -> None:
    address = route.request.url.partition("?")[0]
    route.continue_(url=f"{address}?at={instant}")


def _count_bytes(page: Page) -> dict[str, int]:
    """Bytes on the wire by address, filled while the page loads."""
    session = page.context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    loaded: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: loaded.update({addresses.get(e["requestId"], e["requestId"]): int(e["encodedDataLength"])}),
    )
    session.send("Network.enable")
    return loaded


def _first_load(page: Page, url: str) -> float:
    """Milliseconds from navigation to the painted picture."""
    page.goto(f"{url}/topology?refresh=1h")
    wait_until(page, "() => bench.arrived > 0")
    page.wait_for_timeout(1000)
    return float(page.evaluate("() => bench.painted"))


def _refreshes(page: Page, times: int) -> tuple[list[float], list[float], float]:
    """Milliseconds from click to painted, and from answer to painted; how far nodes moved, pixels."""
    whole, applied, moved = [], [], 0.0
    for _ in range(times):
        before = _places(page)
        arrived, began = page.evaluate(
            "() => { const began = performance.now(); document.getElementById('mg-refresh-now').click(); "
            "return [bench.arrived, began]; }"
        )
        wait_until(page, f"() => bench.arrived > {arrived}")
        whole.append(page.evaluate("() => bench.painted") - began)
        applied.append(page.evaluate("() => bench.painted - bench.answered"))
        after = _places(page)
        moved = max(
            moved, *(max(abs(x - after[key][0]), abs(y - after[key][1])) for key, (x, y) in before.items())
        )
    return whole, applied, moved


def _places(page: Page) -> dict[str, tuple[float, float]]:
    return {key: (x, y) for key, x, y in page.evaluate(_PLACES)}


def _pan(page: Page) -> list[float]:
    """Milliseconds between frames while the picture is dragged.

    Raises
    ------
    RuntimeError
        If it did not move: the frames then say nothing.
    """
    box = page.evaluate("() => Object.values(meshgraph.cy.container().getBoundingClientRect().toJSON())")
    x, y = box[0] + 0.02 * box[2], box[1] + 0.5 * box[3]
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(_FRAMES)
    before = page.evaluate("() => meshgraph.cy.pan().x")
    for step in range(PAN_STEPS):
        page.mouse.move(x + 6 * step, y + 3 * (step % 9))
    frames: list[float] = page.evaluate("() => { const f = frames_; window.frames_ = null; return f; }")
    moved = page.evaluate("() => meshgraph.cy.pan().x") - before
    page.mouse.up()
    if moved < PAN_STEPS:
        raise RuntimeError(f"The picture was dragged by {moved:.0f} pixels only.")
    return frames
