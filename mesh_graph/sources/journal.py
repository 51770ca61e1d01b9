"""What routes declared over time, in a file that outlives the process: one writer, bounded, never guessed at.

Kubernetes keeps only the present state of an object. Each spec that a declared route or rule had is a row.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from mesh_graph.errors import ConfigError
from mesh_graph.sources.cluster import Change, Identity

__all__ = ["FILE", "MOST_BYTES", "MOST_ROWS", "Journal"]

FILE = "journal.sqlite"
MOST_ROWS = 20_000
MOST_BYTES = 32 * 2**20
_PAGE_BYTES = 4096
_APPLICATION = 0x4D534852
"""Tells our files from those of others, in SQLite's ``application_id``."""
_VERSION = 1
_TABLE = """
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    cluster TEXT NOT NULL, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    at REAL NOT NULL, seen_at REAL NOT NULL, resource_version TEXT NOT NULL,
    digest TEXT NOT NULL, shape TEXT NOT NULL, weights TEXT NOT NULL
)
"""
_INSERT = "INSERT INTO changes VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OLDER = """
DELETE FROM changes WHERE id IN (
    SELECT id FROM changes
    ORDER BY id IN (SELECT max(id) FROM changes GROUP BY cluster, kind, namespace, name), id LIMIT ?
)
"""
"""Deletes the oldest rows, those that are the newest of their object last."""


class Journal:
    """The file, and all that it holds in memory. Not thread-safe.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    most_rows, most_bytes : int
        Bounds; what is oldest is forgotten first, the newest state of each object last.

    Raises
    ------
    ConfigError
        If the file cannot be used: not ours, damaged, in use by another process, or not writable. It is left
        as it is.
    """

    def __init__(self, folder: Path, *, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> None:
        self.path = folder / FILE
        self._most_rows = most_rows
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(f"{self.path} cannot be opened: {error}. The journal is not kept.") from None
        try:
            self._open(most_bytes)
            self._changes = self._read()
        except (sqlite3.Error, ValueError, TypeError) as error:
            self._file.close()
            raise ConfigError(f"{self.path} {_why(error)} The journal is not kept.") from None
        except ConfigError:
            self._file.close()
            raise

    @property
    def changes(self) -> Mapping[Identity, tuple[Change, ...]]:
        """All that is known, by object, ascending; it does not change later."""
        return self._changes

    def record(self, found: Mapping[Identity, Change]) -> None:
        """Add a change of each of some objects, all or none.

        Raises
        ------
        OSError
            If the file cannot be written, even after the oldest tenth was forgotten; it stays as it was.
        """
        rows = [(*identity, *_row(change)) for identity, change in found.items()]
        try:
            self._write(rows, 0)
        except sqlite3.OperationalError:
            try:
                self._write(rows, max(self._count() // 10, len(rows)))
            except sqlite3.Error as error:
                raise OSError(f"{self.path} cannot be written: {error}") from error
        self._changes = self._read()

    def close(self) -> None:
        """Let another process have the file."""
        self._file.close()

    def _open(self, most_bytes: int) -> None:
        self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._file.execute("BEGIN EXCLUSIVE")
        (application,) = self._file.execute("PRAGMA application_id").fetchone()
        (version,) = self._file.execute("PRAGMA user_version").fetchone()
        (tables,) = self._file.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if (application, tables) == (0, 0):
            self._file.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._file.execute(f"PRAGMA user_version = {_VERSION}")
            self._file.execute(_TABLE)
        elif application != _APPLICATION:
            raise ConfigError(f"{self.path} belongs to another program. The journal is not kept.")
        elif version != _VERSION:
            raise ConfigError(f"{self.path} was written by a newer version. The journal is not kept.")
        self._file.execute("COMMIT")
        (sound,) = self._file.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise sqlite3.DatabaseError(sound)
        self._file.execute(f"PRAGMA max_page_count = {max(most_bytes // _PAGE_BYTES, 16)}")

    def _write(self, rows: list[tuple[object, ...]], forget: int) -> None:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            if forget:
                self._file.execute(_OLDER, (forget,))
            self._file.executemany(_INSERT, rows)
            if (over := self._count() - self._most_rows) > 0:
                self._file.execute(_OLDER, (over,))
            self._file.execute("COMMIT")
        except sqlite3.Error:
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")
            raise

    def _count(self) -> int:
        (count,) = self._file.execute("SELECT count(*) FROM changes").fetchone()
        return int(count)

    def _read(self) -> Mapping[Identity, tuple[Change, ...]]:
        found: dict[Identity, list[Change]] = {}
        for _, cluster, kind, namespace, name, *rest in self._file.execute(
            "SELECT * FROM changes ORDER BY id"
        ):
            found.setdefault((cluster, kind, namespace, name), []).append(_change(rest))
        return MappingProxyType({identity: tuple(changes) for identity, changes in found.items()})


def _row(change: Change) -> tuple[object, ...]:
    weights = json.dumps(dict(change.weights), sort_keys=True)
    return change.at, change.seen_at, change.resource_version, change.digest, change.shape, weights


def _change(row: list[object]) -> Change:
    at, seen_at, resource_version, digest, shape, text = row
    weights = json.loads(str(text))
    if not isinstance(weights, dict):
        raise ValueError("weights are no mapping")
    known = {str(path): int(weight) for path, weight in weights.items()}
    return Change(float(str(at)), float(str(seen_at)), str(resource_version), str(digest), str(shape), known)


def _why(error: Exception) -> str:
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return "is in use by another process."
    if isinstance(error, sqlite3.OperationalError):
        return f"cannot be used: {error}."
    return f"is damaged, or no journal: {error}."
