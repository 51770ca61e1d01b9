"""Several queries in one request: the text of it, and its answer taken apart again.

    a, b ──joined──► label_replace(a, part, 0) or label_replace(b, part, 1) ──split──► rows of a, rows of b

A round trip and a parse of its own cost more than most of the answers themselves. Nothing is lost: the label
that tells the parts apart keeps equal rows of two of them from being taken for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from mesh_graph.sources.answer import Answer, AnswerInvalid

__all__ = ["joined", "packs", "split"]

PART = "meshgraph_part"
"""The label; no metric of Istio's has it, and no query groups by it."""
LONGEST = 12_000
"""Characters of one request: VictoriaMetrics declines more than 16 KiB."""


def packs(texts: Sequence[str]) -> list[slice]:
    """Which queries, in their order, go into one request each; at least one is given."""
    bounds, length = [0], 0
    for place, text in enumerate(texts):
        length += len(text)
        if length > LONGEST and place > bounds[-1]:
            bounds.append(place)
            length = len(text)
    return [slice(first, last) for first, last in zip(bounds, [*bounds[1:], len(texts)], strict=True)]


def joined(texts: Iterable[str]) -> str:
    """One query whose answer holds the rows of all."""
    return " or ".join(
        f'label_replace({text}, "{PART}", "{place}", "", "")' for place, text in enumerate(texts)
    )


def split(answer: Answer, count: int) -> list[Answer]:
    """The answers to each of the queries that were joined; warnings are those of all.

    Raises
    ------
    AnswerInvalid
        If a row is of none of them.
    """
    rows: list[list[Any]] = [[] for _ in range(count)]
    try:
        for row in answer.rows:
            rows[int(row["metric"][PART])].append(row)
    except (KeyError, IndexError, TypeError, ValueError):
        raise AnswerInvalid("holds rows of another query") from None
    share = answer.received_bytes // max(len(answer.rows), 1)
    return [replace(answer, rows=own, received_bytes=share * len(own)) for own in rows]
