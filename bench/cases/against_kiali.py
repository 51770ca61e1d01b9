"""The Kiali-shaped graph against a real Kiali's, where there is one over the same Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import requests

from bench.cases.api import SHOWN, kiali_answer, namespaces
from bench.cases.graph import IN_FLIGHT, PATIENT, instants, pairs_of
from bench.figures import Figure, take_pairs
from bench.site import Site
from bench.sizes import END, SCRAPE_S, WINDOW_S
from mesh_graph.mesh import Mesh
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource

__all__ = ["measure_against_kiali"]

AIMS = {1: 1.0, 10: 1.0, 100: 1 / 3}
"""Most that ours may take by Kiali's, by namespaces."""


def measure_against_kiali(site: Site) -> Iterator[Figure]:
    """All namespaces, versioned apps, each time another instant; nothing where no Kiali is named."""
    if not site.kiali_url:
        return
    answer, size = kiali_answer(site), site.size.text
    source = PrometheusSource(PrometheusOptions(url=site.url, limits=PATIENT))
    mesh = Mesh(source, cache_bytes=0, max_in_flight=IN_FLIGHT, scrape_interval_s=SCRAPE_S)
    ats, theirs = instants(), (END - number % SCRAPE_S for number in count(1))
    asked = {
        "namespaces": ",".join(namespaces(site)),
        "duration": f"{WINDOW_S}s",
        "graphType": "versionedApp",
        "injectServiceNodes": "true",
        "appenders": ",".join(sorted(SHOWN)),
    }
    with requests.Session() as client:

        def kiali() -> None:
            told = client.get(
                f"{site.kiali_url}/api/namespaces/graph",
                params={**asked, "queryTime": f"{next(theirs)}"},
                timeout=120,
            )
            told.raise_for_status()

        try:
            pairs = take_pairs(lambda _: kiali(), lambda _: answer(mesh, next(ats)), pairs_of(site))
        finally:
            mesh.close()
    yield Figure("kiali", size, "Kiali", 1000 * sorted(pairs.floor)[len(pairs.floor) // 2])
    yield Figure("kiali", size, "ours by Kiali", pairs.ratio, "x", AIMS[site.size.namespaces])
