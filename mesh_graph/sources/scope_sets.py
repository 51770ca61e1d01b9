"""A scope as sets of matchers, by whose ends a series has: which series may be seen, and what of them.

                          destination allowed    destination foreign
    source allowed        both                   out
    source foreign        into                   lost: only what reached nobody and was meant for ours

Of a foreign end the names are told that an edge needs to be drawn, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from mesh_graph import fields
from mesh_graph.scope import Scope
from mesh_graph.sources.query import Matcher, any_of

__all__ = ["DESTINATION", "SOURCE", "End", "Relation", "relations"]

MatcherSet = tuple[Matcher, ...]
Patterns = tuple[str, ...] | None
_TEXT = [chr(code) for code in range(0x21, 0x7F)]
"""What a class of characters in a glob can mean: names of Kubernetes are plain ASCII."""


@dataclass(frozen=True, slots=True)
class End:
    """Labels of one end of a series.

    Attributes
    ----------
    namespace, cluster : str
    secrets : frozenset of str
        Labels that are told of allowed ends only.
    """

    namespace: str
    cluster: str
    secrets: frozenset[str]


SOURCE = End(
    fields.SOURCE_WORKLOAD_NAMESPACE,
    fields.SOURCE_CLUSTER,
    frozenset({fields.SOURCE_CANONICAL_REVISION, fields.SOURCE_VERSION, fields.SOURCE_PRINCIPAL}),
)
DESTINATION = End(
    fields.DESTINATION_WORKLOAD_NAMESPACE,
    fields.DESTINATION_CLUSTER,
    frozenset(
        {fields.DESTINATION_CANONICAL_REVISION, fields.DESTINATION_VERSION, fields.DESTINATION_PRINCIPAL}
    ),
)


class Relation(StrEnum):
    """Which ends of a series are allowed."""

    BOTH = "both"
    INTO = "into"
    OUT = "out"
    LOST = "lost"

    def hides(self, end: End) -> bool:
        """Whether an end is foreign."""
        return self is Relation.LOST or self is (Relation.INTO if end is SOURCE else Relation.OUT)


def relations(scope: Scope) -> dict[Relation, tuple[MatcherSet, ...]]:
    """Disjoint sets of matchers by relation; every series that may be seen satisfies one of them.

    A series whose cluster is not known is in none of the clusters that a scope names; so is a request of
    others that reached nobody. Without a namespace or cluster there are no sets.
    """
    names, clusters = _patterns(scope.namespaces), _patterns(scope.clusters)
    if names == () or clusters == ():
        return dict.fromkeys(Relation, ())
    (source, *strangers), (destination, *others) = (
        [*_of_end(end, names, clusters)] for end in (SOURCE, DESTINATION)
    )
    return {
        Relation.BOTH: ((*source, *destination),),
        Relation.INTO: tuple((*one, *destination) for one in strangers),
        Relation.OUT: tuple((*source, *one) for one in others),
        Relation.LOST: tuple(_lost(names)) if names and not clusters else (),
    }


def _of_end(end: End, names: Patterns, clusters: Patterns) -> Iterator[MatcherSet]:
    """The set of the allowed, then those of the foreign."""
    inside = (_matcher(end.namespace, names),) if names else ()
    here = (_matcher(end.cluster, clusters),) if clusters else ()
    yield (*inside, *here)
    if names:
        yield (_matcher(end.namespace, names, negate=True),)
    if clusters:
        yield (*inside, _matcher(end.cluster, clusters, negate=True))


def _lost(names: tuple[str, ...]) -> Iterator[MatcherSet]:
    """What others sent that reached no workload and was meant for an allowed service: by label, by host."""
    service = fields.DESTINATION_SERVICE_NAMESPACE
    from_elsewhere = (
        _matcher(SOURCE.namespace, names, negate=True),
        _matcher(DESTINATION.namespace, names, negate=True),
        Matcher(fields.DESTINATION_WORKLOAD, "=", fields.UNKNOWN),
    )
    yield (*from_elsewhere, _matcher(service, names))
    hosts = "|".join(name.replace("(?s:.)", "[^.]") for name in names)
    host = Matcher(fields.DESTINATION_SERVICE, "=~", rf"[^.]+\.(?:{hosts})\.svc(?:\..*)?")
    yield (*from_elsewhere, _matcher(service, names, negate=True), host)


def _patterns(globs: tuple[str, ...]) -> Patterns:
    """Globs as expressions, sorted; None for any name."""
    if "*" in globs:
        return None
    return tuple(sorted({pattern for glob in globs if (pattern := _pattern(glob)) is not None}))


def _pattern(glob: str) -> str | None:
    """A glob of ``fnmatch`` as an expression that RE2 takes; None for one that fits no name."""
    parts: list[str] = []
    place = 0
    while place < len(glob):
        sign, end = glob[place], glob.find("]", place + 2 + (glob[place + 1 : place + 2] == "!"))
        if sign == "[" and end > 0:
            fitting = [letter for letter in _TEXT if fnmatchcase(letter, glob[place : end + 1])]
            if not fitting:
                return None
            parts.append(f"[{''.join(map(re.escape, fitting))}]")
            place = end
        else:
            parts.append({"*": "(?s:.)*", "?": "(?s:.)"}.get(sign) or re.escape(sign))
        place += 1
    return "".join(parts)


def _matcher(label: str, patterns: tuple[str, ...], *, negate: bool = False) -> Matcher:
    if len(patterns) == 1 and re.escape(plain := re.sub(r"\\(.)", r"\1", patterns[0])) == patterns[0]:
        return any_of(label, [plain], negate=negate)
    return Matcher(label, "!~" if negate else "=~", "|".join(patterns))
