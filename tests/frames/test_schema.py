"""Schemas: columns checked where a frame enters, and frames put below each other."""

from __future__ import annotations

import pandas as pd
import pytest

from mesh_graph.frames.schema import Schema, concat

SCHEMA = Schema((("name", "str"), ("good", "bool"), ("rate", "float64")))


def rows(*names):
    return pd.DataFrame({"name": pd.Series(names, dtype="str"), "good": True, "rate": 1.0}).astype(
        {"good": "bool"}
    )


def test_empty_frame_has_the_schema():
    assert SCHEMA.check(SCHEMA.empty()).empty
    assert (SCHEMA.names, SCHEMA.labels, SCHEMA.rates) == (("name", "good", "rate"), ("name",), ("rate",))


@pytest.mark.parametrize(
    "frame",
    [
        rows("a").drop(columns="rate"),
        rows("a").assign(more=1),
        rows("a")[["good", "name", "rate"]],
        rows("a").astype({"rate": "int64"}),
        rows("a").astype({"name": "object"}),
    ],
)
def test_other_columns_are_refused(frame):
    with pytest.raises(ValueError, match="missing"):
        SCHEMA.check(frame)


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        ([], []),
        ([SCHEMA.empty()], []),
        ([SCHEMA.empty(), rows("a")], ["a"]),
        ([rows("a", "b"), SCHEMA.empty(), rows("c")], ["a", "b", "c"]),
    ],
)
def test_concat_keeps_schema_and_rows(parts, names):
    whole = SCHEMA.check(concat(SCHEMA, parts))
    assert whole["name"].tolist() == names
    assert whole.index.tolist() == list(range(len(names)))


def test_concat_refuses_a_frame_of_another_schema():
    with pytest.raises(ValueError, match="missing"):
        concat(SCHEMA, [rows("a"), rows("b").drop(columns="rate")])
