"""``mesh-graph record``: the raw counters that views need over some time, as a file to open anywhere."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from mesh_graph import fields
from mesh_graph.codec import format_instant, parse_duration, parse_instant, view_from_query
from mesh_graph.detail.choice import PLACE_LABELS
from mesh_graph.diagnosis.doubles import REPLICA_LABELS
from mesh_graph.errors import ConfigError, InvalidRequest, UnknownNamespace
from mesh_graph.export.mask_recording import masked_recording
from mesh_graph.export.masking import add_mask_arguments, mask_of
from mesh_graph.model import View
from mesh_graph.plan import scopes
from mesh_graph.settings import Settings
from mesh_graph.sources.base import MetricsSource
from mesh_graph.sources.connect import connect
from mesh_graph.sources.recorder import record
from mesh_graph.sources.recording import About, RecordedStore, Recording
from mesh_graph.sources.snapshot_file import write_snapshot
from mesh_graph.sources.store import LOOKBACK_S

__all__ = ["LABELS", "add_arguments", "record_views"]

MOST_HOURS = 24
GRID_S = 60
"""Live lies so far before the end at most; what it is compared with lies up to a window further back."""
LABELS = tuple(
    dict.fromkeys(
        (
            *fields.REQUEST_LABELS,
            *fields.TCP_LABELS,
            fields.SOURCE_PRINCIPAL,
            fields.DESTINATION_PRINCIPAL,
            fields.JOB,
            fields.INSTANCE,
            fields.NAMESPACE,
            fields.CLUSTER,
            *REPLICA_LABELS,
            *(label for labels in PLACE_LABELS.values() for label in labels),
        )
    )
)
"""Every label that a view asks for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is told beside the settings."""
    parser.add_argument("file", metavar="FILE", help="file to write")
    parser.add_argument(
        "--namespace",
        action="append",
        default=[],
        metavar="NAME",
        help="namespace whose traffic is recorded; may be repeated (default: that of all)",
    )
    parser.add_argument(
        "--view",
        action="append",
        default=[],
        metavar="URL",
        help="address of a page, or its query string: its namespaces, over its window; may be repeated",
    )
    parser.add_argument("--last", default="1h", metavar="DURATION", help="time to look back at (default: 1h)")
    parser.add_argument(
        "--until", metavar="INSTANT", help="its end, such as 2026-11-20T10:15:00Z (default: now)"
    )
    add_mask_arguments(parser)


def record_views(settings: Settings, arguments: argparse.Namespace) -> int:
    """Record what the views need; 0.

    Raises
    ------
    MeshGraphError
        If a parameter cannot be used, a namespace is unknown, the source does not answer, there is too much,
        or the file cannot be written.
    """
    views = [_view(settings, address) for address in arguments.view]
    namespaces = _namespaces(views, arguments.namespace)
    last_s = _duration(arguments.last)
    path, mask = Path(arguments.file), mask_of(arguments)
    if not path.parent.is_dir():
        raise ConfigError(f"{path} cannot be written: {path.parent} is no folder.")
    with closing(connect(settings)) as source:
        end = source.now() if arguments.until is None else _instant(arguments.until)
        window_s = max(settings.window_s, *(view.window_s for view in views), 0)
        about = About(
            source=source.name,
            is_demo=source.is_demo,
            since=end - last_s - max(LOOKBACK_S, 2 * window_s + GRID_S),
            start=end - last_s,
            end=end,
            recorded_at=time.time(),
            namespaces=namespaces,
        )
        _require_known(source, about)
        recording = record(source, about, scopes(namespaces), LABELS)
    RecordedStore(recording)
    write_snapshot(path, recording if mask is None else masked_recording(recording, mask))
    _tell(path, recording)
    return 0


def _view(settings: Settings, address: str) -> View:
    query = urlsplit(address).query or address.removeprefix("?")
    return view_from_query(dict(parse_qsl(query)), View(window_s=settings.window_s))


def _namespaces(views: Sequence[View], named: Sequence[str]) -> tuple[str, ...]:
    """Namespaces of all views and those named; none, which means all, where a view is of the whole mesh."""
    if any(not view.namespaces for view in views):
        return ()
    return tuple(sorted({*named, *(name for view in views for name in view.namespaces)}))


def _duration(text: str) -> int:
    try:
        seconds = parse_duration(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= MOST_HOURS * 3600:
        raise InvalidRequest(
            "last", f"{text[:80]!r} cannot be recorded", f"It takes 15m or 1h, at most {MOST_HOURS}h."
        )
    return seconds


def _instant(text: str) -> float:
    try:
        return parse_instant(text)
    except ValueError:
        raise InvalidRequest(
            "until", f"{text[:80]!r} is no instant", "It takes 2026-11-20T10:15:00Z."
        ) from None


def _require_known(source: MetricsSource, about: About) -> None:
    known: set[str] = set()
    for label in (fields.SOURCE_WORKLOAD_NAMESPACE, fields.DESTINATION_WORKLOAD_NAMESPACE):
        known.update(source.label_values(label, (), about.since, about.end))
    if missing := [name for name in about.namespaces if name not in known]:
        raise UnknownNamespace(missing[0])


def _tell(path: Path, recording: Recording) -> None:
    about = recording.about
    series = sum(held.codes.shape[1] for held in recording.families.values())
    samples = sum(len(part.values) for held in recording.families.values() for part in held.parts.values())
    span = " to ".join(format_instant(round(at)) for at in (about.start, about.end))
    sys.stdout.write(
        f"Recorded {series:,} series with {samples:,} samples of {about.source}, {span}, in {path} "
        f"({path.stat().st_size / 2**20:.1f} MiB).\n"
    )
    for warning in about.warnings:
        sys.stderr.write(f"{about.source} warned: {warning}\n")
