"""View → graph with error colour and p95, nothing cached, against the same queries by a bare client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import TypeVar

import networkx as nx

from bench.asked import Asked, BareClient, Recorder
from bench.figures import Figure, Pairs, take_pairs
from bench.site import Site
from bench.sizes import END, SCRAPE_S, Size
from mesh_graph.answers.earlier import EARLIER_FAILED
from mesh_graph.answers.observe import FAMILY_FAILED
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.cluster import ClusterSource
from mesh_graph.sources.options import Limits, PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.topology.attributes import GraphAttr

__all__ = [
    "against_floor",
    "answer_against_floor",
    "asked_of",
    "floor_figures",
    "instants",
    "measure_graph",
    "measure_part",
    "measure_unfolded",
    "pairs_of",
]

IN_FLIGHT = 8
AIMS_MS = {1: 15, 100: 50, 1000: 500}
"""Most that a graph may take beyond the floor, by namespaces."""
LARGE = Size(300)
PATIENT = Limits(timeout_s=120)
FAILURES = (FAMILY_FAILED, EARLIER_FAILED)

T = TypeVar("T")


def measure_graph(site: Site) -> Iterator[Figure]:
    """The whole mesh."""
    pairs, asked, edges = against_floor(site, View())
    yield Figure("graph", site.size.text, "edges", edges, "")
    yield Figure("graph", site.size.text, "queries", asked, "")
    yield from floor_figures("graph", site, pairs, AIMS_MS.get(site.size.namespaces))


def measure_unfolded(site: Site) -> Iterator[Figure]:
    """The whole mesh, every version a node of its own."""
    pairs, _, edges = against_floor(site, View(budget=10**6))
    yield Figure("unfolded", site.size.text, "edges", edges, "")
    yield from floor_figures("unfolded", site, pairs, AIMS_MS.get(site.size.namespaces))


def measure_part(site: Site) -> Iterator[Figure]:
    """One namespace of the mesh."""
    pairs, asked, _ = against_floor(site, View(namespaces=("bookinfo-1",)))
    yield Figure("part", site.size.text, "queries", asked, "")
    yield from floor_figures("part", site, pairs, AIMS_MS[1])


def against_floor(site: Site, view: View) -> tuple[Pairs, int, int]:
    """Times of a view's graph and of its queries by a bare client; the number of queries and of edges.

    Raises
    ------
    RuntimeError
        If an answer failed: what was measured then says nothing.
    """

    def graph(mesh: Mesh, at: float) -> nx.MultiDiGraph[str]:
        built = mesh.graph(replace(view, at=at))
        failed = [gap for gap in built.graph[GraphAttr.GAPS] if gap.message in FAILURES]
        if failed:
            raise RuntimeError(f"{site.size.text}: {failed}")
        return built

    pairs, asked, built = answer_against_floor(site, graph)
    return pairs, asked, built.number_of_edges()


def answer_against_floor(
    site: Site, answer: Callable[[Mesh, float], T], cluster: ClusterSource | None = None
) -> tuple[Pairs, int, T]:
    """Times of an answer and of its queries by a bare client; the number of queries, and an answer.

    Each is of another instant, by a ``Mesh`` that holds nothing. What a process learns once is known: the
    names of labels, of namespaces, and the scrape interval.
    """
    mesh, recorder = _listening(site, cluster)
    floor = BareClient(site.url, IN_FLIGHT)
    ats = instants()
    try:
        given = answer(mesh, next(ats))
        asked, recorder.is_listening = tuple(recorder.asked), False
        floor.ask(asked)
        pairs = take_pairs(lambda _: floor.ask(asked), lambda _: answer(mesh, next(ats)), pairs_of(site))
    finally:
        floor.close()
        mesh.close()
    return pairs, len(asked), given


def asked_of(site: Site, answer: Callable[[Mesh, float], T]) -> tuple[tuple[Asked, ...], T]:
    """The requests of an answer, and the answer."""
    mesh, recorder = _listening(site, None)
    try:
        given = answer(mesh, next(instants()))
        return tuple(recorder.asked), given
    finally:
        mesh.close()


def _listening(site: Site, cluster: ClusterSource | None) -> tuple[Mesh, Recorder]:
    recorder = Recorder(PrometheusSource(PrometheusOptions(url=site.url, limits=PATIENT)))
    options = {"cache_bytes": 0, "max_in_flight": IN_FLIGHT, "scrape_interval_s": SCRAPE_S}
    return Mesh(recorder, cluster=cluster, **options), recorder


def instants() -> Iterator[float]:
    """One after the other, each of them another than the one before, Unix seconds."""
    return (END - 1.0 - number % SCRAPE_S for number in count())


def pairs_of(site: Site) -> int:
    """How often something is measured on a mesh of this size."""
    return site.pairs if site.size.namespaces * site.size.replicas < LARGE.namespaces else site.pairs // 3 + 1


def floor_figures(case: str, site: Site, pairs: Pairs, aim_ms: float | None) -> Iterator[Figure]:
    """Both times, and what ours takes beyond the floor."""
    size = site.size.text
    yield Figure(case, size, "floor", 1000 * _median(pairs.floor))
    yield Figure(case, size, "ours", 1000 * _median(pairs.ours))
    yield Figure(case, size, "ours less floor", 1000 * pairs.difference, aim=aim_ms)
    yield Figure(case, size, "ours by floor", pairs.ratio, "x")
    if pairs.cpu is not None:
        yield Figure(case, size, "processor, ours less floor", 1000 * pairs.cpu.difference)


def _median(values: tuple[float, ...]) -> float:
    return sorted(values)[len(values) // 2]
