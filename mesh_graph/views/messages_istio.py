"""The English catalogue of configuration findings and of what a cluster did not show: message id → words."""

from __future__ import annotations

from collections.abc import Iterable

from mesh_graph.codec import format_duration, format_instant
from mesh_graph.istio.checks import Basis, ConfigFinding
from mesh_graph.sources.cluster import ClusterGap
from mesh_graph.views.check_words import ConfigWords, Entry
from mesh_graph.views.messages_joined import JOINED
from mesh_graph.views.messages_routing import ROUTING
from mesh_graph.views.messages_security import SECURITY
from mesh_graph.views.words import fill

__all__ = [
    "CONFIG_MESSAGES",
    "ConfigWords",
    "basis_text",
    "cluster_gap_text",
    "cluster_gap_texts",
    "config_words",
    "title_of",
]


CONFIG_MESSAGES: dict[str, Entry] = {**SECURITY, **ROUTING, **JOINED}
"""Words of every rule by its code."""

GAPS = {
    "cluster.waiting": "{kind} of {cluster} have not been read yet.",
    "cluster.not-installed": "{kind} are not known to {cluster}: their CRD is not installed.",
    "cluster.refused": "{kind} of {cluster} cannot be read: {problem} It takes the right to list and watch "
    "{resource}.",
    "cluster.unreachable": "{kind} of {cluster} may be out of date: {problem}",
    "cluster.too-much": "{kind} of {cluster} are not read: {problem}",
    "manifests.refused": "{file} is not read in full: {problem}.",
    "manifests.twice": "{object} is declared at {first} and again at {second}: only the second is read.",
    "manifests.too-many": "Only the first {files} files are read.",
}
"""Words of what a cluster source could not see, by message id."""


def title_of(code: str) -> str:
    """Title of a rule, as Kiali's documentation has it."""
    return CONFIG_MESSAGES[code].title if code in CONFIG_MESSAGES else code


def config_words(finding: ConfigFinding) -> ConfigWords:
    """A finding in words."""
    entry = CONFIG_MESSAGES.get(finding.code)
    if entry is None:
        return ConfigWords(finding.code, "", "")
    values = dict(finding.parameters)
    what, why, mend = (fill(words, values) for words in entry.words)
    hints = [fill(getattr(entry, name), values) for name in ("close", "there") if values.get(name)]
    return ConfigWords(what, why, " ".join((*(hint for hint in hints if hint), mend)))


def basis_text(basis: Basis) -> str:
    """What was counted, as a sentence: how many, over which window, up to when."""
    until = format_instant(basis.at)
    return f"Counted: {basis.count:,} in {format_duration(basis.window_s)} up to {until}."


def cluster_gap_text(gap: ClusterGap, *like_it: ClusterGap) -> str:
    """What a cluster source could not see, in words; once for all kinds that share message and cluster."""
    values = {"cluster": gap.cluster, **dict(gap.parameters)}
    values["kind"] = ", ".join(one.kind for one in (gap, *like_it))
    values["resource"] = ", ".join(dict(one.parameters).get("resource", "") for one in (gap, *like_it))
    return fill(GAPS.get(gap.message, gap.message), values)


def cluster_gap_texts(gaps: Iterable[ClusterGap]) -> tuple[str, ...]:
    """What a cluster source could not see, in words, a sentence for all kinds with the same reason."""
    alike: dict[object, list[ClusterGap]] = {}
    for gap in gaps:
        key = (gap.message, gap.cluster) if gap.kind else gap
        alike.setdefault(key, []).append(gap)
    return tuple(cluster_gap_text(*same) for same in alike.values())
