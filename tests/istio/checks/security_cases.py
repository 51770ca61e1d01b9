"""Manifests that the rules for policies, mutual TLS and accounts pass or find: code, objects, findings."""

from __future__ import annotations

from typing import Any

from tests.istio.declare import deployment, service

__all__ = ["SECURITY", "account", "exported", "group", "mesh", "policy", "rule", "what", "whose"]

REVIEWS = (service("reviews"), deployment("reviews", "v1"), deployment("reviews", "v2"))


def policy(rules: str, name: str = "callers", namespace: str = "bookinfo", selector: str = "") -> str:
    """An AuthorizationPolicy."""
    return f"""
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{rules: [{rules}]{selector and ", selector: {matchLabels: " + selector + "}"}}}
"""


def whose(field: str, *values: str) -> str:
    """A rule for callers."""
    return f"{{from: [{{source: {{{field}: [{', '.join(values)}]}}}}]}}"


def what(field: str, *values: str) -> str:
    """A rule for operations."""
    return f"{{to: [{{operation: {{{field}: [{', '.join(values)}]}}}}]}}"


def mesh(settings: str) -> dict[str, Any]:
    """Istio's ConfigMap."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "istio", "namespace": "istio-system"},
        "data": {"mesh": settings},
    }


def account(name: str, namespace: str = "bookinfo") -> str:
    """A ServiceAccount."""
    return f"{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: {name}, namespace: {namespace}}}}}"


def mtls(mode: str, namespace: str = "bookinfo", name: str = "default") -> str:
    """A PeerAuthentication of a namespace, or of the mesh."""
    return f"""
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{mtls: {{mode: {mode}}}}}
"""


def rule(host: str, mode: str, namespace: str = "istio-system") -> str:
    """A DestinationRule that says how clients connect."""
    return f"""
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: tls, namespace: {namespace}}}
spec: {{host: "{host}", trafficPolicy: {{tls: {{mode: {mode}}}}}}}
"""


def exported(kind: str, namespace: str) -> str:
    """An object that is exported."""
    return f"""
apiVersion: networking.istio.io/v1
kind: {kind}
metadata: {{name: some}}
spec: {{exportTo: [., {namespace}]}}
"""


def selecting(kind: str, selector: str, name: str = "a", namespace: str = "bookinfo") -> str:
    """An object for some workloads."""
    field = "workloadSelector: {labels: " if kind == "Sidecar" else "selector: {matchLabels: "
    group = "networking" if kind == "Sidecar" else "security"
    return f"""
apiVersion: {group}.istio.io/v1
kind: {kind}
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{{field}{selector}}}}}
"""


def group(name: str, labels: str, account: str = "default") -> str:
    """A WorkloadGroup."""
    return f"""
apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: {{name: {name}}}
spec: {{metadata: {{labels: {labels}}}, template: {{serviceAccount: {account}}}}}
"""


MANUAL = mesh("enableAutoMtls: false")
OWN = "*.bookinfo.svc.cluster.local"
MODE = "spec/trafficPolicy/tls/mode"
PRINCIPAL = "spec/rules[0]/from[0]/source/principals[0]"

SECURITY = [
    # objects that compete, or select nothing, of the kinds beside PeerAuthentication
    ("KIA0002", [selecting("Sidecar", "{}"), selecting("Sidecar", "{app: reviews}", "b")], []),
    (
        "KIA0002",
        [selecting("Sidecar", "{}"), selecting("Sidecar", "{}", "b")],
        [("error", "spec/workloadSelector")] * 2,
    ),
    (
        "KIA0003",
        [*REVIEWS, selecting("Sidecar", "{app: reviews}"), selecting("Sidecar", "{version: v1}", "b")],
        [("error", "spec/workloadSelector")] * 2,
    ),
    *(
        ("KIA0004", [*REVIEWS, selecting(kind, "{app: reviews}")], [])
        for kind in ("AuthorizationPolicy", "RequestAuthentication", "Sidecar")
    ),
    *(
        ("KIA0004", [*REVIEWS, selecting(kind, "{app: gone}")], [("warning", path)])
        for kind, path in (
            ("AuthorizationPolicy", "spec/selector"),
            ("RequestAuthentication", "spec/selector"),
            ("Sidecar", "spec/workloadSelector"),
        )
    ),
    # a policy of the root namespace is for the workloads of all
    (
        "KIA0004",
        [*REVIEWS, selecting("AuthorizationPolicy", "{app: reviews}", namespace="istio-system")],
        [],
    ),
    # an object exported to a namespace that does not exist
    *(
        ("KIA0005", [service("x", "shop"), exported(kind, "shop")], [])
        for kind in ("DestinationRule", "ServiceEntry", "VirtualService")
    ),
    *(
        ("KIA0005", [service("x", "shop"), exported(kind, "shopp")], [("error", "spec/exportTo[1]")])
        for kind in ("DestinationRule", "ServiceEntry", "VirtualService")
    ),
    ("KIA0005", [exported("VirtualService", '"*"')], []),
    # callers in a namespace that does not exist
    ("KIA0101", [service("x", "shop-eu"), policy(whose("namespaces", "bookinfo", "shop-*"))], []),
    (
        "KIA0101",
        [policy(whose("namespaces", "bookinfo", "shop-*"))],
        [("warning", "spec/rules[0]/from[0]/source/namespaces[1]")],
    ),
    # methods
    ("KIA0102", [policy(what("methods", "GET", "P*", '"*ST"', '"*"'))], []),
    (
        "KIA0102",
        [policy(what("methods", "GET", "get", "GO*"))],
        [
            ("warning", "spec/rules[0]/to[0]/operation/methods[1]"),
            ("warning", "spec/rules[0]/to[0]/operation/methods[2]"),
        ],
    ),
    # hosts of operations
    (
        "KIA0104",
        [
            *REVIEWS,
            policy(
                what(
                    "hosts",
                    "reviews",
                    "reviews.bookinfo",
                    '"reviews.bookinfo.svc.cluster.local:9080"',
                    '"*.svc.cluster.local"',
                    '"reviews:*"',
                )
            ),
        ],
        [],
    ),
    (
        "KIA0104",
        [*REVIEWS, policy(what("hosts", "ratings"))],
        [("warning", "spec/rules[0]/to[0]/operation/hosts[0]")],
    ),
    (
        "KIA0104",
        [*REVIEWS, mesh("outboundTrafficPolicy: {mode: REGISTRY_ONLY}"), policy(what("hosts", "ratings"))],
        [("error", "spec/rules[0]/to[0]/operation/hosts[0]")],
    ),
    # certificates that nobody shows
    ("KIA0105", [policy(whose("principals", '"*"'))], []),
    ("KIA0105", [mtls("DISABLE"), policy(whose("ipBlocks", "10.0.0.0/8"))], []),
    ("KIA0105", [mtls("DISABLE", "istio-system"), mtls("PERMISSIVE"), policy(whose("namespaces", "a"))], []),
    (
        "KIA0105",
        [mtls("DISABLE"), policy(whose("principals", '"*"'))],
        [("error", "spec/rules[0]/from[0]/source/principals")],
    ),
    (
        "KIA0105",
        [mtls("DISABLE"), policy("{when: [{key: request.auth}, {key: source.namespace}]}")],
        [("error", "spec/rules[0]/when[1]")],
    ),
    ("KIA0105", [MANUAL, rule("*.local", "ISTIO_MUTUAL"), policy(whose("namespaces", "a"))], []),
    (
        "KIA0105",
        [MANUAL, policy(whose("namespaces", "bookinfo"))],
        [("error", "spec/rules[0]/from[0]/source/namespaces")],
    ),
    # accounts
    ("KIA0106", [account("front"), policy(whose("principals", "cluster.local/ns/bookinfo/sa/front"))], []),
    ("KIA0106", [policy(whose("principals", "cluster.local/ns/bookinfo/sa/default", '"*"'))], []),
    ("KIA0106", [account("front"), policy(whose("principals", '"*/sa/front"'))], []),
    (
        "KIA0106",
        [mesh("trustDomain: shop.example"), account("front"),
         policy(whose("principals", "shop.example/ns/bookinfo/sa/front"))],
        [],
    ),
    (
        "KIA0106",
        [policy(whose("principals", "cluster.local/ns/bookinfo/sa/gone"))],
        [("error", PRINCIPAL)],
    ),
    (
        "KIA0106",
        [account("front"), policy(whose("principals", "spiffe://cluster.local/ns/bookinfo/sa/front"))],
        [("error", PRINCIPAL)],
    ),
    ("KIA0108", [policy(whose("principals", "cluster.local/ns/bookinfo/sa/gone"))], []),
    (
        "KIA0108",
        [policy(whose("principals", "other.example/ns/bookinfo/sa/front"))],
        [("warning", PRINCIPAL)],
    ),
    # clients use mutual TLS, servers do not expect it
    ("KIA0205", [rule("*.local", "ISTIO_MUTUAL")], []),
    ("KIA0205", [MANUAL, mtls("PERMISSIVE", "istio-system"), rule("*.local", "ISTIO_MUTUAL")], []),
    ("KIA0205", [MANUAL, rule("*.local", "ISTIO_MUTUAL")], [("error", MODE)]),
    ("KIA0206", [MANUAL, mtls("STRICT"), rule(OWN, "ISTIO_MUTUAL")], []),
    ("KIA0206", [MANUAL, mtls("STRICT", "shop"), rule(OWN, "ISTIO_MUTUAL")], [("error", MODE)]),
    # clients use plain text, servers refuse it
    ("KIA0207", [mtls("PERMISSIVE"), rule(OWN, "DISABLE")], []),
    ("KIA0207", [mtls("STRICT"), rule(OWN, "DISABLE")], [("error", MODE)]),
    ("KIA0208", [mtls("STRICT", "istio-system"), mtls("PERMISSIVE"), rule(OWN, "DISABLE")], []),
    ("KIA0208", [mtls("STRICT", "istio-system"), rule(OWN, "DISABLE")], [("error", MODE)]),
    ("KIA0208", [mtls("STRICT", "istio-system"), rule("*.local", "DISABLE")], [("error", MODE)]),
    # servers refuse plain text, clients use it
    ("KIA0401", [mtls("STRICT", "istio-system")], []),
    ("KIA0401", [MANUAL, mtls("STRICT", "istio-system"), rule("*.local", "ISTIO_MUTUAL")], []),
    ("KIA0401", [MANUAL, mtls("STRICT", "istio-system")], [("error", "spec/mtls/mode")]),
    ("KIA0501", [MANUAL, mtls("STRICT"), rule(OWN, "ISTIO_MUTUAL")], []),
    ("KIA0501", [MANUAL, mtls("STRICT")], [("error", "spec/mtls/mode")]),
    # servers take plain text only, clients use mutual TLS
    ("KIA0505", [mtls("DISABLE"), rule(OWN, "DISABLE")], []),
    ("KIA0505", [mtls("DISABLE"), rule(OWN, "ISTIO_MUTUAL")], [("error", "spec/mtls/mode")]),
    ("KIA0505", [mtls("DISABLE"), rule("*.local", "ISTIO_MUTUAL")], [("error", "spec/mtls/mode")]),
    ("KIA0506", [mtls("DISABLE", "istio-system")], []),
    (
        "KIA0506",
        [mtls("DISABLE", "istio-system"), rule("*.local", "ISTIO_MUTUAL")],
        [("error", "spec/mtls/mode")],
    ),
    # groups of workloads outside
    ("KIA1701", [account("vm"), group("a", "{}", "vm")], []),
    (
        "KIA1701",
        [account("vm", "shop"), group("a", "{}", "vm")],
        [("warning", "spec/template/serviceAccount")],
    ),
    ("KIA1702", [group("a", "{app: a}"), group("b", "{app: b}")], []),
    (
        "KIA1702",
        [group("a", "{app: a}"), group("b", "{app: a}")],
        [("warning", "spec/metadata/labels")] * 2,
    ),
]  # fmt: skip
