"""A folder of YAML manifests as a cluster source."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from mesh_graph.sources.cluster import ClusterGap, KubeObject, Origin, Snapshot
from mesh_graph.sources.cluster_kinds import KubeKind, rows_of
from mesh_graph.sources.cluster_object import ObjectInvalid, object_of
from mesh_graph.sources.log_source import LogSource, NoLogs, WhyOff
from mesh_graph.sources.manifest_text import Document, ManifestInvalid, documents

__all__ = ["ManifestSource"]

ENDINGS = (".yaml", ".yml", ".json")
MAX_FILES = 10_000
MAX_FILE_BYTES = 8 * 2**20
MAX_BYTES = 128 * 2**20
"""All files together."""
EVERY_S = 5.0
DEFAULT_NAMESPACE = "default"

Stamp = tuple[tuple[str, int, int], ...]
Found = dict[str, dict[tuple[str, str], KubeObject]]
"""Objects by kind, then by namespace and name."""


class ManifestSource:
    """Implements ``ClusterSource`` over the files of a folder, read anew when one has changed.

    A file that cannot be read, or an object in it, is a gap; the others count all the same. Kinds that are
    not known are passed over; an object without a namespace is in ``default``. Of two objects with one name
    the later one counts, as it would once both are applied in order; that there are two is a gap.

    Parameters
    ----------
    folder : Path
    cluster : str
        Name of the cluster that the objects are meant for.
    every_s : float
        Changes of the folder are looked for at most this often.
    """

    def __init__(self, folder: Path, cluster: str = "", *, every_s: float = EVERY_S) -> None:
        self._folder = folder
        self._cluster = cluster
        self._lock = threading.Lock()
        self._every_s = every_s
        self._looked_at: float | None = None
        self._stamp: Stamp | None = None
        self._snapshot = Snapshot(0, 0.0)

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._folder)

    @property
    def is_demo(self) -> bool:
        """False."""
        return False

    @property
    def logs(self) -> LogSource:
        """Nobody: manifests do not run."""
        return NoLogs(WhyOff.NO_CLUSTER)

    def wait(self, timeout_s: float) -> bool:
        """Read the folder; True."""
        self.snapshot()
        return True

    def snapshot(self) -> Snapshot:
        """The objects of the folder's files."""
        with self._lock:
            if self._looked_at is None or time.monotonic() - self._looked_at >= self._every_s:
                self._look()
                self._looked_at = time.monotonic()
            return self._snapshot

    def close(self) -> None:
        """Nothing to release."""

    def _look(self) -> None:
        paths = sorted(_files(self._folder))
        stamp = tuple((str(path), *_size_and_time(path)) for path in paths)
        if stamp != self._stamp:
            self._stamp = stamp
            self._snapshot = self._read(paths)

    def _read(self, paths: list[Path]) -> Snapshot:
        by_kind: Found = defaultdict(dict)
        gaps = [ClusterGap("manifests.too-many", self._cluster, parameters=(("files", f"{MAX_FILES:,}"),))]
        gaps = gaps if len(paths) > MAX_FILES else []
        left = MAX_BYTES
        for path in paths[:MAX_FILES]:
            file = path.relative_to(self._folder).as_posix()
            try:
                text = _text(path, left)
                left -= len(text)
                for document in documents(text):
                    self._take(document, file, by_kind, gaps)
            except ManifestInvalid as error:
                gaps.append(self._refused(file, str(error)))
        return Snapshot(
            self._snapshot.version + 1,
            time.time(),
            (self._cluster,),
            tuple(gaps),
            {kind: tuple(found[place] for place in sorted(found)) for kind, found in by_kind.items()},
        )

    def _take(self, document: Document, file: str, by_kind: Found, gaps: list[ClusterGap]) -> None:
        for row in rows_of(document.value):
            try:
                one = self._object(row, document, file)
            except ObjectInvalid as error:
                gaps.append(self._refused(file, f"line {document.line}: the {row.kind} {error}"))
                continue
            before = by_kind[row.kind].get((one.namespace, one.name))
            by_kind[row.kind][one.namespace, one.name] = one
            if before is not None and row.kind != "Istiod":
                gaps.append(self._twice(one, before))

    def _twice(self, one: KubeObject, before: KubeObject) -> ClusterGap:
        first, second = (f"{o.origin.file}:{o.origin.line_of('')}" for o in (before, one) if o.origin)
        values = {"object": f"{one.kind} {one.namespace}/{one.name}", "first": first, "second": second}
        return ClusterGap("manifests.twice", self._cluster, parameters=tuple(values.items()))

    def _object(self, row: KubeKind, document: Document, file: str) -> KubeObject:
        metadata = document.value.get("metadata")
        if row.is_namespaced and isinstance(metadata, dict):
            metadata["namespace"] = metadata.get("namespace") or DEFAULT_NAMESPACE
        return object_of(row, document.value, self._cluster, Origin(file, document.lines()))

    def _refused(self, file: str, problem: str) -> ClusterGap:
        return ClusterGap(
            "manifests.refused", self._cluster, parameters=(("file", file), ("problem", problem))
        )


def _files(folder: Path) -> Iterator[Path]:
    """Manifests of a folder and those below it; hidden folders and links to folders are passed by."""
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(at, name) for name in names if name.endswith(ENDINGS) and not name.startswith("."))


def _size_and_time(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _text(path: Path, left: int) -> str:
    """The text of a file.

    Raises
    ------
    ManifestInvalid
        If it cannot be read, is no regular file, is too large by itself or with the others, or no UTF-8.
    """
    if not path.is_file():
        raise ManifestInvalid("is no regular file")
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ManifestInvalid(f"cannot be read: {(error.strerror or 'unknown reason').lower()}") from None
    if len(raw) > MAX_FILE_BYTES:
        raise ManifestInvalid(f"is larger than {MAX_FILE_BYTES >> 20} MiB")
    if len(raw) > left:
        raise ManifestInvalid(f"comes after {MAX_BYTES >> 20} MiB of others")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ManifestInvalid("is not UTF-8") from None
