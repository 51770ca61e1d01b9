"""Samples written by hand: counts per interval of two versions."""

import numpy as np
import pandas as pd

from mesh_graph.canary.sample import (
    CALLER,
    CLIENT_ERRORS,
    END,
    ERRORS,
    HUNG_UP,
    OVER_OBJECTIVE,
    RESET,
    ROUTED,
    START,
    TIMED,
    TOTAL,
    UNKNOWN_BIRTH,
    VERSION,
    Declared,
    Sample,
)

STEP = 15.0
HALVES = Declared("v1", ("v2",), {"v1": 0.5, "v2": 0.5})
TENTH = Declared("v1", ("v2",), {"v1": 0.9, "v2": 0.1})


def rows(version, total, *, errors=0, slow=0, clients=0, hung_up=0, routed=None, caller="", start=0.0):
    """One row per interval; every count is one number for all intervals, or one each."""
    total = np.asarray(total)
    begins = start + np.arange(len(total)) * STEP
    return pd.DataFrame(
        {
            START: begins,
            END: begins + STEP,
            VERSION: version,
            CALLER: caller,
            ROUTED: total if routed is None else routed,
            TOTAL: total,
            ERRORS: errors,
            CLIENT_ERRORS: clients,
            HUNG_UP: hung_up,
            TIMED: total,
            OVER_OBJECTIVE: slow,
            RESET: False,
            UNKNOWN_BIRTH: False,
        }
    )


def sample(*frames, late=0.0, **more):
    frame = pd.concat(frames, ignore_index=True)
    return Sample(frame, 0.0, float(frame[END].max()) + late, STEP, **more)


def drawn(rng, *, intervals=240, rate=10.0, weight=0.1, **ratios):
    """Independent requests of both versions; ``ratios`` are (baseline, canary) of errors and slow."""
    everything = rng.poisson(rate * STEP, intervals)
    canary = rng.binomial(everything, weight)
    errors, slow = ratios.get("errors", (0.001, 0.001)), ratios.get("slow", (0.02, 0.02))
    return sample(
        *(
            rows(name, count, errors=rng.binomial(count, errors[at]), slow=rng.binomial(count, slow[at]))
            for at, (name, count) in enumerate((("v1", everything - canary), ("v2", canary)))
        )
    )
