"""Manifests that the newer rules for destinations, services and imports pass or find."""

from __future__ import annotations

from typing import Any

from tests.istio.checks.security_cases import rule
from tests.istio.declare import deployment, service

__all__ = ["ROUTING", "WIDE", "imports", "port", "sidecar", "subsets", "with_ports"]


def subsets(name: str, *names: str, host: str = "reviews", export: str = "*", extra: str = "") -> str:
    """A DestinationRule with subsets."""
    listed = ", ".join(f"{{name: {one}, labels: {{version: {one}}}}}" for one in names)
    return f"""
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: {name}}}
spec: {{host: {host}, subsets: [{listed}], exportTo: ["{export}"]{extra}}}
"""


def with_ports(*ports: str, **options: Any) -> list[Any]:
    """A Service with ports, its Deployment with port 8080 called ``web``, and a pod with a proxy."""
    labels = {"app": "front"}
    containers = [{"name": "front", "ports": [{"name": "web", "containerPort": 8080}]}]
    proxy = [] if options.get("bare") else [{"name": "istio-proxy"}]
    app = [] if options.get("gateway") else [{"name": "front"}]
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    where = {"name": "front", "namespace": options.get("namespace", "bookinfo")}
    text = f"""
apiVersion: v1
kind: Service
metadata: {{name: front, namespace: {where["namespace"]}, labels: {options.get("labels", "{}")}}}
spec: {{selector: {{app: front}}, ports: [{", ".join(ports)}]}}
"""
    return [
        text,
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": where, "spec": {"template": template}},
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                **where,
                "labels": labels,
                "ownerReferences": [{"kind": "ReplicaSet", "name": "front-1", "controller": True}],
            },
            "spec": {"containers": [*app, *proxy]},
        },
    ]


def port(name: str, more: str = "") -> str:
    """A port that the container has."""
    return f"{{port: 80, targetPort: 8080{name and ', name: ' + name}{more and ', ' + more}}}"


def sidecar(spec: str, namespace: str = "bookinfo") -> str:
    """A Sidecar."""
    return f"""
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {{name: default, namespace: {namespace}}}
spec: {{{spec}}}
"""


def imports(*hosts: str) -> str:
    """A Sidecar that imports hosts."""
    listed = ", ".join(f'"{host}"' for host in hosts)
    return sidecar(f"egress: [{{hosts: [{listed}]}}]")


OUTSIDE = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside, namespace: shop}
spec: {hosts: [api.example.com]}
"""
FULL = "reviews.bookinfo.svc.cluster.local"
IMPORTED = "spec/egress[0]/hosts[0]"
WIDE = rule("*.local", "ISTIO_MUTUAL")

ROUTING = [
    # several rules for one host
    ("KIA0201", [subsets("a", "v1"), subsets("b", "v2")], []),
    ("KIA0201", [subsets("a", "v1"), subsets("b", "v1", host="ratings")], []),
    ("KIA0201", [subsets("a"), WIDE], []),
    ("KIA0201", [subsets("a", "v1"), subsets("b", "v1", "v2")], [("warning", "spec/host")] * 2),
    ("KIA0201", [subsets("a"), subsets("b", "v2", host=FULL)], [("warning", "spec/host")] * 2),
    # a rule that undoes a wider one's mutual TLS
    ("KIA0204", [subsets("a")], []),
    ("KIA0204", [WIDE, subsets("a", extra=", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}")], []),
    (
        "KIA0204",
        [WIDE, subsets("a", extra=", trafficPolicy: {portLevelSettings: [{tls: {mode: DISABLE}}]}")],
        [],
    ),
    ("KIA0204", [WIDE, subsets("a")], [("warning", "spec/host")]),
    (
        "KIA0204",
        [WIDE, subsets("a", extra=", trafficPolicy: {loadBalancer: {simple: RANDOM}}")],
        [("warning", "spec/trafficPolicy")],
    ),
    # port names
    ("KIA0601", with_ports(port("http"), port("grpc-web-2"), port("HTTP2-x"), port("TCP")), []),
    ("KIA0601", with_ports(port("web", "appProtocol: http")), []),
    ("KIA0601", with_ports(port("web", "protocol: UDP")), []),
    ("KIA0601", with_ports(port("web"), bare=True), []),
    ("KIA0601", with_ports(port("status-port"), gateway=True), []),
    ("KIA0601", with_ports(port("web"), labels="{kiali_wizard: x}"), []),
    ("KIA0601", with_ports(port("http"), port("api-http")), [("error", "spec/ports[1]")]),
    ("KIA0601", with_ports(port("")), [("error", "spec/ports[0]")]),
    ("KIA0601", with_ports(port("httpx")), [("error", "spec/ports[0]")]),
    # protocols
    ("KIA0602", with_ports(port("a", "appProtocol: GRPC")), []),
    ("KIA0602", with_ports(port("a", "appProtocol: kubernetes.io/h2c")), []),
    ("KIA0602", with_ports(port("web", "appProtocol: rest")), [("error", "spec/ports[0]")]),
    # ports that no container has
    ("KIA0701", with_ports("{port: 8080}", "{port: 80, targetPort: web}", port("a")), []),
    ("KIA0701", with_ports("{port: 80}", namespace="istio-system"), []),
    ("KIA0701", [service("nothing-behind-it")], []),
    ("KIA0701", [service("reviews"), deployment("reviews", "v1")], []),
    ("KIA0701", with_ports("{port: 80}", labels="{gateway.networking.k8s.io/gateway-name: a}"), []),
    ("KIA0701", with_ports(port("a"), "{port: 80}"), [("warning", "spec/ports[1]")]),
    ("KIA0701", with_ports("{port: 80, targetPort: api}"), [("warning", "spec/ports[0]")]),
    # imports
    (
        "KIA1004",
        [
            service("reviews"),
            OUTSIDE,
            imports("*/*", "./*", "~/*", "gone/*", f"./{FULL}", f"*/{FULL}", "shop/api.example.com",
                    "./*.bookinfo.svc.cluster.local"),
        ],
        [],
    ),
    ("KIA1004", [OUTSIDE.replace("api.", "'*.").replace(".com", ".com'"), imports("shop/a.example.com")], []),
    ("KIA1004", [service("reviews"), imports("./gone.bookinfo.svc.cluster.local")], [("warning", IMPORTED)]),
    ("KIA1004", [service("reviews"), imports("./reviews")], [("warning", IMPORTED)]),
    ("KIA1004", [service("reviews"), imports(f"shop/{FULL}")], [("warning", IMPORTED)]),
    ("KIA1004", [service("reviews"), imports(FULL)], [("warning", IMPORTED)]),
    # the mesh's default
    ("KIA1006", [sidecar("workloadSelector: {labels: {app: a}}")], []),
    ("KIA1006", [sidecar("egress: []", "istio-system")], []),
    (
        "KIA1006",
        [sidecar("workloadSelector: {labels: {app: a}}", "istio-system")],
        [("warning", "spec/workloadSelector")],
    ),
    # a policy for unknown hosts without a mode
    ("KIA1007", [sidecar("outboundTrafficPolicy: {mode: ALLOW_ANY}")], []),
    ("KIA1007", [sidecar("egress: []")], []),
    ("KIA1007", [sidecar("outboundTrafficPolicy: {}")], [("unknown", "spec/outboundTrafficPolicy/mode")]),
]  # fmt: skip
