"""Which tolerances hold for which object: the product's defaults, the field's, and rules on top of either."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from mesh_graph.settings.tolerances import Tolerance, ToleranceRule
from mesh_graph.topology.outcome import DEGRADED_FROM, FAILURE_FROM, Outcome

__all__ = ["DEFAULT", "KIALI", "Profile", "profile_named"]


@dataclass(frozen=True, slots=True)
class Profile:
    """Tolerances, and how many errors make a status firm.

    Attributes
    ----------
    name : str
    tolerances : tuple of Tolerance
        Of every object that no rule matches.
    firm_errors : float
        A status worse than healthy is firm from so many errors seen; 0 is always.
    rules : tuple of ToleranceRule
        The first that matches an object decides.
    """

    name: str
    tolerances: tuple[Tolerance, ...]
    firm_errors: float = 0.0
    rules: tuple[ToleranceRule, ...] = ()

    def sets(self) -> tuple[tuple[Tolerance, ...], ...]:
        """Every set of tolerances: of each rule in order, then the profile's own."""
        return (*(rule.tolerances for rule in self.rules), self.tolerances)

    def place(self, namespace: str, kind: str, name: str) -> int:
        """Place in ``sets`` of the tolerances of an object."""
        for place, rule in enumerate(self.rules):
            if rule.matches(namespace, kind, name):
                return place
        return len(self.rules)


DEFAULT = Profile(
    "default",
    (
        Tolerance(
            degraded=100 * DEGRADED_FROM, failure=100 * FAILURE_FROM, outcomes=frozenset({Outcome.ERROR})
        ),
        # Errors count here too, so that a failing request can never stand for one that was merely refused.
        Tolerance(
            degraded=20.0,
            failure=math.inf,
            protocol="http|grpc",
            outcomes=frozenset({Outcome.CLIENT_ERROR, Outcome.ERROR}),
        ),
    ),
    firm_errors=5.0,
)
"""Errors by the one table (``topology/outcome.py``); the caller's own mistakes degrade, and never fail."""

KIALI = Profile(
    "kiali",
    (
        Tolerance("5XX", 0.0, 10.0, "http"),
        Tolerance("4XX", 10.0, 20.0, "http"),
        Tolerance("^[1-9]$|^1[0-6]$", 0.0, 10.0, "grpc"),
        Tolerance("^-$", 0.0, 10.0, "http|grpc"),
    ),
)
"""The field's defaults. Source: Kiali's configuration (``AddHealthDefault``)."""

_PROFILES = {profile.name: profile for profile in (DEFAULT, KIALI)}


def profile_named(name: str, rules: Iterable[ToleranceRule] = ()) -> Profile:
    """Profile ``default`` or ``kiali``, with rules for some objects on top.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    return replace(_PROFILES[name], rules=tuple(rules))
