"""The sample over time, for the eye: shares and errors of every version in a bounded number of steps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.canary.sample import END, ERRORS, ROUTED, START, TOTAL, VERSION, Sample

__all__ = ["SHARE", "STEPS", "share_history"]

STEPS = 60
"""Steps of a history at most."""
SHARE = "share"


def share_history(sample: Sample, steps: int = STEPS) -> pd.DataFrame:
    """What every version got and how it fared, step by step.

    Parameters
    ----------
    sample : Sample
    steps : int
        Steps at most; each is a whole number of the sample's intervals.

    Returns
    -------
    pandas.DataFrame
        ``time`` : float64, end of the step, Unix seconds; ``version`` : str, ``UNATTRIBUTED`` among them;
        ``routed``, ``total``, ``errors`` : float64; ``share`` : float64, 0..1 of what was routed in the
        step, NaN where nothing was. One row per step and version, sorted; without a sample, the same columns
        and no rows.
    """
    frame = sample.frame
    names = [fields.TIME, VERSION, ROUTED, TOTAL, ERRORS, SHARE]
    if frame.empty:
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in names}).astype({VERSION: "str"})
    first, last = float(frame[START].min()), float(frame[END].max())
    intervals = max(1, round((last - first) / sample.interval_s))
    step_s = sample.interval_s * -(-intervals // steps)
    place = ((frame[START] - first + sample.interval_s / 2) // step_s).astype(np.int64)
    summed = frame.assign(**{fields.TIME: first + (place + 1) * step_s})
    wide = summed.groupby([fields.TIME, VERSION])[[ROUTED, TOTAL, ERRORS]].sum().astype(np.float64)
    times = first + step_s * np.arange(1, int(place.max()) + 2)
    every = pd.MultiIndex.from_product([times, sorted(frame[VERSION].unique())], names=[fields.TIME, VERSION])
    table = wide.reindex(every, fill_value=0.0)
    whole = table.groupby(level=fields.TIME)[ROUTED].transform("sum")
    table[SHARE] = table[ROUTED] / whole.where(whole > 0)
    return table.reset_index()[names]
