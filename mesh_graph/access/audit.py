"""The audit log: who did what, when, from where; one JSON object a line.

at      text   instant, UTC, RFC 3339
what    text   sign-in, sign-in-refused, sign-out, session-ended, refused, or answered
who     text   name; "" for a stranger
way     text   password, token, proxy, openid; "" for a stranger
from    text   address; of the client where a trusted proxy names it
method, path, query   text   on refused and answered: what was asked
status  number on refused and answered
pods, containers  text   on logs that were answered: whose
reason  text   on what was refused: why
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import orjson

from mesh_graph.access.refusals import SignInUnavailable
from mesh_graph.errors import ConfigError

__all__ = ["Audit"]

LONGEST = 2000
"""Characters of one value: names and addresses are what strangers send."""


class Audit:
    """Writes the audit log.

    Parameters
    ----------
    path : Path or None
        Appended to, and opened for each line, so that it may be moved away at any time; ``-`` is the standard
        output. None writes nothing.
    now : callable
        The present, with its time zone.

    Raises
    ------
    ConfigError
        If the file cannot be written.
    """

    def __init__(
        self, path: Path | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._path = path
        self._now = now
        self._lock = Lock()
        if path is not None and str(path) != "-":
            try:
                self._append(path, b"")
            except OSError as error:
                raise ConfigError(f"audit_log {path} cannot be written: {error.strerror}.") from None

    def write(self, what: str, **facts: str | int) -> None:
        """Write one line.

        Raises
        ------
        SignInUnavailable
            If that is not possible: what cannot be written down is not allowed either.
        """
        if self._path is None:
            return
        line = {"at": self._now().isoformat(timespec="milliseconds"), "what": what} | {
            name: value[:LONGEST] if isinstance(value, str) else value for name, value in facts.items()
        }
        try:
            self._append(self._path, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        except OSError as error:
            raise SignInUnavailable(f"The audit log cannot be written: {error.strerror}.") from None

    def _append(self, path: Path, data: bytes) -> None:
        with self._lock:
            if str(path) == "-":
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
                return
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, data)
            finally:
                os.close(handle)
