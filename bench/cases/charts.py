"""The charts of a workload in real Chromium: from the click on their tab to the first one on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Page

from bench.browser import open_page, wait_until
from bench.cases.splits import open_shops, places
from bench.dashboard import open_dashboard
from bench.figures import Figure
from bench.site import Site
from bench.sizes import END

__all__ = ["measure_charts"]

AIM_MS = 1500
TEXT = "an hour"
_CHARTED = """
window.bench = { clicked: 0, charted: 0 };
const afterFrames = (done) => requestAnimationFrame(() => requestAnimationFrame(done));
const look = () => {
  if (document.querySelector("[data-panel] .main-svg .scatterlayer .trace"))
    afterFrames(() => (bench.charted = performance.now()));
  else requestAnimationFrame(look);
};
document.addEventListener("click", () => { bench.clicked = performance.now(); look(); }, true);
"""
"""Remembers when the tab was clicked, and when a chart's line was on the screen: two frames after it came."""


def measure_charts(site: Site) -> Iterator[Figure]:
    """Workloads never looked at before, one after the other; the mesh of the site is not asked."""
    with open_shops() as url, open_dashboard(url) as dashboard, open_page(_CHARTED) as page:
        shown = places()[: max(3, site.pairs)]
        times = [_first_chart(page, f"{dashboard.url}/workloads/{n}/{s}-v1") for n, s in shown]
    yield Figure("charts", TEXT, "click to first chart, first", times[0], aim=AIM_MS)
    yield Figure("charts", TEXT, "click to first chart, others", median(times[1:]), aim=AIM_MS)


def _first_chart(page: Page, address: str) -> float:
    """Milliseconds from the click on the metrics' tab to the first chart on the screen."""
    page.goto(f"{address}?at={END}")
    page.wait_for_selector(".mg-strip", timeout=60_000)
    page.get_by_role("tab", name="Inbound metrics").click()
    wait_until(page, "() => bench.charted")
    return float(page.evaluate("() => bench.charted - bench.clicked"))
