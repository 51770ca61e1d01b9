"""The Kiali-shaped graph from recorded rates, against the queries that it asks of the counters."""

from __future__ import annotations

from collections.abc import Iterator

from bench.asked import BareClient
from bench.cases.api import kiali_answer
from bench.cases.graph import IN_FLIGHT, PATIENT, asked_of, instants, pairs_of
from bench.figures import Figure, take_pairs
from bench.recorded import open_recorded
from bench.site import Site
from bench.sizes import SCRAPE_S, WINDOW_S
from mesh_graph.export.rules import metric_names
from mesh_graph.mesh import Mesh
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource

__all__ = ["measure_recorded"]

AIM = 0.55
"""Most that the answer may take, by the floor of the counters."""


def measure_recorded(site: Site) -> Iterator[Figure]:
    """All namespaces, versioned apps, service nodes inserted, as JSON; nothing cached."""
    answer, size = kiali_answer(site), site.size.text
    asked, from_counters = asked_of(site, answer)
    with open_recorded(site) as url:
        options = PrometheusOptions(url=url, limits=PATIENT, names=metric_names(WINDOW_S))
        source, floor = PrometheusSource(options), BareClient(site.url, IN_FLIGHT)
        mesh = Mesh(source, cache_bytes=0, max_in_flight=IN_FLIGHT, scrape_interval_s=SCRAPE_S)
        ats = instants()
        try:
            from_rules = answer(mesh, next(ats))
            pairs = take_pairs(lambda _: floor.ask(asked), lambda _: answer(mesh, next(ats)), pairs_of(site))
        finally:
            floor.close()
            mesh.close()
    yield Figure("recorded", size, "answer by that from counters", len(from_rules) / len(from_counters), "x")
    yield Figure("recorded", size, "ours by raw floor", pairs.ratio, "x", AIM)
