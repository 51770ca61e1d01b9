"""Lines of pods' logs → JSON, and plain text; nothing of it is for keeping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from mesh_graph.answers.pod_lines import LogChoice, LogPod, PodLines, Stream
from mesh_graph.logs.model import Access, Line
from mesh_graph.model import Protocol
from mesh_graph.views.flags import code_words, flag_words
from mesh_graph.views.messages_logs import MESSAGES
from mesh_graph.views.numbers import format_clock
from mesh_graph.views.words import fill

__all__ = ["logs_json", "logs_text"]

LOCAL_SUFFIX = ".svc.cluster.local"
_FIELDS = tuple(one.name for one in fields(Access))


def logs_json(found: PodLines, choice: LogChoice, traces: Mapping[str, str]) -> dict[str, Any]:
    """The answer of the API.

    Parameters
    ----------
    found : PodLines
    choice : LogChoice
        What was asked for.
    traces : mapping of str to str
        Addresses of traces, with ``{id}`` in the place of a trace's (``by_trace``) or a request's id
        (``by_request``); empty where nobody is asked for traces.
    """
    return {
        "at": found.at,
        "since": found.since,
        "words": _words(found, choice),
        "notes": [*_notes(found)],
        "read": found.read,
        "matching": found.matching,
        "pods": [_pod(pod) for pod in found.pods],
        "streams": [
            {"pod": s.pod, "container": s.container, "lines": s.count, "is_failing": s.trouble is not None}
            for s in found.streams
        ],
        "traces": dict(traces),
        "lines": [_line(line) for line in found.lines],
    }


def logs_text(found: PodLines) -> str:
    """A line of text for each: instant, pod, container and what it wrote."""
    return "".join(f"{_instant(line.at)} {line.pod} {line.container} {line.text}\n" for line in found.lines)


def _instant(at: float | None) -> str:
    return "-" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")


def _words(found: PodLines, choice: LogChoice) -> str:
    """How much there is, of when, in a sentence or two."""
    values = {
        "from": format_clock(found.since or 0.0),
        "to": format_clock(found.at),
        "read": f"{found.read:,}",
        "matching": f"{found.matching:,}",
        "shown": f"{len(found.lines):,}",
    }
    if not found.lines:
        of_when = "logs.none" if found.since is not None else "logs.none-of-any-age"
        return fill(MESSAGES["logs.none-matching" if found.read else of_when], values)
    parts = ["logs.all" if choice.sieve.takes_all else "logs.matching"]
    parts += ["logs.shown"] if len(found.lines) < found.matching else []
    parts.append(
        "logs.previous" if choice.is_previous else "logs.range" if found.since is not None else "logs.any-age"
    )
    return " ".join(fill(MESSAGES[part], values) for part in parts)


def _notes(found: PodLines) -> Iterator[str]:
    """What could not be had, then what was left out."""
    for stream in found.streams:
        if stream.trouble is not None:
            told = {"where": _where(stream), **stream.trouble.parameters}
            yield fill(MESSAGES[stream.trouble.message], told)
    if found.not_read:
        yield fill(MESSAGES["logs.not-read"], {"count": str(found.not_read)})
    shown_from = next((line.at for line in found.lines if line.at is not None), None)
    for stream in found.streams:
        if stream.since is not None and (shown_from is None or stream.since > shown_from):
            told = {"where": _where(stream), "from": format_clock(stream.since)}
            yield fill(MESSAGES["logs.cut"], told)


def _where(stream: Stream) -> str:
    return f"{stream.pod}, {stream.container}" if stream.container else stream.pod


def _pod(pod: LogPod) -> dict[str, Any]:
    standing = pod.standing
    return {
        "name": standing.name,
        "cluster": pod.cluster,
        "node": standing.node,
        "reason": standing.reason,
        "restarts": standing.restarts,
        "containers": [
            {"name": one.name, "is_proxy": one.is_proxy, "restarts": one.restarts} for one in pod.containers
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    told: dict[str, Any] = {
        "at": line.at,
        "pod": line.pod,
        "container": line.container,
        "is_proxy": line.is_proxy,
        "level": line.level.value,
        "text": line.text,
    }
    if line.left_out:
        told["left_out"] = line.left_out
    if line.trace_id:
        told["trace_id"] = line.trace_id
    if line.access is not None:
        told["access"] = _access(line.access)
    return told


def _access(access: Access) -> dict[str, Any]:
    """The fields that the line holds, and what they mean."""
    values = ((name, getattr(access, name)) for name in _FIELDS)
    told = {name: value for name, value in values if value not in ("", None)}
    told["direction"] = "in" if access.is_inbound else "out"
    told["peer"] = access.downstream if access.is_inbound else _called(access)
    told["meaning"] = _meaning(access)
    return told


def _called(access: Access) -> str:
    """Whom the pod called, as people call it: the service and its subset, else the host."""
    parts = access.upstream_cluster.split("|")
    host = parts[3].removesuffix(LOCAL_SUFFIX) if len(parts) == 4 else access.authority or access.server_name
    return f"{host} {access.subset}".strip()


def _meaning(access: Access) -> str:
    if access.flags:
        return flag_words(access.flags)
    if access.grpc_status not in ("", "0"):
        return code_words(access.grpc_status, Protocol.GRPC)
    protocol = Protocol.HTTP if access.method else Protocol.TCP
    is_well = access.code.isascii() and access.code.isdigit() and 0 < int(access.code) < 400
    return "" if is_well else code_words(access.code, protocol)
