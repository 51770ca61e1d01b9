"""Words of pods' logs, in English."""

from __future__ import annotations

from mesh_graph.logs.model import Level

__all__ = ["LEVELS", "MESSAGES"]

LEVELS: dict[Level, str] = {
    Level.UNKNOWN: "All lines",
    Level.DEBUG: "Debug and above",
    Level.INFO: "Info and above",
    Level.WARN: "Warnings and errors",
    Level.ERROR: "Errors",
}
"""Least levels, as the page offers them."""

MESSAGES: dict[str, str] = {
    "logs.range": "From {from} to {to}.",
    "logs.any-age": "Up to {to}, of any age.",
    "logs.previous": "Of the run before the present one.",
    "logs.all": "{read} lines.",
    "logs.matching": "{matching} of {read} lines read are what you look for.",
    "logs.shown": "The last {shown} of them are shown.",
    "logs.none": "Nothing was written between {from} and {to}. Of any age shows what was written last.",
    "logs.none-of-any-age": "Nothing has been written.",
    "logs.none-matching": "None of the {read} lines that were read is what you look for.",
    "logs.not-read": "{count} more containers were not read: choose fewer pods.",
    "logs.cut": "{where}: read from {from} on, and not before.",
    "logs.gone": "There is no pod {pod} now. It was deleted, or replaced by another.",
    "logs.no-right": "You may not read the logs of cluster {cluster}.",
    "logs.forbidden": "{where}: this Meshgraph may not read logs in cluster {cluster}. Its role lacks "
    "the verb get on pods/log: kubectl apply -f deploy/clusterrole-logs.yaml.",
    "logs.no-container": "{where}: the pod has no such container.",
    "logs.no-previous": "{where}: it has not run before in this pod.",
    "logs.not-started": "{where}: it has not started yet, so it has written nothing.",
    "logs.rejected": "{where}: {reason}",
    "logs.kubelet": "{where}: the kubelet of its node did not hand out the log. {reason}",
    "logs.timeout": "{where}: no answer in time. {reason}",
    "logs.unreachable": "{where}: {reason}",
    "logs.newest-left-out": "{where}: its last line alone is longer than {size}, and is not shown whole.",
    "logs.past-left-out": "{where}: it wrote more than {size} in this time, and the end of it was not read. "
    "Choose a shorter window.",
}
"""Words by message id; ``{name}`` is a parameter."""
