"""Over which time splits are counted, and which of them together."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.canary.counts import Grid
from mesh_graph.frames.codes import Floats

__all__ = ["Part", "Plan"]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Which splits are counted, and over which time each.

    Attributes
    ----------
    services : mapping of str to str
        Split of each service, both ``namespace/name``.
    grids : mapping of str to Grid
        Of every split.
    """

    services: Mapping[str, str]
    grids: Mapping[str, Grid]

    def together(self, splits: Collection[str] | None = None) -> list[Part]:
        """Its parts, each with those of some splits, or all, that are its own; none without any.

        The intervals of a part are the same whoever is asked for.
        """
        groups: dict[tuple[float, int], list[str]] = {}
        for split, grid in self.grids.items():
            groups.setdefault((grid.step_s, grid.count.bit_length()), []).append(split)
        parts = [self._part(names, splits) for names in groups.values()]
        return [part for part in parts if part.starts]

    def _part(self, names: Collection[str], wanted: Collection[str] | None) -> Part:
        grids = [self.grids[split] for split in names]
        start, end, step_s = min(g.start for g in grids), max(g.end for g in grids), grids[0].step_s
        grid = Grid(start, step_s, max(0, math.ceil((end - start) / step_s - 1e-6)))
        starts = {split: self.grids[split].start for split in names if wanted is None or split in wanted}
        return Part({service: s for service, s in self.services.items() if s in starts}, starts, grid)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Splits that are counted over about as long a time, in intervals of one length.

    Attributes
    ----------
    services : mapping of str to str
        As of ``Plan``.
    starts : mapping of str to float
        Since when each split is counted, Unix seconds; the beginning of an interval.
    grid : Grid
        All intervals of any of them.
    """

    services: Mapping[str, str]
    starts: Mapping[str, float]
    grid: Grid

    def begins(self, samples: pd.DataFrame) -> Floats:
        """Since when each sample is counted, Unix seconds; +inf for those of no split of the part."""
        _, heads, series = np.unique(
            samples[fields.SERIES].to_numpy(), return_index=True, return_inverse=True
        )
        labels = (fields.DESTINATION_SERVICE_NAMESPACE, fields.DESTINATION_SERVICE_NAME)
        names = zip(*(samples[label].take(heads) for label in labels), strict=True)
        splits = (self.services.get(f"{namespace}/{name}", "") for namespace, name in names)
        starts = [self.starts.get(split, math.inf) for split in splits]
        begins: Floats = np.array([*starts, math.inf])[series]
        return begins
