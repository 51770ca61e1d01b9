"""Words of the detail pages, in English: panels, lines, groups, and in what two reports differ."""

from __future__ import annotations

from mesh_graph.detail.choice import Group, Told
from mesh_graph.model import NodeKind
from mesh_graph.topology.attributes import Gap
from mesh_graph.views.flags import flag_words
from mesh_graph.views.numbers import format_percent
from mesh_graph.views.words import fill

__all__ = ["GROUPS", "KINDS", "LINES", "MESSAGES", "PANELS", "TOLD", "difference_words", "line_words"]

KINDS: dict[NodeKind, str] = {
    NodeKind.APP: "Application",
    NodeKind.WORKLOAD: "Workload",
    NodeKind.SERVICE: "Service",
}

PANELS: dict[str, str] = {
    "errors": "Errors",
    "requests": "Requests",
    "duration": "Response time",
    "duration_heat": "Response times, spread",
    "request_size": "Request size",
    "response_size": "Response size",
    "throughput": "Throughput",
    "messages": "gRPC messages",
    "tcp_bytes": "TCP throughput",
    "tcp_connections": "TCP connections",
    "pods_cpu": "CPU of its pods",
    "pods_throttled": "CPU periods throttled",
    "pods_memory": "Memory of the pod with most",
}
"""Titles of panels."""

LINES: dict[str, str] = {
    "ok": "ok",
    "error": "errors",
    "client_error": "client errors",
    "hung_up": "caller hung up",
    "avg": "average",
    "p50": "p50",
    "p95": "p95",
    "p99": "p99",
    "sent": "to the server",
    "received": "from the server",
    "opened": "opened",
    "closed": "closed",
    "failed": "failed",
    "source": "callers saw",
    "destination": "server counted",
    "waypoint": "waypoint counted",
}
"""Words of a plain chart's lines, and of reporters."""

TOLD: dict[Told, str] = {
    Told.MERGED: "Each request once",
    Told.SOURCE: "Callers' proxies",
    Told.DESTINATION: "Server's proxies",
    Told.BOTH: "Both, side by side",
}

GROUPS: dict[Group, str] = {
    Group.NONE: "Nothing",
    Group.PEER_APP: "Peer application",
    Group.PEER_NAMESPACE: "Peer namespace",
    Group.PEER_VERSION: "Peer version",
    Group.VERSION: "Own version",
    Group.SERVICE: "Called service",
    Group.CODE: "Response code",
    Group.GRPC_STATUS: "gRPC status",
    Group.FLAGS: "Response flags",
    Group.SECURITY: "Connection security",
    Group.POD: "Pod",
    Group.NODE: "Node",
    Group.ZONE: "Zone",
}

MESSAGES: dict[str, str] = {
    "absent": "Without data in this range: {panels}",
    "added.empty": "No series in this range.",
    "hidden": "{count} more, less busy, are not drawn",
    "outlier": "{name} stands out: far above the others",
    "above-top": "{lines} lay above the histogram's top bucket at times: not drawn there",
    "range": "Rates over {window}, a point every {step}, times in UTC. The shaded part is what tables and "
    "graphs show.",
    "report-source-only": "The server's proxies report nothing here: it may have no sidecar.",
    "report-server-only": "The callers' proxies report nothing here: they may have no sidecar.",
    "report-lost": "Lost on the way: {share} of what callers sent ended at their own proxies, "
    "mostly {flags}.",
    "report-more": "The server counted {share} more than arrived from these callers: retries, mirrored "
    "requests, or callers without a proxy.",
    "report-masked": "Masked by retries: the server failed {server} of its requests, callers saw "
    "{source} fail.",
    "report-added": "Callers saw {source} fail, the server counted {server}: the rest was lost on the way or "
    "came too late.",
    "since": "{status} since {time} ({age} ago), {before} before",
    "since.just": "{status} began within the last {step}, {before} before",
    "since.at-least": "{status} since {time} at least ({age} ago), as far as was looked back",
    "since.unknown": "Since when is not known: {reason}",
    "since.step": "Looked at every {step}; what began and ended between is not seen.",
    "unknown": "No {kind} {name} was seen in namespace {namespace}, neither in the last {window} nor in the "
    "week before.",
    "others": "The source answers, and holds traffic of others: is the name right, and the namespace?",
    "silent": "No traffic in the last {window}, nor any series of it in the week before.",
    "idle": "No traffic in the last {window}. Its series were last there at {time}.",
}


def line_words(line: tuple[str, str], *, is_plain: bool) -> str:
    """Name of a line; in plain charts it is a measure, else a label's value, with its reporter where told."""
    name, reporter = line
    shown = LINES.get(name, name) if is_plain else name
    return " · ".join(text for text in (shown, LINES.get(reporter, reporter)) if text)


def difference_words(gap: Gap) -> str:
    """A difference of two reports, as a sentence."""
    values = dict(gap.parameters)
    for name in ("share", "server", "source"):
        if name in values:
            values[name] = format_percent(float(values[name]))
    if "flags" in values:
        values["flags"] = f"{flag_words(values['flags'])} ({values['flags']})"
    return fill(MESSAGES[gap.message], values)
