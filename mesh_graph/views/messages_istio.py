"""The English catalogue of configuration findings and of what a cluster did not show: message id → words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mesh_graph.istio.checks import ConfigFinding
from mesh_graph.sources.cluster import ClusterGap
from mesh_graph.views.words import fill

__all__ = [
    "CONFIG_MESSAGES",
    "ConfigWords",
    "cluster_gap_text",
    "cluster_gap_texts",
    "config_words",
    "title_of",
]


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
    "KIA0002": _Entry(
        "More than one selector-less object in the same namespace",
        ConfigWords(
            "All of {namespace} is meant by {others}, too.",
            "Istio obeys the oldest of them and passes over the rest.",
            "Keep one, and give the others a selector or take them away.",
        ),
    ),
    "KIA0003": _Entry(
        "More than one object applied to the same workload",
        ConfigWords(
            "It applies to {workloads}, as does {others}.",
            "Istio obeys the oldest of them and passes over the rest.",
            "Let the selectors choose different workloads, or put everything into one object.",
        ),
    ),
    "KIA0004": _Entry(
        "No matching workload found for the selector in this namespace",
        ConfigWords(
            "No workload in {namespace} carries the labels {labels}.",
            "The object has no effect.",
            "Correct the labels, or take the object away.",
        ),
    ),
    "KIA0202": _Entry(
        "This host has no matching entry in the service registry (service, workload or service entries)",
        ConfigWords(
            "There is neither a Service nor a ServiceEntry {host}.",
            "The rule has no effect: its subsets and policies apply to nothing.",
            "Name a service that exists: short within the own namespace, else in full "
            "(name.namespace.svc.cluster.local).",
        ),
        close="{close} was probably meant.",
    ),
    "KIA0203": _Entry(
        "This subset's labels are not found in any matching host",
        ConfigWords(
            "No workload behind {host} carries the labels of subset {subset}: {labels}.",
            "Traffic that is sent to the subset has nobody to answer it: 503, flag UH.",
            "Correct the labels, or take the subset away together with the routes to it.",
        ),
        there="There are the versions {there}.",
    ),
    "KIA0209": _Entry(
        "This subset has not labels",
        ConfigWords(
            "The subset {subset} has no labels.",
            "It stands for all workloads of the host, not for a part of them.",
            "Give it the labels of the version that is meant.",
        ),
    ),
    "KIA0301": _Entry(
        "More than one Gateway for the same host port combination",
        ConfigWords(
            "The host {host} at port {port} of the same proxies is claimed by {others}, too.",
            "Which of their settings hold, of TLS for instance, depends on the order in which they are read.",
            "Put the host into one Gateway, or make the hosts differ.",
        ),
    ),
    "KIA0302": _Entry(
        "No matching workload found for gateway selector in this namespace",
        ConfigWords(
            "No workload carries the labels {labels}.",
            "No proxy takes the Gateway: nothing comes in by it.",
            "Correct the labels, or install the gateway's proxies.",
        ),
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
    "KIA1104": _Entry(
        "The weight is assumed to be 100 because there is only one route destination",
        ConfigWords(
            "The only destination of the route has the weight {weight}.",
            "It gets all requests all the same; none is kept back.",
            "Leave the weight out, or name the destination of the rest.",
        ),
    ),
    "KIA1105": _Entry(
        "This host subset combination is already referenced in another route destination",
        ConfigWords(
            "The route sends to {host} {subset} twice, first at {first}.",
            "The two weights add up, and the share is not what either says.",
            "Put both weights into one destination; perhaps another subset was meant.",
        ),
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
    "KIA1108": _Entry(
        "Preferred nomenclature: <gateway namespace>/<gateway name>",
        ConfigWords(
            "The gateway is named by a host name, {gateway}.",
            "Istio still reads it so, but does not document it any more.",
            "Write {better}.",
        ),
    ),
    "KIA1211": _Entry(
        "More than one ServiceEntry for the same host and port",
        ConfigWords(
            "The host {host} is registered at the same port by {others}, too.",
            "Endpoints and settings of both are mixed, or one of them is passed over.",
            "Keep one of them, or limit them to different namespaces by exportTo.",
        ),
    ),
    "KIA1212": _Entry(
        "ServiceEntries have conflicting protocols for the same host and port",
        ConfigWords(
            "Port {port} of {host} speaks {protocol} here, and {other}.",
            "Sidecars treat the port by one of the two, and requests of the other fail or go unseen.",
            "Give the port one protocol.",
        ),
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
