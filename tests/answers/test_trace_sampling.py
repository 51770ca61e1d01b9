"""Who says how much is traced: the Telemetry API, the mesh's configuration, istiod, or nobody."""

import pytest

from mesh_graph.answers.trace_sampling import SamplingOrigin, declared_sampling
from mesh_graph.scope import Scope
from mesh_graph.sources.cluster import KubeObject, Snapshot

TELEMETRY, CONFIG = SamplingOrigin.TELEMETRY, SamplingOrigin.MESH_CONFIG
ISTIOD, DEFAULT = SamplingOrigin.ISTIOD, SamplingOrigin.DEFAULT


def one(kind, namespace, name, spec, cluster="east"):
    return KubeObject(kind, cluster, namespace, name, spec=spec)


def telemetry(namespace, percent, name="sampling", **spec):
    return one("Telemetry", namespace, name, {"tracing": ({"randomSamplingPercentage": percent},), **spec})


def config(sampling):
    text = f"defaultConfig:\n  tracing:\n    sampling: {sampling}\n"
    return one("ConfigMap", "istio-system", "istio", {"mesh": text})


def istiod(percent):
    variables = ({"name": "PILOT_TRACE_SAMPLING", "value": percent},)
    return one(
        "Istiod", "istio-system", "istiod", {"template": {"spec": {"containers": ({"env": variables},)}}}
    )


def told(*objects, clusters=("east",), **more):
    by_kind = {}
    for found in objects:
        by_kind.setdefault(found.kind, []).append(found)
    snapshot = Snapshot(1, 0.0, clusters, by_kind={kind: tuple(found) for kind, found in by_kind.items()})
    return [(rule.namespace, rule.percent, rule.origin) for rule in declared_sampling(snapshot, **more)]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([], (1.0, DEFAULT)),
        ([istiod("5")], (5.0, ISTIOD)),
        ([istiod("often")], (1.0, DEFAULT)),
        ([istiod("nan")], (1.0, DEFAULT)),
        ([istiod("5"), config(10)], (10.0, CONFIG)),
        ([config("[much]")], (1.0, DEFAULT)),
        ([config(400)], (1.0, DEFAULT)),
        ([istiod("5"), config(10), telemetry("istio-system", 25)], (25.0, TELEMETRY)),
        ([config(10), telemetry("istio-system", True)], (10.0, CONFIG)),
    ],
)
def test_nearest_who_says_is_believed(objects, expected):
    assert told(*objects) == [("", *expected)]


@pytest.mark.parametrize("kind", ["ConfigMap", "Istiod", "Telemetry"])
def test_what_could_not_be_read_is_not_taken_for_the_default(kind):
    assert declared_sampling(Snapshot(1, 0.0, ("east",), unknown=frozenset({kind}))) == ()


def test_namespace_has_its_own_beside_the_mesh_s():
    assert told(config(10), telemetry("shop", 50.5)) == [("", 10.0, CONFIG), ("shop", 50.5, TELEMETRY)]


def test_workloads_are_told_last_with_their_labels():
    chosen = telemetry("istio-system", 75, "gate", selector={"matchLabels": {"app": "gate"}})
    snapshot = Snapshot(1, 0.0, ("east",), by_kind={"Telemetry": (chosen, telemetry("istio-system", 5))})
    whole, gate = declared_sampling(snapshot)
    assert (whole.namespace, whole.percent, whole.selector) == ("", 5.0, ())
    assert (gate.namespace, gate.percent, gate.selector) == ("istio-system", 75.0, (("app", "gate"),))


def test_reporting_that_is_switched_off_samples_nothing():
    off = one("Telemetry", "shop", "off", {"tracing": ({"disableSpanReporting": True},)})
    assert told(off)[1] == ("shop", 0.0, TELEMETRY)


@pytest.mark.parametrize(
    "spec", [{}, {"tracing": ()}, {"tracing": "x"}, {"tracing": ({"randomSamplingPercentage": "9"},)}]
)
def test_telemetry_that_says_nothing_of_sampling_is_passed_by(spec):
    assert told(one("Telemetry", "shop", "x", spec)) == [("", 1.0, DEFAULT)]


def test_each_cluster_has_its_own():
    found = told(config(10), clusters=("east", "west"))
    assert found == [("", 10.0, CONFIG), ("", 1.0, DEFAULT)]


def test_foreign_namespaces_are_not_told():
    objects = [telemetry("shop", 50), telemetry("bank", 60)]
    assert told(*objects, scope=Scope.of(namespaces=("shop",))) == [
        ("", 1.0, DEFAULT),
        ("shop", 50.0, TELEMETRY),
    ]
