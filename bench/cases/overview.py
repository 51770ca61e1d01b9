"""The overview, nothing cached, against the same queries by a bare client."""

from __future__ import annotations

from collections.abc import Iterator

from bench.cases.graph import FAILURES, answer_against_floor, floor_figures
from bench.figures import Figure
from bench.site import Site
from mesh_graph.answers.overview import Overview
from mesh_graph.mesh import Mesh
from mesh_graph.model import View

__all__ = ["measure_overview"]

AIM_MS = 150
"""Most that an overview may take beyond the floor."""


def measure_overview(site: Site) -> Iterator[Figure]:
    """Every namespace, how it fares, and what changed.

    Raises
    ------
    RuntimeError
        If an answer failed: what was measured then says nothing.
    """

    def overview(mesh: Mesh, at: float) -> Overview:
        found = mesh.overview(View(at=at))
        if any(gap.message in FAILURES for gap in found.gaps):
            raise RuntimeError(f"{site.size.text}: {found.gaps}")
        return found

    pairs, asked, found = answer_against_floor(site, overview)
    yield Figure("overview", site.size.text, "namespaces", len(found.namespaces), "")
    yield Figure("overview", site.size.text, "queries", asked, "")
    yield from floor_figures("overview", site, pairs, AIM_MS)
