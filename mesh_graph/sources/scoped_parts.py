"""A query as somebody with a scope may put it: its parts, and their answers as the one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.model import Reporter
from mesh_graph.sources.base import Reply
from mesh_graph.sources.matching import admits
from mesh_graph.sources.query import Function, Matcher, MetricQuery
from mesh_graph.sources.scope_sets import DESTINATION, SOURCE, MatcherSet, Relation

__all__ = ["Part", "Sets", "assembled", "can_be_told", "parts_of", "texts_joined"]

Sets = Mapping[Relation, tuple[MatcherSet, ...]]

_ENDS = (SOURCE, DESTINATION)
_TOLD = frozenset(
    {
        *fields.REQUEST_LABELS,
        *fields.TCP_LABELS,
        *(label for end in _ENDS for label in end.secrets),
        fields.SOURCE_APP,
        fields.DESTINATION_APP,
        fields.LE,
    }
)
"""Labels of a request and its ends; all others are of the scrape target, the proxy that reports."""
_OWN_REPORT = {Relation.INTO: Reporter.DESTINATION, Relation.OUT: Reporter.SOURCE}


@dataclass(frozen=True, slots=True)
class Part:
    """One query that is asked in the place of another.

    Attributes
    ----------
    query : MetricQuery
    hidden : frozenset of str
        Labels of foreign ends, that were not asked for and read "unknown".
    disguised : frozenset of str
        Labels of foreign proxies, whose values are told apart and not told.
    """

    query: MetricQuery
    hidden: frozenset[str] = frozenset()
    disguised: frozenset[str] = frozenset()


def parts_of(query: MetricQuery, sets: Sets) -> tuple[Part, ...]:
    """Queries that together hold every row that may be seen, each once; none where no row may."""
    sets = {
        relation: tuple(one for one in of_relation if _can_hold(one, query.matchers))
        for relation, of_relation in sets.items()
    }
    found: dict[tuple[frozenset[str], frozenset[str]], list[MatcherSet]] = {}
    for relation, chosen, is_own in _chosen(query, sets):
        hidden = {label for end in _ENDS if relation.hides(end) for label in end.secrets}
        disguised = set() if is_own else set(query.by) - _TOLD
        key = frozenset(hidden.intersection(query.by)), frozenset(disguised)
        found.setdefault(key, []).append(chosen)
    return tuple(
        Part(asked, *labels)
        for labels, of_labels in found.items()
        for asked in _asked(query, labels[0], _simplified(of_labels, sets))
    )


def _chosen(query: MetricQuery, sets: Sets) -> Iterator[tuple[Relation, MatcherSet, bool]]:
    """Sets of what may be seen of a query's rows, and whether the proxies that report it are allowed."""
    labels = {matcher.label for matcher in query.matchers}
    by_target, of_target = set(query.by) - _TOLD, labels - _TOLD
    for relation, of_relation in sets.items():
        if any(relation.hides(end) and labels & end.secrets for end in _ENDS):
            continue
        for one in of_relation:
            own = _OWN_REPORT.get(relation)
            if relation is Relation.BOTH or not (by_target or of_target):
                yield relation, one, True
                continue
            if own is not None:
                yield relation, (*one, Matcher(fields.REPORTER, "=", own)), True
            if not of_target:
                others = () if own is None else (Matcher(fields.REPORTER, "!=", own),)
                yield relation, (*one, *others), False


def _can_hold(chosen: MatcherSet, asked: Sequence[Matcher]) -> bool:
    """Whether a set can hold where a query names one value of its labels."""
    values = {matcher.label: matcher.value for matcher in asked if matcher.op == "="}
    return all(admits(one, values[one.label]) for one in chosen if one.label in values)


def _simplified(chosen: list[MatcherSet], sets: Sets) -> tuple[MatcherSet, ...]:
    """The same rows by fewer sets: all that goes into the allowed, whoever sent it, or all they send."""
    for relation, end in ((Relation.INTO, SOURCE), (Relation.OUT, DESTINATION)):
        whole = [*sets.get(Relation.BOTH, ()), *sets.get(relation, ())]
        if relation in sets and len(whole) > 1 and set(whole) <= set(chosen):
            own = (tuple(one for one in each if one.label not in end.place) for each in whole)
            return (*dict.fromkeys(own), *(one for one in chosen if one not in whole))
    return tuple(chosen)


def _asked(query: MetricQuery, hidden: frozenset[str], sets: tuple[MatcherSet, ...]) -> Iterator[MetricQuery]:
    by = tuple(label for label in query.by if label not in hidden)
    if len(sets) == 1 or query.function.is_raw:
        yield from (replace(query, by=by, matchers=(*query.matchers, *one)) for one in sets)
    else:
        either = tuple((*before, *one) for before in query.either or ((),) for one in sets)
        yield replace(query, by=by, either=either)


def can_be_told(query: MetricQuery, parts: Sequence[Part]) -> bool:
    """Whether rows of different parts are different, or can be added up: a mean of means is none."""
    if len(parts) == 1 or query.function not in (Function.MEAN, Function.QUANTILE):
        return True
    ends = [end for end in _ENDS if end.secrets.intersection(query.by)]
    sets = [one for part in parts for one in part.query.either or (part.query.matchers,)]
    labels = {matcher.label for one in sets for matcher in one}
    return not any(part.disguised for part in parts) and all(
        labels & end.place <= set(query.by) for end in ends
    )


def assembled(query: MetricQuery, told: Sequence[tuple[Part, Reply]], key: bytes) -> Reply:
    """The answer to a query from those to its parts.

    Parameters
    ----------
    query : MetricQuery
    told : sequence of (Part, Reply)
        At least one.
    key : bytes
        Of the pseudonyms; the same for the same source and scope.
    """
    replies = [reply for _, reply in told]
    tables = [_table(query, part, reply.table, key) for part, reply in told]
    table = tables[0] if len(tables) == 1 else _summed(query, pd.concat(tables, ignore_index=True))
    return replace(
        replies[0],
        table=table,
        promql=texts_joined(query, [reply.promql for reply in replies]),
        warnings=tuple(dict.fromkeys(text for reply in replies for text in reply.warnings)),
        series=sum(reply.series for reply in replies),
        received_bytes=sum(reply.received_bytes for reply in replies),
        seconds=max(reply.seconds for reply in replies),
    )


def texts_joined(query: MetricQuery, texts: Sequence[str]) -> str:
    """The queries of all parts as one; raw samples cannot be joined, and stand below each other."""
    return ("\n" if query.function.is_raw else " or ").join(texts)


def _table(query: MetricQuery, part: Part, table: pd.DataFrame, key: bytes) -> pd.DataFrame:
    if not part.hidden and not part.disguised:
        return table
    unknown = pd.array(np.full(len(table), fields.UNKNOWN, dtype=object), dtype="str")
    columns = {
        label: unknown
        if label in part.hidden
        else _pseudonyms(table[label], key)
        if label in part.disguised
        else table[label]
        for label in query.by
    }
    others = {name: table[name] for name in table.columns if name not in query.by}
    return pd.DataFrame({**columns, **others}, index=table.index, copy=False)


def _pseudonyms(column: pd.Series, key: bytes) -> pd.Series:
    """The same text for the same value, empty for an empty one."""
    names = {
        text: text and blake2b(text.encode(errors="surrogatepass"), key=key, digest_size=6).hexdigest()
        for text in column.unique()
    }
    return column.map(names).astype("str")


def _summed(query: MetricQuery, table: pd.DataFrame) -> pd.DataFrame:
    """Rows that differ in nothing that is told as one."""
    keys = [name for name in table.columns if name != fields.VALUE]
    if query.function.is_raw or not table.duplicated(keys).any():
        return table
    how = {Function.SAMPLES: "max", Function.MAX: "max", Function.AGE: "min"}.get(query.function, "sum")
    if not keys:
        return table.agg({fields.VALUE: how}).to_frame().T
    columns: pd.DataFrame = table.groupby(keys, sort=False, as_index=False).agg({fields.VALUE: how})
    return columns[list(table.columns)]
