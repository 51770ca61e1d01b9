"""Control planes side by side: whose settings hold for a namespace, and where that is not known."""

from dataclasses import replace

import pytest

from mesh_graph.istio.checks import check
from mesh_graph.istio.mesh_config import mesh_config
from mesh_graph.istio.revisions import Revisions
from mesh_graph.scope import Scope
from mesh_graph.sources.scoped_cluster import scoped_snapshot
from tests.istio.checks.security_cases import mesh, policy, what
from tests.istio.declare import snapshot


def istiod(revision: str = "default", image: str = "docker.io/istio/pilot:1.24.1", **variables: str) -> dict:
    """Istiod's Deployment of a revision."""
    env = [{"name": name, "value": value} for name, value in variables.items()]
    labels = {"app": "istiod", "istio.io/rev": revision}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"istiod-{revision}", "namespace": "istio-system", "labels": labels},
        "spec": {"template": {"spec": {"containers": [{"name": "discovery", "image": image, "env": env}]}}},
    }


def settings(name: str, text: str) -> dict:
    """A ConfigMap with mesh settings."""
    one = mesh(text)
    one["metadata"]["name"] = name
    return one


def namespace(name: str, **labels: str) -> dict:
    keys = {"rev": "istio.io/rev", "injection": "istio-injection"}
    metadata = {"name": name, "namespace": "", "labels": {keys[key]: text for key, text in labels.items()}}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def tag(name: str, revision: str) -> dict:
    labels = {"istio.io/tag": name, "istio.io/rev": revision}
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": f"istio-revision-tag-{name}", "labels": labels, "namespace": ""},
    }


LOOSE = "{outboundTrafficPolicy: {mode: ALLOW_ANY}, enableAutoMtls: true, trustDomain: old.example}"
TIGHT = "{outboundTrafficPolicy: {mode: REGISTRY_ONLY}, enableAutoMtls: false, trustDomain: new.example}"
BOTH = (istiod(), istiod("canary"), settings("istio", LOOSE), settings("istio-canary", TIGHT))
PLACES = (
    namespace("shop", rev="canary"),
    namespace("pay", injection="enabled"),
    namespace("mail", rev="prod"),
    namespace("lost", rev="gone"),
    namespace("bare"),
)


def domain(seen, place: str) -> str:
    return Revisions(seen).config("east", place).trust_domain


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ((), {"shop": "new.example", "pay": "old.example", "bare": "old.example", "": "old.example"}),
        ((tag("prod", "canary"),), {"mail": "new.example"}),
        ((tag("default", "canary"),), {"pay": "new.example", "bare": "new.example", "": "new.example"}),
        ((tag("prod", "default"),), {"mail": "old.example"}),
    ],
)
def test_namespace_has_the_settings_of_its_revision(more, expected):
    seen = snapshot(*BOTH, *PLACES, *more)
    assert {place: domain(seen, place) for place in expected} == expected


def test_injection_label_stands_before_that_of_a_revision():
    both = namespace("both", rev="canary", injection="enabled")
    never = namespace("never", rev="canary", injection="disabled")
    seen = snapshot(*BOTH, both, never)
    assert (domain(seen, "both"), domain(seen, "never")) == ("old.example", "old.example")
    assert [plane.namespaces for plane in Revisions(seen).planes] == [(), ("both",)]


def test_of_an_unknown_revision_only_what_is_sure_of_all_counts():
    config = Revisions(snapshot(*BOTH, *PLACES)).config("east", "lost")
    assert (config.allows_any, config.auto_mtls, config.scopes_gateways) == (True, True, False)
    assert {config.trust_domain, *config.trust_domain_aliases} == {"old.example", "new.example"}


@pytest.mark.parametrize("kind", ["Namespace", "RevisionTag"])
def test_where_labels_or_tags_could_not_be_read_nothing_is_guessed(kind):
    seen = replace(snapshot(*BOTH, *PLACES), unknown=frozenset({kind}))
    revisions = Revisions(seen)
    assert revisions.config("east", "pay").trust_domain_aliases != ()
    assert revisions.config("east", "shop").trust_domain == "new.example"


def test_only_revision_holds_whatever_it_is_called():
    seen = snapshot(istiod("1-24"), settings("istio-1-24", TIGHT), *PLACES)
    assert {domain(seen, place) for place in ("shop", "pay", "bare", "")} == {"new.example"}


def test_planes_are_told_with_tags_version_and_namespaces():
    planes = Revisions(snapshot(*BOTH, *PLACES, tag("prod", "canary"))).planes
    told = [(p.revision, p.tags, p.version, p.is_running, p.namespaces) for p in planes]
    assert told == [
        ("canary", ("prod",), "1.24.1", True, ("mail", "shop")),
        ("default", (), "1.24.1", True, ("pay",)),
    ]


@pytest.mark.parametrize(
    ("image", "version"),
    [("pilot", ""), ("host:5000/istio/pilot:1.24", "1.24"), ("istio/pilot:1.24@sha256:12", "1.24"), ("", "")],
)
def test_version_is_the_tag_of_the_image(image, version):
    (plane,) = Revisions(snapshot(istiod(image=image))).planes
    assert plane.version == version


def test_without_a_control_plane_there_is_none_and_nobody_is_without():
    revisions = Revisions(snapshot(*PLACES))
    assert (revisions.planes, revisions.unassigned) == ((), ())


def test_label_that_names_no_control_plane_is_told():
    found = Revisions(snapshot(*BOTH, *PLACES, tag("prod", "canary"))).unassigned
    assert [(one.namespace, one.revision) for one in found] == [("lost", "gone")]


def test_own_settings_hold_over_shared_ones():
    seen = snapshot(
        istiod("canary", SHARED_MESH_CONFIG="istio-shared"),
        settings("istio-shared", "{trustDomain: all.example, defaultConfig: {tracing: {sampling: 5}, x: 1}}"),
        settings("istio-canary", "{trustDomain: own.example, defaultConfig: {x: 2}}"),
    )
    config = mesh_config(seen, "east", "canary")
    assert (config.trust_domain, config.sampling_percent) == ("own.example", 5.0)
    assert [plane.revision for plane in Revisions(seen).planes] == ["canary"]


def test_other_config_maps_are_no_revisions():
    trust = settings("istio-ca-root-cert", "")
    assert Revisions(snapshot(trust)).planes == ()


@pytest.mark.parametrize(("place", "severity"), [("shop", "error"), ("pay", "warning"), ("lost", "warning")])
def test_rule_takes_the_policy_for_unknown_hosts_of_the_namespace_s_own_revision(place, severity):
    rule = policy(what("hosts", "nothing.example.com"), namespace=place)
    (finding,) = [f for f in check(snapshot(*BOTH, *PLACES, rule)).findings if f.code == "KIA0104"]
    assert finding.severity.value == severity


def test_who_sees_one_namespace_is_told_its_revision():
    seen = scoped_snapshot(snapshot(*BOTH, *PLACES, tag("prod", "canary")), Scope.of(("mail",)))
    assert domain(seen, "mail") == "new.example"
    assert [(p.revision, p.namespaces) for p in Revisions(seen).planes] == [
        ("canary", ("mail",)),
        ("default", ()),
    ]
