"""Replies as sources give them, from short tables."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mesh_graph import fields
from mesh_graph.sources.base import Reply

PROMQL = "sum by (reporter) (rate(istio_requests_total[300s]))"


def reply(labels: Sequence[str], *rows: tuple[dict[str, str], float]) -> Reply:
    """Rows of (labels that are not empty, value)."""
    columns = {label: pd.Series([named.get(label, "") for named, _ in rows], dtype="str") for label in labels}
    values = pd.Series([value for _, value in rows], dtype="float64")
    return Reply(pd.DataFrame({**columns, fields.VALUE: values}), PROMQL)
