"""Fifty canaries judged, nothing cached, against the same queries by a bare client."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.cases.graph import answer_against_floor, floor_figures
from bench.figures import Figure
from bench.site import NO_COMPACTION, Site
from bench.sizes import END, SCRAPE_S
from mesh_graph.canary.split import Split
from mesh_graph.canary.verdict import Verdict
from mesh_graph.demo import outcomes
from mesh_graph.demo.bookinfo import answers
from mesh_graph.demo.exposition import LEAN_LABELS, openmetrics
from mesh_graph.demo.simulator import Simulator
from mesh_graph.demo.spec import Call, Destination, Host, MeshSpec, Workload
from mesh_graph.mesh import Mesh
from mesh_graph.model import View
from mesh_graph.sources.manifests import ManifestSource
from tests.peers import Prometheus

__all__ = ["measure_splits", "open_shops", "places"]

AIM_MS = 300
"""Most that the list may take beyond the floor."""
NAMESPACES = 5
SERVICES = 10
"""A namespace; each with a canary of 10 %."""
RATE = 20.0
"""Requests per second to each service."""
WINDOW_S = 3600
FAMILIES = ("istio_requests_total", "istio_request_duration_milliseconds")
BAD = 0.03
"""Of the requests to the canary of every fifth service fail."""


def measure_splits(site: Site) -> Iterator[Figure]:
    """An hour of fifty declared splits of four versions' reports each; the mesh of the site is not asked.

    Raises
    ------
    RuntimeError
        If not every split was judged by its known fault: what was measured then says nothing.
    """
    with tempfile.TemporaryDirectory() as name, open_shops() as url:
        yield from _figures(replace(site, url=url), Path(name))


@contextmanager
def open_shops() -> Iterator[str]:
    """URL of a Prometheus over two hours of the shops, while it is needed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Prometheus(folder, openmetrics=_past(folder), arguments=NO_COMPACTION)
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


def _figures(site: Site, folder: Path) -> Iterator[Figure]:
    manifests = folder / "manifests"
    manifests.mkdir()
    (manifests / "routes.yaml").write_text("---\n".join(_route(*place) for place in places()))

    def splits(mesh: Mesh, at: float) -> tuple[Split, ...]:
        found = mesh.splits(View(at=at, window_s=WINDOW_S))
        bad = sum(split.judgement.verdict is Verdict.ROLL_BACK for split in found)
        if len(found) != NAMESPACES * SERVICES or bad < len(found) / 5:
            raise RuntimeError(f"{len(found)} splits, {bad} of them to roll back")
        return found

    pairs, asked, found = answer_against_floor(site, splits, ManifestSource(manifests))
    text = f"{len(found)} splits"
    yield Figure("splits", text, "queries", asked, "")
    for figure in floor_figures("splits", site, pairs, AIM_MS):
        yield replace(figure, size=text)


def places() -> list[tuple[str, str]]:
    """Namespace and name of every service."""
    return [(f"shop-{n}", f"service-{s}") for n in range(NAMESPACES) for s in range(SERVICES)]


def _past(folder: Path) -> Path:
    """The hour that is counted, and the hour before it, from which objectives are chosen."""
    calls = [call for number, place in enumerate(places()) for call in _calls(*place, number % 5 == 0)]
    times = np.arange(END - 2 * WINDOW_S - 120, END + 1, SCRAPE_S, dtype=np.float64)
    path = folder / "past.txt"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(openmetrics(Simulator(MeshSpec.of(tuple(calls))), times, FAMILIES, LEAN_LABELS))
    return path


def _calls(namespace: str, service: str, is_bad: bool) -> Iterator[Call]:
    front = Workload("front-v1", namespace, "front")
    for version, share in (("v1", 0.9), ("v2", 0.1)):
        to = Destination(Workload(f"{service}-{version}", namespace, service, version))
        failing = BAD if is_bad and version == "v2" else 0.001
        ends = answers((outcomes.http_code(500), failing))
        yield Call(front, Host.service(service, namespace), (to,), RATE * share, ends)


def _route(namespace: str, service: str) -> str:
    to = "".join(
        f"    - destination: {{host: {service}, subset: {version}}}\n      weight: {weight}\n"
        for version, weight in (("v1", 90), ("v2", 10))
    )
    subsets = "".join(f"  - {{name: {v}, labels: {{version: {v}}}}}\n" for v in ("v1", "v2"))
    meta = f"metadata: {{name: {service}, namespace: {namespace}}}\n"
    return (
        f"apiVersion: networking.istio.io/v1\nkind: VirtualService\n{meta}"
        f"spec:\n  hosts: [{service}]\n  http:\n  - route:\n{to}"
        f"---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\n{meta}"
        f"spec:\n  host: {service}\n  subsets:\n{subsets}"
    )
