"""Counters as text: Prometheus' exposition of a pod at an instant, OpenMetrics of a mesh over time."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from mesh_graph.demo.containers import CONTAINER_LABELS, POD_FAMILIES, Containers
from mesh_graph.demo.labels import METRIC_LABELS, TARGET_LABELS, LabelSet
from mesh_graph.demo.simulator import FAMILIES, Part, Simulator
from mesh_graph.demo.spread import LE
from mesh_graph.fields import CLUSTER, JOB

__all__ = ["LEAN_LABELS", "cluster_metrics", "escape", "label_text", "openmetrics", "pod_metrics"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAN_LABELS = tuple(
    label for label in METRIC_LABELS if not label.endswith(("_principal", "_app", "_version"))
)
"""Labels without those that repeat others, for histories of very large meshes."""

_STRETCH = 200
"""Series read at a time for OpenMetrics."""


def escape(value: str) -> str:
    """A label value as both text formats quote it; a lone surrogate, which has no UTF-8, becomes U+FFFD."""
    value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def label_text(names: Sequence[str], values: LabelSet, written: Container[str] = METRIC_LABELS) -> str:
    """Labels as text without braces; those that are empty, or not among ``written``, are left out."""
    pairs = zip(names, values, strict=True)
    return ",".join(f'{name}="{escape(value)}"' for name, value in pairs if value and name in written)


def pod_metrics(simulator: Simulator, pod: int, at: float, families: Sequence[str]) -> str:
    """What the proxy of one pod exposes at an instant, in Prometheus' text format."""
    lines = []
    for family in families:
        labels, pods = simulator.series(family)
        rows = np.flatnonzero(pods == pod)
        if not len(rows):
            continue
        lines.append(f"# TYPE {family} {_type(family)}")
        for series, reading in _read(simulator, family, np.array([at]), rows):
            text = label_text(METRIC_LABELS, labels[series])
            lines += [f"{head} {value}" for head, ((_, value),) in _samples(family, text, reading)]
    return "\n".join(lines) + "\n"


def cluster_metrics(containers: Containers, cluster: str, at: float, families: Sequence[str]) -> str:
    """What the kubelets and kube-state-metrics of one cluster expose at an instant, as ``pod_metrics``."""
    lines = []
    for family in families:
        if family not in POD_FAMILIES:
            continue
        lines.append(f"# TYPE {family} {_container_type(family)}")
        # Whoever scrapes a cluster knows which one it is.
        written = {*CONTAINER_LABELS} - {CLUSTER, JOB}
        for labels, (value,) in _container_samples(containers, family, np.array([at]), cluster):
            if not np.isnan(value):
                lines.append(f"{family}{{{label_text(CONTAINER_LABELS, labels, written)}}} {value!r}")
    return "\n".join(lines) + "\n"


def openmetrics(
    simulator: Simulator, times: Floats, families: Sequence[str], written: Container[str] = METRIC_LABELS
) -> Iterator[str]:
    """A mesh's history in OpenMetrics' format with time stamps, piece by piece.

    Parameters
    ----------
    simulator : Simulator
    times : array of float
        When samples were taken, Unix seconds.
    families : sequence of str
        Of the proxies, and of ``POD_FAMILIES``.
    written : container of str
        Metric labels that are written, ``METRIC_LABELS`` or ``LEAN_LABELS``.
    """
    stamps = [f"{at:.3f}" for at in times.tolist()]
    for family in families:
        if family in POD_FAMILIES:
            yield from _container_history(Containers(simulator), family, times)
            continue
        yield f"# TYPE {family.removesuffix('_total')} {_type(family)}\n"
        labels, pods = simulator.series(family)
        targets = [label_text(TARGET_LABELS, target, TARGET_LABELS) for target in simulator.targets]
        for first in range(0, len(labels), _STRETCH):
            rows = np.arange(first, min(first + _STRETCH, len(labels)))
            pieces = []
            for series, reading in _read(simulator, family, times, rows):
                text = f"{label_text(METRIC_LABELS, labels[series], written)},{targets[pods[series]]}"
                for head, samples in _samples(family, text, reading):
                    pieces += [f"{head} {value} {stamps[when]}\n" for when, value in samples]
            yield "".join(pieces)
    yield "# EOF\n"


def _container_history(containers: Containers, family: str, times: Floats) -> Iterator[str]:
    stamps = [f"{at:.3f}" for at in times.tolist()]
    yield f"# TYPE {family.removesuffix('_total')} {_container_type(family)}\n"
    for labels, values in _container_samples(containers, family, times):
        head = f"{family}{{{label_text(CONTAINER_LABELS, labels, CONTAINER_LABELS)}}}"
        samples = zip(values, stamps, strict=True)
        yield "".join(f"{head} {value!r} {stamp}\n" for value, stamp in samples if not np.isnan(value))


def _container_samples(
    containers: Containers, family: str, times: Floats, cluster: str = ""
) -> Iterator[tuple[LabelSet, list[float]]]:
    """Each series with its values; of one cluster, or of all."""
    series = containers.series(family)
    place = CONTAINER_LABELS.index(CLUSTER)
    rows = [number for number, labels in enumerate(series) if cluster in ("", labels[place])]
    for number, values in zip(
        rows, containers.read(family, times, np.array(rows, dtype=np.int64)), strict=True
    ):
        yield series[number], values.tolist()


def _container_type(family: str) -> str:
    return "counter" if family.endswith("_total") else "gauge"


Reading = dict[Part, Floats]


def _type(family: str) -> str:
    return "histogram" if FAMILIES[family].is_histogram else "counter"


def _read(simulator: Simulator, family: str, times: Floats, rows: Ints) -> Iterator[tuple[int, Reading]]:
    """The samples of each of some series that has any."""
    parts = tuple(Part) if FAMILIES[family].is_histogram else (Part.COUNT,)
    values = {part: simulator.read(family, part, times, rows) for part in parts}
    for number, series in enumerate(rows.tolist()):
        if not np.isnan(values[Part.COUNT][number]).all():
            yield series, {part: values[part][number] for part in parts}


def _samples(family: str, labels: str, reading: Reading) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Name with labels of each counter of a series, and its samples: position of the instant and value."""
    there = np.flatnonzero(~np.isnan(reading[Part.COUNT]))
    positions = there.tolist()

    def values(samples: Floats) -> list[tuple[int, int]]:
        return list(zip(positions, samples[there].astype(np.int64).tolist(), strict=True))

    if Part.BUCKET not in reading:
        yield f"{family}{{{labels}}}", values(reading[Part.COUNT])
        return
    for le, bucket in zip(LE, reading[Part.BUCKET], strict=True):
        yield f'{family}_bucket{{{labels},le="{le}"}}', values(bucket)
    yield f"{family}_sum{{{labels}}}", values(reading[Part.SUM])
    yield f"{family}_count{{{labels}}}", values(reading[Part.COUNT])
