"""Which of several alike fares clearly worse than the rest."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np

__all__ = ["FEWEST", "outliers"]

FEWEST = 3
"""Of two that differ there is no telling which is the odd one."""
SPREADS = 3.0
"""How many spreads of the others it lies above their median …"""
TIMES = 1.5
"""… and how many times that median, for alike ones hardly spread."""
_MAD_TO_SIGMA = 1.4826

K = TypeVar("K", bound=Hashable)


def outliers(values: Mapping[K, float], floor: float = 0.0) -> tuple[K, ...]:
    """Those whose value lies far above the others', worst first.

    A value is an outlier if it is at least ``floor``, more than ``TIMES`` the median of the others, and more
    than ``SPREADS`` of their spreads (scaled median absolute deviations) above that median.

    Parameters
    ----------
    values : mapping
        By name; NaN is unknown and left out. Fewer than ``FEWEST`` have no outlier.
    floor : float
        What is too little to matter.

    Examples
    --------
    >>> outliers({"a": 0.01, "b": 0.012, "c": 0.3}, floor=0.01)
    ('c',)
    """
    known = {name: value for name, value in values.items() if not np.isnan(value)}
    if len(known) < FEWEST:
        return ()
    found = [name for name in known if known[name] >= floor and _is_far(name, known)]
    return tuple(sorted(found, key=lambda name: -known[name]))


def _is_far(name: K, values: Mapping[K, float]) -> bool:
    others = np.array([value for other, value in values.items() if other != name])
    middle = float(np.median(others))
    spread = _MAD_TO_SIGMA * float(np.median(np.abs(others - middle)))
    return values[name] > max(middle * TIMES, middle + SPREADS * spread)
