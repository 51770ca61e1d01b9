"""Frames as coded rows over one vocabulary, and who the ends of each row are: what the merge rules run on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Floats, Ints, Texts, decode, encode, first_rows, group, texts
from mesh_graph.frames.schema import Schema
from mesh_graph.model import Reporter
from mesh_graph.topology.attributes import Gap
from mesh_graph.topology.normalise import WORDS, normalise

__all__ = ["DESTINATION", "REPORTERS", "SOURCE", "WAYPOINT", "Identities", "Rows", "identify"]

REPORTERS = (Reporter.DESTINATION, Reporter.WAYPOINT, Reporter.SOURCE)
"""Reporters from the server's to the client's; a row's reporter is its place here."""
DESTINATION, WAYPOINT, SOURCE = range(3)

_NOTHING: Texts = np.empty(0, dtype=object)
NO_REPORTER = "reporter-unknown"
"""Reason to leave rows out: no proxy of the three says that it measured them."""


@dataclass(frozen=True, slots=True, eq=False)
class Identities:
    """Distinct base labels, sorted, and the ends that they name.

    Attributes
    ----------
    vocabulary : list of str
        Words that the codes stand for.
    labels : dict of str to array of int64
        ``BASE_LABELS`` as codes.
    source, destination, service : array of int64
        Number of the end. A workload is its cluster, namespace and name (without a name: app and version); a
        destination that is neither is the service that was called; a service is its namespace and name.
    has_destination : array of bool
        Whether a destination workload (or app) is known.
    is_anonymous : array of bool
        Whether nothing is known of the source: Istio's ``unknown``.
    is_at_home : array of bool
        Whether the destination workload's namespace is the service's.
    """

    vocabulary: list[str]
    labels: dict[str, Ints]
    source: Ints
    destination: Ints
    service: Ints
    has_destination: Bools
    is_anonymous: Bools
    is_at_home: Bools

    @classmethod
    def of(cls, vocabulary: list[str], labels: dict[str, Ints]) -> Identities:
        """Ends named by normalised base labels."""
        known = np.array([word not in ("", fields.UNKNOWN) for word in vocabulary], dtype=np.bool_)
        source_cluster, *source = (labels[label] for label in fields.SOURCE_LABELS)
        destination_cluster, *destination = (labels[label] for label in fields.DESTINATION_LABELS)
        service_namespace, host, name = (labels[label] for label in fields.SERVICE_LABELS)
        service = np.where(known[name], name, host)
        has_destination = known[destination[1]] | known[destination[2]]
        called = (np.where(has_destination, 0, column) for column in (service_namespace, service))
        return cls(
            vocabulary,
            labels,
            source=group(source_cluster, *_workload(known, *source))[0],
            destination=group(destination_cluster, *_workload(known, *destination), *called)[0],
            service=group(service_namespace, service)[0],
            has_destination=has_destination,
            is_anonymous=~(known[source[0]] | known[source[1]] | known[source[2]]),
            is_at_home=destination[0] == service_namespace,
        )

    def columns(self, identities: Ints) -> dict[str, ExtensionArray]:
        """Base label columns of the given identities, as text."""
        columns = decode(self.vocabulary, [self.labels[label][identities] for label in fields.BASE_LABELS])
        return dict(zip(fields.BASE_LABELS, columns, strict=True))


def _workload(known: Bools, namespace: Ints, workload: Ints, app: Ints, version: Ints) -> tuple[Ints, ...]:
    named = known[workload]
    return namespace, workload, np.where(named, 0, app), np.where(named, 0, version)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of one frame that can be merged.

    Attributes
    ----------
    identity : array of int64
        Place in ``Identities``.
    reporter : array of int64
        Place in ``REPORTERS``.
    labels : dict of str to array of int64
        The frame's other labels as codes of the vocabulary.
    rates : array of float64
        A line per value column, a column per row.
    """

    identity: Ints
    reporter: Ints
    labels: dict[str, Ints]
    rates: Floats

    def __len__(self) -> int:
        return len(self.identity)

    def __getitem__(self, rows: Bools | Ints) -> Rows:
        labels = {label: codes[rows] for label, codes in self.labels.items()}
        return Rows(self.identity[rows], self.reporter[rows], labels, self.rates[:, rows])


def identify(
    layers: Sequence[tuple[pd.DataFrame, Schema]], unasked: Collection[str] = ()
) -> tuple[Identities, list[Rows], tuple[Gap, ...]]:
    """Rows of several frames over the same identities.

    Parameters
    ----------
    layers : sequence of (pandas.DataFrame, Schema)
        Frames with ``BASE_LABELS`` and ``reporter``, and their schemas; not modified.
    unasked : collection of str
        Labels that were not asked for, unknown in every row.

    Returns
    -------
    Identities
    list of Rows
        One per frame, in the frame's order.
    tuple of Gap
        Rows that had to be left out: one gap per reason, with their number.

    Raises
    ------
    ValueError
        A frame has not its schema's columns.
    """
    vocabulary, coded = _encode(layers)
    stacked = {
        label: np.concatenate([columns[label] for columns in coded])
        for label in (*fields.BASE_LABELS, fields.REPORTER)
    }
    who, identity, left_out = _identities(vocabulary, stacked, unasked)
    reporter = _reporters(vocabulary)[stacked[fields.REPORTER]]
    left_out[NO_REPORTER] = (reporter < 0) & ~_any(left_out)
    usable = ~_any(left_out)
    rows, start = [], 0
    for (frame, schema), columns in zip(layers, coded, strict=True):
        own = slice(start, start := start + len(frame))
        rates = np.array([frame[rate].to_numpy() for rate in schema.rates])
        others = {label: codes for label, codes in columns.items() if label not in stacked}
        rows.append(Rows(identity[own], reporter[own], others, rates)[usable[own]])
    return who, rows, _gaps(left_out)


def _encode(layers: Sequence[tuple[pd.DataFrame, Schema]]) -> tuple[list[str], list[dict[str, Ints]]]:
    names = [schema.labels for _, schema in layers]
    checked = [(schema.check(frame), schema) for frame, schema in layers]
    columns = [_texts(frame, label) for frame, schema in checked for label in schema.labels]
    vocabulary, coded = encode(columns, (*WORDS, *REPORTERS))
    codes = iter(coded)
    return vocabulary, [{label: next(codes) for label in labels} for labels in names]


def _texts(frame: pd.DataFrame, label: str) -> Texts:
    return texts(frame[label]) if len(frame) else _NOTHING


def _identities(
    vocabulary: list[str], labels: Mapping[str, Ints], unasked: Collection[str]
) -> tuple[Identities, Ints, dict[str, Bools]]:
    """Identities, the identity of each row, and the rows to leave out by reason."""
    combinations, count = group(*(labels[label] for label in fields.BASE_LABELS))
    distinct = first_rows(combinations, count)
    columns = {label: labels[label][distinct] for label in fields.BASE_LABELS}
    fixed, left_out = normalise(columns, vocabulary, unasked)
    numbers, count = group(*(fixed[label] for label in fields.BASE_LABELS))
    kept = first_rows(numbers, count)
    who = Identities.of(vocabulary, {label: codes[kept] for label, codes in fixed.items()})
    return who, numbers[combinations], {reason: rows[combinations] for reason, rows in left_out.items()}


def _reporters(vocabulary: Sequence[str]) -> Ints:
    """Place in ``REPORTERS`` of each word, -1 for what is none."""
    places = np.full(len(vocabulary), -1, dtype=np.int64)
    for place, reporter in enumerate(REPORTERS):
        places[vocabulary.index(reporter)] = place
    return places


def _any(masks: Mapping[str, Bools]) -> Bools:
    some: Bools = np.logical_or.reduce(list(masks.values()))
    return some


def _gaps(left_out: Mapping[str, Bools]) -> tuple[Gap, ...]:
    counts = {reason: int(rows.sum()) for reason, rows in left_out.items()}
    return tuple(Gap(reason, (("rows", str(count)),)) for reason, count in sorted(counts.items()) if count)
