"""The protocol of those who can be asked for the logs of pods, and what is asked and answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from mesh_graph.errors import LogsOff
from mesh_graph.scope import Right, Scope

__all__ = [
    "MOST_BYTES",
    "MOST_LINES",
    "LogAsk",
    "LogReply",
    "LogSource",
    "LogTrouble",
    "NoLogs",
    "ScopedLogs",
    "WhyOff",
    "line_stamp",
    "split_stamp",
    "within",
]

MOST_LINES = 5_000
"""Of one container that are asked for at a time."""
MOST_BYTES = 4 * 2**20
"""Of one container that are read at a time, so that the newest are among them."""


class WhyOff(StrEnum):
    """Why nobody is asked for logs."""

    NO_CLUSTER = "no-cluster"
    NO_SIGN_IN = "no-sign-in"
    NO_RIGHT = "no-right"


@dataclass(frozen=True, slots=True)
class LogAsk:
    """The last lines of one container.

    Attributes
    ----------
    since, until : float or None
        Unix seconds; None is as far back as there is, and the present.
    lines : int
        At most so many, the last ones of that time.
    is_previous : bool
        Of the run before the present one.
    """

    cluster: str
    namespace: str
    pod: str
    container: str
    lines: int = 500
    since: float | None = None
    until: float | None = None
    is_previous: bool = False


@dataclass(frozen=True, slots=True)
class LogTrouble:
    """Why lines could not be had, or not all: an id of the message catalogue with its parameters."""

    message: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogReply:
    """What a container wrote.

    Attributes
    ----------
    lines : tuple of bytes
        Without their ends, in the order written; each begins with its instant and a space.
    was_cut : bool
        Whether there are older ones in the time asked for.
    trouble : LogTrouble or None
    """

    lines: tuple[bytes, ...] = ()
    was_cut: bool = False
    trouble: LogTrouble | None = None


class LogSource(Protocol):
    """Whoever can be asked for logs. Thread-safe, read only; what cannot be had is a trouble in the reply."""

    @property
    def off(self) -> WhyOff | None:
        """Why nobody is asked; None where somebody is."""
        ...

    def read(self, ask: LogAsk) -> LogReply:
        """The last lines of a container.

        Raises
        ------
        LogsOff
            If nobody is asked, or whoever asks may read no logs at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class NoLogs:
    """Implements ``LogSource`` where nobody is asked."""

    off: WhyOff

    def read(self, ask: LogAsk) -> LogReply:
        """Refuse."""
        raise LogsOff(self.off)


class ScopedLogs:
    """Implements ``LogSource`` over another, for a scope; what may not be seen does not exist."""

    def __init__(self, source: LogSource, scope: Scope) -> None:
        self._source = source
        self._scope = scope

    @property
    def off(self) -> WhyOff | None:
        """The missing right, else why the other is off."""
        return self._source.off if self._scope.having(Right.LOGS).grants else WhyOff.NO_RIGHT

    def read(self, ask: LogAsk) -> LogReply:
        """The lines, if they may be read."""
        if self.off is not None:
            raise LogsOff(self.off)
        if not self._scope.allows(ask.namespace, ask.cluster):
            return LogReply(trouble=LogTrouble("logs.gone", {"pod": ask.pod}))
        if not self._scope.allows(ask.namespace, ask.cluster, Right.LOGS):
            return LogReply(trouble=LogTrouble("logs.no-right", {"cluster": ask.cluster}))
        return self._source.read(ask)


def split_stamp(line: bytes) -> tuple[float | None, bytes]:
    """Instant at the beginning of a line (Unix seconds) and the rest; None and all of it where there is none.

    Examples
    --------
    >>> split_stamp(b"2026-11-21T12:10:00.5Z hello"), split_stamp(b"hello")
    ((1795263000.5, b'hello'), (None, b'hello'))
    """
    head, mark, rest = line[:64].partition(b" ")
    if len(head) < 19 or not head[:4].isdigit():
        return None, line
    try:
        read = datetime.fromisoformat(head.decode("ascii"))
    except ValueError:
        return None, line
    if read.tzinfo is None:
        return None, line
    return read.timestamp(), rest + line[64:] if mark else b""


def line_stamp(at: float) -> str:
    """An instant as Kubernetes writes it before a line, to the microsecond."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def within(lines: Iterable[bytes], since: float | None) -> Iterator[bytes]:
    """Lines from an instant on; one without an instant goes with the one before it."""
    is_within = since is None
    for line in lines:
        at, _ = split_stamp(line)
        is_within = is_within if at is None or since is None else at >= since
        if is_within:
            yield line
