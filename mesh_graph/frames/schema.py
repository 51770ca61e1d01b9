"""The documented columns of a frame: declared once, checked where a frame enters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
import pandas as pd

__all__ = ["Schema", "concat"]


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns of a frame, in order.

    Attributes
    ----------
    dtypes : tuple of (str, str)
        Column name and dtype: ``"str"``, ``"float64"`` or ``"bool"``.
    """

    dtypes: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, labels: Iterable[str], rates: Iterable[str]) -> Self:
        """Text columns, then float64 columns."""
        return cls((*((name, "str") for name in labels), *((name, "float64") for name in rates)))

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in order."""
        return tuple(name for name, _ in self.dtypes)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the text columns."""
        return tuple(name for name, dtype in self.dtypes if dtype == "str")

    @property
    def rates(self) -> tuple[str, ...]:
        """Names of the float64 columns."""
        return tuple(name for name, dtype in self.dtypes if dtype == "float64")

    def empty(self) -> pd.DataFrame:
        """Frame without rows, the same one each time: like all frames, not to be modified."""
        return _empty(self)

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame itself, if it has this schema.

        Raises
        ------
        ValueError
            A column is missing, superfluous, out of order or of another dtype.
        """
        found = tuple(zip(frame.columns, [dtype.name for dtype in frame.dtypes], strict=True))
        if found != self.dtypes:
            wrong = [f"{name}: {dtype}" for name, dtype in found if (name, dtype) not in self.dtypes]
            missing = [f"{name}: {dtype}" for name, dtype in self.dtypes if (name, dtype) not in found]
            raise ValueError(
                f"not the frame's columns: missing {missing or 'none'}, unexpected {wrong or 'none'}"
            )
        return frame


@cache
def _empty(schema: Schema) -> pd.DataFrame:
    text = pd.array(np.empty(0, dtype=object), dtype="str")
    columns = {name: text if dtype == "str" else np.empty(0, dtype=dtype) for name, dtype in schema.dtypes}
    return pd.DataFrame(columns, copy=False)


def concat(schema: Schema, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Frames of one schema below each other, with a new row index; without frames, the empty frame.

    Raises
    ------
    ValueError
        A frame has another schema.
    """
    checked = [schema.check(frame) for frame in frames]
    filled = [frame for frame in checked if len(frame)]
    if len(filled) < 2:
        return filled[0] if filled else schema.empty()
    return pd.concat(filled, ignore_index=True)
