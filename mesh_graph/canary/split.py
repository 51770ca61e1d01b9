"""One split as it is shown: what was promised, what was counted since when, and what that comes to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from mesh_graph.canary.assemble import Evidence
from mesh_graph.canary.counts import COUNT, INTERVAL
from mesh_graph.canary.sample import UNATTRIBUTED, VERSION, Declared, Rules, Sample
from mesh_graph.canary.verdict import GRAVITY, Judgement, Verdict
from mesh_graph.codec import parse_duration, parse_instant
from mesh_graph.errors import InvalidRequest
from mesh_graph.frames.codes import texts

__all__ = [
    "CANNOT_SAY",
    "Anchor",
    "AnchorKind",
    "Objective",
    "Promise",
    "Split",
    "Step",
    "declared_of",
    "read_anchor",
    "severity",
]


CANNOT_SAY = "cannot-say"
"""The answer where there is no verdict."""


class AnchorKind(StrEnum):
    """What the counting begins with."""

    ROUTE = "route"
    """The route's last change."""
    VERSION = "version"
    """A version's last roll-out: pods of a new image, or with other settings."""
    CHOSEN = "chosen"
    """An instant that the user chose."""
    WINDOW = "window"
    """The view's window: nothing better is known."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Since when requests are counted.

    Attributes
    ----------
    at : float
        Unix seconds.
    kind : AnchorKind
    """

    at: float
    kind: AnchorKind


@dataclass(frozen=True, slots=True)
class Step:
    """What a route declared from an instant on.

    Attributes
    ----------
    at : float
        Unix seconds.
    weights : mapping of str to float
        Share of each version, 0..1; empty where they are not known.
    """

    at: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a route declares for one split.

    Attributes
    ----------
    route : str
        Kind, namespace and name of the object that declares it, as ``VirtualService shop/cart``.
    weights : mapping of str to float
        Share of each version, 0..1; empty where the weights cannot be read, or are all 0.
    changed_at : float or None
        When the declaration last changed, Unix seconds.
    hosts : tuple of str
        Services that it sends to, each ``namespace/name``.
    rules : Rules
        The settings', with what the object's annotations say otherwise.
    objective_ms : float or None
        Latency objective of the object's annotation.
    is_mirrored : bool
        Whether it sends copies elsewhere.
    matches : tuple of str
        Conditions of other rules of the route, whose requests the proxies count under the same service.
    patches : mapping of (Verdict, str) to (str, str)
        For a verdict on a version: the object as YAML, and the ``kubectl`` command that changes it.
    unread : tuple of str
        Annotations that cannot be read.
    steps : tuple of Step
        What it declared over time, as far as the journal knows, ascending; empty without a journal.
    rolled_out : tuple of float
        When its versions were rolled out, ascending, Unix seconds.
    """

    route: str
    weights: Mapping[str, float]
    changed_at: float | None = None
    hosts: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)
    objective_ms: float | None = None
    is_mirrored: bool = False
    matches: tuple[str, ...] = ()
    patches: Mapping[tuple[Verdict, str], tuple[str, str]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    rolled_out: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Objective:
    """Response time that requests should not exceed.

    Attributes
    ----------
    edge_ms : float
        A bucket's upper edge, milliseconds.
    chosen : bool
        Whether it was taken from the baseline's own past, for want of a setting.
    """

    edge_ms: float
    chosen: bool


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One route with more than one destination, judged.

    Attributes
    ----------
    name : str
        ``namespace/name`` of the service.
    declared : Declared
        Baseline, canaries and weights; the weights are None where nothing is declared.
    promise : Promise or None
    anchor : Anchor
    judgement : Judgement
    sample : Sample
    evidence : Evidence
    objective : Objective or None
    queries : tuple of str
        The PromQL behind the counts.
    """

    name: str
    declared: Declared
    promise: Promise | None
    anchor: Anchor
    judgement: Judgement
    sample: Sample
    evidence: Evidence
    objective: Objective | None
    queries: tuple[str, ...] = ()

    @property
    def namespace(self) -> str:
        """Namespace of the service."""
        return self.name.partition("/")[0]

    @property
    def service(self) -> str:
        """Name of the service."""
        return self.name.partition("/")[2]

    @property
    def versions(self) -> tuple[str, ...]:
        """The baseline, then the canaries."""
        return (self.declared.baseline, *self.declared.canaries)

    @property
    def is_tcp(self) -> bool:
        """Whether connections were counted, for there are no requests."""
        return bool(self.sample.inapplicable)

    @property
    def answer(self) -> str:
        """The verdict, or ``CANNOT_SAY``: nobody to compare, or something that could not be measured."""
        has_canary = bool(self.declared.canaries)
        return self.judgement.verdict.value if has_canary and not self.judgement.cannot_say else CANNOT_SAY


_FIRST = 20
_NUMBERS = re.compile(r"([0-9]+)")
_UNITS = frozenset("wdhms")


def severity(split: Split) -> tuple[int, str]:
    """Sort key: the gravest verdict first, then by name."""
    return GRAVITY.index(split.judgement.verdict), split.name


def read_anchor(text: str, at: float) -> float | None:
    """Since when to count, as the user wrote it: an instant, or a duration before ``at``; None for neither.

    Raises
    ------
    InvalidRequest
        If it is neither, or lies in the future.

    Examples
    --------
    >>> read_anchor("30m", 1_800_000_000.0), read_anchor("", 1_800_000_000.0)
    (1799998200.0, None)
    """
    if text in ("", "auto"):
        return None
    takes = "It takes an instant such as 2026-11-21T03:00:00Z, or a duration such as 30m."
    try:
        since = at - parse_duration(text) if text[-1:] in _UNITS else parse_instant(text)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest("anchor", f"{text[:80]!r} is not understood", takes) from error
    if not 0 <= since < at:
        raise InvalidRequest("anchor", f"{text[:80]!r} does not lie in the past", takes)
    return since


def declared_of(drawn: pd.DataFrame, promise: Promise | None) -> Declared:
    """Who is compared with whom: the baseline is promised most, or without a promise answered most at first.

    At first is in the first ``_FIRST`` intervals that anything was drawn in: who is compared with whom does
    not change while requests are counted. Those that answered more than half as often as whoever answered
    most are equals, and the first of their names is the baseline.

    Parameters
    ----------
    drawn : pandas.DataFrame
        ``version``, ``interval``, ``count``: of ``Evidence``.
    promise : Promise or None
    """
    codes, names = pd.factorize(texts(drawn[VERSION]))
    place, count = drawn[INTERVAL].to_numpy(dtype=np.int64), drawn[COUNT].to_numpy(dtype=np.float64)
    known = (names != UNATTRIBUTED)[codes] if len(names) else np.zeros(0, dtype=np.bool_)
    is_first = known & (place < place[known].min(initial=place.max(initial=0)) + _FIRST)
    answered = np.bincount(codes[is_first], np.nan_to_num(count[is_first]), len(names))
    weights = (dict(promise.weights) or None) if promise else None
    counts = {str(v): float(n) for v, n in zip(names, answered, strict=True) if v != UNATTRIBUTED}
    most = max(counts.values(), default=0.0)
    order = {**dict.fromkeys(counts, 0.0), **(weights or {v: float(2 * n > most) for v, n in counts.items()})}
    ranked = sorted(order, key=lambda version: (-order[version], _natural(version)))
    return Declared(ranked[0] if ranked else "", tuple(ranked[1:]), weights)


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort key of names with numbers in them: v2 before v10."""
    return [(len(part) if part.isascii() and part.isdigit() else 0, part) for part in _NUMBERS.split(name)]
