"""KIA0301, KIA0302: gateways that claim the same host and port of the same proxies, or have no proxies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from mesh_graph.istio.checks.finding import ConfigFinding, Rule, Severity, label_text
from mesh_graph.istio.hosts import covers
from mesh_graph.istio.place import spec_of
from mesh_graph.istio.subsets import WORKLOAD_KINDS, Registry
from mesh_graph.sources.cluster import KubeObject

__all__ = ["GATEWAY_WITHOUT_WORKLOAD", "SAME_GATEWAY_HOST"]

ANY = "*"


class _Claim(NamedTuple):
    """A host at a port; ``namespace`` is whose routes may be bound to it."""

    gateway: KubeObject
    namespace: str
    host: str
    path: str


Claims = dict[tuple[str, frozenset[tuple[str, str]], int], list[_Claim]]


def _claims(registry: Registry) -> Claims:
    """Claims by cluster, selected proxies and port; of servers without a port, none."""
    claims: Claims = defaultdict(list)
    for one in registry.snapshot.objects("Gateway"):
        selector = frozenset(spec_of(one)["selector"].labels.items())
        for server in spec_of(one)["servers"]:
            port = server["port"]["number"].number
            if port is None:
                continue
            for place in server["hosts"]:
                namespace, slash, host = place.text.rpartition("/")
                whose = one.namespace if namespace == "." else namespace if slash else ANY
                claims[one.cluster, selector, port].append(_Claim(one, whose, host.lower(), place.path))
    return claims


def _find_same(registry: Registry) -> Iterator[ConfigFinding]:
    for (_, _, port), claims in _claims(registry).items():
        for claim in claims:
            others = {f"{o.gateway.namespace}/{o.gateway.name}" for o in claims if _clash(claim, o)}
            if others:
                parameters = (
                    ("host", claim.host),
                    ("port", str(port)),
                    ("others", ", ".join(sorted(others))),
                )
                yield ConfigFinding("KIA0301", Severity.WARNING, claim.gateway, claim.path, parameters)


def _clash(claim: _Claim, other: _Claim) -> bool:
    is_shared = ANY in (claim.namespace, other.namespace) or claim.namespace == other.namespace
    is_same = covers(claim.host, other.host) or covers(other.host, claim.host)
    return other.gateway is not claim.gateway and is_shared and is_same


def _find_without(registry: Registry) -> Iterator[ConfigFinding]:
    selected: dict[object, bool] = {}
    for one in registry.snapshot.objects("Gateway"):
        selector = spec_of(one)["selector"].labels
        home = one.namespace if registry.config(one.cluster, one.namespace).scopes_gateways else None
        key = home, frozenset(selector.items())
        if key not in selected:
            selected[key] = bool(registry.selected(selector, home))
        is_judged = registry.is_whole or (home is not None and registry.sees(home))
        if selector and is_judged and registry.knows_label(selector) and not selected[key]:
            parameters = (("labels", label_text(selector)),)
            yield ConfigFinding("KIA0302", Severity.WARNING, one, "spec/selector", parameters)


SAME_GATEWAY_HOST = Rule("KIA0301", ("Gateway",), _find_same)
GATEWAY_WITHOUT_WORKLOAD = Rule("KIA0302", ("Gateway", "Istiod", *WORKLOAD_KINDS), _find_without)
