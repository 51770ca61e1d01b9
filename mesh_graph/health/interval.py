"""How well a ratio is known from what was seen."""

from __future__ import annotations

import numpy as np

from mesh_graph.frames.codes import Floats

__all__ = ["wilson"]

Z = 1.959963984540054
"""97.5 % quantile of the normal distribution: two-sided 95 %."""


def wilson(errors: Floats, requests: Floats) -> tuple[Floats, Floats]:
    """95 % interval of the ratio errors / requests, 0..1; of no requests, all of 0..1.

    Parameters
    ----------
    errors, requests : array of float64
        Numbers seen; they may be estimates and need not be whole. ``0 <= errors <= requests``.

    Notes
    -----
    Source: Wilson (1927), doi:10.1080/01621459.1927.10502953; recommended for small numbers by Brown, Cai,
    DasGupta (2001), doi:10.1214/ss/1009213286, equation (4).

    Examples
    --------
    >>> low, high = wilson(np.array([1.0]), np.array([3.0]))
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.061, 0.792)
    """
    spread = Z * np.sqrt(errors * np.maximum(1 - errors / np.maximum(requests, 1e-300), 0) + Z * Z / 4)
    low, high = ((errors + Z * Z / 2 + sign * spread) / (requests + Z * Z) for sign in (-1, 1))
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
