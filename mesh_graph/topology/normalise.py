"""Odd telemetry put right before anything is merged, one step a rule.

The steps run on the distinct combinations of ``BASE_LABELS``, as codes of one vocabulary: thousands instead
of tens of thousands of rows. Knows nothing of rates. Source of the rules: how Kiali reads Istio's series.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from ipaddress import ip_address

import numpy as np

from mesh_graph import fields
from mesh_graph.frames.codes import Bools, Ints

__all__ = ["BAD_DESTINATION", "BAD_SOURCE", "POD_ADDRESS", "WORDS", "is_address", "normalise"]

BAD_SOURCE = "source-without-identity"
"""A source whose namespace is known and whose workload and app, or cluster, are not."""
BAD_DESTINATION = "destination-without-cluster"
"""A service whose namespace is known and whose cluster is not."""
POD_ADDRESS = "pod-address-called"
"""A call to a pod's address: it shows where the pod's own proxy reports it."""

EGRESS_HOST = "istio-egressgateway.istio-system.svc.cluster.local"
EGRESS_APP = "istio-egressgateway"
EGRESS_NAMESPACE = "istio-system"
WORDS = (fields.UNKNOWN, fields.LATEST, EGRESS_HOST, EGRESS_APP, EGRESS_NAMESPACE)
"""Words that the vocabulary must hold."""

_NAMES = frozenset({fields.SOURCE_WORKLOAD, fields.SOURCE_CANONICAL_SERVICE})
"""Either of them names a source."""
_PORT = re.compile(r"\[?([0-9a-fA-F.:]*?)\]?(?::[0-9]+)?")

Labels = dict[str, Ints]


def normalise(
    labels: Mapping[str, Ints], vocabulary: Sequence[str], unasked: Collection[str] = ()
) -> tuple[Labels, dict[str, Bools]]:
    """Base labels put right, and which rows to leave out.

    Parameters
    ----------
    labels : mapping of str to array of int64
        ``BASE_LABELS`` as codes of the vocabulary; not modified.
    vocabulary : sequence of str
        Words in order, ``""`` first, ``WORDS`` among them.
    unasked : collection of str
        Labels that were not asked for: that they are not known is no fault of a row.

    Returns
    -------
    dict of str to array of int64
        The labels, in which what is not known is ``"unknown"``.
    dict of str to array of bool
        By reason (``BAD_SOURCE``, ``BAD_DESTINATION``, ``POD_ADDRESS``): the rows that cannot be drawn. A row
        has one reason at most, the first.
    """
    words = Words(vocabulary)
    bad_source = _is_bad_source(labels, words, unasked)
    egress = _is_egress(labels, words)
    fixed = _fill_destination_cluster(labels, words, ~egress)
    fixed = _name_egress_gateway(fixed, words, egress)
    pod_address = ~bad_source & ~egress & _is_pod_address(fixed, words)
    bad_destination = ~bad_source & ~egress & ~pod_address & _is_bad_destination(fixed, words)
    left_out = {BAD_SOURCE: bad_source, POD_ADDRESS: pod_address, BAD_DESTINATION: bad_destination}
    return _name_unknown(fixed, words), left_out


class Words:
    """The vocabulary, and what of it says something."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = vocabulary
        self.code = {word: vocabulary.index(word) for word in WORDS}
        self.known = np.ones(len(vocabulary), dtype=np.bool_)
        self.known[[0, self.code[fields.UNKNOWN]]] = False


def _is_bad_source(labels: Mapping[str, Ints], words: Words, unasked: Collection[str]) -> Bools:
    known = words.known
    homeless = labels[fields.SOURCE_CLUSTER] == words.code[fields.UNKNOWN]
    nameless = np.full(len(homeless), _NAMES.isdisjoint(unasked))
    for name in _NAMES:
        nameless &= ~known[labels[name]]
    bad: Bools = known[labels[fields.SOURCE_WORKLOAD_NAMESPACE]] & (nameless | homeless)
    return bad


def _is_egress(labels: Mapping[str, Ints], words: Words) -> Bools:
    host = words.code[EGRESS_HOST]
    calls: Bools = (labels[fields.DESTINATION_SERVICE] == host) & (
        labels[fields.DESTINATION_SERVICE_NAME] == host
    )
    return calls


def _name_egress_gateway(labels: Labels, words: Words, where: Bools) -> Labels:
    """A call through the egress gateway names its host alone; the workload behind it is known."""
    names: dict[str, Ints | int] = {
        fields.DESTINATION_CLUSTER: labels[fields.SOURCE_CLUSTER],
        fields.DESTINATION_WORKLOAD_NAMESPACE: words.code[EGRESS_NAMESPACE],
        fields.DESTINATION_WORKLOAD: words.code[EGRESS_APP],
        fields.DESTINATION_CANONICAL_SERVICE: words.code[EGRESS_APP],
        fields.DESTINATION_CANONICAL_REVISION: words.code[fields.LATEST],
    }
    return {**labels, **{label: np.where(where, name, labels[label]) for label, name in names.items()}}


def _fill_destination_cluster(labels: Mapping[str, Ints], words: Words, where: Bools) -> Labels:
    """A failed request has no destination cluster: it is the source's (istio#29373)."""
    known = words.known
    cluster, own = labels[fields.DESTINATION_CLUSTER], labels[fields.SOURCE_CLUSTER]
    fill = where & ~known[cluster] & known[own] & known[labels[fields.DESTINATION_SERVICE_NAMESPACE]]
    return {**labels, fields.DESTINATION_CLUSTER: np.where(fill, own, cluster)}


def _is_pod_address(labels: Mapping[str, Ints], words: Words) -> Bools:
    service = labels[fields.DESTINATION_SERVICE]
    candidate = (
        ~words.known[labels[fields.DESTINATION_WORKLOAD]]
        & words.known[service]
        & (service == labels[fields.DESTINATION_SERVICE_NAME])
    )
    hosts = np.unique(service[candidate]).tolist()
    addresses = [host for host in hosts if is_address(words.vocabulary[host])]
    hit: Bools = candidate & np.isin(service, addresses)
    return hit


def is_address(host: str) -> bool:
    """Whether a host is an IP address, with or without a port.

    Examples
    --------
    >>> is_address("10.1.2.3:8080"), is_address("[fd00::7]:80"), is_address("10.1.2.3.nip.io")
    (True, True, False)
    """
    candidates = (host, match[1]) if (match := _PORT.fullmatch(host)) else ()
    return any(map(_parses_as_address, candidates))


def _parses_as_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_bad_destination(labels: Mapping[str, Ints], words: Words) -> Bools:
    homeless = labels[fields.DESTINATION_CLUSTER] == words.code[fields.UNKNOWN]
    bad: Bools = words.known[labels[fields.DESTINATION_SERVICE_NAMESPACE]] & homeless
    return bad


def _name_unknown(labels: Mapping[str, Ints], words: Words) -> Labels:
    unknown = words.code[fields.UNKNOWN]
    return {label: np.where(codes == 0, unknown, codes) for label, codes in labels.items()}
