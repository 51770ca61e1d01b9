"""What is wrong with pods: by what limits, and how grave."""

import math

import pandas as pd
import pytest

from mesh_graph.detail.pod_notes import CLOSE_TO_LIMIT, THROTTLED, notes_of, slowness_of
from mesh_graph.detail.pods import ContainerUse, PodUse


def notes(*containers: ContainerUse):
    return notes_of([PodUse("", f"web-{number}", (one,)) for number, one in enumerate(containers)])


def messages(*containers: ContainerUse) -> list[str]:
    return [note.message for note in notes(*containers)]


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ({"throttled": 0.25}, ["pods.throttled"]),
        ({"throttled": 0.249}, []),
        ({"throttled": None}, []),
        ({"memory": 90.0, "memory_limit": 100.0}, ["pods.memory-close"]),
        ({"memory": 89.0, "memory_limit": 100.0}, []),
        # Without a limit there is nothing to be close to.
        ({"memory": 1e12}, []),
        ({"restarted": 2, "last_reason": "OOMKilled"}, ["pods.killed"]),
        ({"restarted": 2, "last_reason": "Error"}, ["pods.restarted"]),
        # What was before the window is not of it.
        ({"restarts": 9, "restarted": 0, "last_reason": "OOMKilled"}, []),
        ({"restarts": 9, "restarted": None, "last_reason": "OOMKilled"}, []),
        ({}, []),
    ],
)
def test_what_is_wrong_is_told_by_its_limit(use, expected):
    assert messages(ContainerUse("app", **use)) == expected


def test_limits_are_those_of_the_field():
    """CPUThrottlingHigh of kubernetes-mixin; the hard limit of kube_container_memory in GitLab's runbooks."""
    assert (THROTTLED, CLOSE_TO_LIMIT) == (0.25, 0.9)


def test_the_gravest_comes_first():
    ill = ContainerUse(
        "app", throttled=0.5, memory=99.0, memory_limit=100.0, restarted=1, last_reason="OOMKilled"
    )
    assert messages(ill) == ["pods.killed", "pods.throttled", "pods.memory-close"]


def test_pods_of_one_container_are_one_note_of_the_worst():
    (note,) = notes(
        ContainerUse("app", throttled=0.3, cpu=0.1, cpu_limit=0.2),
        ContainerUse("app", throttled=0.7, cpu=0.4, cpu_limit=0.5),
        ContainerUse("app", throttled=0.0),
    )
    assert (note.pods, note.of) == (2, 3)
    assert note.numbers == {"share": 0.7, "used": 0.4, "limit": 0.5}


def test_proxy_and_application_are_told_apart():
    found = notes(ContainerUse("app", throttled=0.3), ContainerUse("istio-proxy", throttled=0.6))
    assert [(note.container, note.of) for note in found] == [("app", 1), ("istio-proxy", 1)]


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("p99", "throttled", "expected"),
    [
        ([100, 100, 100, 300, 300, 300], [0.0, 0.0, 0.0, 0.5, 0.5, 0.5], (300, 100, 0.5)),
        # Above the top edge is slower than anything that is not.
        ([100, 100, 100, INF, INF, INF], [0.0, 0.0, 0.0, 0.5, 0.5, 0.5], (INF, 100, 0.5)),
        # One and a half times as long is worth a word, less is not.
        ([100, 100, 100, 149, 149, 149], [0.0, 0.0, 0.0, 0.5, 0.5, 0.5], None),
        # Faster while throttled says nothing.
        ([300, 300, 300, 100, 100, 100], [0.0, 0.0, 0.0, 0.5, 0.5, 0.5], None),
        # Two instants may be luck.
        ([100, 100, 100, 300, 300], [0.0, 0.0, 0.0, 0.5, 0.5], None),
        ([100, 100, 300, 300, 300], [0.0, 0.0, 0.5, 0.5, 0.5], None),
        # Without data there is nothing to compare.
        ([100, 100, NAN, 300, 300, 300], [0.0, 0.0, 0.0, 0.5, 0.5, 0.5], None),
        ([100, 100, 100, 300, 300, 300], [0.0, 0.0, 0.0, 0.5, 0.5, NAN], None),
        ([], [], None),
    ],
)
def test_response_times_are_compared_with_those_while_it_was_not_throttled(p99, throttled, expected):
    found = slowness_of(pd.Series(p99, dtype=float), pd.Series(throttled, dtype=float), 3600)
    assert (found and (found.throttled_ms, found.else_ms, found.share)) == expected


@pytest.mark.parametrize("ms", [math.inf, 0.0])
def test_times_that_are_the_same_did_not_go_with_throttling(ms):
    p99, throttled = pd.Series([ms] * 8), pd.Series([0.0, 0.5] * 4)
    assert slowness_of(p99, throttled, 3600.0) is None
