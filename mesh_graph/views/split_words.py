"""Splits in words: verdicts, states, quantities, anchors and reasons, from the catalogue."""

from __future__ import annotations

from mesh_graph.canary.reasons import outlook
from mesh_graph.canary.split import Anchor, AnchorKind, Promise, Split
from mesh_graph.canary.verdict import Judged, Reason, State, Verdict
from mesh_graph.views.messages_canary import reason_words
from mesh_graph.views.numbers import (
    format_clock,
    format_estimate,
    format_latency,
    format_percent,
    format_seconds,
)

__all__ = [
    "QUANTITIES",
    "STATES",
    "VERDICTS",
    "anchor_text",
    "objective_text",
    "reasons_text",
    "remarks_text",
    "split_reasons_text",
    "time_left",
    "unit_text",
    "verdict_text",
]

VERDICTS: dict[Verdict, str] = {
    Verdict.PROMOTE: "Promote",
    Verdict.ROLL_BACK: "Roll back",
    Verdict.WAIT: "Wait",
    Verdict.HOLD: "Hold",
}
NOBODY = "Cannot say"
"""In the place of a verdict where there is nobody to compare."""
QUANTITIES = {
    "share": "Share",
    "errors": "Errors",
    "client_errors": "Client errors",
    "hung_up": "Hang-ups",
    "latency": "Above objective",
    "unattributed": "Reached no version",
}
STATES: dict[State, str] = {
    State.AS_DECLARED: "as declared",
    State.DRIFTING: "drifting",
    State.SOUND: "not worse",
    State.WORSE: "worse",
    State.UNDECIDED: "undecided",
    State.CHANGING: "changing",
    State.OBSERVED: "observed only",
    State.NO_TRAFFIC: "no traffic",
    State.TOO_FEW: "too few",
    State.NO_METRIC: "not measured",
    State.NAN: "not a number",
    State.STALE: "stale",
    State.CANNOT_SAY: "cannot say",
}
_LONG_S = 1e7
SETTLING_S = 300.0
"""So long after a change an empty count is no sign of missing traffic."""
_ANCHORS = {
    AnchorKind.ROUTE: "since the route changed",
    AnchorKind.VERSION: "since a version was rolled out",
    AnchorKind.CHOSEN: "since the instant that was chosen",
    AnchorKind.WINDOW: "since the window began: no change is known",
}


def verdict_text(split: Split) -> str:
    """The verdict as a word."""
    return VERDICTS[split.judgement.verdict] if split.declared.canaries else NOBODY


def time_left(judged: Judged) -> str:
    """How much longer until it is decided: one estimate, or between which it lies; empty where unknown."""
    known = outlook(judged)
    if known == ".range":
        return f"{format_estimate(judged.soonest_seconds)} to {format_estimate(judged.latest_seconds)} more"
    if known == ".open":
        return f"{format_estimate(judged.soonest_seconds)} more at least"
    return f"about {format_estimate(judged.more_seconds)} more" if 1 <= judged.more_seconds < _LONG_S else ""


_JUST = {
    AnchorKind.ROUTE: "The route has just changed",
    AnchorKind.VERSION: "A version has just been rolled out",
}


def anchor_text(anchor: Anchor, at: float) -> str:
    """Since when requests are counted, and why since then."""
    return f"{format_seconds(at - anchor.at)}, {_ANCHORS[anchor.kind]} ({format_clock(anchor.at)})"


def objective_text(split: Split) -> str:
    """The latency objective and where it is from, or why there is none."""
    if split.is_tcp:
        return "none: connections have no response times"
    if split.objective is None:
        return "none: response times were not measured in the hour before"
    edge = format_latency(split.objective.edge_ms)
    return (
        f"{edge}, chosen: at most 5% of {split.declared.baseline} exceeded it"
        if split.objective.chosen
        else edge
    )


def unit_text(split: Split) -> str:
    """What is counted, in the plural."""
    return "connections" if split.is_tcp else "requests"


def reasons_text(reasons: tuple[Reason, ...], most: int = 3, *, is_tcp: bool = False) -> list[str]:
    """The strongest reasons as sentences, of requests or of TCP connections."""
    return [reason_words(reason, is_tcp=is_tcp) for reason in reasons[:most]]


def split_reasons_text(split: Split) -> list[str]:
    """Why the verdict on a split is what it is; why there is none where nobody can be compared."""
    is_new = split.judgement.at - split.anchor.at < SETTLING_S and split.sample.frame.empty
    if is_new and split.anchor.kind in _JUST:
        return [f"{_JUST[split.anchor.kind]}: counting begins when every proxy has heard of it"]
    if split.declared.canaries:
        return reasons_text(split.judgement.reasons, is_tcp=split.is_tcp)
    if split.declared.baseline:
        return [f"Only {split.declared.baseline} answers: there is nobody to compare it with"]
    return ["No request or connection was counted, and no route declares this service: is it called that?"]


def _before(promise: Promise) -> str:
    """What the journal tells of the last shares that were declared before those of now."""
    if len(promise.steps) < 2 or not promise.steps[-2].weights:
        return "what was declared before is not known"
    weights = promise.steps[-2].weights
    return f"before, it declared {', '.join(f'{v} {format_percent(w, 3)}' for v, w in weights.items())}"


def remarks_text(split: Split) -> list[str]:
    """What is worth knowing about the counts, and about the route."""
    words = [reason_words(remark, is_tcp=split.is_tcp) for remark in split.judgement.remarks]
    if split.is_tcp:
        words.append(
            "These are TCP connections: shares are of those that were opened, errors of those that closed. "
            "They have no client errors, hang-ups or response times to judge."
        )
    promise = split.promise
    if promise is None:
        return words
    if promise.changed_at is not None and promise.changed_at > split.anchor.at:
        words.append(
            f"{promise.route} changed at {format_clock(promise.changed_at)}, after counting began: "
            f"{_before(promise)}, and the shares are observed only."
        )
    if promise.matches:
        words.append(
            f"{promise.route} has rules with conditions, whose requests are counted under the same service: "
            f"{'; '.join(promise.matches[:3])}. The shares hold all of them."
        )
    if promise.is_mirrored:
        words.append(f"{promise.route} sends copies: what the splitting proxy counted is judged alone.")
    if promise.unread:
        words.append(f"Not understood on {promise.route}: {', '.join(promise.unread)}.")
    if not promise.weights:
        words.append(f"The weights of {promise.route} cannot be read: shares are observed only.")
    return words
