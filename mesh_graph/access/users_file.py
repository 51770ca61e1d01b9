"""The users file, or the folder of a mounted Secret, read anew when it changes; a bad one lets nobody in."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock

from mesh_graph.access.refusals import SignInUnavailable
from mesh_graph.access.roll import Roll
from mesh_graph.access.roll_text import Entries, merge_entries, parse_entries
from mesh_graph.errors import ConfigError

__all__ = ["UsersFile", "read_roll"]

_LOG = logging.getLogger(__name__)
ENDINGS = (".yaml", ".yml")
MOST_BYTES = 4 * 2**20

_Stamp = tuple[tuple[str, int, int, int], ...]


class UsersFile:
    """The roll as its file says it now.

    Parameters
    ----------
    path : Path or None
        A file, or a folder of which every ``*.yaml`` and ``*.yml`` counts. None is a roll without anybody,
        for where a proxy or a provider signs people in.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._stamp: _Stamp | None = None
        self._roll: Roll | ConfigError = Roll({}, {}, {})

    def roll(self) -> Roll:
        """The roll; read anew where the file is not what it was.

        Raises
        ------
        SignInUnavailable
            As long as the file cannot be used: a typing mistake must not keep somebody in who was taken off.
        """
        if self._path is not None:
            with self._lock:
                self._look(self._path)
        if isinstance(self._roll, ConfigError):
            raise SignInUnavailable(str(self._roll))
        return self._roll

    def _look(self, path: Path) -> None:
        stamp = _stamp(path)
        if stamp == self._stamp:
            return
        # The stamp is of before the reading: what changes meanwhile is seen at the next look.
        self._stamp = stamp
        try:
            self._roll = read_roll(path)
            _LOG.info("Users: %d, groups: %d.", len(self._roll.users), len(self._roll.groups))
        except ConfigError as error:
            self._roll = error
            _LOG.error("Nobody can come in: %s", error)


def read_roll(path: Path) -> Roll:
    """The roll of a file or folder.

    Raises
    ------
    ConfigError
        If it cannot be read, or an entry is wrong; says where.
    """
    parts: dict[str, Entries] = {}
    for file in _files(path):
        try:
            with file.open("rb") as opened:
                data = opened.read(MOST_BYTES + 1)
            if len(data) > MOST_BYTES:
                raise ConfigError(f"{file} is larger than {MOST_BYTES} bytes.")
            parts[str(file)] = parse_entries(data.decode("utf-8"), str(file))
        except UnicodeDecodeError:
            raise ConfigError(f"{file} is not text in UTF-8.") from None
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}.") from None
    if not parts:
        raise ConfigError(f"{path} holds no file that ends with {' or '.join(ENDINGS)}.")
    return Roll.of(merge_entries(parts), str(path))


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        # A mounted Secret has hidden folders beside its keys, to which these are links.
        found = (file for file in path.iterdir() if file.suffix in ENDINGS and not file.name.startswith("."))
        return sorted(found)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None


def _stamp(path: Path) -> _Stamp:
    try:
        stats = [(str(file), file.stat()) for file in _files(path)]
    except (OSError, ConfigError):
        return ()
    return tuple((name, stat.st_ino, stat.st_size, stat.st_ctime_ns) for name, stat in stats)
