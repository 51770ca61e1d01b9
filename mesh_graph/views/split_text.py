"""A split's verdict as plain text, for terminals and logs."""

from __future__ import annotations

import math

from mesh_graph.canary.split import Split
from mesh_graph.canary.verdict import Judged
from mesh_graph.views.messages_canary import format_points
from mesh_graph.views.numbers import format_percent
from mesh_graph.views.split_rows import ShareRow, share_rows
from mesh_graph.views.split_words import QUANTITIES, STATES, anchor_text, split_reasons_text, verdict_text

__all__ = ["split_text"]


def split_text(split: Split) -> str:
    """Verdict, reasons, shares and guardrails, one a line."""
    judgement, canaries = split.judgement, ", ".join(split.declared.canaries)
    lines = [
        f"{verdict_text(split).upper()}  {split.name}: {canaries or 'nobody'} "
        f"against {split.declared.baseline or 'nobody'}",
        *(f"  - {text}" for text in split_reasons_text(split)),
        f"Counted for {anchor_text(split.anchor, judgement.at)}",
        "Shares",
        *map(_share_line, share_rows(split)),
    ]
    for candidate in judgement.candidates:
        lines.append(f"{candidate.version} against {split.declared.baseline}")
        lines += [f"  {_guardrail(judged)}" for judged in candidate.guardrails]
    return "\n".join(lines)


def _share_line(row: ShareRow) -> str:
    seen = "no traffic" if math.isnan(row.observed) else format_percent(row.observed, 3)
    promised = "" if math.isnan(row.declared) else f" of {format_percent(row.declared, 3)} declared"
    return f"  {row.version or 'no version':<20} {seen}{promised}"


def _guardrail(judged: Judged) -> str:
    bounds = judged.interval
    interval = f"[{format_points(bounds.lower)}, {format_points(bounds.upper)}]" if bounds else ""
    name, state = QUANTITIES[judged.quantity], STATES[judged.state]
    return f"{name:<16} {format_points(judged.difference):>9} {interval:<24} {state}".rstrip()
