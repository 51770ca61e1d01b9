"""Odd telemetry, a table a step: which rows stay, and as what."""

from __future__ import annotations

import pytest

from mesh_graph import fields
from mesh_graph.topology.normalise import is_address
from tests.topology.telemetry import REQUESTS, frame, merged, request_row

EGRESS = "istio-egressgateway.istio-system.svc.cluster.local"


def merged_row(ends="a>b", **labels):
    return merged(frame(REQUESTS, [request_row(f"source {ends} 200 - 1", **labels)]))


def shown(ends="a>b", **labels):
    (row,) = merged_row(ends, **labels).flows.to_dict("records")
    return row


def reasons(ends="a>b", **labels):
    traffic = merged_row(ends, **labels)
    assert bool(traffic.gaps) == (not len(traffic.flows))
    return [gap.message for gap in traffic.gaps]


@pytest.mark.parametrize("label", fields.BASE_LABELS)
def test_missing_label_becomes_unknown(label):
    assert shown(**{label: ""})[label] == ("east" if label == fields.DESTINATION_CLUSTER else "unknown")


@pytest.mark.parametrize(
    ("labels", "is_bad"),
    [
        ({"source_workload": "unknown", "source_canonical_service": "unknown"}, True),
        ({"source_workload": "", "source_canonical_service": ""}, True),
        ({"source_workload": "unknown"}, False),
        ({"source_canonical_service": "unknown"}, False),
        ({"source_cluster": "unknown"}, True),
        ({"source_cluster": ""}, False),
        (dict.fromkeys(fields.SOURCE_LABELS, "unknown"), False),
    ],
)
def test_source_with_a_namespace_needs_a_name_and_a_cluster(labels, is_bad):
    assert reasons(**labels) == (["source-without-identity"] if is_bad else [])


def test_call_through_the_egress_gateway_goes_to_its_workload():
    row = shown("a>?b", destination_service=EGRESS, destination_service_name=EGRESS)
    names = ("east", "istio-system", "istio-egressgateway", "istio-egressgateway", "latest")
    assert tuple(row[label] for label in fields.DESTINATION_LABELS) == names
    assert row["arrived"]


def test_egress_gateway_s_own_report_is_left_as_it_is():
    row = shown("a>?b", destination_service=EGRESS, destination_service_name="istio-egressgateway")
    assert row["destination_workload"] == "unknown"


@pytest.mark.parametrize(
    ("labels", "cluster"),
    [
        ({"destination_cluster": "unknown"}, "east"),
        ({"destination_cluster": ""}, "east"),
        ({"destination_cluster": "west"}, "west"),
        ({"destination_cluster": "", "destination_service_namespace": "unknown"}, "unknown"),
        ({"destination_cluster": "", "source_cluster": ""}, "unknown"),
    ],
)
def test_missing_destination_cluster_is_the_source_s_where_the_service_is_known(labels, cluster):
    assert shown(**labels)["destination_cluster"] == cluster


@pytest.mark.parametrize(
    ("labels", "is_bad"),
    [
        ({"destination_cluster": "unknown", "source_cluster": ""}, True),
        ({"destination_cluster": "", "source_cluster": ""}, False),
        (
            {"destination_cluster": "unknown", "source_cluster": "", "destination_service_namespace": ""},
            False,
        ),
    ],
)
def test_service_with_a_namespace_needs_a_cluster_unless_nobody_knows_one(labels, is_bad):
    assert reasons(**labels) == (["destination-without-cluster"] if is_bad else [])


def pod_call(host):
    return {"destination_service": host, "destination_service_name": host}


@pytest.mark.parametrize(
    ("ends", "labels", "is_left_out"),
    [
        ("a>?b", pod_call("10.1.2.3"), True),
        ("a>?b", pod_call("10.1.2.3:8080"), True),
        ("a>?b", pod_call("[fd00::7]:8080"), True),
        ("a>?b", pod_call("10.1.2.3.nip.io"), False),
        ("a>b", pod_call("10.1.2.3"), False),
        ("a>?b", {"destination_service": "10.1.2.3"}, False),
    ],
)
def test_call_to_a_pod_s_address_is_left_to_the_pod_s_proxy(ends, labels, is_left_out):
    assert reasons(ends, **labels) == (["pod-address-called"] if is_left_out else [])


@pytest.mark.parametrize("cluster", ["PassthroughCluster", "BlackHoleCluster"])
def test_traffic_out_of_the_mesh_stays(cluster):
    row = shown("a>?b", destination_service_namespace="unknown", **pod_call(cluster))
    assert row["destination_service_name"] == cluster


def test_unknown_workload_of_a_known_service_stays():
    assert shown("a>?b")["destination_service_name"] == "b"


def test_version_latest_is_kept():
    assert shown(destination_canonical_revision="latest")["destination_canonical_revision"] == "latest"


def test_identities_that_a_step_makes_equal_are_one():
    rows = [
        request_row("source a>?b 503 UH 1", destination_cluster=cluster)
        for cluster in ("", "unknown", "east")
    ]
    (row,) = merged(frame(REQUESTS, rows)).flows.to_dict("records")
    assert row["rate"] == 3


def test_reports_of_one_workload_meet_though_one_lacks_its_app():
    rows = [
        request_row("source a>b 200 - 1", source_canonical_service="", source_canonical_revision=""),
        request_row("destination a>b 200 - 1"),
    ]
    (row,) = merged(frame(REQUESTS, rows)).flows.to_dict("records")
    assert (row["rate"], row["reported_by"]) == (1, "destination")


def test_workloads_of_two_clusters_stay_apart():
    rows = [
        request_row("destination a>b 200 - 1", destination_cluster=cluster) for cluster in ("east", "west")
    ]
    assert len(merged(frame(REQUESTS, rows)).flows) == 2


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("1.2.3.4", True),
        ("1.2.3.4:80", True),
        ("::1", True),
        ("[::1]", True),
        ("[::1]:80", True),
        ("1.2.3", False),
        ("1.2.3.4:http", False),
        ("reviews", False),
        ("", False),
        ("cafe", False),
        ("1.2.3.4\n", False),
    ],
)
def test_address_is_told_from_a_host_s_name(host, expected):
    assert is_address(host) is expected
