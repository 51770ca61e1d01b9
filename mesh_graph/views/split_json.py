"""Splits as plain values for machines: stable names, ratios 0..1, ``null`` for what is not known."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from mesh_graph.answers.split_detail import SplitDetail
from mesh_graph.canary.split import Split
from mesh_graph.canary.verdict import Bounds, Candidate, Judged, Reason
from mesh_graph.codec import format_instant
from mesh_graph.views.split_rows import share_rows, version_rows
from mesh_graph.views.split_words import reasons_text, unit_text

__all__ = ["split_detail_document", "split_document", "splits_document"]


def splits_document(splits: tuple[Split, ...], at: float) -> dict[str, Any]:
    """The list: ``at`` and ``splits``, the gravest first."""
    return {"at": format_instant(at), "splits": [split_document(split) for split in splits]}


def split_document(split: Split) -> dict[str, Any]:
    """One split.

    ``verdict`` is ``promote``, ``roll-back``, ``wait`` or ``hold``; ``answer`` is the same but ``cannot-say``
    where there is nobody to compare, or it holds for want of a measurement. ``counted`` is ``requests``, or
    ``connections`` where the service had no requests: then ``requests`` are connections everywhere below.
    """
    judgement = split.judgement
    return _known(
        {
            "namespace": split.namespace,
            "service": split.service,
            "verdict": judgement.verdict.value,
            "answer": split.answer,
            "reasons": _reasons(judgement.reasons, split),
            "counted": unit_text(split),
            "baseline": split.declared.baseline,
            "canaries": list(split.declared.canaries),
            "anchor": {"at": format_instant(split.anchor.at), "kind": split.anchor.kind.value},
            "at": format_instant(judgement.at),
            "route": split.promise.route if split.promise else None,
            "objective_ms": split.objective.edge_ms if split.objective else None,
            "shares": [asdict(row) for row in share_rows(split)],
            "versions": [asdict(row) for row in version_rows(split)],
            "candidates": [_candidate(candidate, split) for candidate in judgement.candidates],
            "unattributed": _judged(judgement.unattributed),
            "remarks": _reasons(judgement.remarks, split),
        }
    )


def split_detail_document(detail: SplitDetail) -> dict[str, Any]:
    """One split with its history, response times and outgoing calls."""
    return _known(
        {
            **split_document(detail.split),
            "history": _records(detail.history),
            "distributions": _records(detail.distributions),
            "downstream": _records(detail.downstream),
            "gaps": [{"id": gap.message, **dict(gap.parameters)} for gap in detail.gaps],
            "queries": list(detail.split.queries),
        }
    )


def _candidate(candidate: Candidate, split: Split) -> dict[str, Any]:
    return {
        "version": candidate.version,
        "verdict": candidate.verdict.value,
        "reasons": _reasons(candidate.reasons, split),
        "guardrails": [_judged(judged) for judged in candidate.guardrails],
        "share": _judged(candidate.share),
    }


def _judged(judged: Judged) -> dict[str, Any]:
    values = asdict(judged)
    for name in ("interval", "one_look"):
        bounds: Bounds | None = getattr(judged, name)
        values[name] = None if bounds is None else [bounds.lower, bounds.upper]
    return values


def _reasons(reasons: tuple[Reason, ...], split: Split) -> list[dict[str, Any]]:
    texts = reasons_text(reasons, len(reasons), is_tcp=split.is_tcp)
    return [
        {"id": reason.message, "parameters": dict(reason.parameters), "text": text}
        for reason, text in zip(reasons, texts, strict=True)
    ]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _known(document: dict[str, Any]) -> dict[str, Any]:
    """The same in plain types, with ``None`` for numbers that JSON does not have."""
    return {name: _plain(value) for name, value in document.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _known(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return str(value) if isinstance(value, str) else value
