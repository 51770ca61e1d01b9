"""Which split a row of traffic belongs to, which of its versions answered, and who called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mesh_graph import fields
from mesh_graph.canary.counts import encode_rows
from mesh_graph.canary.sample import CALLER, UNATTRIBUTED, VERSION
from mesh_graph.frames.codes import Bools, Ints, first_rows, group
from mesh_graph.model import GraphType, NodeKey, NodeKind, Reporter
from mesh_graph.topology.identity import End, is_known, node_key

__all__ = ["NAMED", "SPLIT", "Naming", "is_among", "nearest_report"]

SPLIT = "split"
"""The route that was taken: ``namespace/name`` of its service."""
NAMED = (SPLIT, VERSION, CALLER)
"""Columns that ``Naming.name`` adds."""

_VERSION_LABELS = (
    fields.DESTINATION_SERVICE_NAMESPACE,
    fields.DESTINATION_SERVICE_NAME,
    fields.DESTINATION_WORKLOAD,
    fields.DESTINATION_CANONICAL_REVISION,
)
_CALLER_LABELS = fields.SOURCE_LABELS
Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Naming:
    """Names of the splits and versions of some traffic.

    Attributes
    ----------
    splits : mapping of str to str
        Split of a service, both ``namespace/name``; a service that is not named is its own split.
    by_workload : frozenset of (str, str)
        Split and revision under which several workloads run: there the workload is the version.
    by_service : frozenset of str
        Splits over several services: there the service is the version.
    """

    splits: Mapping[str, str]
    by_workload: frozenset[tuple[str, str]]
    by_service: frozenset[str]

    @classmethod
    def of(cls, rows: pd.DataFrame, splits: Mapping[str, str] | None = None) -> Naming:
        """Names for rows with ``BASE_LABELS``: a version is the canonical revision where that tells it apart.

        Parameters
        ----------
        rows : pandas.DataFrame
        splits : mapping of str to str, optional
            As the attribute.
        """
        aliases = dict(splits or {})
        workloads: dict[tuple[str, str], set[str]] = {}
        for namespace, service, workload, revision in _distinct(rows, _VERSION_LABELS)[0]:
            if is_known(workload):
                name = f"{namespace}/{service}"
                workloads.setdefault((aliases.get(name, name), revision), set()).add(workload)
        return cls(
            aliases,
            frozenset(key for key, names in workloads.items() if len(names) > 1),
            frozenset(_repeated(aliases.values())),
        )

    def name(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with the columns ``NAMED``; ``version`` is ``UNATTRIBUTED`` where none was reached."""
        versions, of_version = _distinct(rows, _VERSION_LABELS)
        callers, of_caller = _distinct(rows, _CALLER_LABELS)
        pairs = [self._split_and_version(*labels) for labels in versions]
        keys = [_caller(*labels) for labels in callers]
        return rows.assign(
            **{
                SPLIT: _column([split for split, _ in pairs], of_version),
                VERSION: _column([version for _, version in pairs], of_version),
                CALLER: _column(keys, of_caller),
            }
        )

    def _split_and_version(
        self, namespace: str, service: str, workload: str, revision: str
    ) -> tuple[str, str]:
        name = f"{namespace}/{service}"
        split = self.splits.get(name, name)
        if not is_known(workload):
            return split, UNATTRIBUTED
        if split in self.by_service:
            return split, service
        return split, workload if (split, revision) in self.by_workload or not is_known(
            revision
        ) else revision


def nearest_report(named: pd.DataFrame) -> pd.DataFrame:
    """The destination's rows of every version that has any, else all that there are.

    Parameters
    ----------
    named : pandas.DataFrame
        ``NAMED`` and ``reporter``.
    """
    by_destination = (named[fields.REPORTER] == Reporter.DESTINATION).to_numpy(dtype=np.bool_)
    return named[by_destination | ~is_among(named, by_destination, (SPLIT, VERSION))]


def is_among(rows: pd.DataFrame, chosen: Bools, labels: Sequence[str]) -> Bools:
    """Which rows have the labels of a row that is chosen."""
    if rows.empty:
        return np.zeros(0, dtype=np.bool_)
    _, codes = encode_rows(rows, labels)
    groups, count = group(*codes)
    found = np.zeros(count, dtype=np.bool_)
    found[groups[chosen]] = True
    among: Bools = found[groups]
    return among


def _caller(cluster: str, namespace: str, workload: str, app: str, version: str) -> str:
    key = node_key(End(cluster, namespace, workload, app, version), GraphType.VERSIONED_APP)
    return (NodeKey(NodeKind.UNKNOWN) if key.kind is NodeKind.UNKNOWN else key).text


def _distinct(rows: pd.DataFrame, labels: Iterable[str]) -> tuple[list[tuple[str, ...]], Ints]:
    """Distinct values of some labels, and which of them each row has."""
    names = list(labels)
    if rows.empty:
        return [], np.empty(0, dtype=np.int64)
    vocabulary, codes = encode_rows(rows, names)
    groups, count = group(*codes)
    kept = first_rows(groups, count)
    columns = ([vocabulary[code] for code in column[kept].tolist()] for column in codes)
    return list(zip(*columns, strict=True)), groups


def _column(words: list[str], places: Ints) -> pd.api.extensions.ExtensionArray:
    return pd.array(np.array(words, dtype=object), dtype="str").take(places)


def _repeated(names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for name in names:
        (twice if name in seen else seen).add(name)
    return twice
