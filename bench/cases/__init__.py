"""Every case of the bench, in the order they run. A new one is a function and its line in ``CASES``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.cases.against_kiali import measure_against_kiali
from bench.cases.api import measure_api
from bench.cases.cached import measure_cached
from bench.cases.charts import measure_charts
from bench.cases.graph import measure_graph, measure_part, measure_unfolded
from bench.cases.overview import measure_overview
from bench.cases.page import measure_page
from bench.cases.recorded import measure_recorded
from bench.cases.served import measure_memory, measure_viewers
from bench.cases.splits import measure_splits
from bench.cases.trace_page import measure_trace_page
from bench.cases.traces import measure_traces
from bench.figures import Figure
from bench.site import Site
from bench.sizes import SIZES, Size

__all__ = ["CASES", "Case"]


@dataclass(frozen=True, slots=True)
class Case:
    """Something that is measured.

    Attributes
    ----------
    name : str
    sizes : sequence of Size
        Meshes on which it is.
    measure : function of the site
        Gives the figures.
    """

    name: str
    sizes: tuple[Size, ...]
    measure: Callable[[Site], Iterable[Figure]]


CASES = (
    Case("graph", tuple(size for size in SIZES if size != Size(300)), measure_graph),
    Case("unfolded", (Size(100), Size(1000)), measure_unfolded),
    Case("part", (Size(100), Size(1000)), measure_part),
    Case("overview", (Size(10), Size(100), Size(300)), measure_overview),
    Case("splits", (Size(1),), measure_splits),
    Case("traces", (Size(1),), measure_traces),
    Case("trace page", (Size(1),), measure_trace_page),
    Case("api", (Size(1), Size(10), Size(100)), measure_api),
    Case("kiali", (Size(1), Size(10), Size(100)), measure_against_kiali),
    Case("recorded", (Size(100), Size(100, 10)), measure_recorded),
    Case("cached", (Size(10), Size(100)), measure_cached),
    Case("viewers", (Size(10),), measure_viewers),
    Case("memory", (Size(1000),), measure_memory),
    Case("charts", (Size(1),), measure_charts),
    Case("page", (Size(1), Size(10), Size(100)), measure_page),
)
