"""What is judged: integer counts per interval since the anchor, what was declared, and the rules.

A sample is a pure function of (anchor, at). Its intervals are those of the scrapes, or longer ones where the
anchor is old, one after the other; a version without a row in an interval received nothing in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

__all__ = [
    "CALLER",
    "CLIENT_ERRORS",
    "COLUMNS",
    "COUNTS",
    "END",
    "ERRORS",
    "HUNG_UP",
    "MOST_INTERVALS",
    "OVER_OBJECTIVE",
    "RESET",
    "ROUTED",
    "START",
    "TIMED",
    "TOTAL",
    "UNATTRIBUTED",
    "UNKNOWN_BIRTH",
    "VERSION",
    "Declared",
    "Rules",
    "Sample",
]

START = "start"
"""Beginning of the interval, Unix seconds."""
END = "end"
"""End of the interval, Unix seconds."""
VERSION = "version"
"""Version that answered; ``UNATTRIBUTED`` where the proxy could not say."""
CALLER = "caller"
"""Who called: the source's key as text; empty where callers are not kept apart."""
ROUTED = "routed"
"""Requests (TCP: connections) that the splitting proxy gave to the version: what shares are of."""
TOTAL = "total"
"""Requests by the canonical merge: what errors, client errors and hang-ups are of."""
ERRORS = "errors"
"""Those of ``TOTAL`` that are errors (``topology/outcome.py``)."""
CLIENT_ERRORS = "client_errors"
HUNG_UP = "hung_up"
TIMED = "timed"
"""Requests that the latency histogram counted."""
OVER_OBJECTIVE = "over_objective"
"""Those of ``TIMED`` above the latency objective."""
RESET = "reset"
"""Whether a counter fell in the interval: what it counted after its last scrape is lost."""
UNKNOWN_BIRTH = "unknown_birth"
"""Whether a series appeared whose target was not scraped just before: its first value is not counted."""

COUNTS = (ROUTED, TOTAL, ERRORS, CLIENT_ERRORS, HUNG_UP, TIMED, OVER_OBJECTIVE)
COLUMNS = (START, END, VERSION, CALLER, *COUNTS, RESET, UNKNOWN_BIRTH)

UNATTRIBUTED = ""
"""Version of requests of the route's host that reached no version (UH, UF …)."""
MOST_INTERVALS = 2000
"""Intervals of a sample at most; an older anchor needs longer intervals."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Counts of one route since its anchor.

    Attributes
    ----------
    frame : DataFrame
        Columns ``COLUMNS``, one row per interval, version and caller, in any order. ``start``, ``end`` :
        float64, Unix s; ``version``, ``caller`` : str; counts : int64, or float64 whose NaN means that a
        counter was not a number; ``reset``, ``unknown_birth`` : bool. Intervals are the same for all
        versions, do not overlap and lie within (anchor, at]; the settling time is cut. Empty: the same
        columns, zero rows.
    anchor : float
        Since when it is counted, Unix seconds.
    at : float
        Until when it was asked, Unix seconds.
    interval_s : float
        Usual length of an interval, seconds.
    absent : frozenset of str
        Columns of ``COUNTS`` whose metric does not exist (no series at all): they answer NO_METRIC, whatever
        the frame holds. Without a latency objective, both latency columns are absent.
    inapplicable : frozenset of str
        Columns of ``COUNTS`` that the protocol does not have (TCP: client errors, hang-ups, latency): they
        are no guardrails.
    """

    frame: pd.DataFrame
    anchor: float
    at: float
    interval_s: float = 15.0
    absent: frozenset[str] = frozenset()
    inapplicable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Declared:
    """What a route promises.

    Attributes
    ----------
    baseline : str
        Version that the others are compared with.
    canaries : tuple of str
        Versions that are judged.
    weights : mapping of str to float, or None
        Declared share of each version, 0..1, together 1; a version that is not named was promised nothing.
        None: no declaration, shares are observed only.
    """

    baseline: str
    canaries: tuple[str, ...]
    weights: Mapping[str, float] | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Rules:
    """Margins and levels of the judgement; from the settings, or the route's annotations.

    Attributes
    ----------
    alpha : float
        Probability of a false roll-back that is allowed per route and anchor.
    share_margin, share_margin_relative : float
        Half-width of "as declared": the larger of the first (0..1) and the second times min(w, 1 − w).
    error_margin, client_error_margin, latency_margin : float
        Least difference of two ratios (0..1) that matters; the client errors' is the hang-ups' too.
    relative_margin : float
        A difference matters only above this part of the baseline's ratio, too.
    minimum_requests : int
        Requests of the canary before anything is promoted.
    minimum_batches : int
        Batches before there is a variance.
    """

    alpha: float = 0.05
    share_margin: float = 0.01
    share_margin_relative: float = 0.10
    error_margin: float = 0.005
    client_error_margin: float = 0.02
    latency_margin: float = 0.01
    relative_margin: float = 0.5
    minimum_requests: int = 500
    minimum_batches: int = 10
