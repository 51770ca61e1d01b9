"""Calls in the shapes of Istio's ServiceGraph: its JSON, d3's, and DOT."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import orjson
import pandas as pd

from mesh_graph.export.dot import quoted

__all__ = ["Edge", "classic_edges", "render_d3", "render_dot", "render_graph"]

REQUESTS, BYTES = "reqs/sec", "bytes/sec"


class Edge(NamedTuple):
    """A call: both ends as ``app (workload)``, what its number is, and the number as text."""

    source: str
    target: str
    unit: str
    rate: str


def classic_edges(requests: pd.DataFrame, received: pd.DataFrame) -> list[Edge]:
    """Edges of ``answers.classic.classic_calls``: requests first, then bytes."""
    return [*_edges(requests, REQUESTS), *_edges(received, BYTES)]


def _edges(calls: pd.DataFrame, unit: str) -> Iterator[Edge]:
    columns = (calls[name].tolist() for name in calls.columns)
    for workload, app, to_workload, to_app, rate in zip(*columns, strict=True):
        yield Edge(f"{app} ({workload})", f"{to_app} ({to_workload})", unit, f"{rate:.6f}")


def _names(edges: list[Edge]) -> list[str]:
    return sorted({name for edge in edges for name in (edge.source, edge.target)})


def render_graph(edges: list[Edge]) -> bytes:
    """``/graph``: nodes as an object, edges by name."""
    listed = [
        {"source": edge.source, "target": edge.target, "labels": {edge.unit: edge.rate}} for edge in edges
    ]
    return orjson.dumps({"nodes": {name: {} for name in _names(edges)}, "edges": listed})


def render_d3(edges: list[Edge]) -> bytes:
    """``/d3graph``: nodes as a list, links by position in it."""
    names = _names(edges)
    place = {name: number for number, name in enumerate(names)}
    links = [
        {"source": place[edge.source], "target": place[edge.target], "labels": {edge.unit: edge.rate}}
        for edge in edges
    ]
    return orjson.dumps({"nodes": [{"name": name} for name in names], "links": links})


def render_dot(edges: list[Edge]) -> bytes:
    """``/dotgraph``: DOT; what is drawn by ``/dotviz``."""
    place = {name: number for number, name in enumerate(_names(edges))}
    lines = [
        'digraph "istio-servicegraph" {',
        *(f"  n{number} [label={quoted(name)}];" for name, number in place.items()),
        *(
            f"  n{place[edge.source]} -> n{place[edge.target]} [label={quoted(f'{edge.unit}: {edge.rate}')}];"
            for edge in edges
        ),
        "}",
        "",
    ]
    return "\n".join(lines).encode()
