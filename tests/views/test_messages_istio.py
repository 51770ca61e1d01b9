"""Words of gaps and findings: each has some, and parameters are not interpreted."""

import re
from pathlib import Path

import pytest

from mesh_graph.istio.checks import ConfigFinding, Severity
from mesh_graph.sources.cluster import ClusterGap, KubeObject
from mesh_graph.views.messages_istio import (
    CONFIG_MESSAGES,
    GAPS,
    cluster_gap_text,
    cluster_gap_texts,
    config_words,
)

SOURCES = Path(__file__).parents[2] / "mesh_graph/sources"


def test_every_gap_of_a_cluster_source_has_words():
    said = set()
    for path in SOURCES.glob("*.py"):
        said.update(re.findall(r'"((?:cluster|manifests)\.[a-z-]+)"', path.read_text()))
    assert said == set(GAPS)


def test_gap_names_kind_cluster_and_right():
    problem = (("problem", "The API server answered 403."), ("resource", "apps/deployments"))
    text = cluster_gap_text(ClusterGap("cluster.refused", "east", "Deployment", problem))
    assert text == (
        "Deployment of east cannot be read: The API server answered 403. "
        "It takes the right to list and watch apps/deployments."
    )


def test_kinds_with_one_reason_are_told_in_one_sentence():
    gaps = [
        ClusterGap("cluster.refused", "east", kind, (("problem", "It answered 403."), ("resource", resource)))
        for kind, resource in (("Pod", "pods"), ("Service", "services"))
    ]
    refused = [
        ClusterGap("manifests.refused", "", parameters=(("file", f), ("problem", "is odd"))) for f in "ab"
    ]
    assert cluster_gap_texts([*gaps, *refused]) == (
        "Pod, Service of east cannot be read: It answered 403. "
        "It takes the right to list and watch pods, services.",
        "a is not read in full: is odd.",
        "b is not read in full: is odd.",
    )


def finding(code, **parameters):
    one = KubeObject("VirtualService", "east", "bookinfo", "reviews")
    return ConfigFinding(code, Severity.ERROR, one, "spec", tuple(parameters.items()))


@pytest.mark.parametrize("code", sorted(CONFIG_MESSAGES))
def test_every_rule_says_what_why_and_how_to_mend_it(code):
    words = config_words(finding(code))
    assert all(text.endswith(".") for text in words)


def test_parameters_are_not_interpreted():
    words = config_words(finding("KIA1102", gateway="{close} %s {0}"))
    assert words.what == "There is no Gateway {close} %s {0}."


def test_hint_appears_only_where_there_is_one():
    without, with_one = (config_words(finding("KIA1102", gateway="a", close=close)) for close in ("", "b"))
    assert without.mend.startswith("Create")
    assert with_one.mend.startswith("b was probably meant. Create")
