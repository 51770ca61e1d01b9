"""Recordings as files: JSON and numpy arrays in a zip archive, versioned, never pickled.

    snapshot.json              what it is of, the labels, and per family its series and edges
    texts.json                 every label value, once
    <family>/codes.npy         label values per series, as places in the texts: (labels, series)
    <family>/<part>/<c>.npy    columns of ``Samples``; times as differences, which pack better

A part is ``count``, ``sum`` or ``bucket``. What does not fit together is refused, not mended.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mesh_graph.errors import ConfigError, MeshGraphError
from mesh_graph.sources.archive import ArchiveLimits, ArchiveRefused, read_archive, write_archive
from mesh_graph.sources.query import Family
from mesh_graph.sources.recording import About, RecordedFamily, Recording, Samples
from mesh_graph.sources.store import MOST_EDGES

__all__ = ["FORMAT", "LIMITS", "VERSION", "read_snapshot", "write_snapshot"]

FORMAT = "meshgraph-snapshot"
VERSION = 1
LIMITS = ArchiveLimits()
MOST_SERIES = 500_000
"""Of one family."""
MOST_JSON_BYTES = 32 * 2**20
MOST_SECONDS = 4e9
_ADVICE = "Open a file that mesh-graph record wrote."
_LESS = "Record fewer namespaces, or a shorter time."
_COLUMNS = {"cells": "<i8", "lengths": "<i8", "times": "<i8", "values": "<f8"}

Seconds = Annotated[float, Field(ge=0, le=MOST_SECONDS, allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=1000)]


_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<dtype><[if][48])', 'fortran_order': False, "
    rb"'shape': \((?P<shape>\d{1,12},(?: \d{1,12})?)\), \} *\n",
    re.DOTALL,
)
"""Of an array as numpy writes it, read without numpy's parser, which takes any Python literal."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _About(_Strict):
    source: Name
    is_demo: bool
    since: Seconds
    start: Seconds
    end: Seconds
    recorded_at: Seconds
    namespaces: Annotated[tuple[Name, ...], Field(max_length=10_000)]
    warnings: Annotated[tuple[Name, ...], Field(max_length=100)]


class _Family(_Strict):
    series: Annotated[int, Field(ge=0, le=MOST_SERIES)]
    edges: Annotated[tuple[Name, ...], Field(max_length=MOST_EDGES)]
    parts: Annotated[tuple[Literal["count", "sum", "bucket"], ...], Field(max_length=3)]


class _Manifest(_Strict):
    format: Literal["meshgraph-snapshot"]
    version: int
    about: _About
    labels: Annotated[tuple[Name, ...], Field(max_length=100)]
    families: dict[Family, _Family]


def write_snapshot(path: Path, recording: Recording) -> None:
    """Write a recording to a file.

    Raises
    ------
    MeshGraphError
        If it cannot be written, or is too large to be opened again.
    """
    if any(held.codes.shape[1] > MOST_SERIES for held in recording.families.values()):
        raise MeshGraphError(f"There are more than {MOST_SERIES:,} series of one family. {_LESS}")
    about = {name: getattr(recording.about, name) for name in _About.model_fields}
    families = {
        family.value: {"series": held.codes.shape[1], "edges": held.edges, "parts": tuple(held.parts)}
        for family, held in recording.families.items()
    }
    manifest = {"format": FORMAT, "version": VERSION, "about": about}
    manifest |= {"labels": recording.labels, "families": families}
    contents = {"snapshot.json": orjson.dumps(manifest), "texts.json": orjson.dumps(recording.texts)}
    for family, held in recording.families.items():
        contents |= _family_entries(family, held)
    if sum(map(len, contents.values())) > LIMITS.unpacked_bytes:
        raise MeshGraphError(f"{path} would be too large to be opened again. {_LESS}")
    try:
        write_archive(path, contents)
    except OSError as error:
        raise MeshGraphError(f"{path} cannot be written: {error.strerror}.") from error


def _family_entries(family: Family, held: RecordedFamily) -> dict[str, bytes]:
    entries = {f"{family}/codes.npy": _packed(held.codes.astype("<i4"))}
    for part, samples in held.parts.items():
        columns = {
            "cells": samples.cells,
            "lengths": samples.lengths,
            "times": np.diff(samples.times, prepend=np.int64(0)),
            "values": samples.values,
        }
        for column, dtype in _COLUMNS.items():
            entries[f"{family}/{part}/{column}.npy"] = _packed(columns[column].astype(dtype))
    return entries


def read_snapshot(path: Path, limits: ArchiveLimits = LIMITS) -> Recording:
    """The recording in a file.

    Raises
    ------
    ConfigError
        If it is not there, not one, damaged, of a later version, or passes a limit.
    """
    try:
        contents = read_archive(path, limits)
        return _recording(contents)
    except OSError as error:
        raise ConfigError(f"snapshot {path} cannot be read: {error.strerror}.") from error
    except ArchiveRefused as error:
        raise ConfigError(f"snapshot {path} {error}. {_ADVICE}") from error


def _recording(contents: Mapping[str, bytes]) -> Recording:
    manifest = _manifest(contents.get("snapshot.json"))
    about = About(**manifest.about.model_dump())
    if not about.since <= about.start <= about.end:
        raise ArchiveRefused("holds a time that ends before it begins")
    texts = _texts(contents.get("texts.json"))
    named = {"snapshot.json", "texts.json"}
    families = {}
    for family, told in manifest.families.items():
        own = {name: body for name, body in contents.items() if name.startswith(f"{family}/")}
        families[family] = _family(family, told, own, len(manifest.labels), len(texts))
        named |= {f"{family}/codes.npy"} | {f"{family}/{p}/{c}.npy" for p in told.parts for c in _COLUMNS}
    if contents.keys() - named:
        raise ArchiveRefused("holds entries that are of no snapshot")
    return Recording(about, manifest.labels, texts, families)


def _manifest(body: bytes | None) -> _Manifest:
    told = _json(body)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ArchiveRefused("is no snapshot of Meshgraph's")
    if told.get("version") != VERSION:
        raise ArchiveRefused(
            f"is a snapshot of version {str(told.get('version'))[:20]}, and only version {VERSION} is known"
        )
    try:
        manifest = _Manifest.model_validate_json(body or b"", strict=True)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise ArchiveRefused(f"holds a broken snapshot.json: {place[:80]}") from None
    if len(set(manifest.labels)) < len(manifest.labels):
        raise ArchiveRefused("names a label twice")
    return manifest


def _texts(body: bytes | None) -> tuple[str, ...]:
    texts = _json(body)
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ArchiveRefused("holds a broken texts.json")
    return tuple(texts)


def _json(body: bytes | None) -> Any:
    if len(body or b"") > MOST_JSON_BYTES:
        raise ArchiveRefused(f"holds more than {MOST_JSON_BYTES // 2**20} MiB of JSON")
    try:
        return orjson.loads(body or b"")
    except orjson.JSONDecodeError:
        raise ArchiveRefused("is no snapshot of Meshgraph's") from None


def _family(
    family: Family, told: _Family, own: Mapping[str, bytes], labels: int, texts: int
) -> RecordedFamily:
    codes = _array(own.get(f"{family}/codes.npy"), "<i4", 2)
    _require(codes.shape == (labels, told.series), f"{family} has labels of another number")
    _require(
        not codes.size or (codes.min() >= 0 and codes.max() < texts), f"{family} has labels without text"
    )
    _require(_are_edges(told.edges) if family.is_histogram else not told.edges, f"{family} has bad buckets")
    _require(family.is_histogram or set(told.parts) <= {"count"}, f"{family} has parts of a histogram")
    parts: dict[str, Samples] = {}
    for part in told.parts:
        columns = {c: _array(own.get(f"{family}/{part}/{c}.npy"), t, 1) for c, t in _COLUMNS.items()}
        columns["times"] = np.cumsum(columns["times"])
        samples = Samples(**columns)
        cells = told.series * (len(told.edges) if part == "bucket" else 1)
        _require(_is_whole(samples, cells), f"{family} has samples that do not fit together")
        parts[part] = samples
    return RecordedFamily(codes, told.edges, parts)


def _are_edges(edges: tuple[str, ...]) -> bool:
    try:
        numbers = np.array(edges, dtype=np.float64)
    except ValueError:
        return False
    return len(edges) > 0 and edges[-1] == "+Inf" and bool((np.diff(numbers) > 0).all())


def _is_whole(samples: Samples, cells: int) -> bool:
    """Whether every sample has its cell, cells and times ascend, and times are instants."""
    total, lengths = len(samples.values), samples.lengths
    if len(samples.times) != total or len(samples.cells) != len(lengths):
        return False
    if not len(lengths):
        return total == 0
    if lengths.min() < 1 or lengths.max() > total or lengths.sum() != total:
        return False
    if samples.cells[0] < 0 or samples.cells[-1] >= cells or (np.diff(samples.cells) <= 0).any():
        return False
    if samples.times.min() < 0 or samples.times.max() > MOST_SECONDS * 1000:
        return False
    rises = np.diff(samples.times) > 0
    rises[np.cumsum(lengths)[:-1] - 1] = True
    return bool(rises.all())


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise ArchiveRefused(f"is damaged: {problem}")


def _packed(array: NDArray[Any]) -> bytes:
    body = io.BytesIO()
    np.lib.format.write_array(body, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return body.getvalue()


def _array(body: bytes | None, dtype: str, dimensions: int) -> NDArray[Any]:
    """An array of one kind and just as long as its entry; numpy is not asked to make room for more."""
    if body is None:
        raise ArchiveRefused("lacks a part of its contents")
    head = _HEADER.match(body)
    if head is None or head["dtype"].decode() != dtype:
        raise ArchiveRefused("is damaged: an array is of another kind")
    shape = [int(length) for length in head["shape"].replace(b" ", b"").split(b",") if length]
    _require(len(shape) == dimensions, "an array is of another kind")
    _require(math.prod(shape) * np.dtype(dtype).itemsize == len(body) - head.end(), "an array is cut off")
    return np.frombuffer(body, dtype, offset=head.end()).reshape(shape)
