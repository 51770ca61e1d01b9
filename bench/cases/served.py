"""The dashboard as a process: how much memory it takes, and what many viewers of one view cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import requests

from bench.dashboard import Dashboard, open_dashboard
from bench.figures import Figure
from bench.site import Site
from bench.sizes import END

__all__ = ["measure_memory", "measure_viewers", "queries_answered"]

VIEWERS = 100
MINUTE_S = 60
"""Trust checks run once in it: views of different minutes each ask theirs."""
MEMORY_AIM_MB = 600
VIEWS = 3
_ANSWERED = re.compile(
    r'^prometheus_http_requests_total\{.*handler="/api/v1/(?:query|query_range|label/:name/values)".*\} '
    r"(\S+)$",
    re.M,
)


def measure_memory(site: Site) -> Iterator[Figure]:
    """The most that the process holds while it answers views, one after another."""
    with open_dashboard(site.url) as dashboard:
        for number in range(VIEWS):
            dashboard.graph(END - number)
        peak = dashboard.peak_bytes
    yield Figure("memory", site.size.text, f"peak after {VIEWS} views", peak / 1e6, "MB", MEMORY_AIM_MB)


def measure_viewers(site: Site) -> Iterator[Figure]:
    """Queries that reach Prometheus for one viewer of a view, and for a hundred of another at once."""
    with open_dashboard(site.url) as dashboard:
        # All of them are compared with the same earlier instant, which is asked once.
        dashboard.graph(END - 1 - 2 * MINUTE_S)
        one = _queries_of(site.url, dashboard, 1, END - 1 - MINUTE_S)
        many = _queries_of(site.url, dashboard, VIEWERS, END - 1)
    yield Figure("viewers", site.size.text, "queries of one viewer", one, "")
    yield Figure("viewers", site.size.text, f"queries of {VIEWERS} viewers", many, "", aim=one)


def _queries_of(url: str, dashboard: Dashboard, viewers: int, at: float) -> int:
    before = queries_answered(url)
    with ThreadPoolExecutor(viewers) as pool:
        list(pool.map(lambda _: dashboard.graph(at), range(viewers)))
    return queries_answered(url) - before


def queries_answered(url: str) -> int:
    """Requests to its query API that a Prometheus has answered, by its own count."""
    text = requests.get(f"{url}/metrics", timeout=30).text
    return sum(int(float(count)) for count in _ANSWERED.findall(text))
