"""Zip files read under caps: nothing is unpacked to a path, and little is believed of what a file says.

Only what ``write_archive`` writes is read: no encryption, no comment, no 64-bit records, no second disk.
"""

from __future__ import annotations

import io
import os
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

__all__ = ["ArchiveLimits", "ArchiveRefused", "read_archive", "write_archive"]

_CHUNK = 1 << 20
_END = struct.Struct("<4s4H2LH")
"""End of the directory: signature, disks, entries here and in all, size and place, length of a comment."""
_LOCATOR_BYTES = 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError, struct.error)
"""What reading a broken archive comes to; OSError where it points before its own beginning."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


class ArchiveRefused(Exception):
    """A file that is not read, or not further; the message says why, as a clause after its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """Caps on one file.

    Attributes
    ----------
    packed_bytes, unpacked_bytes : int
        Of the file, and of all its entries together.
    entries : int
    directory_bytes : int
        Of the list of entries.
    seconds : float
        For reading and unpacking all of it.
    """

    packed_bytes: int = 256 * 2**20
    unpacked_bytes: int = 512 * 2**20
    entries: int = 256
    directory_bytes: int = 2**16
    seconds: float = 60.0


def read_archive(
    path: Path, limits: ArchiveLimits, clock: Callable[[], float] = time.monotonic
) -> dict[str, bytes]:
    """Contents by entry.

    Raises
    ------
    ArchiveRefused
        If the file passes a limit, is damaged, or is no such archive.
    OSError
        If it cannot be read.
    """
    until = clock() + limits.seconds
    # A pipe would be waited for.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        found = os.fstat(file.fileno())
        if not S_ISREG(found.st_mode):
            raise ArchiveRefused("is no regular file")
        if found.st_size > limits.packed_bytes:
            raise ArchiveRefused(f"is larger than {_mib(limits.packed_bytes)}")
        _check_directory(file, found.st_size, limits)
        try:
            with zipfile.ZipFile(file) as archive:
                return _contents(archive, limits, lambda: clock() > until)
        except _DAMAGE as error:
            raise ArchiveRefused("is damaged or truncated") from error


def _check_directory(file: BinaryIO, size: int, limits: ArchiveLimits) -> None:
    """Look at the size of the list of entries before it is read."""
    if size < _END.size + _LOCATOR_BYTES:
        raise ArchiveRefused("is no zip archive, or was truncated")
    file.seek(size - _END.size - _LOCATOR_BYTES)
    tail = file.read()
    mark, *disks, entries, directory_bytes, _, comment = _END.unpack(tail[_LOCATOR_BYTES:])
    if mark != b"PK\5\6" or comment:
        raise ArchiveRefused("is no zip archive, or was truncated")
    if tail.startswith(b"PK\6\7") or any(disks[:2]):
        raise ArchiveRefused("is a zip archive of another kind")
    if entries > limits.entries or directory_bytes > limits.directory_bytes:
        raise ArchiveRefused(f"has more than {limits.entries} entries")


def _contents(
    archive: zipfile.ZipFile, limits: ArchiveLimits, is_late: Callable[[], bool]
) -> dict[str, bytes]:
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise ArchiveRefused(f"has more than {limits.entries} entries")
    if len({info.filename for info in infos}) < len(infos):
        raise ArchiveRefused("has an entry twice")
    left, contents = limits.unpacked_bytes, {}
    for info in infos:
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArchiveRefused("is encrypted, or packed in another way")
        if info.file_size > left:
            raise ArchiveRefused(f"unpacks to more than {_mib(limits.unpacked_bytes)}")
        contents[info.filename] = _entry(archive, info, is_late)
        left -= info.file_size
    return contents


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, is_late: Callable[[], bool]) -> bytes:
    # No more is read than the entry says that it holds; its checksum is compared at the end.
    chunks, left = [], info.file_size
    with archive.open(info) as entry:
        while chunk := entry.read(_CHUNK):
            if is_late():
                raise ArchiveRefused("takes too long to unpack")
            chunks.append(chunk)
            left -= len(chunk)
    if left:
        raise ArchiveRefused("is damaged or truncated")
    return b"".join(chunks)


def write_archive(path: Path, contents: Mapping[str, bytes]) -> None:
    """Write entries to a file, which appears whole or not at all.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    partial = path.with_name(path.name + ".part")
    try:
        partial.write_bytes(packed.getbuffer())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _mib(size: int) -> str:
    return f"{size / 2**20:g} MiB"
