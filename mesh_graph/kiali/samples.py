"""Frames to samples: what Kiali's queries would have answered, in the order in which it reads the answers.

Kiali groups by fewer labels than our frames, asks for more than 0 and rounds to a thousandth; so rows that
differ only in what it does not group by are added up first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from mesh_graph import fields
from mesh_graph.frames.codes import Floats, Ints, first_rows, group, totals
from mesh_graph.kiali.options import GrpcRate, HttpRate, Options, TcpRate
from mesh_graph.kiali.selection import Chosen, Counted, choose
from mesh_graph.model import Protocol
from mesh_graph.topology.grouping import distinct_rows

__all__ = ["Answer", "Observed", "Samples", "read_samples", "rounded"]


class Answer(NamedTuple):
    """How the requests of a sample ended."""

    protocol: str
    code: str
    flags: str


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """The frames that a graph is made of, as ``frames/`` gives them."""

    requests: pd.DataFrame
    messages: pd.DataFrame
    tcp: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples in the order in which they claim their series.

    Attributes
    ----------
    map, call, metric, answer : array of int64
        Number of the traffic map, of the labels in ``calls``, of the metric, of the answer in ``answers``.
    value : array of float64
        Per second, rounded to a thousandth.
    calls : list of tuple of str
        Distinct values of ``BASE_LABELS``.
    answers : list of Answer
    """

    map: Ints
    call: Ints
    metric: Ints
    answer: Ints
    value: Floats
    calls: list[tuple[str, ...]]
    answers: list[Answer]


def rounded(values: Floats) -> Floats:
    """To a thousandth, halves up, as PromQL's ``round`` does."""
    result: Floats = np.floor(values * 1000 + 0.5) / 1000
    return result


class _Part(NamedTuple):
    """The rows of one metric, chosen: what each counts."""

    chosen: Chosen
    call: Ints
    answer: Ints
    apart: Ints
    value: Floats


def read_samples(observed: Observed, options: Options, captured: Collection[str] = ()) -> Samples:
    """Samples of all families that the options count, metric by metric, query by query.

    Parameters
    ----------
    observed : Observed
    options : Options
    captured : collection of str
        Namespaces that ztunnel captures.
    """
    frames = (observed.requests, observed.messages, observed.tcp)
    of_frame, calls = distinct_rows(frames, fields.BASE_LABELS)
    answers: dict[Answer, int] = {}
    parts = [
        *_requests(observed.requests, of_frame[0], options, answers, captured),
        *_messages(observed.messages, of_frame[1], options, answers, captured),
        *_tcp(observed.tcp, of_frame[2], options, answers),
    ]
    added = [_added_up(part, idle=options.idle) for part in parts]
    none = np.zeros(0, dtype=np.int64)
    maps, called, ended = (np.concatenate([none, *(part[place] for part in added)]) for place in range(3))
    metric = np.repeat(np.arange(len(added)), [len(part[0]) for part in added])
    value = np.concatenate([np.zeros(0), *(part[3] for part in added)])
    return Samples(maps, called, metric, ended, value, calls, list(answers))


def _added_up(part: _Part, *, idle: bool) -> tuple[Ints, Ints, Ints, Floats]:
    """Map, call, answer and value of one metric's samples, by query and then as the rows came."""
    chosen, rows = part.chosen, part.chosen.row
    keys = (chosen.stage, chosen.map, part.call[rows], part.answer[rows], part.apart[rows])
    groups, count = group(*keys)
    first = first_rows(groups, count)
    value = totals(groups, part.value[rows], count)
    order = np.lexsort((first, chosen.stage[first]))
    order = order if idle else order[value[order] > 0]
    kept = first[order]
    return chosen.map[kept], keys[2][kept], keys[3][kept], rounded(value[order])


def _requests(
    frame: pd.DataFrame, call: Ints, options: Options, answers: dict[Answer, int], captured: Collection[str]
) -> Iterator[_Part]:
    http, grpc = options.http is HttpRate.REQUESTS, options.grpc is GrpcRate.REQUESTS
    if not (http or grpc):
        return
    skipped = {Protocol.GRPC.value} if not grpc else {Protocol.HTTP.value} if not http else set()
    (said,), endings = distinct_rows([frame], _ENDING)
    ended = (_ending(*ending, skipped=skipped) for ending in endings)
    # Without rows there are no endings, and the array would have no type.
    answer = np.array([*(_numbered(ending, answers) for ending in ended), -1])[said]
    chosen = _where(choose(frame, options, Counted.REQUESTS, captured), answer)
    yield _Part(chosen, call, answer, said, frame[fields.REQUEST_RATE].to_numpy())


_ENDING = (
    fields.REQUEST_PROTOCOL,
    fields.RESPONSE_CODE,
    fields.GRPC_RESPONSE_STATUS,
    fields.RESPONSE_FLAGS,
)


def _ending(protocol: str, code: str, status: str, flags: str, *, skipped: set[str]) -> Answer | None:
    """How the requests of a series ended; None where its labels do not say, or nobody asked."""
    if not (protocol and code and flags) or protocol in skipped:
        return None
    if code == "0":
        return Answer(protocol, fields.NO_RESPONSE, flags)
    # A gRPC call that failed in transport has an HTTP error, and its status says less.
    http = protocol != Protocol.GRPC or code.startswith(("4", "5")) or not status
    return Answer(protocol, code if http else status, flags)


def _messages(
    frame: pd.DataFrame, call: Ints, options: Options, answers: dict[Answer, int], captured: Collection[str]
) -> Iterator[_Part]:
    wanted = {
        GrpcRate.SENT: (fields.SENT_MESSAGE_RATE,),
        GrpcRate.RECEIVED: (fields.RECEIVED_MESSAGE_RATE,),
        GrpcRate.TOTAL: fields.MESSAGE_RATES,
    }.get(options.grpc, ())
    if not wanted:
        return
    said = np.zeros(len(frame), dtype=np.int64)
    answer = said + _numbered(Answer(Protocol.GRPC.value, "", ""), answers)
    chosen = choose(frame, options, Counted.MESSAGES, captured)
    for rate in wanted:
        yield _Part(chosen, call, answer, said, frame[rate].to_numpy())


def _tcp(frame: pd.DataFrame, call: Ints, options: Options, answers: dict[Answer, int]) -> Iterator[_Part]:
    wanted = {
        TcpRate.SENT: (fields.SENT_BYTES_RATE,),
        TcpRate.RECEIVED: (fields.RECEIVED_BYTES_RATE,),
        TcpRate.TOTAL: (fields.SENT_BYTES_RATE, fields.RECEIVED_BYTES_RATE),
    }.get(options.tcp, ())
    if not wanted:
        return
    (said,), endings = distinct_rows([frame], (fields.APP, fields.RESPONSE_FLAGS))
    left_out = () if options.ambient.has_ztunnel else (fields.ZTUNNEL,)
    ended = (
        Answer(Protocol.TCP.value, "", flags) if flags and app not in left_out else None
        for app, flags in endings
    )
    answer = np.array([*(_numbered(ending, answers) for ending in ended), -1])[said]
    chosen = _where(choose(frame, options, Counted.BYTES), answer)
    for rate in wanted:
        yield _Part(chosen, call, answer, said, frame[rate].to_numpy())


def _numbered(answer: Answer | None, answers: dict[Answer, int]) -> int:
    return -1 if answer is None else answers.setdefault(answer, len(answers))


def _where(chosen: Chosen, kept: Ints) -> Chosen:
    """The chosen rows that have no negative number."""
    keep = kept[chosen.row] >= 0
    return Chosen(chosen.row[keep], chosen.map[keep], chosen.stage[keep])
