"""Control planes in words and as values."""

from mesh_graph.istio.revisions import Revisions
from mesh_graph.views.planes import plane_row, plane_texts, unassigned_text
from tests.istio.declare import snapshot
from tests.istio.test_revisions import BOTH, PLACES, istiod, namespace, settings, tag


def test_planes_of_one_cluster_are_told_with_what_they_differ_in():
    found = Revisions(snapshot(*BOTH, *PLACES, tag("prod", "canary")))
    assert list(plane_texts(found.planes)) == [
        "Control plane canary of east (version 1.24.1, also called prod) for 2 namespaces: unknown hosts are "
        "blocked, automatic mutual TLS is off, trust domain new.example, 1 % of requests traced.",
        "Control plane default of east (version 1.24.1) for 1 namespace: unknown hosts are let through, "
        "automatic mutual TLS is on, trust domain old.example, 1 % of requests traced.",
    ]


def test_plane_without_settings_and_settings_without_a_plane_say_so():
    found = Revisions(snapshot(istiod(image=""), settings("istio-old", "{}")))
    first, second = plane_texts(found.planes)
    assert "(its settings were not found: Istio's defaults are taken) for no namespace" in first
    assert "old of east (not running)" in second


def test_single_control_plane_needs_no_words():
    assert list(plane_texts(Revisions(snapshot(istiod())).planes)) == []


def test_namespace_of_an_unknown_revision_is_told():
    (one,) = Revisions(snapshot(*BOTH, namespace("lost", rev="gone"))).unassigned
    assert unassigned_text(one).startswith("Namespace lost of east names the revision gone, which no control")


def test_plane_for_programs():
    (plane,) = Revisions(snapshot(istiod(), settings("istio", "{enableAutoMtls: false}"))).planes
    assert plane_row(plane) == {
        "cluster": "east",
        "revision": "default",
        "tags": [],
        "version": "1.24.1",
        "is_running": True,
        "has_settings": True,
        "namespaces": [],
        "outbound_policy": "ALLOW_ANY",
        "auto_mtls": False,
        "trust_domain": "cluster.local",
        "sampling_percent": 1.0,
    }
