"""What an answer takes that is held already: whole and compressed, and to a client that has it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from statistics import median

import requests

from bench.cases.api import SHOWN, namespaces
from bench.dashboard import open_dashboard
from bench.figures import Figure
from bench.site import Site
from bench.sizes import END, WINDOW_S

__all__ = ["measure_cached"]

AIM_MS = 20


def measure_cached(site: Site) -> Iterator[Figure]:
    """The Kiali-shaped graph of all namespaces over HTTP on loopback, once asked before."""
    asked = {
        "namespaces": ",".join(namespaces(site)),
        "duration": f"{WINDOW_S}s",
        "queryTime": f"{END}",
        "injectServiceNodes": "true",
        "appenders": ",".join(sorted(SHOWN)),
    }
    with open_dashboard(site.url) as dashboard, requests.Session() as client:
        url = f"{dashboard.url}/api/namespaces/graph"
        first = client.get(url, params=asked, timeout=120)
        first.raise_for_status()
        has_it = {"If-None-Match": first.headers["ETag"]}
        whole, unchanged = (_times(client, url, asked, headers, site.pairs) for headers in ({}, has_it))
        if client.get(url, params=asked, headers=has_it, timeout=120).status_code != 304:
            raise RuntimeError(f"{url} did not know its own ETag")
    size = site.size.text
    yield Figure("cached", size, "compressed", int(first.headers["Content-Length"]) / 1000, "kB")
    yield Figure("cached", size, "whole answer", whole, aim=AIM_MS)
    yield Figure("cached", size, "304", unchanged, aim=AIM_MS)


def _times(
    client: requests.Session, url: str, asked: Mapping[str, str], headers: Mapping[str, str], count: int
) -> float:
    """Median of the times to an answer, read and not decoded, milliseconds."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        answer = client.get(url, params=asked, headers=dict(headers), timeout=120, stream=True)
        answer.raw.read()
        times.append(time.perf_counter() - began)
    return 1000 * median(times)
