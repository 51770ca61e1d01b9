"""The sample's frame as arrays: counts by version, caller and interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mesh_graph.canary.sample import CALLER, COUNTS, END, START, VERSION, Sample
from mesh_graph.canary.sequence import Floats

__all__ = ["Tally", "tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of a sample, one array per column.

    Attributes
    ----------
    versions, callers : tuple of str
        Sorted.
    starts, ends : array of float
        Of each interval, Unix seconds.
    counts : dict of str to array
        By column of ``COUNTS``: float64[version, caller, interval].
    """

    versions: tuple[str, ...]
    callers: tuple[str, ...]
    starts: Floats
    ends: Floats
    counts: dict[str, Floats]

    def of(self, column: str, version: str) -> Floats:
        """Counts of a version, by caller and interval; zeros for one that the sample does not know."""
        if version not in self.versions:
            return np.zeros((len(self.callers), len(self.ends)))
        found: Floats = self.counts[column][self.versions.index(version)]
        return found

    @property
    def seconds(self) -> float:
        """Length of all intervals together, seconds."""
        return float((self.ends - self.starts).sum())


def tally(sample: Sample) -> Tally:
    """Arrays of a sample; none of its rows need be in order."""
    frame = sample.frame
    version_codes, versions = _coded(frame[VERSION].to_numpy(dtype=object))
    caller_codes, callers = _coded(frame[CALLER].to_numpy(dtype=object))
    ends, first, places = np.unique(
        frame[END].to_numpy(dtype=np.float64), return_index=True, return_inverse=True
    )
    shape = (len(versions), len(callers), len(ends))
    cells = (version_codes * shape[1] + caller_codes) * shape[2] + places
    size = int(np.prod(shape))
    counts = {
        column: np.bincount(cells, frame[column].to_numpy(np.float64), size).astype(np.float64).reshape(shape)
        for column in COUNTS
    }
    starts = frame[START].to_numpy(dtype=np.float64)[first]
    return Tally(versions, callers, starts, ends, counts)


def _coded(values: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    codes, names = pd.factorize(values, sort=True)
    return codes.astype(np.int64), tuple(map(str, names))
