"""The logs of pods through API servers, which ask the kubelets.

A tail is asked for, so that the newest lines come whatever there is. Of the past no tail can be asked for:
what was written since is read on until its end, and as much of it is kept as is wanted. Kubernetes limits
bytes from the oldest line on: where a tail does not fit, a shorter one is asked for.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

from mesh_graph.errors import QueryRejected, SourceError, SourceReplyInvalid, SourceTimeout
from mesh_graph.sources.kube_api import Absent, Forbidden, KubeApi
from mesh_graph.sources.log_source import (
    MOST_BYTES,
    LogAsk,
    LogReply,
    LogTrouble,
    WhyOff,
    split_stamp,
    within,
)

__all__ = ["KubeLogs"]

SILENCE_S = 10.0
WHOLE_S = 20.0
"""Time that the answer for one container may take."""
PAST_BYTES = 32 * 2**20
"""Of one container that are read to find an instant of the past."""
SHORTER = 8
"""A tail that does not fit is asked for anew with so many times fewer lines."""


class KubeLogs:
    """Implements ``LogSource`` over API servers.

    Parameters
    ----------
    apis : sequence of KubeApi
        One a cluster.
    most_bytes, past_bytes : int
        Bounds on what is read of one container: of a tail, and of the past.
    """

    def __init__(
        self, apis: Sequence[KubeApi], *, most_bytes: int = MOST_BYTES, past_bytes: int = PAST_BYTES
    ) -> None:
        self._apis = {api.name: api for api in apis}
        self._most_bytes = most_bytes
        self._past_bytes = past_bytes

    @property
    def off(self) -> WhyOff | None:
        """None: somebody is asked."""
        return None

    def read(self, ask: LogAsk) -> LogReply:
        """The last lines of a container; a failure is a trouble."""
        api = self._apis.get(ask.cluster)
        if api is None:
            return LogReply(trouble=_gone(ask))
        try:
            return self._tail(api, ask) if ask.until is None else self._past(api, ask, ask.until)
        except (SourceError, Absent) as error:
            return LogReply(trouble=_trouble(error, ask))

    def _tail(self, api: KubeApi, ask: LogAsk) -> LogReply:
        lines = ask.lines
        while True:
            parameters = {**_parameters(ask, self._most_bytes), "tailLines": lines + 1}
            with api.text(_path(ask), parameters, SILENCE_S) as pieces:
                read = _Lines(api, ask, pieces)
                found = list(within(read, ask.since))
            is_whole = read.received < self._most_bytes
            if is_whole or lines <= 1:
                break
            lines = max(1, lines // SHORTER)
        trouble = None if is_whole else _too_long("logs.newest-left-out", self._most_bytes)
        return LogReply(tuple(found[-lines:]), len(found) > lines or not is_whole, trouble)

    def _past(self, api: KubeApi, ask: LogAsk, until: float) -> LogReply:
        kept: deque[bytes] = deque(maxlen=ask.lines + 1)
        with api.text(_path(ask), _parameters(ask, self._past_bytes), SILENCE_S) as pieces:
            read = _Lines(api, ask, pieces)
            has_ended = False
            for line in within(read, ask.since):
                at, _ = split_stamp(line)
                if at is not None and at > until:
                    has_ended = True
                    break
                kept.append(line)
        was_cut, is_whole = len(kept) > ask.lines, has_ended or read.received < self._past_bytes
        trouble = None if is_whole else _too_long("logs.past-left-out", self._past_bytes)
        return LogReply(tuple(islice(kept, int(was_cut), None)), was_cut, trouble)


class _Lines:
    """Lines of pieces, counted in bytes, for so long and no longer."""

    def __init__(self, api: KubeApi, ask: LogAsk, pieces: Iterable[bytes]) -> None:
        self.received = 0
        self._name = api.name
        self._path = _path(ask)
        self._pieces = pieces
        self._until = time.monotonic() + WHOLE_S

    def __iter__(self) -> Iterator[bytes]:
        held: list[bytes] = []
        for piece in self._pieces:
            self.received += len(piece)
            if time.monotonic() > self._until:
                raise SourceTimeout(self._name, self._path, f"The log was not read in {WHOLE_S:g} s.")
            first, *others = piece.split(b"\n")
            held.append(first)
            if others:
                yield b"".join(held)
                yield from others[:-1]
                held = [others[-1]]
        if last := b"".join(held):
            yield last


def _path(ask: LogAsk) -> str:
    namespace, pod = quote(ask.namespace, safe=""), quote(ask.pod, safe="")
    return f"/api/v1/namespaces/{namespace}/pods/{pod}/log"


def _parameters(ask: LogAsk, limit: int) -> dict[str, Any]:
    asked: dict[str, Any] = {"container": ask.container, "timestamps": "true", "limitBytes": limit}
    if ask.is_previous:
        asked["previous"] = "true"
    if ask.since is not None:
        # Whole seconds are what every version of the API takes.
        asked["sinceTime"] = datetime.fromtimestamp(int(ask.since), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return asked


_REJECTED: Mapping[str, str] = {
    "waiting to start": "logs.not-started",
    "previous terminated container": "logs.no-previous",
    "is not valid for pod": "logs.no-container",
}
"""What the API says where it declines, and what that means."""


def _trouble(error: SourceError | Absent, ask: LogAsk) -> LogTrouble:
    if isinstance(error, Absent):
        return _gone(ask)
    told = {"pod": ask.pod, "container": ask.container, "cluster": ask.cluster, "reason": error.problem}
    if isinstance(error, Forbidden):
        return LogTrouble("logs.forbidden", told)
    if isinstance(error, QueryRejected):
        known = (message for words, message in _REJECTED.items() if words in error.problem)
        return LogTrouble(next(known, "logs.rejected"), told)
    if isinstance(error, SourceReplyInvalid):
        return LogTrouble("logs.kubelet", told)
    return LogTrouble("logs.timeout" if isinstance(error, SourceTimeout) else "logs.unreachable", told)


def _gone(ask: LogAsk) -> LogTrouble:
    return LogTrouble("logs.gone", {"pod": ask.pod})


def _too_long(message: str, limit: int) -> LogTrouble:
    return LogTrouble(message, {"size": f"{limit / 2**20:g} MiB"})
