"""The latency objective of a split, where nobody set one: what its baseline kept of late."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.canary.naming import SPLIT, Naming, nearest_report
from mesh_graph.canary.sample import VERSION
from mesh_graph.frames.codes import texts

__all__ = ["EDGE_MS", "EXCEEDED_AT_MOST", "SHARE", "bucket_shares", "choose_objective", "nearest_edge"]

EXCEEDED_AT_MOST = 0.05
"""Part of the baseline's requests that may exceed an objective that is chosen."""
SHARE = "share"
EDGE_MS = "edge_ms"


def bucket_shares(rates: pd.DataFrame, naming: Naming) -> pd.DataFrame:
    """Distribution of response times by version.

    Parameters
    ----------
    rates : pandas.DataFrame
        ``LATENCY_LABELS``, ``le`` : str, ``value`` : float64, requests per second, cumulative.
    naming : Naming

    Returns
    -------
    pandas.DataFrame
        ``split``, ``version`` : str, ``edge_ms`` : float64, a bucket's upper edge (the last is +inf),
        ``share`` : float64, 0..1 of the version's requests that are at most that long. Versions without
        requests have no rows. By the report nearest to the server.
    """
    rows = nearest_report(naming.name(rates))
    # ``le="1"`` and ``le="1.0"`` are one edge.
    rows = rows.assign(**{EDGE_MS: pd.to_numeric(rows[fields.LE], errors="coerce")})
    keys = [SPLIT, VERSION, EDGE_MS]
    summed = rows.dropna(subset=[EDGE_MS]).groupby(keys, as_index=False, sort=True)[fields.VALUE].sum()
    within = summed.groupby([SPLIT, VERSION])[fields.VALUE].cummax()
    whole = within.groupby([summed[SPLIT], summed[VERSION]]).transform("max")
    shares: pd.DataFrame = summed.assign(**{SHARE: within / whole.where(whole > 0)})
    positive: pd.DataFrame = shares[(whole > 0).to_numpy(dtype=np.bool_)]
    return positive[[*keys, SHARE]].reset_index(drop=True)


def choose_objective(shares: pd.DataFrame, version: str) -> float | None:
    """The least edge, milliseconds, that at most ``EXCEEDED_AT_MOST`` of a version's requests exceeded.

    Parameters
    ----------
    shares : pandas.DataFrame
        Of one split, as ``bucket_shares`` gives them.
    version : str
        The baseline.

    Returns
    -------
    float or None
        None where the version had no requests, or exceeded every finite edge too often.
    """
    edges = shares[EDGE_MS].to_numpy()
    is_kept = shares[SHARE].to_numpy() >= 1 - EXCEEDED_AT_MOST
    kept = edges[(texts(shares[VERSION]) == version) & is_kept & np.isfinite(edges)]
    return float(kept.min()) if len(kept) else None


def nearest_edge(shares: pd.DataFrame, wanted_ms: float) -> float | None:
    """The bucket's edge that an objective falls on, or the next below: what is above that is above it too."""
    edges = shares[EDGE_MS].unique()
    below = edges[np.isfinite(edges) & (edges <= wanted_ms)]
    return float(below.max()) if len(below) else None
