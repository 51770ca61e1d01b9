"""Every rule with a manifest that it passes and one that it finds, with severity and path."""

import pytest
import yaml

from mesh_graph.istio.checks import RULES, Severity, check
from mesh_graph.istio.patch import REMOVED, patch_of
from mesh_graph.sources.demo_cluster import snapshot_of
from mesh_graph.views.messages_istio import CONFIG_MESSAGES, config_words, title_of
from tests.istio.checks.import_cases import IMPORTS
from tests.istio.checks.routing_cases import ROUTING, WIDE, imports, port, sidecar, subsets, with_ports
from tests.istio.checks.security_cases import SECURITY, account, exported, group, policy, what, whose
from tests.istio.declare import deployment, parsed, service, snapshot

REVIEWS = (service("reviews"), deployment("reviews", "v1"), deployment("reviews", "v2"))
GATEWAY = """
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-system}
spec: {selector: {istio: ingressgateway}}
"""
RULE = """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews}
spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: %s}}]}
"""
OUTSIDE = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside, namespace: shop}
spec: {hosts: [api.example.com, "*.wild.example.com"], exportTo: [%s]}
"""


def routes(spec: str, name: str = "reviews", namespace: str = "bookinfo") -> str:
    return f"""
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{{spec}}}
"""


def to(host: str, subset: str = "") -> str:
    return f"http: [{{route: [{{destination: {{host: {host}{subset and ', subset: ' + subset}}}}}]}}]"


def mtls(name: str, selector: str = "", namespace: str = "bookinfo") -> str:
    return f"""
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{mtls: {{mode: STRICT}}{selector and ", selector: {matchLabels: " + selector + "}"}}}
"""


def gateway(name: str, host: str, port: int = 80, app: str = "edge") -> str:
    return f"""
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {{name: {name}}}
spec:
  selector: {{app: {app}}}
  servers: [{{port: {{number: {port}, name: x, protocol: HTTP}}, hosts: [{host}]}}]
"""


def entry(name: str, port: int, protocol: str = "TLS", export: str = "*", namespace: str = "bookinfo") -> str:
    return f"""
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  hosts: [api.example.com]
  exportTo: ["{export}"]
  ports: [{{number: {port}, name: x, protocol: {protocol}}}]
"""


def entries(*entries: str) -> str:
    return f"http: [{{route: [{', '.join('{' + entry + '}' for entry in entries)}]}}]"


def rule(host: str) -> str:
    return RULE.replace("host: reviews", f"host: {host}") % "v2"


def twice(first: str, second: str) -> str:
    return routes(entries(f"destination: {{{first}}}", f"destination: {{{second}}}"))


HOST = "spec/http[0]/route[0]/destination/host"
DESTINATION = "spec/http[0]/route[0]/destination"
CASES = [
    # a route at a gateway that does not exist
    ("KIA1102", [GATEWAY, routes("gateways: [istio-system/public, mesh]")], []),
    ("KIA1102", [GATEWAY, routes("gateways: [public]", namespace="istio-system")], []),
    ("KIA1102", [GATEWAY, routes("gateways: [public.istio-system.svc.cluster.local]")], []),
    ("KIA1102", [GATEWAY, routes("gateways: [public]")], [("error", "spec/gateways[0]")]),
    ("KIA1102", [GATEWAY, routes("gateways: [mesh, istio-system/pubic]")], [("error", "spec/gateways[1]")]),
    (
        "KIA1102",
        [GATEWAY, routes("http: [{match: [{uri: {}}, {gateways: [gone]}], route: [{}]}]")],
        [("error", "spec/http[0]/match[1]/gateways[0]")],
    ),
    # a route to a host that does not exist
    ("KIA1101", [*REVIEWS, routes(to("reviews"))], []),
    ("KIA1101", [*REVIEWS, routes(to("reviews.bookinfo.svc.cluster.local"), namespace="shop")], []),
    ("KIA1101", [OUTSIDE % "'*'", routes(to("api.example.com"))], []),
    ("KIA1101", [OUTSIDE % "'*'", routes(to("a.wild.example.com"))], []),
    ("KIA1101", [OUTSIDE % "'.'", routes(to("api.example.com"), namespace="shop")], []),
    ("KIA1101", [*REVIEWS, routes("http: [{redirect: {uri: /moved}}]")], []),
    ("KIA1101", [*REVIEWS, routes(to("review"))], [("error", HOST)]),
    ("KIA1101", [*REVIEWS, routes(to("reviews"), namespace="shop")], [("error", HOST)]),
    ("KIA1101", [*REVIEWS, routes(to("reviews.bookinfo"))], [("error", HOST)]),
    ("KIA1101", [OUTSIDE % "'.'", routes(to("api.example.com"))], [("error", HOST)]),
    ("KIA1101", [routes("tcp: [{route: [{}]}]")], [("error", "spec/tcp[0]/route[0]/destination/host")]),
    # several virtual services for one host
    ("KIA1106", [routes("hosts: [reviews]"), routes("hosts: [ratings]", name="b")], []),
    ("KIA1106", [routes("hosts: [reviews]"), routes("hosts: [reviews]", namespace="shop")], []),
    ("KIA1106", [routes("hosts: [a.b], gateways: [x]"), routes("hosts: [a.b]", name="b")], []),
    (
        "KIA1106",
        [
            routes("hosts: [a.b], exportTo: ['.']"),
            routes("hosts: [a.b], exportTo: ['.']", namespace="shop"),
        ],
        [],
    ),
    ("KIA1106", [routes("hosts: ['*.b.c']"), routes("hosts: [a.b.c]", name="b")], []),
    (
        "KIA1106",
        [
            routes("hosts: [reviews]"),
            routes("hosts: [reviews.bookinfo.svc.cluster.local]", namespace="shop"),
        ],
        [("warning", "spec/hosts")] * 2,
    ),
    (
        "KIA1106",
        [
            routes("hosts: [a.b], gateways: [istio-system/x]"),
            routes("hosts: [a.b], gateways: [x]", namespace="istio-system"),
        ],
        [("warning", "spec/hosts")] * 2,
    ),
    (
        "KIA1106",
        [routes("hosts: ['*.bookinfo.svc.cluster.local']"), routes("hosts: [reviews]", name="b")],
        [("warning", "spec/hosts")] * 2,
    ),
    # competing peer authentications
    ("KIA0002", [mtls("a"), mtls("b", namespace="shop"), mtls("c", "{app: reviews}")], []),
    ("KIA0002", [mtls("a"), mtls("b", "{}")], [("error", "spec/selector")] * 2),
    ("KIA0003", [*REVIEWS, mtls("a", "{version: v1}"), mtls("b", "{version: v2}"), mtls("c")], []),
    (
        "KIA0003",
        [*REVIEWS, mtls("a", "{app: reviews}"), mtls("b", "{version: v2}")],
        [("error", "spec/selector")] * 2,
    ),
    ("KIA0004", [*REVIEWS, mtls("a", "{version: v1}"), mtls("b")], []),
    ("KIA0004", [*REVIEWS, mtls("a", "{version: v9}")], [("warning", "spec/selector")]),
    ("KIA0004", [*REVIEWS, mtls("a", "{version: v1}", "shop")], [("warning", "spec/selector")]),
    # a rule for a host that does not exist
    ("KIA0202", [*REVIEWS, RULE % "v2"], []),
    ("KIA0202", [OUTSIDE % "'*'", rule("api.example.com")], []),
    ("KIA0202", [*REVIEWS, rule("'*.local'")], []),
    ("KIA0202", [RULE % "v2"], [("error", "spec/host")]),
    ("KIA0202", [*REVIEWS, rule("reviews.bookinfo")], [("error", "spec/host")]),
    ("KIA0202", [*REVIEWS, rule("'*.shop.local'")], [("error", "spec/host")]),
    # a subset without labels
    ("KIA0209", [RULE % "v2"], []),
    ("KIA0209", [RULE.replace(", labels: {version: %s}", "")], [("unknown", "spec/subsets[1]")]),
    (
        "KIA0209",
        [RULE.replace("labels: {version: v1}", "labels: {}").replace(", labels: {version: %s}", "")],
        [("warning", "spec/subsets[0]"), ("warning", "spec/subsets[1]")],
    ),
    # gateways that claim the same
    ("KIA0301", [gateway("a", "a.example.com"), gateway("b", "b.example.com")], []),
    ("KIA0301", [gateway("a", "a.example.com"), gateway("b", "a.example.com", port=443)], []),
    ("KIA0301", [gateway("a", "a.example.com"), gateway("b", "a.example.com", app="other")], []),
    ("KIA0301", [gateway("a", "shop/a.example.com"), gateway("b", "team/a.example.com")], []),
    (
        "KIA0301",
        [gateway("a", "a.example.com"), gateway("b", "shop/a.example.com")],
        [("warning", "spec/servers[0]/hosts[0]")] * 2,
    ),
    (
        "KIA0301",
        [gateway("a", "a.example.com"), gateway("b", "'*.example.com'")],
        [("warning", "spec/servers[0]/hosts[0]")] * 2,
    ),
    # ports that say no number, and hosts that are none, are not compared
    ("KIA0301", [gateway("a", "a.example.com", port="x"), gateway("b", "a.example.com", port="x")], []),
    ("KIA1211", [entry("a", "x"), entry("b", "x")], []),
    # a gateway without proxies
    ("KIA0302", [gateway("a", "x.y", app="edge"), deployment("edge", "v1", "other")], []),
    ("KIA0302", [gateway("a", "x.y", app="edge")], [("warning", "spec/selector")]),
    # weights that mean nothing
    ("KIA1104", [routes(entries("weight: 100"))], []),
    ("KIA1104", [routes(entries(""))], []),
    ("KIA1104", [routes(entries("weight: 50", "weight: 50"))], []),
    ("KIA1104", [routes(entries("weight: 50"))], [("warning", "spec/http[0]/route[0]/weight")]),
    # a destination named twice
    ("KIA1105", [twice("host: a, subset: v1", "host: a, subset: v2")], []),
    ("KIA1105", [twice("host: a", "host: b")], []),
    (
        "KIA1105",
        [twice("host: a", "host: a.bookinfo.svc.cluster.local")],
        [("warning", "spec/http[0]/route[1]/destination")],
    ),
    # a gateway named by a host name
    ("KIA1108", [routes("gateways: [mesh, public, istio-system/public]")], []),
    (
        "KIA1108",
        [routes("gateways: [public.istio-system.svc.cluster.local]")],
        [("unknown", "spec/gateways[0]")],
    ),
    # several service entries for one host
    ("KIA1211", [entry("a", 443), entry("b", 80)], []),
    ("KIA1211", [entry("a", 443, export="."), entry("b", 443, export=".", namespace="shop")], []),
    ("KIA1211", [entry("a", 443), entry("b", 443)], [("warning", "spec/hosts[0]")] * 2),
    ("KIA1212", [entry("a", 443), entry("b", 443)], []),
    ("KIA1212", [entry("a", 443), entry("b", 80, "TCP")], []),
    (
        "KIA1212",
        [entry("a", 443), entry("b", 443, "TCP")],
        [("warning", "spec/ports[0]/protocol")] * 2,
    ),
    # a value of the wrong type
    ("MSH0001", [RULE % "v2", routes(to("reviews", "v2")), GATEWAY, entry("a", 443)], []),
    ("MSH0001", [routes("hosts: 7")], [("error", "spec/hosts")]),
    ("MSH0001", [routes("hosts: null, http: []")], []),
    ("MSH0001", [RULE % "1"], [("error", "spec/subsets[1]/labels/version")]),
    ("MSH0001", [routes("http: [{timeout: 5, route: {}}]")],
     [("error", "spec/http[0]/route"), ("error", "spec/http[0]/timeout")]),
    # labels of the wrong type are not called missing besides
    ("KIA0209", [RULE % "1"], []),
    # a subset that selects nothing
    ("KIA0203", [*REVIEWS, RULE % "v2"], []),
    ("KIA0203", [RULE % "v9"], []),
    ("KIA0203", [*REVIEWS, RULE % "v9"], [("unknown", "spec/subsets[1]")]),
    ("KIA0203", [*REVIEWS, RULE % "v9", routes(to("reviews", "v2"))], [("error", "spec/subsets[1]")]),
    # a route to a subset that is not declared
    ("KIA1107", [RULE % "v2", routes(to("reviews", "v2"))], []),
    ("KIA1107", [RULE % "v2", routes(to("reviews"))], []),
    ("KIA1107", [RULE % "v2", routes(to("reviews", "v3"))], [("warning", DESTINATION)]),
    ("KIA1107", [RULE % "v2", routes(to("ratings", "v2"))], [("warning", DESTINATION)]),
]  # fmt: skip


ALL = [*CASES, *SECURITY, *ROUTING, *IMPORTS]
ELSEWHERE = {"KIA0107", "KIA1301"}
"""Codes whose cases take more than one cluster, or another list of what is ignored; they are below."""


@pytest.mark.parametrize(("code", "objects", "expected"), ALL)
def test_rule_finds(code, objects, expected):
    found = [f for f in check(snapshot(*objects)).findings if f.code == code]
    assert [(f.severity.value, f.path) for f in found] == expected


def test_every_rule_has_both_cases_and_words():
    codes = {rule.code for rule in RULES}
    assert {code for code, _, expected in ALL if expected} == codes - ELSEWHERE
    assert {code for code, _, expected in ALL if not expected} == codes - ELSEWHERE
    assert set(CONFIG_MESSAGES) >= codes


@pytest.mark.parametrize(
    ("objects", "words", "changes"),
    [
        ([GATEWAY, routes("gateways: [istio-system/pubic]")], "istio-system/public was probably meant",
         {"spec/gateways[0]": "istio-system/public"}),
        ([*REVIEWS, routes(to("review"))], "reviews was probably meant", {HOST: "reviews"}),
        ([*REVIEWS, routes(to("revews.bookinfo.svc.cluster.local"), namespace="shop")],
         "reviews.bookinfo.svc.cluster.local was probably meant",
         {HOST: "reviews.bookinfo.svc.cluster.local"}),
        ([*REVIEWS, routes(to("reviews.bookinfo"))], "reviews was probably meant", {HOST: "reviews"}),
        (
            [*REVIEWS, routes(to("reviews.bookinfo"), namespace="shop")],
            "reviews.bookinfo.svc.cluster.local was probably meant",
            {HOST: "reviews.bookinfo.svc.cluster.local"},
        ),
        (
            [OUTSIDE % "'*'", routes(to("api.exampel.com"))],
            "api.example.com was probably meant",
            {HOST: "api.example.com"},
        ),
        ([*REVIEWS, routes(to("nothing-like-it"))], "Name a service that exists", {}),
    ],
)  # fmt: skip
def test_finding_offers_the_name_that_was_meant(objects, words, changes):
    (finding,) = [f for f in check(snapshot(*objects)).findings if f.code in ("KIA1101", "KIA1102")]
    assert words in config_words(finding).mend
    assert finding.changes == changes


@pytest.mark.parametrize(
    ("spec", "changes"),
    [
        ("hosts: reviews", {"spec/hosts": ["reviews"]}),
        ("hosts: [7]", {"spec/hosts[0]": "7"}),
        # It may have been written `1.10`, and `on`; and "5" would be no duration either.
        ("hosts: [1.1]", {}),
        ("hosts: [true]", {}),
        ("http: [{timeout: 5, retries: {attempts: 3}}]", {}),
        ("http: [{route: [{weight: '80'}]}]", {}),
        ("http: 80%", {}),
    ],
)
def test_wrong_type_is_mended_where_only_quotes_or_a_list_lack(spec, changes):
    (finding,) = [f for f in check(snapshot(routes(spec))).findings if f.code == "MSH0001"]
    assert finding.changes == changes
    assert not changes or yaml.safe_load(patch_of(finding.source, changes).yaml)


@pytest.mark.parametrize(
    ("subset", "said"),
    [
        ("", "sends to reviews.bookinfo.svc.cluster.local twice"),
        (", subset: v1", "sends to reviews.bookinfo.svc.cluster.local, subset v1, twice"),
    ],
)
def test_repeated_destination_is_named_with_its_subset(subset, said):
    repeated = twice(*[f"host: reviews{subset}"] * 2)
    (finding,) = [f for f in check(snapshot(repeated)).findings if f.code == "KIA1105"]
    assert said in config_words(finding).what


def test_worst_findings_come_first():
    checked = check(snapshot(*REVIEWS, RULE % "v9", routes("gateways: [gone], " + to("reviews", "v8"))))
    assert [f.severity for f in checked.findings] == [Severity.ERROR, Severity.WARNING, Severity.UNKNOWN]


def test_object_says_what_is_not_to_be_found_in_it():
    ignored = routes("gateways: [gone], " + to("gone")).replace(
        "namespace: bookinfo",
        "namespace: bookinfo, annotations: {kiali.io/ignore-validations: 'KIA0001, KIA1102'}",
    )
    assert [f.code for f in check(snapshot(ignored)).findings] == ["KIA1101"]


def test_rule_that_cannot_see_what_it_needs_is_skipped_not_passed():
    seen = snapshot(*REVIEWS, RULE % "v9", routes(to("gone")))
    blind = type(seen)(1, 0.0, seen.clusters, (), seen.by_kind, frozenset({"Pod", "Gateway"}))
    checked = check(blind)
    assert [f.code for f in checked.findings] == ["KIA1101"]
    blinded = {
        code
        for code in dict.fromkeys(rule.code for rule in RULES)
        if any("Pod" in rule.needs and "Gateway" not in rule.needs for rule in RULES if rule.code == code)
    } - {"KIA1301"}
    assert {"KIA0003", "KIA0004", "KIA0203"} < blinded
    assert dict(checked.skipped) == {
        **dict.fromkeys(blinded, ("Pod",)),
        **dict.fromkeys(("MSH0001", "KIA0301", "KIA1102"), ("Gateway",)),
        "KIA0302": ("Gateway", "Pod"),
    }


def test_rule_that_cannot_see_what_it_judges_is_skipped():
    nothing = snapshot()
    kinds = {kind for rule in RULES for kind in rule.needs}
    blind = type(nothing)(1, 0.0, nothing.clusters, (), {}, frozenset(kinds))
    assert [code for code, _ in check(blind, ()).skipped] == list(dict.fromkeys(rule.code for rule in RULES))


def test_title_is_the_one_to_look_up():
    assert title_of("KIA1106") == "More than one Virtual Service for same host"


def test_account_of_another_cluster_is_told_from_one_that_is_nowhere():
    principal = "cluster.local/ns/bookinfo/sa/front"
    both = snapshot_of(
        {"east": parsed(policy(whose("principals", principal))), "west": parsed(account("front"))},
        version=1,
        confirmed_at=0.0,
    )
    found = [(f.code, f.severity.value, f.path) for f in check(both).findings]
    assert found == [("KIA0107", "unknown", "spec/rules[0]/from[0]/source/principals[0]")]
    alone = check(snapshot(policy(whose("principals", principal)))).findings
    assert [f.code for f in alone] == ["KIA0106"]


def test_uncovered_workload_is_found_only_where_it_is_asked_for():
    covering = policy("", selector="{version: v1}")
    seen = snapshot(*REVIEWS, covering)
    assert check(seen).findings == ()
    (finding,) = check(seen, ()).findings
    assert (finding.code, finding.source.name, finding.path) == ("KIA1301", "reviews-v2", "")
    assert check(snapshot(*REVIEWS, policy("", namespace="istio-system")), ()).findings == ()


def test_code_that_is_ignored_is_neither_found_nor_skipped():
    seen = snapshot(*REVIEWS, routes("gateways: [gone]"))
    assert [f.code for f in check(seen).findings] == ["KIA1102"]
    assert check(seen, ("KIA1102", "KIA1301")).findings == ()


@pytest.mark.parametrize(
    ("code", "objects", "changes"),
    [
        (
            "KIA0005",
            [service("x", "shop"), exported("VirtualService", "shopp")],
            {"spec/exportTo[1]": "shop"},
        ),
        ("KIA0102", [policy(what("methods", "get"))], {"spec/rules[0]/to[0]/operation/methods[0]": "GET"}),
        (
            "KIA0106",
            [account("front"), policy(whose("principals", "spiffe://cluster.local/ns/bookinfo/sa/front"))],
            {"spec/rules[0]/from[0]/source/principals[0]": "cluster.local/ns/bookinfo/sa/front"},
        ),
        ("KIA0204", [WIDE, subsets("a")], {"spec/trafficPolicy/tls": {"mode": "ISTIO_MUTUAL"}}),
        ("KIA0601", with_ports(port("api-http")), {"spec/ports[0]/name": "http-api"}),
        ("KIA0601", with_ports(port("api")), {}),
        (
            "KIA1004",
            [service("reviews"), imports("reviews")],
            {"spec/egress[0]/hosts[0]": "./reviews.bookinfo.svc.cluster.local"},
        ),
        (
            "KIA1006",
            [sidecar("workloadSelector: {labels: {app: a}}", "istio-system")],
            {"spec/workloadSelector": REMOVED},
        ),
        (
            "KIA1701",
            [account("machine"), group("a", "{}", "machin")],
            {"spec/template/serviceAccount": "machine"},
        ),
    ],
)  # fmt: skip
def test_finding_brings_the_change_that_mends_it(code, objects, changes):
    (finding,) = [f for f in check(snapshot(*objects)).findings if f.code == code]
    assert finding.changes == changes
    if changes:
        mended = yaml.safe_load(patch_of(finding.source, finding.changes).yaml)
        raw = [one for given in objects for one in (parsed(given) if isinstance(given, str) else [given])]
        kept = [
            one
            for one in raw
            if one["metadata"]["name"] != finding.source.name or one["kind"] != finding.source.kind
        ]
        assert not [f for f in check(snapshot(*kept, mended)).findings if f.code == code]
