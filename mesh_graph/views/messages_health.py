"""Words of health, in English: statuses, the reasons for them, and what they rest on.

"Failure: 10% of 2 rps failed, 503 could not connect to the server (UF), from productpage"
"""

from __future__ import annotations

import math

from mesh_graph.fields import NO_RESPONSE
from mesh_graph.health import Assessment, Check, Reason
from mesh_graph.health.assessment import Replicas
from mesh_graph.model import NodeKey, NodeKind, Protocol, Status
from mesh_graph.settings.tolerances import Tolerance
from mesh_graph.topology.outcome import Outcome
from mesh_graph.views.flags import code_words, flag_words
from mesh_graph.views.numbers import format_clock, format_percent, format_rate, format_significant
from mesh_graph.views.words import fill

__all__ = [
    "MESSAGES",
    "POD_TROUBLES",
    "STATUSES",
    "assessment_words",
    "ending_words",
    "evidence_words",
    "key_words",
    "reason_words",
    "replica_words",
    "tolerance_words",
]

MOST_TROUBLES = 2

STATUSES: dict[Status, str] = {
    Status.FAILURE: "Failure",
    Status.DEGRADED: "Degraded",
    Status.NOT_READY: "Not ready",
    Status.HEALTHY: "Healthy",
    Status.NO_DATA: "No data",
}
"""Words of every status."""

MESSAGES: dict[str, str] = {
    "health-inbound": "{share} of {rate} {failed}, {ending}, from {peer}",
    "health-outbound": "{share} of {rate} it sent {failed}, {ending}, to {peer}",
    "health-no-traffic": "nothing came or went in the window",
    "health-unrated": "it has traffic, but none that a tolerance is for",
    "health-healthy": "{share} of {rate} failed",
    "health-spotless": "none of {rate} failed",
    "mostly": "mostly {ending}",
    "peers.more": "{peer} and {count} others",
    "peers.two": "{peer} and another",
    "status": "{status}: {reason}",
    "status.tentative": "{status}, tentative: {reason}",
    "subject": "{subject}: {reason}",
    "evidence": "about {errors} of {requests} seen; the true share is {low} to {high} (95% interval)",
    "limits": "degraded from {degraded}, failure from {failure}",
    "limits.never": "degraded from {degraded}, never a failure",
    "unknown": "an unknown caller",
    "replicas-not_ready": "scaled to zero",
    "replicas-failure": "none of {desired} replicas can serve{why}",
    "replicas-degraded": "{available} of {desired} replicas can serve{why}",
    "replicas-healthy": "{available} of {desired} replicas can serve",
    "replicas.why": ": {pods} {reason}",
    "replicas.more": ", {pods} {reason}",
    "replicas.since": ", since {at}",
    "replicas.pod": "1 pod",
    "replicas.pods": "{count} pods",
}
"""Words by message id; ``{name}`` is a parameter."""

FAILED: dict[str, str] = {
    Outcome.ERROR: "failed",
    Outcome.CLIENT_ERROR: "were client errors",
    Outcome.HUNG_UP: "were hung up on",
    Outcome.OK: "ended badly",
}
"""What requests did, by the outcome of most of those that a tolerance counts."""


def assessment_words(assessment: Assessment) -> str:
    """Status and its first reason, as a sentence without a full stop."""
    status = STATUSES[assessment.status]
    if assessment.is_by_replicas and assessment.replicas is not None:
        reason = replica_words(assessment.replicas)
    elif assessment.reasons:
        reason = reason_words(assessment.reasons[0])
    elif assessment.check is None:
        reason = MESSAGES[assessment.note] if assessment.note else ""
    else:
        reason = _good_words(assessment.check)
    is_tentative = assessment.check is not None and not assessment.is_firm
    words = MESSAGES["status.tentative" if is_tentative else "status"]
    return fill(words, {"status": status, "reason": reason})


POD_TROUBLES: dict[str, str] = {
    "CrashLoopBackOff": "keeps crashing",
    "ImagePullBackOff": "cannot pull its image",
    "ErrImagePull": "cannot pull its image",
    "InvalidImageName": "has an image name that cannot be",
    "CreateContainerConfigError": "lacks a ConfigMap or Secret",
    "CreateContainerError": "cannot create its container",
    "RunContainerError": "cannot start its container",
    "OOMKilled": "was killed for its memory",
    "Error": "ended with an error",
    "Evicted": "was evicted",
    "Pending": "waits for a node",
    "ContainerCreating": "is starting",
    "PodInitializing": "is starting",
    "NotReady": "is not ready",
    "Unknown": "is on a node that does not answer",
}
"""What a pod does, by the reason that Kubernetes gives."""


def replica_words(replicas: Replicas, inside: NodeKey | None = None) -> str:
    """How many replicas can serve, and why the others cannot: a clause.

    Parameters
    ----------
    replicas : Replicas
    inside : NodeKey, optional
        Key of the namespace that the words stand beside; then they begin with the name of what fares so.

    Examples
    --------
    >>> key = NodeKey(NodeKind.WORKLOAD, workload="cart")
    >>> replica_words(Replicas(key, Status.FAILURE, 2, 2, 0, (("CrashLoopBackOff", 2),)))
    'none of 2 replicas can serve: 2 pods CrashLoopBackOff (keeps crashing)'
    """
    at = replicas.since
    since = "" if at is None else fill(MESSAGES["replicas.since"], {"at": format_clock(at)})
    shown = "".join(
        fill(MESSAGES["replicas.more" if number else "replicas.why"], _trouble(reason, pods))
        for number, (reason, pods) in enumerate(replicas.troubles[:MOST_TROUBLES])
    )
    values = {"desired": str(replicas.desired), "available": str(replicas.available)}
    words = fill(MESSAGES[f"replicas-{replicas.status}"].removesuffix("{why}"), values)
    words += f"{shown}{since}" if replicas.status in (Status.FAILURE, Status.DEGRADED) else ""
    if inside is None:
        return words
    return fill(MESSAGES["subject"], {"subject": key_words(replicas.subject, beside=inside), "reason": words})


def _trouble(reason: str, pods: int) -> dict[str, str]:
    words = POD_TROUBLES.get(reason)
    counted = MESSAGES["replicas.pod"] if pods == 1 else fill(MESSAGES["replicas.pods"], {"count": str(pods)})
    return {"pods": counted, "reason": f"{reason} ({words})" if words else reason}


def _good_words(check: Check) -> str:
    words = MESSAGES["health-healthy" if check.errors else "health-spotless"]
    return fill(words, {"share": format_percent(check.error_ratio), "rate": _rate_words(check)})


def reason_words(reason: Reason, inside: NodeKey | None = None) -> str:
    """What fails, how, and at whom: a clause.

    Parameters
    ----------
    reason : Reason
    inside : NodeKey, optional
        Key of the namespace that the words stand beside; then they begin with the name of what fares ill.
    """
    peer = key_words(reason.peer, beside=reason.subject)
    if reason.peers > 1:
        more = MESSAGES["peers.two" if reason.peers == 2 else "peers.more"]
        peer = fill(more, {"peer": peer, "count": str(reason.peers - 1)})
    ending = ending_words(reason.check.protocol, reason.code, reason.flags)
    words = fill(
        MESSAGES[reason.message],
        {
            "share": format_percent(reason.check.error_ratio),
            "rate": _rate_words(reason.check),
            "failed": FAILED[reason.outcome],
            "ending": fill(MESSAGES["mostly"], {"ending": ending}) if reason.endings > 1 else ending,
            "peer": peer,
        },
    )
    if inside is None:
        return words
    return fill(MESSAGES["subject"], {"subject": key_words(reason.subject, beside=inside), "reason": words})


def _rate_words(check: Check) -> str:
    return format_rate(check.rate, "closed connections/s" if check.protocol is Protocol.TCP else "rps")


def ending_words(protocol: str, code: str, flags: str) -> str:
    """Code and flags in words: ``503 could not connect to the server (UF)``.

    Examples
    --------
    >>> ending_words("http", "404", ""), ending_words("grpc", "14", ""), ending_words("http", "-", "DC")
    ('404 Not Found', 'gRPC 14 unavailable', 'no response, the caller hung up (DC)')
    """
    shown = "" if code in ("", NO_RESPONSE) else f"gRPC {code}" if _is_status(protocol, code) else code
    if not flags:
        return f"{shown} {code_words(code, protocol)}".strip()
    why = f"{flag_words(flags)} ({flags})"
    return f"{shown} {why}" if shown else why if protocol == Protocol.TCP else f"no response, {why}"


def _is_status(protocol: str, code: str) -> bool:
    return protocol == Protocol.GRPC and len(code) < 3


def key_words(key: NodeKey, beside: NodeKey | None = None) -> str:
    """Name of an object, with its namespace where that is not the one of what it is named beside.

    Examples
    --------
    >>> key_words(NodeKey(NodeKind.APP, "east", "bookinfo", app="reviews"))
    'reviews (bookinfo)'
    """
    if key.kind is NodeKind.UNKNOWN:
        return MESSAGES["unknown"]
    name = key.app or key.workload or key.service or key.namespace
    is_near = beside is not None and beside.namespace == key.namespace
    return name if is_near or not key.namespace or name == key.namespace else f"{name} ({key.namespace})"


def evidence_words(check: Check) -> str:
    """What a check rests on: what was seen, as an estimate, and the interval of the ratio."""
    low, high = check.interval
    return fill(
        MESSAGES["evidence"],
        {
            "errors": _count_words(check.errors),
            "requests": _count_words(check.requests),
            "low": format_percent(low),
            "high": format_percent(high),
        },
    )


def _count_words(count: float) -> str:
    return f"{count:,.0f}" if count >= 10 else format_significant(count)


def tolerance_words(tolerance: Tolerance) -> str:
    """The limits of a tolerance."""
    never = not math.isfinite(tolerance.failure)
    limits = {"degraded": f"{tolerance.degraded:g}%", "failure": f"{tolerance.failure:g}%"}
    return fill(MESSAGES["limits.never" if never else "limits"], limits)
