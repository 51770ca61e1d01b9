"""Which splits are asked for, and what each is held to: its anchor, its grid, who is compared with whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mesh_graph.canary.assemble import Evidence
from mesh_graph.canary.counts import Grid
from mesh_graph.canary.sample import Declared, Rules
from mesh_graph.canary.split import Anchor, AnchorKind, Promise, declared_of
from mesh_graph.model import View

__all__ = ["Asked", "SplitRules"]


@dataclass(frozen=True, slots=True)
class SplitRules:
    """How splits are judged where no route says otherwise.

    Attributes
    ----------
    rules : Rules
    objective_ms : float or None
        Latency objective; None is chosen from the baseline's past.
    settle_s : float
        Time after a route's change that is not counted, seconds.
    """

    rules: Rules = field(default_factory=Rules)
    objective_ms: float | None = None
    settle_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Splits, and what is known of them before anything is counted.

    Attributes
    ----------
    hosts : mapping of str to tuple of str
        Services of each split; empty where it is its own one.
    promises : mapping of str to Promise
    view : View
        With its instant.
    rules : SplitRules
    since : float or None
        Anchor that the user chose for all, Unix seconds.
    """

    hosts: Mapping[str, tuple[str, ...]]
    promises: Mapping[str, Promise]
    view: View
    rules: SplitRules
    since: float | None

    @property
    def at(self) -> float:
        """The view's instant, Unix seconds."""
        return self.view.at or 0.0

    def services(self, names: Iterable[str]) -> dict[str, str]:
        """Split of every service of some splits."""
        return {service: name for name in names for service in (self.hosts[name] or (name,))}

    def anchor(self, name: str) -> Anchor:
        """Since when a split is counted: since the user says, else its last change, else the window.

        A change is one of the route, or a version's roll-out, whichever was later.
        """
        if self.since is not None:
            return Anchor(self.since, AnchorKind.CHOSEN)
        promise = self.promises.get(name)
        changed_at = promise.changed_at if promise else None
        rolled_out = max(promise.rolled_out, default=None) if promise else None
        if rolled_out is not None and rolled_out > (changed_at or 0.0):
            return Anchor(rolled_out, AnchorKind.VERSION)
        if changed_at is not None:
            return Anchor(changed_at, AnchorKind.ROUTE)
        return Anchor(self.at - self.view.window_s, AnchorKind.WINDOW)

    def grid(self, name: str, scrape_s: float) -> Grid:
        """Intervals of a split; after a change, every proxy has to hear of it first."""
        anchor = self.anchor(name)
        is_change = anchor.kind in (AnchorKind.ROUTE, AnchorKind.VERSION)
        settle_s = self.rules.settle_s if is_change else 0.0
        return Grid.over(anchor.at, self.at, scrape_s=scrape_s, settle_s=settle_s)

    def declared(self, name: str, evidence: Evidence) -> Declared:
        """Who is compared with whom; without weights where they are younger than the anchor."""
        promise = self.promises.get(name)
        declared = declared_of(evidence.drawn, promise)
        changed_at = promise.changed_at if promise else None
        if changed_at is not None and changed_at > self.anchor(name).at:
            return replace(declared, weights=None)
        return declared

    def rules_of(self, name: str) -> Rules:
        """How a split is judged."""
        promise = self.promises.get(name)
        return promise.rules if promise else self.rules.rules

    def objective_ms(self, name: str) -> float | None:
        """The latency objective that was set for a split."""
        promise = self.promises.get(name)
        return (promise.objective_ms if promise else None) or self.rules.objective_ms
