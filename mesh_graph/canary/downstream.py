"""What each version calls in its turn: whether the new one calls others more, newly, or with more errors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.canary.sample import VERSION
from mesh_graph.topology.outcome import Outcome

__all__ = ["CALLS", "DOWNSTREAM", "ERROR_RATIO", "downstream_calls"]

SERVICE = "service"
CALLS = "calls_per_request"
"""Requests to the service for each one that the version answered."""
ERROR_RATIO = "error_ratio"
DOWNSTREAM = (SERVICE, VERSION, fields.PROTOCOL, fields.RATE, CALLS, ERROR_RATIO)

Workload = tuple[str, str, str]
"""Namespace, name and revision."""


def downstream_calls(
    flows: pd.DataFrame, versions: Mapping[Workload, str], answered: Mapping[str, float]
) -> pd.DataFrame:
    """Outgoing edges of every version of a split.

    Parameters
    ----------
    flows : pandas.DataFrame
        Of ``Traffic``: merged requests per second.
    versions : mapping of (namespace, workload, revision) to str
        Version of each workload that answers for the split.
    answered : mapping of str to float
        Requests per second that each version answers.

    Returns
    -------
    pandas.DataFrame
        ``DOWNSTREAM``: ``service``, ``version``, ``protocol`` : str; ``rate`` : float64, per second;
        ``calls_per_request`` : float64, NaN for a version that answers nothing; ``error_ratio`` : float64,
        0..1. Sorted by service and version; without calls, the same columns and no rows.
    """
    callers = zip(
        flows[fields.SOURCE_WORKLOAD_NAMESPACE],
        flows[fields.SOURCE_WORKLOAD],
        flows[fields.SOURCE_CANONICAL_REVISION],
        strict=True,
    )
    version = pd.Series([versions.get(caller, "") for caller in callers], index=flows.index, dtype="str")
    service = flows[fields.DESTINATION_SERVICE_NAMESPACE] + "/" + flows[fields.DESTINATION_SERVICE_NAME]
    errors = np.where(flows[fields.OUTCOME] == Outcome.ERROR, flows[fields.RATE], 0.0)
    rows = flows.assign(**{SERVICE: service, VERSION: version}, errors=errors)
    rows = rows[(rows[VERSION] != "").to_numpy(dtype=np.bool_)]
    keys = [SERVICE, VERSION, fields.PROTOCOL]
    table = rows.groupby(keys, as_index=False, sort=True)[[fields.RATE, "errors"]].sum()
    own = table[VERSION].map(lambda name: answered.get(name) or np.nan).astype(np.float64)
    table[CALLS] = table[fields.RATE] / own
    table[ERROR_RATIO] = table["errors"] / table[fields.RATE].where(table[fields.RATE] > 0)
    return table[list(DOWNSTREAM)]
