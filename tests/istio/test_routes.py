"""Declared routes of every API: shares, subsets, versions, mirrors; expected from each API's reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.istio.hosts import Host
from mesh_graph.istio.route import shares
from mesh_graph.istio.routes import declared_routes, declared_splits
from tests.istio.declare import deployment, service, snapshot

REVIEWS = Host("reviews.bookinfo.svc.cluster.local", "bookinfo", "reviews")
BOOKINFO = (service("reviews"), *(deployment("reviews", version) for version in ("v1", "v2", "v3")))
RULE = """
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews}
spec:
  host: reviews
  subsets:
  - {name: stable, labels: {version: v1}}
  - {name: canary, labels: {version: v2}}
"""


def virtual_service(*routes: str, kind: str = "http", extra: str = "") -> str:
    entries = "".join(f"\n    - {route}" for route in routes)
    return f"""
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: reviews}}
spec:
  hosts: [reviews]
  {kind}:
  - route:{entries}
    {extra}
"""


def only(*objects):
    (route,) = declared_routes(snapshot(*objects))
    return route


def shares_of(route):
    return [destination.share for destination in route.destinations]


def test_virtual_service_shares_requests_by_weight_among_subsets():
    text = virtual_service(
        "{destination: {host: reviews, subset: stable}, weight: 90}",
        "{destination: {host: reviews, subset: canary}, weight: 10}",
    )
    route = only(text, RULE, *BOOKINFO)
    assert route.key == ("east", "VirtualService", "bookinfo", "reviews", "spec/http[0]")
    assert (route.protocol, route.hosts, route.gateways, route.matches) == ("http", (REVIEWS,), ("mesh",), ())
    stable, canary = route.destinations
    assert (stable.host, stable.subset, stable.version, stable.workloads) == (
        REVIEWS, "stable", "v1", ("reviews-v1",),
    )  # fmt: skip
    assert (canary.version, canary.declared, canary.share, canary.path) == (
        "v2", 10, 0.1, "spec/http[0]/route[1]",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (["80", "20"], [0.8, 0.2]),
        (["3", "1"], [0.75, 0.25]),
        (["100", "0"], [1.0, 0.0]),
        (["100", None], [1.0, 0.0]),
        ([None], [1.0]),
        (["30"], [1.0]),
        (["0"], [1.0]),
        (["0", "0"], [0.0, 0.0]),
        (["50", "half"], [None, None]),
        (["50", "-1"], [None, None]),
        (["50", "true"], [None, None]),
        (["50", "0.5"], [None, None]),
    ],
)
def test_virtual_service_weight(weights, expected):
    entries = [
        "{destination: {host: reviews}" + (f", weight: {weight}" if weight else "") + "}"
        for weight in weights
    ]
    assert shares_of(only(virtual_service(*entries))) == expected


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (["80", "20"], [0.8, 0.2]),
        ([None, "3"], [0.25, 0.75]),
        ([None, None], [0.5, 0.5]),
        (["0", None], [0.0, 1.0]),
        (["0"], [0.0]),
        (["0", "0"], [0.0, 0.0]),
        (["1", "x"], [None, None]),
    ],
)
def test_gateway_api_weight(weights, expected):
    backends = [
        f"{{name: reviews-v{number}, port: 9080" + (f", weight: {weight}" if weight else "") + "}"
        for number, weight in enumerate(weights, start=1)
    ]
    text = f"""
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: reviews}}
spec:
  parentRefs: [{{kind: Service, group: "", name: reviews}}]
  rules: [{{backendRefs: [{", ".join(backends)}]}}]
"""
    assert shares_of(only(text)) == expected


@pytest.mark.parametrize("kind", ["HTTPRoute", "GRPCRoute"])
def test_gateway_api_backends_are_services_with_their_own_version(kind):
    text = f"""
apiVersion: gateway.networking.k8s.io/v1
kind: {kind}
metadata: {{name: reviews}}
spec:
  hostnames: [shop.example.com]
  parentRefs: [{{name: public, namespace: istio-system}}, {{kind: Service, name: reviews}}]
  rules:
  - matches: [{{headers: [{{name: end-user, value: jason}}]}}]
    backendRefs: [{{name: reviews-v1, port: 9080}}, {{name: other, namespace: shop, port: 80}}]
"""
    route = only(text, service("reviews-v1", app="reviews", version="v1"), *BOOKINFO)
    assert route.hosts == (Host("shop.example.com"), REVIEWS)
    assert route.gateways == ("istio-system/public", "mesh")
    assert route.matches == ('{"headers":[{"name":"end-user","value":"jason"}]}',)
    first, second = route.destinations
    assert (first.host.service, first.version, first.workloads, first.port) == (
        "reviews-v1", "v1", ("reviews-v1",), 9080,
    )  # fmt: skip
    assert (second.host.namespace, second.host.service, second.version) == ("shop", "other", "")


@pytest.mark.parametrize(
    ("weights", "expected"),
    [(["75", "25"], [0.75, 0.25]), ([None], [1.0]), (["75", None], [1.0, 0.0]), ([], [1.0])],
)
def test_legacy_route_rule_shares_by_labels(weights, expected):
    entries = [
        f"{{labels: {{version: v{n}}}" + (f", weight: {weight}" if weight else "") + "}"
        for n, weight in enumerate(weights, start=1)
    ]
    text = f"""
apiVersion: config.istio.io/v1alpha2
kind: RouteRule
metadata: {{name: reviews-default}}
spec:
  destination: {{name: reviews}}
  precedence: 2
  route: [{", ".join(entries)}]
"""
    route = only(text, *BOOKINFO)
    assert (route.kind, route.hosts, shares_of(route)) == ("RouteRule", (REVIEWS,), expected)
    assert [d.version for d in route.destinations] == [f"v{n}" for n in range(1, len(weights) + 1)] or [""]


def test_conditions_are_routes_of_their_own_in_order():
    text = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews}
spec:
  hosts: [reviews]
  http:
  - match: [{headers: {end-user: {exact: jason}}}]
    route: [{destination: {host: reviews, subset: canary}}]
  - redirect: {uri: /moved}
  - name: rest
    route: [{destination: {host: reviews}}]
"""
    first, rest = declared_routes(snapshot(text))
    assert first.matches == ('{"headers":{"end-user":{"exact":"jason"}}}',)
    assert (first.order, rest.order) == (0, 2)
    assert (rest.matches, rest.route_name, rest.path) == ((), "rest", "spec/http[2]")


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("mirror: {host: shadow}", [1.0]),
        ("mirror: {host: shadow}\n    mirrorPercentage: {value: 12.5}", [0.125]),
        ("mirror: {host: shadow}\n    mirrorPercentage: {}", [0.0]),
        ("mirror: {host: shadow}\n    mirrorPercent: 40", [0.4]),
        ("mirror: {host: shadow}\n    mirrorPercentage: {value: many}", [None]),
        (
            "mirrors: [{destination: {host: shadow}, percentage: {value: 5}}, {destination: {host: b}}]",
            [0.05, 1],
        ),
    ],
)
def test_mirrors_are_apart_from_the_destinations(extra, expected):
    route = only(virtual_service("{destination: {host: reviews}}", extra=extra))
    assert shares_of(route) == [1.0]
    assert [mirror.share for mirror in route.mirrors] == expected
    assert route.mirrors[0].destination.host.service == "shadow"


def test_mirror_of_a_gateway_api_route_copies_a_fraction():
    text = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: reviews}
spec:
  rules:
  - filters:
    - type: RequestMirror
      requestMirror: {backendRef: {name: shadow}, fraction: {numerator: 1, denominator: 8}}
    backendRefs: [{name: reviews}]
"""
    (mirror,) = only(text).mirrors
    assert (mirror.destination.host.service, mirror.share) == ("shadow", 0.125)


def test_routes_of_tls_and_tcp_are_split_too():
    for kind in ("tls", "tcp"):
        text = virtual_service(
            "{destination: {host: a}, weight: 1}", "{destination: {host: b}, weight: 3}", kind=kind
        )
        route = only(text)
        assert (route.protocol, shares_of(route)) == (kind, [0.25, 0.75])


def test_delegate_has_the_hosts_and_gateways_of_its_roots():
    root = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: root}
spec:
  hosts: [shop.example.com]
  gateways: [istio-system/public]
  http: [{delegate: {name: reviews, namespace: team}}]
"""
    leaf = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: team}
spec: {http: [{route: [{destination: {host: reviews}}]}]}
"""
    route = only(root, leaf)
    assert (route.hosts, route.gateways) == ((Host("shop.example.com"),), ("istio-system/public",))
    assert route.destinations[0].host.namespace == "team"


def test_subset_without_declaration_has_no_version_and_no_workloads():
    route = only(virtual_service("{destination: {host: reviews, subset: gone}}"), RULE, *BOOKINFO)
    assert (route.destinations[0].version, route.destinations[0].workloads) == ("", ())


def test_destination_without_subset_has_a_version_only_where_there_is_one():
    route = only(virtual_service("{destination: {host: reviews}}"), *BOOKINFO)
    assert route.destinations[0].version == ""
    assert route.destinations[0].workloads == ("reviews-v1", "reviews-v2", "reviews-v3")
    assert (
        only(virtual_service("{destination: {host: reviews}}"), *BOOKINFO[:2]).destinations[0].version == "v1"
    )


def test_subset_is_resolved_by_labels_to_the_version_of_the_workloads():
    rule = RULE.replace("version: v2", "track: next")
    route = only(
        virtual_service("{destination: {host: reviews, subset: canary}}"),
        rule,
        service("reviews"),
        deployment("reviews", "v1"),
        deployment("reviews", "v7", track="next"),
    )
    assert (route.destinations[0].version, route.destinations[0].workloads) == ("v7", ("reviews-v7",))


def test_version_prefers_the_canonical_revision():
    objects = [
        service("reviews"),
        deployment("reviews", "v1", **{"service.istio.io/canonical-revision": "blue"}),
    ]
    assert only(virtual_service("{destination: {host: reviews}}"), *objects).destinations[0].version == "blue"


def test_replica_sets_of_a_rollout_stand_for_it():
    replica_set = deployment("reviews", "v2") | {"kind": "ReplicaSet"}
    owner = {"kind": "Rollout", "name": "reviews", "controller": True}
    replica_set["metadata"] |= {"name": "reviews-5f7c", "ownerReferences": [owner]}
    route = only(virtual_service("{destination: {host: reviews}}"), service("reviews"), replica_set)
    assert (route.destinations[0].workloads, route.destinations[0].version) == (("reviews",), "v2")


def test_splits_are_the_routes_with_several_destinations_and_keep_weight_0():
    split = virtual_service(
        "{destination: {host: reviews}, weight: 100}", "{destination: {host: ratings}, weight: 0}"
    )
    single = virtual_service("{destination: {host: reviews}}").replace("name: reviews", "name: single")
    assert [route.name for route in declared_splits(snapshot(split, single))] == ["reviews"]


HOSTILE = [
    None,
    5,
    "x",
    [],
    {},
    [[]],
    [None],
    [{"route": 7}],
    {"route": []},
    [{"route": [3, {"weight": "x"}]}],
]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
@pytest.mark.parametrize(
    "kind", ["VirtualService", "DestinationRule", "HTTPRoute", "GRPCRoute", "RouteRule", "Service"]
)
def test_wrong_types_lead_nowhere(kind, value):
    versions = {
        "Service": "v1", "RouteRule": "config.istio.io/v1alpha2", "HTTPRoute": "gateway.networking.k8s.io/v1",
        "GRPCRoute": "gateway.networking.k8s.io/v1",
    }  # fmt: skip
    keys = (
        "hosts",
        "http",
        "tcp",
        "gateways",
        "rules",
        "parentRefs",
        "subsets",
        "host",
        "destination",
        "route",
        "selector",
    )
    one = {
        "kind": kind,
        "apiVersion": versions.get(kind, "networking.istio.io/v1"),
        "metadata": {"name": "x", "namespace": "y"},
        "spec": dict.fromkeys(keys, value),
    }
    for route in declared_routes(snapshot(one, RULE, *BOOKINFO)):
        assert all(share is None or 0 <= share <= 1 for share in shares_of(route))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_shares_add_up_to_one_unless_all_weights_are_0(weights):
    total = sum(shares(weights))
    assert total == pytest.approx(1.0 if any(weights) else 0.0)
