"""Response times and throughput: one report of each edge."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mesh_graph.frames.latency import BYTES, LATENCY
from mesh_graph.topology.merge_latency import merge_bytes, merge_latency
from mesh_graph.topology.traffic import BYTES as MERGED_BYTES
from mesh_graph.topology.traffic import LATENCIES
from tests.topology.telemetry import base_labels, ends_text, frame


def rows(schema, *lines, **labels):
    """Lines of ``reporter ends protocol value``."""
    said = []
    for line in lines:
        reporter, ends, protocol, value = line.split()
        names = {"reporter": reporter, "request_protocol": protocol, schema.names[-1]: float(value)}
        said.append(base_labels(ends) | names | labels)
    return frame(schema, said)


def lines(table):
    return {
        f"{ends_text(row)} {row['protocol']} {list(row.values())[-1]:g} {row['reported_by']}"
        for row in table.to_dict("records")
    }


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (["source a>b http 30", "destination a>b http 20"], ["a>b http 20 destination"]),
        (["source a>b http 30", "waypoint a>b http 25"], ["a>b http 25 waypoint"]),
        (
            ["source a>b http 30", "destination c>b http 20"],
            ["a>b http 30 source", "c>b http 20 destination"],
        ),
        (
            ["source a>b http 30", "destination a>b grpc 20"],
            ["a>b http 30 source", "a>b grpc 20 destination"],
        ),
        (["source a>?api http 30"], ["a>?api http 30 source"]),
        (["destination a>b http inf"], ["a>b http inf destination"]),
        # What is no gRPC is HTTP; of two series of one edge the slowest is given.
        (["destination a>b http 10", "destination a>b HTTP/2 40"], ["a>b http 40 destination"]),
    ],
)
def test_response_time_is_one_report_s(said, shown):
    assert lines(merge_latency(rows(LATENCY, *said))) == set(shown)


def test_response_times_of_one_identity_are_not_averaged():
    said = pd.concat(
        rows(LATENCY, f"destination a>b http {value}", destination_cluster=cluster)
        for value, cluster in ((10, "east"), (30, "unknown"), (20, ""))
    )
    assert merge_latency(said)["latency_ms"].tolist() == [30]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (["source a>b http 30", "destination a>b http 20"], ["a>b http 20 destination"]),
        (["source a>b http 900", "destination a>b http 20"], ["a>b http 20 destination"]),
        (["destination a>b http 10", "destination a>b h2c 5"], ["a>b http 15 destination"]),
        (
            ["source a>b http 30", "destination ?>b http 50"],
            ["a>b http 30 source", "?>b http 20 destination"],
        ),
        (
            ["source a>b grpc 30", "destination ?>b http 50"],
            ["a>b grpc 30 source", "?>b http 50 destination"],
        ),
    ],
)
def test_throughput_adds_up_within_one_report(said, shown):
    assert lines(merge_bytes(rows(BYTES, *said))) == set(shown)


def test_empty_frames_keep_their_columns():
    pd.testing.assert_frame_equal(merge_latency(LATENCY.empty()), LATENCIES.empty())
    pd.testing.assert_frame_equal(merge_bytes(BYTES.empty()), MERGED_BYTES.empty())


def test_input_is_not_modified():
    said = rows(LATENCY, "source a>b http 30", "destination a>b http 20")
    copy = said.copy(deep=True)
    merge_latency(said)
    pd.testing.assert_frame_equal(said, copy)
    assert np.isfinite(said["latency_ms"]).all()


def test_a_source_is_not_bad_for_a_name_that_was_not_asked_for():
    """The namespace map asks for namespaces alone."""
    names = ("source_workload", "source_canonical_service", "source_canonical_revision")
    said = rows(LATENCY, "destination a>b http 30", **dict.fromkeys(names, "unknown"))
    assert merge_latency(said).empty
    (row,) = merge_latency(said, names).to_dict("records")
    assert (row["source_workload_namespace"], row["latency_ms"]) == ("n", 30)


def test_a_source_without_cluster_stays_bad():
    names = ("source_workload", "source_canonical_service")
    said = rows(LATENCY, "destination a>b http 30", **dict.fromkeys((*names, "source_cluster"), "unknown"))
    assert merge_latency(said, names).empty
