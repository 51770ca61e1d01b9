"""Every rule with a manifest that it passes and one that it finds, with severity and path."""

import pytest

from mesh_graph.istio.checks import RULES, Severity, check
from mesh_graph.views.messages_istio import CONFIG_MESSAGES, config_words, title_of
from tests.istio.declare import deployment, service, snapshot

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


@pytest.mark.parametrize(("code", "objects", "expected"), CASES)
def test_rule_finds(code, objects, expected):
    found = [f for f in check(snapshot(*objects)).findings if f.code == code]
    assert [(f.severity.value, f.path) for f in found] == expected


def test_every_rule_has_both_cases_and_words():
    codes = {rule.code for rule in RULES}
    assert {code for code, _, expected in CASES if expected} == codes
    assert {code for code, _, expected in CASES if not expected} == codes
    assert set(CONFIG_MESSAGES) == codes


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
        ([*REVIEWS, routes(to("nothing-like-it"))], "Name a service that exists", {}),
    ],
)  # fmt: skip
def test_finding_offers_the_name_that_was_meant(objects, words, changes):
    (finding,) = check(snapshot(*objects)).findings
    assert words in config_words(finding).mend
    assert finding.changes == changes


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
    assert checked.skipped == (("KIA1102", ("Gateway",)), ("KIA0203", ("Pod",)))


def test_title_is_the_one_to_look_up():
    assert title_of("KIA1106") == "More than one Virtual Service for same host"
