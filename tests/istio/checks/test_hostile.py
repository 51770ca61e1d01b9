"""Specs of any shape: rules, routes, words and patches take them without a crash."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph.answers.intent_mtls import mtls_of
from mesh_graph.answers.intent_object import detail_of_object
from mesh_graph.answers.intent_objects import objects_of
from mesh_graph.istio.checks import check, check_all
from mesh_graph.istio.checks.judging import together
from mesh_graph.istio.joined import Evidence, LongPast, join
from mesh_graph.istio.routes import declared_routes
from mesh_graph.istio.subsets import Registry
from mesh_graph.model import View
from mesh_graph.sources.cluster_kinds import KINDS as READ
from mesh_graph.sources.cluster_kinds import LEGACY, rows_of
from mesh_graph.views.check_text import check_json, check_text
from tests.istio.checks.routing_cases import ROUTING
from tests.istio.checks.security_cases import SECURITY
from tests.istio.declare import deployment, parsed, service, snapshot
from tests.topology.traffic_table import call, destination, lost, report, source, traffic

KINDS = {
    row.kind: (row.api_kind or row.kind, row.api_version)
    for row in (*READ, *LEGACY)
    if row.is_namespaced and row.kind != "Istiod"
}
KEYS = (
    "hosts", "host", "http", "tcp", "tls", "route", "destination", "subset", "subsets", "labels",
    "name", "weight", "gateways", "match", "servers", "port", "ports", "number", "protocol",
    "selector", "matchLabels", "exportTo", "rules", "backendRefs", "parentRefs", "mirror",
    "mirrors", "mirrorPercentage", "value", "delegate", "template", "metadata", "filters",
    "requestMirror", "type", "precedence", "workloadSelector", "egress", "outboundTrafficPolicy",
    "mode", "mtls", "portLevelMtls", "from", "source", "principals", "namespaces", "to", "operation",
    "methods", "when", "key", "trafficPolicy", "portLevelSettings", "serviceAccount", "retries",
    "attempts", "timeout", "perTryTimeout", "targetRef", "targetRefs", "kind", "group", "appProtocol",
    "targetPort", "containers", "initContainers", "spec", "containerPort", "endpoints", "mesh", "env",
    "address", "serviceAccountName", "jwtRules", "configPatches", "pluginConfig", "token",
)  # fmt: skip
TEXTS = (
    "",
    "reviews",
    "*",
    "*.",
    ".",
    "/",
    "a/b",
    "mesh",
    "v1",
    "*.svc.cluster.local",
    "\x1b[2J",
    "DISABLE",
    "STRICT",
    "ISTIO_MUTUAL",
    "*.local",
    "*.bookinfo.svc.cluster.local",
    "spiffe://cluster.local/ns/bookinfo/sa/x",
    "./reviews",
    "2s",
    "get",
    "api-http",
    "rootNamespace: bookinfo\nenableAutoMtls: false",
    "a: &a [*a]",
    "version",
    "RequestMirror",
)
LEAVES = st.none() | st.booleans() | st.integers(-3, 101) | st.floats() | st.sampled_from(TEXTS)
ENTRY = st.fixed_dictionaries(
    {"destination": st.dictionaries(st.sampled_from(("host", "subset", "port")), LEAVES)},
    optional={"weight": LEAVES},
)
ROUTES = st.fixed_dictionaries(
    {"http": st.lists(st.fixed_dictionaries({"route": st.lists(ENTRY, max_size=3)}))}
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)
SPECS = ROUTES | st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5)
"""An object with a spec that is no mapping is not read at all."""


def some(specs):
    """Objects with these specs; where a kind keeps another part than its spec, that."""
    bodies = {row.kind: row.body for row in READ}
    for number, (kind, spec) in enumerate(specs):
        api_kind, version = KINDS[kind]
        name = "istio" if kind == "ConfigMap" else f"{kind.lower()}-{number}"
        where = {"name": name, "namespace": "bookinfo", "labels": {"app": "reviews", "version": "v1"}}
        body = bodies.get(kind, "spec")
        content = {body: spec} if body else (spec if isinstance(spec, dict) else {})
        yield {**content, "apiVersion": version, "kind": api_kind, "metadata": where}


FRONT = source("front-v1", namespace="bookinfo")
REVIEWS = destination("reviews-v1", "reviews", namespace="bookinfo")
SEEN = traffic(
    call(FRONT, REVIEWS, 5.0),
    call(FRONT, REVIEWS, 1.0, flags="UT"),
    call(FRONT, lost("PassthroughCluster", namespace="unknown", host="a.example.com"), arrived=False),
    reports=[
        report(FRONT, REVIEWS, source_rate=5.0, destination_rate=9.0, mtls_rate=0.0, mtls_known_rate=1.0)
    ],
)
EVIDENCE = Evidence(1_790_000_000.0, 300, SEEN, LongPast(3600, frozenset()))
OBJECTS = st.lists(st.tuples(st.sampled_from(sorted(KINDS)), SPECS), min_size=1, max_size=5)


@settings(max_examples=200, deadline=None)
@given(OBJECTS)
def test_no_spec_stops_the_check(specs):
    seen = snapshot(service("reviews"), deployment("reviews", "v1"), *some(specs))
    checked = check(seen, ())
    text = check_text(checked, seen.gaps)
    assert "\x1b" not in text
    assert len(check_json(checked, seen.gaps)["findings"]) == len(checked.findings)
    for route in declared_routes(seen):
        shares = [destination.share for destination in route.destinations]
        assert all(share is None or 0 <= share <= 1 for share in shares)


@settings(max_examples=200, deadline=None)
@given(OBJECTS)
def test_no_spec_stops_what_joins_telemetry_or_shows_an_object(specs):
    seen = snapshot(service("reviews"), deployment("reviews", "v1"), *some(specs))
    registry, view = Registry(seen), View(at=EVIDENCE.at)
    checked = together((check_all(registry, ()), join(registry, EVIDENCE, ())))
    assert "\x1b" not in check_text(checked, ())
    assert len(check_json(checked, ())["findings"]) == len(checked.findings)
    found = objects_of(view, seen, checked)
    for row in found.rows:
        detail = detail_of_object(registry, row)
        assert all(
            1 <= detail.line_of(finding.path) <= detail.yaml.count("\n") + 1 for finding in row.findings
        )
    assert mtls_of(view, registry, SEEN).rows


@st.composite
def damaged(draw):
    """Objects of one of the rules' cases, a part of one of them replaced by anything."""
    _, given_objects, _ = draw(st.sampled_from([*SECURITY, *ROUTING]))
    raw = [
        deepcopy(one) for text in given_objects for one in (parsed(text) if isinstance(text, str) else [text])
    ]
    part = draw(st.sampled_from(raw))
    key, values = next((name for name in ("spec", "data") if name in part), None), SPECS
    while key is not None:
        inner = part[key]
        steps = (
            list(inner) if isinstance(inner, dict) else range(len(inner)) if isinstance(inner, list) else []
        )
        if not steps or draw(st.integers(0, 3)) == 0:
            part[key] = draw(values)
            break
        part, key, values = inner, draw(st.sampled_from(steps)), VALUES
    return raw


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_no_damage_to_an_object_stops_rules_words_and_patches(raw):
    registry = Registry(snapshot(*raw))
    checked = together((check_all(registry, ()), join(registry, EVIDENCE, ())))
    assert "\x1b" not in check_text(checked, ())
    check_json(checked, ())
    for row in objects_of(View(at=EVIDENCE.at), registry.snapshot, checked).rows:
        detail_of_object(registry, row)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(KINDS)), SPECS)
def test_every_kind_alone_is_read_and_judged_whatever_its_spec(kind, spec):
    (raw,) = some([(kind, spec)])
    assert kind in [row.kind for row in rows_of(raw)]
    check(snapshot(raw), ())


@pytest.mark.parametrize("text", ["a: &a [*a]", "{" * 60 + "}" * 60, "[]", "x: [", "7", "\x00"])
def test_mesh_configuration_that_is_none_leaves_istios_defaults(text):
    (raw,) = some([("ConfigMap", {"mesh": text})])
    config = Registry(snapshot(raw)).config("east")
    assert (config.root_namespace, config.auto_mtls, config.allows_any) == ("istio-system", True, True)
