"""Words of pods: how they stand, what they use, and what is wrong with that; in English."""

from __future__ import annotations

from mesh_graph.detail.pod_notes import PodNote, Slowness
from mesh_graph.topology.attributes import Gap
from mesh_graph.views.numbers import (
    format_bytes,
    format_latency,
    format_percent,
    format_seconds,
    format_significant,
)
from mesh_graph.views.words import fill

__all__ = ["MESSAGES", "NOTES", "cores_words", "note_level", "note_words", "pod_gap_words"]

MESSAGES: dict[str, str] = {
    "pods.title": "Pods",
    "pods.none": "No pods.",
    "pods.more": "and {count} more",
    "pods.then": "As metrics told at {at}; the clusters tell of pods as they are now.",
    "pods.now": "As the clusters tell now; nobody tells how they stood at {at}.",
    "pods.logs": "Logs",
    "pods.pod": "Pod",
    "pods.state": "State",
    "pods.container": "Container",
    "pods.cpu": "CPU",
    "pods.throttled-share": "Throttled",
    "pods.memory": "Memory",
    "pods.restarts": "Restarts",
    "pods.ready": "ready",
    "pods.since": "since {at}",
    "pods.untold": "not told",
    "pods.whole": "all of the pod",
    "pods.of": "of {limit}",
    "pods.asked": "{request} requested",
    "pods.no-limit": "no limit",
    "pods.limit-untold": "limit not told",
    "pods.never": "never",
    "pods.never.why": "Without a limit it is never throttled.",
    "pods.restarted-in-window": "{times} in this window",
    "pods.slowness": ". In the last {span} p99 was {throttled} at the instants at which it was throttled so, "
    "and {other} at the others",
    "pods.no-usage": "What pods use is not told: there are no series of cAdvisor here "
    "(container_cpu_usage_seconds_total, container_memory_working_set_bytes). The kubelets serve them at "
    "/metrics/cadvisor.",
    "pods.no-rates": "What CPU pods use is not told for this window, which holds fewer than two scrapes of "
    "cAdvisor.",
    "pods.no-state": "Limits, and restarts in this window, are not told: there are no series of "
    "kube-state-metrics here (kube_pod_container_resource_limits, kube_pod_container_status_restarts_total).",
    "pods.failed": "What pods use could not be asked: {reason}",
    "pods.several-clusters": "Which pods are of cluster {cluster} is not told: the label cluster of their "
    "series says {clusters}.",
}
"""Words by message id; ``{name}`` is a parameter."""

NOTES: dict[str, tuple[str, str]] = {
    "pods.killed": ("err", "{container} ran out of memory and was killed {times} in this window{limit}"),
    "pods.restarted": ("warn", "{container} began anew {times} in this window{reason}"),
    "pods.throttled": (
        "warn",
        "{container} was throttled in {share} of its CPU periods{used}{limit}: what it answers waits",
    ),
    "pods.memory-close": (
        "warn",
        "{container} has taken {share} of its memory limit{limit}; at the limit it is killed",
    ),
}
"""Level and words of what is wrong."""


def note_level(note: PodNote) -> str:
    """Level whose sign stands before a note."""
    return NOTES[note.message][0]


def note_words(note: PodNote) -> str:
    """What is wrong, and in how many pods.

    Examples
    --------
    >>> note_words(PodNote("pods.throttled", "app", 1, 3, {"share": 0.43, "used": 0.4, "limit": 0.5}))
    'app was throttled in 43% of its CPU periods, at 0.4 of 0.5 cores: what it answers waits (1 of 3 pods)'
    """
    numbers = note.numbers
    is_cpu = note.message == "pods.throttled"
    limit = numbers.get("limit")
    values = {
        "container": note.container or MESSAGES["pods.whole"],
        "times": _times(numbers.get("times", 0.0)),
        "share": format_percent(numbers.get("share", 0.0)),
        "used": f", at {format_significant(numbers['used'])}" if is_cpu and "used" in numbers else "",
        "limit": ""
        if limit is None
        else f" of {cores_words(limit)}"
        if is_cpu
        else f" of {format_bytes(limit)}",
        "reason": f", last after {note.reason}" if note.reason else "",
    }
    if note.message == "pods.killed" and limit is not None:
        values["limit"] = f": its limit is {format_bytes(limit)}"
    where = f" ({note.pods} of {note.of} pods)" if note.of > 1 else ""
    words = NOTES[note.message][1]
    # What is not known goes unsaid.
    for name in (name for name, value in values.items() if not value):
        words = words.replace(f"{{{name}}}", "")
    return fill(words, values) + where + _slowness_words(note.slowness)


def _slowness_words(slowness: Slowness | None) -> str:
    if slowness is None:
        return ""
    values = {
        "span": format_seconds(slowness.span_s),
        "throttled": format_latency(slowness.throttled_ms),
        "other": format_latency(slowness.else_ms),
    }
    return fill(MESSAGES["pods.slowness"], values)


def cores_words(cores: float) -> str:
    """Text of an amount of CPU."""
    return f"{format_significant(cores)} {'core' if cores == 1 else 'cores'}"


def _times(count: float) -> str:
    return {1: "once", 2: "twice"}.get(round(count), f"{round(count)} times")


def pod_gap_words(gap: Gap) -> str:
    """What nobody tells of pods, and why."""
    return fill(MESSAGES[gap.message], dict(gap.parameters))
