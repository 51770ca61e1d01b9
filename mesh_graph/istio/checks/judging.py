"""Rules over what was read: those that can judge do, what they find is put in order, the others are named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from mesh_graph.istio.checks.finding import ConfigFinding
from mesh_graph.sources.cluster import Snapshot

__all__ = ["IGNORED", "Checked", "checked_by", "together"]

IGNORED = ("KIA1301",)
"""Codes that are not looked for where nobody says otherwise, as in Kiali."""
IGNORE = "kiali.io/ignore-validations"
"""Annotation: codes that are not to be found in an object, separated by commas."""


class _Rule(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def is_wide(self) -> bool: ...


R = TypeVar("R", bound=_Rule)


@dataclass(frozen=True, slots=True)
class Checked:
    """What all rules said.

    Attributes
    ----------
    findings : tuple of ConfigFinding
        Worst first, then by object and path.
    skipped : tuple of (str, tuple of str)
        Codes of rules that could not judge, with the kinds that could not be read.
    judged : frozenset of str
        Kinds that some rule could judge.
    """

    findings: tuple[ConfigFinding, ...] = ()
    skipped: tuple[tuple[str, tuple[str, ...]], ...] = ()
    judged: frozenset[str] = frozenset()


def checked_by(
    snapshot: Snapshot,
    rules: Iterable[R],
    find: Callable[[R], Iterable[ConfigFinding]],
    ignored: Collection[str] = IGNORED,
) -> Checked:
    """What rules find; what an object asks to ignore is left out.

    Parameters
    ----------
    snapshot : Snapshot
    rules : iterable of Rule
    find : callable
        What one rule finds.
    ignored : collection of str
        Codes that are not looked for.
    """
    wanted = [rule for rule in rules if rule.code not in ignored]
    missing = {rule: tuple(_missing(snapshot, rule)) for rule in wanted}
    known = [rule for rule in wanted if not missing[rule]]
    found = [finding for rule in known for finding in find(rule) if not _is_ignored(finding)]
    unseen: dict[str, dict[str, None]] = {}
    for rule in wanted:
        if missing[rule]:
            unseen.setdefault(rule.code, {}).update(dict.fromkeys(missing[rule]))
    skipped = tuple((code, tuple(kinds)) for code, kinds in unseen.items())
    return Checked(tuple(sorted(found, key=_order)), skipped, frozenset(rule.needs[0] for rule in known))


def together(parts: Sequence[Checked]) -> Checked:
    """What several sets of rules said, as one."""
    return Checked(
        tuple(sorted((finding for part in parts for finding in part.findings), key=_order)),
        tuple(pair for part in parts for pair in part.skipped),
        frozenset().union(*(part.judged for part in parts)),
    )


def _missing(snapshot: Snapshot, rule: _Rule) -> Iterator[str]:
    """Kinds without which a rule cannot judge; ``Namespace`` where some are hidden and it takes them all."""
    yield from (kind for kind in rule.needs if not snapshot.is_known(kind))
    if rule.is_wide and not snapshot.scope.is_whole and snapshot.is_known("Namespace"):
        yield "Namespace"


def _is_ignored(finding: ConfigFinding) -> bool:
    codes = finding.source.annotations.get(IGNORE, "")
    return finding.code in {code.strip() for code in codes.split(",")}


def _order(finding: ConfigFinding) -> tuple[int, str, str, str, str, str]:
    one = finding.source
    return finding.severity.rank, one.cluster, one.namespace, one.name, finding.code, finding.path
