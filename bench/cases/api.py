"""The Kiali-shaped graph with health, response time and throughput, against its queries by a bare client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import orjson

from bench.cases.graph import answer_against_floor, floor_figures
from bench.figures import Figure
from bench.site import Site
from bench.sizes import END, WINDOW_S
from mesh_graph import fields
from mesh_graph.kiali.options import Appender, Options
from mesh_graph.mesh import Mesh
from mesh_graph.model import GraphType
from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource

__all__ = ["kiali_answer", "measure_api", "namespaces"]

AIMS_MS = {1: 10, 10: 40}
"""Most that the answer may take beyond the floor, by namespaces."""
RATIOS = {100: 1.5}
"""Most that it may take by the floor."""
SHOWN = frozenset({Appender.HEALTH, Appender.RESPONSE_TIME, Appender.THROUGHPUT})


def measure_api(site: Site) -> Iterator[Figure]:
    """All namespaces, versioned apps, service nodes inserted, as JSON."""
    size = site.size.text
    pairs, asked, body = answer_against_floor(site, kiali_answer(site))
    yield Figure("api", size, "edges", len(orjson.loads(body)["elements"]["edges"]), "")
    yield Figure("api", size, "queries", asked, "")
    yield Figure("api", size, "answer", len(body) / 1000, "kB")
    for figure in floor_figures("api", site, pairs, AIMS_MS.get(site.size.namespaces)):
        is_ratio = figure.name == "ours by floor"
        yield replace(figure, aim=RATIOS.get(site.size.namespaces)) if is_ratio else figure


def kiali_answer(site: Site) -> Callable[[Mesh, float], bytes]:
    """The answer that is measured, of a mesh at an instant."""
    options = Options(namespaces(site), GraphType.VERSIONED_APP, WINDOW_S, inject=True, appenders=SHOWN)
    return lambda mesh, at: orjson.dumps(mesh.kiali_graph(replace(options, at=at)).document)


def namespaces(site: Site) -> tuple[str, ...]:
    """All of the mesh, sorted."""
    source = PrometheusSource(PrometheusOptions(url=site.url))
    label = fields.DESTINATION_WORKLOAD_NAMESPACE
    names = set(source.label_values(label, (), END - WINDOW_S, END)) - {fields.UNKNOWN}
    source.close()
    return tuple(sorted(names))
