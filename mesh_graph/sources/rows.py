"""Rows of the query API as tables, built column by column."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
import orjson
import pandas as pd

from mesh_graph import fields
from mesh_graph.sources.answer import Answer, AnswerInvalid

__all__ = ["free_table", "matrix_table", "samples_table", "vector_table"]

_TEXT = pd.StringDtype(na_value=np.nan)


def vector_table(answer: Answer, labels: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """One row per series of an instant answer.

    Parameters
    ----------
    answer : Answer
    labels : sequence of str
        Labels to read, by the names the source stores them under.
    columns : sequence of str
        Their columns in the table.

    Returns
    -------
    pandas.DataFrame
        ``columns`` as str, ``""`` where a series lacks the label, then ``value : float64``.

    Raises
    ------
    AnswerInvalid
        If the rows are not an instant vector.
    """
    _expect(answer, "vector")
    if not answer.rows:
        return _no_rows(tuple(columns))
    try:
        values = [row["value"][1] for row in answer.rows]
        table = _label_columns(answer.rows, labels, columns)
        table[fields.VALUE] = np.fromiter(map(float, values), np.float64, len(values))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise AnswerInvalid("holds rows of another shape") from None
    return pd.DataFrame(table, copy=False)


@lru_cache(maxsize=64)
def _no_rows(columns: tuple[str, ...]) -> pd.DataFrame:
    """Most answers are empty: many meshes have neither TCP nor gRPC."""
    text = _texts([])
    return pd.DataFrame({**dict.fromkeys(columns, text), fields.VALUE: np.empty(0)}, copy=False)


def matrix_table(answer: Answer, labels: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """One row per series and step of a range answer.

    As ``vector_table``, with ``time : float64`` (Unix seconds) as the last column.
    """
    _expect(answer, "matrix")
    try:
        samples = [row["values"] for row in answer.rows]
        lengths = [len(of_series) for of_series in samples]
        total = sum(lengths)
        table = {
            name: texts.repeat(lengths)
            for name, texts in _label_columns(answer.rows, labels, columns).items()
        }
        times, values = (map(itemgetter(place), chain.from_iterable(samples)) for place in (0, 1))
        table[fields.VALUE] = np.fromiter(map(float, values), np.float64, total)
        table[fields.TIME] = np.fromiter(times, np.float64, total)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise AnswerInvalid("holds rows of another shape") from None
    return pd.DataFrame(table, copy=False)


def free_table(answer: Answer) -> pd.DataFrame:
    """One row per series and step of a range answer: ``labels`` as sorted JSON, ``value`` and ``time``."""
    table = matrix_table(answer, (), ())
    texts = [orjson.dumps(row["metric"], option=orjson.OPT_SORT_KEYS).decode() for row in answer.rows]
    table.insert(0, fields.LABELS, _texts(texts).repeat([len(row["values"]) for row in answer.rows]))
    return table


def samples_table(answer: Answer, labels: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """One row per series and raw sample; as ``matrix_table``, with ``series : int64`` as the last column."""
    table = matrix_table(answer, labels, columns)
    numbers = np.array([_number(row["metric"]) for row in answer.rows], dtype=np.int64)
    table[fields.SERIES] = numbers.repeat([len(row["values"]) for row in answer.rows])
    return table


def _number(metric: Mapping[str, str]) -> int:
    """A series by its whole set of labels, as 63 bits."""
    text = "\xff".join(f"{name}\xfe{value}" for name, value in sorted(metric.items()))
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _expect(answer: Answer, kind: str) -> None:
    if answer.kind != kind:
        raise AnswerInvalid(f"is a {answer.kind}, not a {kind}")


def _label_columns(rows: list[Any], labels: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    metrics = [row["metric"] for row in rows]
    # The same few texts stand in thousands of rows: held once, they are small and compare by identity.
    return {
        column: _texts([sys.intern(metric.get(label, "")) for metric in metrics])
        for label, column in zip(labels, columns, strict=True)
    }


def _texts(values: list[str]) -> Any:
    return pd.array(np.array(values, dtype=object), dtype=_TEXT)
