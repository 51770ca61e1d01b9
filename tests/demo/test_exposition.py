"""Counters as text, read back by a small reader of the format."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.demo.bookinfo import namespaces
from mesh_graph.demo.curves import DAY_S
from mesh_graph.demo.exposition import LEAN_LABELS, escape, label_text, openmetrics, pod_metrics
from mesh_graph.demo.labels import METRIC_LABELS, TARGET_LABELS
from mesh_graph.demo.simulator import FAMILIES, Part, Simulator
from mesh_graph.demo.spec import MeshSpec
from mesh_graph.demo.spread import LE

NOON = 20_500.5 * DAY_S
MESH = Simulator(MeshSpec.of(namespaces(1, 2, None)))
REQUESTS, DURATION = "istio_requests_total", "istio_request_duration_milliseconds"

LINE = re.compile(
    r'(?P<name>[a-z_]+)\{(?P<labels>(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*)\} (?P<value>\d+)(?: (?P<at>[\d.]+))?'
)
PAIR = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\.)*)"')


def parse(text: str) -> list[tuple[str, dict[str, str], int, float | None]]:
    samples = []
    for line in text.splitlines():
        if not line.startswith("#"):
            match = LINE.fullmatch(line)
            assert match, line
            labels = dict(PAIR.findall(match["labels"]))
            samples.append((match["name"], labels, int(match["value"]), match["at"] and float(match["at"])))
    return samples


@given(st.text())
def test_any_value_comes_back_from_its_quotes(value: str):
    text = label_text(("a", "b"), (value, "x"), ("a", "b"))
    pairs = dict(PAIR.findall(text))
    unescaped = re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), pairs.get("a", ""))
    assert unescaped == value
    assert pairs["b"] == "x"
    assert "\n" not in text


def test_what_utf_8_cannot_say_is_replaced():
    assert escape("a\ud800b") == "a\ufffdb"
    assert escape("😀") == "😀"


def test_a_pod_exposes_its_own_series_with_types():
    pod = MESH.pods.index(next(p for p in MESH.pods if p[0].name == "reviews-v3"))
    text = pod_metrics(MESH, pod, NOON, [REQUESTS, DURATION])
    assert re.findall("^#.*", text, re.M) == [f"# TYPE {REQUESTS} counter", f"# TYPE {DURATION} histogram"]
    samples = parse(text)
    assert {name for name, *_ in samples} == {REQUESTS, *(f"{DURATION}_{part}" for part in Part)}
    for name, labels, value, at in samples:
        own = "destination" if labels["reporter"] == "destination" else "source"
        assert labels[f"{own}_workload"] == "reviews-v3"
        assert set(labels) <= {*METRIC_LABELS, "le"}
        assert "grpc_response_status" not in labels
        assert at is None
        assert value > 0 or name.endswith("bucket")
    edges = [labels["le"] for name, labels, *_ in samples if name.endswith("_bucket")]
    assert edges[:20] == list(LE)


def test_text_and_arrays_agree():
    text = {}
    for pod in range(len(MESH.pods)):
        for _, labels, value, _ in parse(pod_metrics(MESH, pod, NOON, [REQUESTS])):
            text[(pod, *(labels.get(name, "") for name in METRIC_LABELS))] = value
    labels, pods = MESH.series(REQUESTS)
    values = MESH.read(REQUESTS, Part.COUNT, np.array([NOON]))[:, 0].tolist()
    arrays = {(p, *own): v for p, own, v in zip(pods.tolist(), labels, values, strict=True) if v == v}
    assert text == arrays


def test_history_has_every_sample_with_its_time_and_target():
    times = NOON + 15.0 * np.arange(3)
    text = "".join(openmetrics(MESH, times, [REQUESTS, DURATION]))
    assert text.startswith("# TYPE istio_requests counter\n")
    assert text.endswith("# EOF\n")
    samples = parse(text)
    readings = {(labels["pod"], tuple(labels.get(n, "") for n in METRIC_LABELS), at): value
                for name, labels, value, at in samples if name == REQUESTS}  # fmt: skip
    labels, pods = MESH.series(REQUESTS)
    values = MESH.read(REQUESTS, Part.COUNT, times)
    expected = {
        (MESH.targets[pod][1], own, at): value
        for pod, own, row in zip(pods.tolist(), labels, values.tolist(), strict=True)
        for at, value in zip(times.tolist(), row, strict=True)
        if value == value
    }
    assert readings == expected
    assert all(set(TARGET_LABELS) <= set(labels) for _, labels, *_ in samples)


def test_lean_history_leaves_out_what_repeats():
    lean = parse("".join(openmetrics(MESH, np.array([NOON]), [REQUESTS], LEAN_LABELS)))
    names = {name for _, labels, *_ in lean for name in labels}
    assert not names & {"source_principal", "destination_app", "source_version"}
    assert {"source_canonical_service", "app", "response_flags"} <= names
    assert len(lean) == len(parse("".join(openmetrics(MESH, np.array([NOON]), [REQUESTS]))))


def test_series_that_are_absent_are_not_written():
    text = "".join(openmetrics(MESH, np.array([NOON]), [*FAMILIES]))
    assert "nan" not in text.lower()


@pytest.mark.parametrize("family", [f for f in FAMILIES if "tcp" in f])
def test_a_family_without_series_has_its_type_alone(family: str):
    name = family.removesuffix("_total")
    assert "".join(openmetrics(MESH, np.array([NOON]), [family])) == f"# TYPE {name} counter\n# EOF\n"
    assert pod_metrics(MESH, 0, NOON, [family]) == "\n"
