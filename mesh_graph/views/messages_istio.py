"""The English catalogue of configuration findings and of what a cluster did not show: message id → words."""

from __future__ import annotations

from typing import NamedTuple

from mesh_graph.istio.checks import ConfigFinding
from mesh_graph.sources.cluster import ClusterGap
from mesh_graph.views.words import fill

__all__ = ["CONFIG_MESSAGES", "ConfigWords", "cluster_gap_text", "config_words", "title_of"]


class ConfigWords(NamedTuple):
    """A mistake in the configuration.

    Attributes
    ----------
    what : str
        What is wrong.
    why : str
        What it does to traffic.
    mend : str
        What to change.
    """

    what: str
    why: str
    mend: str


class _Entry(NamedTuple):
    title: str
    words: ConfigWords
    close: str = ""
    """Put before ``mend`` where a name was found that was probably meant."""
    there: str = ""
    """Put before ``mend`` where there are others to choose from."""


CONFIG_MESSAGES: dict[str, _Entry] = {
    "KIA0203": _Entry(
        "This subset's labels are not found in any matching host",
        ConfigWords(
            "No workload behind {host} carries the labels of subset {subset}: {labels}.",
            "Traffic that is sent to the subset has nobody to answer it: 503, flag UH.",
            "Correct the labels, or take the subset away together with the routes to it.",
        ),
        there="There are the versions {there}.",
    ),
    "KIA1101": _Entry(
        "DestinationWeight on route doesn't have a valid service (host not found)",
        ConfigWords(
            "The route sends to {host}, which is neither a Service nor a ServiceEntry.",
            "Requests that take the route are answered 503, flag NC: there is no cluster of that name.",
            "Name a service that exists: short within the own namespace, else in full "
            "(name.namespace.svc.cluster.local). A host outside needs a ServiceEntry.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA1102": _Entry(
        "VirtualService is pointing to a non-existent gateway",
        ConfigWords(
            "There is no Gateway {gateway}.",
            "The routes do not hold there: requests from outside are answered 404, flag NR.",
            "Create the Gateway, or name one that exists as namespace/name.",
        ),
        close="{close} was probably meant.",
    ),
    "KIA1106": _Entry(
        "More than one Virtual Service for same host",
        ConfigWords(
            "The hosts {host} are claimed by {others}, too.",
            "Sidecars obey one VirtualService per host and pass over the rest; at gateways the order of the "
            "merged routes is undefined.",
            "Put all routes of a host into one VirtualService, or give each its own host or gateway.",
        ),
    ),
    "KIA1107": _Entry(
        "Subset not found",
        ConfigWords(
            "No DestinationRule of {host} declares the subset {subset}.",
            "Requests that take the route are answered 503, flag NC: there is no cluster of that name.",
            "Declare the subset in a DestinationRule of the host, or name one that is declared.",
        ),
        close="{close} was probably meant.",
        there="Declared are {there}.",
    ),
}
"""Words of every rule by its code; the title is the one that Kiali's documentation has."""

GAPS = {
    "cluster.waiting": "{kind} of {cluster} have not been read yet.",
    "cluster.not-installed": "{kind} are not known to {cluster}: their CRD is not installed.",
    "cluster.refused": "{kind} of {cluster} cannot be read: {problem} It takes the right to list and watch "
    "{resource}.",
    "cluster.unreachable": "{kind} of {cluster} may be out of date: {problem}",
    "cluster.too-much": "{kind} of {cluster} are not read: {problem}",
    "manifests.refused": "{file} is not read in full: {problem}.",
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


def cluster_gap_text(gap: ClusterGap) -> str:
    """What a cluster source could not see, in words."""
    values = {"kind": gap.kind, "cluster": gap.cluster, **dict(gap.parameters)}
    return fill(GAPS.get(gap.message, gap.message), values)
