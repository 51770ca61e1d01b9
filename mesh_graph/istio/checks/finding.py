"""What a check says: which rule, how bad, where in which object, with what, and the change that mends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mesh_graph.istio.subsets import Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["Basis", "ConfigFinding", "Rule", "Severity", "label_text"]


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    UNKNOWN = "unknown"
    """Worth a look; whether it is wrong cannot be told from here."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Basis:
    """The telemetry that a finding rests on.

    Attributes
    ----------
    at : float
        End of the window, Unix seconds.
    window_s : int
    count : int
        Requests, or TCP connections, that were counted in it, rounded.
    """

    at: float
    window_s: int
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class ConfigFinding:
    """One mistake.

    Attributes
    ----------
    code : str
        ``KIA1102``.
    severity : Severity
    source : KubeObject
        The object.
    path : str
        The faulty part of it: ``spec/gateways[0]``.
    parameters : tuple of (str, str)
        For the words.
    changes : mapping of str to Any
        New values by path that mend it; empty where there is no telling.
    basis : Basis or None
        What was counted; None for a finding from configuration alone.
    proposal : str
        YAML of an object that would mend it, to be created; empty where there is none.
    """

    code: str
    severity: Severity
    source: KubeObject
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    changes: dict[str, Any] = field(default_factory=dict)
    basis: Basis | None = None
    proposal: str = ""

    @property
    def line(self) -> int | None:
        """Line in the manifest; None for an object of a server."""
        return self.source.origin.line_of(self.path) if self.source.origin else None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes
    ----------
    code : str
    needs : tuple of str
        The kind that it judges first, then those without which it cannot: what is missing there may only be
        unseen.
    find : callable
        The mistakes in a mesh.
    is_wide : bool
        Whether it can judge only who sees the whole mesh: what it misses may be in a hidden namespace.
    """

    code: str
    needs: tuple[str, ...]
    find: Callable[[Registry], Iterator[ConfigFinding]]
    is_wide: bool = False


def label_text(labels: Mapping[str, str]) -> str:
    """Labels as people write them: ``app=reviews, version=v1``."""
    return ", ".join(f"{name}={value}" for name, value in sorted(labels.items()))
