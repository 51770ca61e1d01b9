"""Words of overview and lists, in English: counts, changes, titles."""

from __future__ import annotations

from collections import Counter

from mesh_graph.answers.changes import Change
from mesh_graph.model import NodeKind, Status
from mesh_graph.views.messages_health import STATUSES, key_words
from mesh_graph.views.numbers import format_rate
from mesh_graph.views.words import fill

__all__ = ["KINDS", "MESSAGES", "change_words", "count_words", "more_words", "shown_of"]

KINDS: dict[NodeKind, tuple[str, str]] = {
    NodeKind.NAMESPACE: ("namespace", "namespaces"),
    NodeKind.APP: ("application", "applications"),
    NodeKind.WORKLOAD: ("workload", "workloads"),
    NodeKind.SERVICE: ("service", "services"),
}
"""One and many of a kind."""

MESSAGES: dict[str, str] = {
    "change-worse": "{subject}: {before} → {after}",
    "change-better": "{subject}: {before} → {after}",
    "change-app-new": "{subject} appeared",
    "change-app-vanished": "{subject} has no more traffic",
    "change-version-new": "{subject}: version {version} is new",
    "change-version-vanished": "{subject}: version {version} is gone",
    "change-edge-new": "{subject} calls {peer} now, {rate}",
    "change-edge-vanished": "{subject} calls {peer} no more, was {rate}",
    "more": "+{count} more",
}
"""Words by message id."""


def change_words(change: Change) -> str:
    """One difference from the earlier time, names in full."""
    return fill(
        MESSAGES[change.message],
        {
            "subject": key_words(change.subject),
            "peer": key_words(change.peer, beside=change.subject) if change.peer else "",
            "version": change.version,
            "before": STATUSES[change.before].lower() if change.before else "",
            "after": STATUSES[change.after].lower() if change.after else "",
            "rate": format_rate(change.rate),
        },
    )


def count_words(kind: NodeKind, counted: Counter[Status]) -> str:
    """How many of a kind have which status, worst first: ``2 applications: 1 failure, 1 healthy``."""
    total = sum(counted.values())
    name = KINDS[kind][0 if total == 1 else 1]
    parts = (f"{counted[status]} {STATUSES[status].lower()}" for status in Status if counted[status])
    return f"{total} {name}: {', '.join(parts)}" if total else f"no {name}"


def more_words(count: int) -> str:
    """How many things are not in sight; empty for none."""
    return fill(MESSAGES["more"], {"count": str(count)}) if count > 0 else ""


def shown_of(kind: NodeKind, shown: int, total: int) -> str:
    """How many of a kind are in sight: ``12 of 29 workloads``."""
    name = KINDS[kind][0 if total == 1 else 1]
    return f"{total:,} {name}" if shown == total else f"{shown:,} of {total:,} {name}"
