"""Manifests of objects that nobody takes in together, for want of an import, and of others."""

from __future__ import annotations

from tests.istio.checks.routing_cases import WIDE, imports, sidecar, subsets
from tests.istio.declare import service

__all__ = ["IMPORTS"]

FOREIGN = "reviews.shop.svc.cluster.local"
LOCKED = imports("./*", "istio-system/*")
BY_DEFAULT = sidecar('egress: [{hosts: ["./*"]}]', "istio-system")
RULES = (subsets("a", "v1", host=FOREIGN), subsets("b", "v1", host=FOREIGN))
CLASH = [("warning", "spec/host")] * 2
SAME_HOSTS = [("warning", "spec/hosts")] * 2
PROXY = """
apiVersion: v1
kind: Pod
metadata: {name: front, namespace: team}
spec: {containers: [{name: front}, {name: istio-proxy}]}
"""


def route(name: str, host: str, more: str = "") -> str:
    return f"""
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: {name}}}
spec:
  hosts: [{host}]
  http: [{{route: [{{destination: {{host: {host}, subset: v9}}}}]}}]{more}
"""


def entry(name: str, protocol: str = "TLS") -> str:
    return f"""
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: {name}}}
spec: {{hosts: [api.example.com], ports: [{{number: 443, name: x, protocol: {protocol}}}]}}
"""


AT_GATEWAY = "\n  gateways: [edge]"
WIDENED = imports("./*", "shop/*").replace("default", "wide").replace("spec: {", "spec: {%s, ")
IMPORTS = [
    # rules for a host that the only namespace concerned does not import
    ("KIA0201", [*RULES, LOCKED], []),
    ("KIA0201", [*RULES, BY_DEFAULT], []),
    ("KIA0201", [*RULES, imports("*/*", f"~shop/{FOREIGN}")], []),
    ("KIA0201", [*RULES, imports("shop/*.example.com")], []),
    ("KIA0201", [*RULES], CLASH),
    ("KIA0201", [*RULES, imports(f"*/{FOREIGN}")], CLASH),
    ("KIA0201", [*RULES, imports("./*", "shop/*.shop.svc.cluster.local")], CLASH),
    ("KIA0201", [*RULES, BY_DEFAULT, imports("shop/*")], CLASH),
    ("KIA0201", [*RULES, imports()], CLASH),
    # somebody else takes both in: proxies elsewhere, or some of the same namespace
    ("KIA0201", [*RULES, LOCKED, PROXY], CLASH),
    ("KIA0201", [*RULES, LOCKED, WIDENED % "workloadSelector: {labels: {app: a}}"], CLASH),
    ("KIA0201", [subsets("a", "v1", export="team"), subsets("b", "v1", export="team"), LOCKED], CLASH),
    ("KIA0204", [WIDE, subsets("a", "v1", host=FOREIGN), LOCKED], []),
    ("KIA0204", [WIDE, subsets("a", "v1", host="reviews"), LOCKED], [("warning", "spec/host")]),
    # routes within the mesh; gateways obey no Sidecar
    ("KIA1106", [route("a", FOREIGN), route("b", FOREIGN), LOCKED], []),
    ("KIA1106", [route("a", "reviews"), route("b", "reviews"), LOCKED], SAME_HOSTS),
    ("KIA1106", [route("a", FOREIGN, AT_GATEWAY), route("b", FOREIGN, AT_GATEWAY), LOCKED], SAME_HOSTS),
    ("KIA1107", [service("reviews", "shop"), route("a", FOREIGN), LOCKED], []),
    (
        "KIA1107",
        [service("reviews", "shop"), route("a", FOREIGN, AT_GATEWAY), LOCKED],
        [("warning", "spec/http[0]/route[0]/destination")],
    ),
    # entries
    ("KIA1211", [entry("a"), entry("b"), imports("shop/*")], []),
    ("KIA1211", [entry("a"), entry("b"), LOCKED], [("warning", "spec/hosts[0]")] * 2),
    ("KIA1212", [entry("a"), entry("b", "TCP"), imports("./*.example.org")], []),
    (
        "KIA1212",
        [entry("a"), entry("b", "TCP"), imports("./*.example.com")],
        [("warning", "spec/ports[0]/protocol")] * 2,
    ),
]
