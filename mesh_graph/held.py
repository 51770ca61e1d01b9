"""What a mesh holds of its answers: one cache per kind of answer, each with its share of the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import networkx as nx

from mesh_graph.answers.detail import Detail
from mesh_graph.answers.inventory import Inventory
from mesh_graph.answers.kiali import KialiGraph
from mesh_graph.answers.metrics import Metrics
from mesh_graph.answers.overview import Overview
from mesh_graph.answers.since import Timeline
from mesh_graph.answers.sizes import (
    OBJECT_BYTES,
    SMALL_BYTES,
    SUBJECT_BYTES,
    graph_bytes,
    kiali_bytes,
    split_bytes,
    state_bytes,
)
from mesh_graph.answers.split_detail import SplitDetail
from mesh_graph.answers.state import MeshState
from mesh_graph.cache import CacheStats, SharedCache
from mesh_graph.canary.split import Split
from mesh_graph.diagnosis.report import Finding
from mesh_graph.kiali.options import Options
from mesh_graph.model import NodeKind, View

__all__ = ["Held"]

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Answers by what they are of; a key has all that an answer depends on."""

    graphs: SharedCache[tuple[View, int], nx.MultiDiGraph[str]]
    states: SharedCache[tuple[View, int], MeshState]
    overviews: SharedCache[tuple[View, int], Overview]
    inventories: SharedCache[tuple[View, NodeKind, int], Inventory]
    kiali: SharedCache[tuple[Options, int], KialiGraph]
    details: SharedCache[Key, Detail]
    timelines: SharedCache[Key, Timeline]
    metrics: SharedCache[Key, Metrics]
    splits: SharedCache[Key, tuple[Split, ...]]
    split_details: SharedCache[Key, SplitDetail]
    findings: SharedCache[Key, tuple[Finding, ...]]

    @classmethod
    def within(cls, cache_bytes: int) -> Self:
        """Empty caches; those of whole meshes have shares of ``cache_bytes``, the others a fixed size."""
        return cls(
            graphs=SharedCache(cache_bytes // 2, graph_bytes),
            states=SharedCache(cache_bytes // 8, state_bytes),
            overviews=SharedCache(cache_bytes // 16, lambda one: OBJECT_BYTES * len(one.namespaces)),
            inventories=SharedCache(cache_bytes // 16, lambda one: OBJECT_BYTES * len(one.rows)),
            kiali=SharedCache(cache_bytes // 8, kiali_bytes),
            details=SharedCache(2**23, lambda _: SUBJECT_BYTES),
            timelines=SharedCache(2**22, lambda _: SMALL_BYTES),
            metrics=SharedCache(2**24, lambda _: SUBJECT_BYTES),
            splits=SharedCache(2**26, lambda splits: sum(map(split_bytes, splits))),
            split_details=SharedCache(2**25, lambda detail: split_bytes(detail.split)),
            findings=SharedCache(2**22, lambda _: SMALL_BYTES),
        )

    def stats(self) -> dict[str, CacheStats]:
        """What the largest of them did and hold, by what they hold."""
        return {"graphs": self.graphs.stats, "kiali": self.kiali.stats, "states": self.states.stats}
