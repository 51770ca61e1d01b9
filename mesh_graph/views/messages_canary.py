"""Words of canary judgements: the reasons for a verdict, and what is worth knowing about the counts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from mesh_graph.canary.verdict import Reason
from mesh_graph.views.numbers import format_estimate, format_percent
from mesh_graph.views.words import fill

__all__ = ["MESSAGES", "format_points", "reason_words"]


def format_points(difference: float) -> str:
    """Text of a difference of two ratios in percentage points, with its sign.

    Examples
    --------
    >>> [format_points(d) for d in (0.0123, -0.2, 0.0, 0.00004, math.nan)]
    ['+1.2 pp', '−20 pp', '0 pp', '+0.004 pp', '–']
    """
    text = _points(difference)
    return text if text in ("–", "0 pp") else f"{'−' if difference < 0 else '+'}{text}"


def _points(difference: float) -> str:
    if math.isnan(difference):
        return "–"
    points = abs(difference) * 100
    digits = 0 if points >= 10 else 1 if points >= 1 else 2 if points >= 0.095 else 3
    text = f"{points:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{points:.0f}"
    return f"{text} pp"


_WHAT = {
    "errors": ("fails more often", "errors", "errors"),
    "client_errors": ("answers more client errors", "client errors", "client errors"),
    "hung_up": ("loses more callers", "hang-ups", "hang-ups"),
    "latency": ("is slower", "above the objective", "requests above the objective"),
}
"""What being worse is, how a ratio of it reads, and what it is called."""


def _guardrail(kind: str) -> dict[str, str]:
    verb, ratio, name = _WHAT[kind]
    numbers = f"{{value}} {ratio} against {{reference}}"
    return {
        f"{kind}.worse": f"{{version}} {verb}: {numbers}, at least {{lower}} more; {{margin}} is allowed",
        f"{kind}.sound": f"{{version}} is not worse in {name}: {numbers}",
        f"{kind}.undecided": f"Not decided yet whether {{version}} {verb} ({numbers}): "
        "about {more_requests} more requests, {more_seconds}",
        f"{kind}.undecided.range": f"Not decided yet whether {{version}} {verb} ({numbers}): "
        "{soonest_seconds} to {latest_seconds} more",
        f"{kind}.undecided.open": f"Not decided yet whether {{version}} {verb} ({numbers}): "
        "{soonest_seconds} more at least, and how long at most nobody can say",
        f"{kind}.undecided.far": f"Not decided whether {{version}} {verb} ({numbers}): "
        "the difference lies at the margin, and no amount of traffic in sight decides it",
        f"{kind}.changing": f"The difference in {name} changes over time: {numbers} on the whole",
        f"{kind}.too-few": f"{{requests}} requests to {{version}}: too few to judge its {name}",
        f"{kind}.too-few.short": f"Counted for too short a time to judge the {name} of {{version}}",
        f"{kind}.no-metric": f"{name.capitalize()} are not measured here: nothing can be said of them",
        f"{kind}.nan": f"A counter is not a number: nothing can be said of {name}",
    }


MESSAGES: dict[str, str] = {
    **{message: words for kind in _WHAT for message, words in _guardrail(kind).items()},
    "latency.no-metric": "Response times are not judged: there is no histogram, or no objective to "
    "hold them to",
    "all.stale": "The newest counts of {version} are old: nothing can be said of the present",
    "all.cannot-say": "Cannot say: traffic to {version} is correlated over minutes",
    "all.no-traffic": "No request has reached {version}",
    "share.as-declared": "{version} gets what was declared: {value} of {reference}",
    "share.drifting": "{version} gets {value} where {reference} was declared",
    "share.undecided": "Not decided yet whether {version} gets its {reference}: {value} so far, about "
    "{more_requests} more requests, {more_seconds}",
    "share.undecided.range": "Not decided yet whether {version} gets its {reference}: {value} so far, "
    "{soonest_seconds} to {latest_seconds} more",
    "share.undecided.open": "Not decided yet whether {version} gets its {reference}: {value} so far, "
    "{soonest_seconds} more at least, and how long at most nobody can say",
    "share.undecided.far": "Not decided whether {version} gets its {reference}: {value} lies at the margin",
    "share.changing": "The share of {version} changes over time: {value} on the whole, {reference} "
    "was declared",
    "share.observed": "{version} gets {value}; nothing is declared",
    "share.too-few": "{requests} requests: too few to judge the shares",
    "share.too-few.short": "Counted for too short a time to judge the shares",
    "share.no-metric": "Shares are not measured here",
    "share.nan": "A counter is not a number: nothing can be said of the share of {version}",
    "unattributed.worse": "{value} of the requests reached no version, at least {lower}; {margin} is allowed",
    "unattributed.sound": "At most {upper} of the requests reached no version",
    "unattributed.undecided": "{value} of the requests reached no version: about {more_requests} "
    "more requests "
    "tell whether that is too much",
    "unattributed.undecided.range": "{value} of the requests reached no version: {soonest_seconds} to "
    "{latest_seconds} more tell whether that is too much",
    "unattributed.undecided.open": "{value} of the requests reached no version: it takes {soonest_seconds} "
    "more at least to tell whether that is too much",
    "unattributed.undecided.far": "{value} of the requests reached no version: that lies at the margin",
    "unattributed.changing": "The part that reaches no version changes over time: {value} on the whole",
    "unattributed.too-few": "{requests} requests: too few to tell how many reach no version",
    "unattributed.too-few.short": "Counted for too short a time to tell how many requests reach no version",
    "unattributed.no-traffic": "No requests",
    "unattributed.no-metric": "Requests are not measured here",
    "unattributed.nan": "A counter is not a number: nothing can be said of requests that reach no version",
    "unattributed.stale": "The newest counts are old",
    "unattributed.cannot-say": "Cannot say how many requests reach no version: traffic is "
    "correlated over minutes",
    "remark.reset": "A counter of {version} began anew in {intervals} intervals: a proxy restarted, "
    "and what it "
    "counted last is lost.",
    "remark.unknown-birth": "In {intervals} intervals a series of {version} appeared together with "
    "its proxy: "
    "what it held at first is not counted, for nobody knows since when.",
}
"""Words by message id."""
_OF_CONNECTIONS = {"all.no-traffic": "No connection to {version} has ended"}
"""Words by message id, where connections need others."""
_REQUEST = re.compile(r"(?<![{_])([Rr])equest")
"""The word where it stands in a sentence, not in the name of a parameter."""

_FORMATS: dict[str, Callable[[float], str]] = {
    "value": format_percent,
    "reference": format_percent,
    "difference": format_points,
    "lower": _points,
    "upper": _points,
    "margin": _points,
    "requests": lambda count: f"{count:,.0f}",
    "more_requests": lambda count: f"{_rounded(count):,.0f}",
    "more_seconds": format_estimate,
    "soonest_seconds": format_estimate,
    "latest_seconds": format_estimate,
    "intervals": lambda count: f"{count:,.0f}",
}


def _rounded(count: float) -> float:
    """Two digits: an estimate."""
    return float(f"{count:.2g}")


def _connection(found: re.Match[str]) -> str:
    return "Connection" if found[1] == "R" else "connection"


def reason_words(reason: Reason, *, is_tcp: bool = False) -> str:
    """A reason as a sentence, of requests or of TCP connections.

    One without words is shown by its id and parameters, and never lost.
    """
    parameters = dict(reason.parameters)
    words = MESSAGES.get(reason.message)
    if words is None:
        return " ".join((reason.message, *(f"{name}={value}" for name, value in parameters.items())))
    if is_tcp:
        words = _OF_CONNECTIONS.get(reason.message) or _REQUEST.sub(_connection, words)
    return fill(words, {name: _text(name, value) for name, value in parameters.items()})


def _text(name: str, value: str | float) -> str:
    if isinstance(value, str):
        return value or "no version"
    if math.isnan(value) or math.isinf(value):
        return "–"
    return _FORMATS[name](value) if name in _FORMATS else f"{value:g}"
