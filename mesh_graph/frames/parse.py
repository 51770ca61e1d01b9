"""Replies to frames: the schema of each family, and what all parsers share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.errors import SourceReplyInvalid
from mesh_graph.frames.codes import Bools, Floats
from mesh_graph.frames.schema import Schema
from mesh_graph.sources.base import Reply

__all__ = ["is_rate", "parse_values"]

_FALLBACKS = {
    fields.SOURCE_APP: fields.SOURCE_CANONICAL_SERVICE,
    fields.SOURCE_VERSION: fields.SOURCE_CANONICAL_REVISION,
    fields.DESTINATION_APP: fields.DESTINATION_CANONICAL_SERVICE,
    fields.DESTINATION_VERSION: fields.DESTINATION_CANONICAL_REVISION,
}
"""Labels asked for where a mesh lacks the canonical ones, and the column they fill."""


def is_rate(values: Floats) -> Bools:
    """Which values can be a rate: finite and not negative."""
    return np.isfinite(values) & (values >= 0)


def parse_values(
    reply: Reply, schema: Schema, *, accept: Callable[[Floats], Bools] = is_rate
) -> pd.DataFrame:
    """A reply's labels as they are, with its values named and checked.

    Parameters
    ----------
    reply : Reply
        To an instant query by the schema's labels; legacy ``app`` and ``version`` labels stand in for the
        canonical ones.
    schema : Schema
        Labels and one value column.
    accept : callable
        Which values are data; rows of the others are left out, for what is no data is not zero.

    Raises
    ------
    SourceReplyInvalid
        The reply has not the family's columns, a label is not text or a value is no number.
    """
    value = schema.names[-1]
    names = {**_FALLBACKS, fields.VALUE: value}
    found = [names.get(name, name) for name in reply.table.columns]
    _check_columns(reply, found, schema.names)
    if reply.table.empty:
        return schema.empty()
    frame = _typed(reply, reply.table.set_axis(found, axis="columns"), schema)
    good = accept(frame[value].to_numpy(dtype=np.float64))
    return frame if good.all() else frame[good].reset_index(drop=True)


def _check_columns(reply: Reply, found: Sequence[str], wanted: Sequence[str]) -> None:
    if list(found) != list(wanted):
        missing = [name for name in wanted if name not in found]
        extra = [name for name in found if name not in wanted]
        raise _invalid(reply, f"missing columns {missing}, unexpected {extra}, or out of order")


def _typed(reply: Reply, frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    pairs = zip(schema.dtypes, frame.dtypes, strict=True)
    changes = {name: wanted for (name, wanted), found in pairs if found.name != wanted}
    if not changes:
        return frame
    try:
        return frame.astype(changes)
    except (TypeError, ValueError) as error:
        raise _invalid(reply, f"a column of the answer is of the wrong type ({error})") from error


def _invalid(reply: Reply, problem: str) -> SourceReplyInvalid:
    return SourceReplyInvalid(
        "metrics source",
        reply.promql,
        f"The answer is not what was asked for: {problem}.",
        "Ask the same query of the source by hand and look at the labels of its answer.",
    )
