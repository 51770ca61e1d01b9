"""Patches change what they say and nothing else; that a real API server takes them is tested beside it."""

import json
import shlex

import pytest
import yaml

from mesh_graph.errors import InvalidRequest
from mesh_graph.istio.patch import REMOVED, patch_for, patch_of
from mesh_graph.istio.route import shares
from mesh_graph.istio.routes import declared_splits
from tests.istio.declare import service, snapshot

SPLIT = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: bookinfo}
spec:
  hosts: [reviews]
  http:
  - match: [{uri: {prefix: /beta}}]
    route: [{destination: {host: reviews, subset: v3}}]
  - timeout: 2s
    route:
    - destination: {host: reviews, subset: v1}
      weight: 90
      headers: {response: {set: {x-version: v1}}}
    - destination: {host: reviews, subset: v2}
"""


def split(text: str = SPLIT):
    (route,) = declared_splits(snapshot(text))
    return route


def operations(command: str) -> list[dict]:
    words = shlex.split(command)
    return json.loads(words[words.index("--patch") + 1])


def test_yaml_is_the_whole_object_with_the_new_weights():
    changed = yaml.safe_load(patch_for(split(), [50, 50]).yaml)
    expected = yaml.safe_load(SPLIT)
    for entry in expected["spec"]["http"][1]["route"]:
        entry["weight"] = 50
    assert changed == expected


def test_command_names_the_object_and_tests_what_it_relies_on():
    command = patch_for(split(), [0, 100]).kubectl
    assert shlex.split(command)[:7] == [
        "kubectl", "patch", "virtualservice.networking.istio.io", "reviews", "--namespace", "bookinfo",
        "--type=json",
    ]  # fmt: skip
    route = "/spec/http/1/route"
    assert operations(command) == [
        {"op": "test", "path": f"{route}/0/destination", "value": {"host": "reviews", "subset": "v1"}},
        {"op": "test", "path": f"{route}/0/headers", "value": {"response": {"set": {"x-version": "v1"}}}},
        {"op": "add", "path": f"{route}/0/weight", "value": 0},
        {"op": "test", "path": f"{route}/1/destination", "value": {"host": "reviews", "subset": "v2"}},
        {"op": "add", "path": f"{route}/1/weight", "value": 100},
    ]


def test_object_is_left_as_it_was():
    route = split()
    patch_for(route, [1, 2])
    assert [d.declared for d in route.destinations] == [90, None]
    assert route.source.spec["http"][1]["route"][0]["weight"] == 90


@pytest.mark.parametrize("weights", [[100], [50, 25, 25], [-1, 101], [0, 0]])
def test_weights_that_do_not_fit_are_refused(weights):
    with pytest.raises(InvalidRequest):
        patch_for(split(), weights)


def test_hostile_name_stays_one_word_of_the_command():
    one = snapshot({
        "apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "spec": {"gateways": ["a;b"]},
        "metadata": {"name": "$(reboot); '", "namespace": "a b"},
    }).objects("VirtualService")[0]  # fmt: skip
    words = shlex.split(patch_of(one, {"spec/gateways[0]": "istio-system/public"}).kubectl)
    assert words[3:6] == ["$(reboot); '", "--namespace", "a b"]


def test_field_is_replaced_where_it_still_is_what_it_was():
    one = snapshot(SPLIT).objects("VirtualService")[0]
    patch = patch_of(one, {"spec/http[0]/route[0]/destination/subset": "v2"})
    assert operations(patch.kubectl) == [
        {"op": "test", "path": "/spec/http/0/route/0/destination/subset", "value": "v3"},
        {"op": "replace", "path": "/spec/http/0/route/0/destination/subset", "value": "v2"},
    ]
    changed = yaml.safe_load(patch.yaml)["spec"]["http"][0]["route"][0]["destination"]
    assert changed == {"host": "reviews", "subset": "v2"}


def test_backends_of_the_gateway_api_are_patched_the_same_way():
    text = """
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: reviews, namespace: bookinfo}
spec: {rules: [{backendRefs: [{name: reviews-v1, port: 80}, {name: reviews-v2, port: 80}]}]}
"""
    patch = patch_for(split(text), [3, 1])
    changed = yaml.safe_load(patch.yaml)["spec"]["rules"][0]["backendRefs"]
    assert shares([entry["weight"] for entry in changed]) == [0.75, 0.25]
    assert "httproute.gateway.networking.k8s.io" in patch.kubectl


SIDECAR = """
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default}
spec: {workloadSelector: {labels: {app: a}}, egress: [{hosts: ["./*"]}]}
"""


def only(text: str):
    """The one object of a text."""
    (objects,) = snapshot(text).by_kind.values()
    return objects[0]


def test_field_that_is_missing_is_added_with_those_above_it():
    patch = patch_of(only(SIDECAR), {"spec/outboundTrafficPolicy/mode": "ALLOW_ANY"})
    assert operations(patch.kubectl) == [
        {"op": "add", "path": "/spec/outboundTrafficPolicy", "value": {"mode": "ALLOW_ANY"}}
    ]
    assert yaml.safe_load(patch.yaml)["spec"]["outboundTrafficPolicy"] == {"mode": "ALLOW_ANY"}


@pytest.mark.parametrize("wrong", ["[]", "[{a: b}]", "x", "7"])
def test_part_of_the_wrong_type_is_replaced_as_a_whole(wrong):
    text = f"""
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: reviews, namespace: bookinfo}}
spec: {{host: reviews, trafficPolicy: {wrong}}}
"""
    (one,) = snapshot(text).objects("DestinationRule")
    patch = patch_of(one, {"spec/trafficPolicy/tls": {"mode": "ISTIO_MUTUAL"}})
    assert yaml.safe_load(patch.yaml)["spec"]["trafficPolicy"] == {"tls": {"mode": "ISTIO_MUTUAL"}}
    test, replace = operations(patch.kubectl)
    assert (test["op"], test["value"]) == ("test", yaml.safe_load(wrong))
    assert (replace["op"], replace["path"]) == ("replace", "/spec/trafficPolicy")


def test_field_that_is_one_too_many_is_taken_away_if_it_is_still_the_same():
    patch = patch_of(only(SIDECAR), {"spec/workloadSelector": REMOVED})
    assert operations(patch.kubectl) == [
        {"op": "test", "path": "/spec/workloadSelector", "value": {"labels": {"app": "a"}}},
        {"op": "remove", "path": "/spec/workloadSelector"},
    ]
    assert yaml.safe_load(patch.yaml)["spec"] == {"egress": [{"hosts": ["./*"]}]}


def test_kind_of_the_core_is_named_without_a_group():
    patch = patch_of(snapshot(service("reviews")).objects("Service")[0], {"spec/type": "ClusterIP"})
    assert shlex.split(patch.kubectl)[:4] == ["kubectl", "patch", "service", "reviews"]


def test_gateway_of_the_gateway_api_keeps_the_apis_name():
    text = """
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: partners}
spec: {gatewayClassName: istio}
"""
    patch = patch_of(only(text), {"spec/gatewayClassName": "other"})
    assert shlex.split(patch.kubectl)[2] == "gateway.gateway.networking.k8s.io"
    assert yaml.safe_load(patch.yaml)["kind"] == "Gateway"


def test_object_with_a_secret_is_not_written_out():
    text = SIDECAR.replace("workloadSelector:", "password: hunter2, workloadSelector:")
    patch = patch_of(only(text), {"spec/workloadSelector": REMOVED})
    assert patch.yaml == ""
    assert "hunter2" not in patch.kubectl
