"""Every element of the story is there, as real proxies would write it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.demo.curves import DAY_S, HOUR_S
from mesh_graph.demo.simulator import FAMILIES, Part, Simulator
from mesh_graph.demo.story import BANNER_LIFE, story

MIDNIGHT = 20_500.0 * DAY_S
AFTERNOON = MIDNIGHT + 14 * HOUR_S
MESH = Simulator(story())
REQUESTS, OPENED = "istio_requests_total", "istio_tcp_connections_opened_total"


def increase(family: str, start: float, end: float, mesh: Simulator = MESH) -> pd.DataFrame:
    """Labels of a family's series and what each grew by; only those that grew, or were born."""
    values = np.nan_to_num(mesh.read(family, Part.COUNT, np.array([start, end])))
    table = pd.DataFrame(mesh.labels(family)).assign(value=values[:, 1] - values[:, 0])
    return table[table["value"] > 0]


HOUR = pd.concat([increase(family, AFTERNOON, AFTERNOON + 3600) for family in (REQUESTS, OPENED)])

ELEMENTS = {
    "ingress gateway": 'source_workload == "istio-ingressgateway"'
    ' and source_workload_namespace == "istio-system"',
    "canary v1": 'destination_workload == "reviews-v1" and destination_canonical_revision == "v1"',
    "canary v2": 'destination_workload == "reviews-v2" and destination_canonical_revision == "v2"',
    "canary v3": 'destination_workload == "reviews-v3" and destination_service_name == "reviews"',
    "host as Kubernetes has it": 'destination_service == "reviews.bookinfo.svc.cluster.local"',
    "gRPC that succeeds": 'request_protocol == "grpc" and grpc_response_status == "0"',
    "gRPC that fails": 'request_protocol == "grpc" and grpc_response_status == "14"',
    "TCP to a database": 'request_protocol == "tcp" and destination_workload == "mongodb-v1"',
    "TCP refused": 'request_protocol == "tcp" and response_flags == "UF,URX" and reporter == "source"',
    "a host outside": 'destination_service == "api.cardnetwork.example" and destination_workload == "unknown"'
    ' and destination_service_namespace == "payments"',
    "a host outside, namespace unknown": 'destination_service == "objects.storage.example"'
    ' and destination_service_namespace == "unknown"',
    "passthrough": 'destination_service_name == "PassthroughCluster" and destination_workload == "unknown"',
    "black hole": 'destination_service_name == "BlackHoleCluster" and response_code == "502"',
    "black hole, TCP": 'destination_service_name == "BlackHoleCluster" and response_flags == "UH"',
    "an unknown source": 'source_workload == "unknown" and reporter == "destination"',
    "a server without sidecar": 'destination_workload == "erp-v1" and reporter == "source"',
    "a database without sidecar": 'destination_workload == "mysql-v1" and reporter == "source"',
    "4xx": 'response_code == "404" and response_flags == "-"',
    "5xx": 'response_code == "500" and reporter == "destination"',
    "connection refused": 'response_flags == "UF" and response_code == "503"',
    "circuit breaker": 'response_flags == "UO"',
    "fault injection": 'response_flags == "FI"',
    "no healthy host": 'response_flags == "UH" and response_code == "503"',
    "no route": 'response_flags == "NR"',
    "time-out at the client": 'response_flags == "UT" and response_code == "504" and reporter == "source"',
    "its twin at the server": 'response_flags == "DC" and response_code == "0" and reporter == "destination"',
    "retries in vain": 'response_flags == "URX" and response_code == "503" and reporter == "source"',
    "reset": 'response_flags == "UC"',
    "client gone": 'response_flags == "DC" and response_code == "0" and reporter == "source"',
    "across clusters": 'source_cluster == "east" and destination_cluster == "west"',
    "mutual TLS": 'connection_security_policy == "mutual_tls" and reporter == "destination"',
    "plain text": 'connection_security_policy == "none" and reporter == "destination"',
    "the source's proxy does not know": 'connection_security_policy == "unknown" and reporter == "source"',
}


@pytest.mark.parametrize("element", ELEMENTS)
def test_an_hour_of_the_afternoon_has(element: str):
    assert not HOUR.query(ELEMENTS[element]).empty


def test_who_has_no_sidecar_reports_nothing():
    silent = ("erp-v1", "mysql-v1", "stock-poller-v1")
    assert HOUR[(HOUR["reporter"] == "destination") & HOUR["destination_workload"].isin(silent)].empty
    assert HOUR[HOUR["source_workload"].isin(("stock-poller-v1",))].empty


def test_retries_mask_errors_of_the_server():
    to_payment = HOUR[HOUR["destination_workload"] == "payment-v5"]
    failed = to_payment[to_payment["grpc_response_status"] == "14"]
    assert set(failed["reporter"]) == {"destination"}


def test_there_are_nine_namespaces_and_two_clusters():
    day = pd.concat([increase(family, MIDNIGHT, MIDNIGHT + DAY_S) for family in (REQUESTS, OPENED)])
    ends = [*day["source_workload_namespace"], *day["destination_workload_namespace"]]
    assert set(ends) - {fields.UNKNOWN} == {
        "istio-system", "bookinfo", "shop", "payments", "logistics", "media", "legacy", "monitoring", "batch",
    }  # fmt: skip
    assert set(day["source_cluster"]) - {fields.UNKNOWN} == {"east", "west"}


def test_every_family_has_traffic():
    assert all(not increase(family, AFTERNOON, AFTERNOON + 3600).empty for family in FAMILIES)


def rate(query: str, start: float, length: float, mesh: Simulator = MESH) -> float:
    return float(increase(REQUESTS, start, start + length, mesh).query(query)["value"].sum()) / length


V3_TO_RATINGS = 'reporter == "source" and source_workload == "reviews-v3"'
FAULT = f'{V3_TO_RATINGS} and response_flags == "UF"'


@pytest.mark.parametrize(
    ("minutes", "share"), [((0, 5), 0), ((5, 13), 0.6), ((13, 35), 0), ((35, 43), 0.6), ((43, 60), 0)]
)
def test_the_incident_comes_and_goes_twice_an_hour(minutes: tuple[int, int], share: float):
    start, length = AFTERNOON + 60 * minutes[0], 60 * (minutes[1] - minutes[0])
    failing = rate(FAULT, start, length) / rate(V3_TO_RATINGS, start, length)
    assert failing == pytest.approx(share, abs=0.06)


def test_a_dated_incident_takes_the_place_of_the_recurring_one():
    at = AFTERNOON + 20 * 60.0
    mesh = Simulator(story(incident_at=at))
    assert rate(FAULT, at - 6 * HOUR_S, 6 * HOUR_S, mesh) == 0
    assert rate(FAULT, at, 30, mesh) > 0.1
    assert rate(FAULT, at, 900, mesh) / rate(V3_TO_RATINGS, at, 900, mesh) == pytest.approx(0.6, abs=0.06)
    assert rate(FAULT, at + 900, 6 * HOUR_S, mesh) == 0


def test_the_server_does_not_see_the_incident():
    at_ratings = 'reporter == "destination" and source_workload == "reviews-v3"'
    calm = rate(at_ratings, AFTERNOON, 290)
    assert rate(at_ratings, AFTERNOON + 300, 480) == pytest.approx(0.4 * calm, rel=0.2)


@pytest.mark.parametrize(("step", "weight"), [*enumerate((0.05, 0.10, 0.20, 0.35, 0.50, 0.70, 0.20, 0.05))])
def test_the_canary_grows_in_steps_and_is_rolled_back(step: int, weight: float):
    start = MIDNIGHT + 12 * HOUR_S + step * 1800
    whole = 'reporter == "source" and destination_service_name == "reviews"'
    v3 = f'{whole} and destination_workload == "reviews-v3"'
    v2 = f'{whole} and destination_workload == "reviews-v2"'
    assert rate(v3, start, 1800) / rate(whole, start, 1800) == pytest.approx(weight, abs=0.03)
    assert rate(v2, start, 1800) / rate(whole, start, 1800) == pytest.approx(0.2, abs=0.03)


def test_nights_are_quieter_than_days():
    page = 'reporter == "source" and destination_workload == "productpage-v1"'
    assert rate(page, MIDNIGHT + 3 * HOUR_S, 3600) < 0.6 * rate(page, MIDNIGHT + 15 * HOUR_S, 3600)


def test_the_export_runs_at_night_only():
    export = 'source_workload == "ledger-export-v1"'
    assert rate(export, MIDNIGHT + 2 * HOUR_S, 7200) > 4
    assert rate(export, MIDNIGHT + 4 * HOUR_S, 22 * HOUR_S) == 0


def test_the_price_list_stops_in_the_evening_while_its_series_stay():
    calls = 'destination_workload == "price-list-v1"'
    assert rate(calls, MIDNIGHT + 20 * HOUR_S, 3600) > 2
    assert rate(calls, MIDNIGHT + 21 * HOUR_S, 9 * HOUR_S) == 0
    at_night = MESH.read(REQUESTS, Part.COUNT, np.array([MIDNIGHT + 23 * HOUR_S]))[:, 0]
    rows = MESH.labels(REQUESTS)["app"] == "price-list"
    assert not np.isnan(at_night[rows]).all()


def test_the_fax_gateway_is_idle():
    labels = MESH.labels(REQUESTS)
    rows = np.flatnonzero(labels["destination_workload"] == "fax-gateway-v1")
    values = MESH.read(REQUESTS, Part.COUNT, MIDNIGHT + 3600.0 * np.arange(24), rows)
    assert set(labels["reporter"][rows]) == {"source", "destination"}
    assert (values == 17).all()


def test_at_any_time_something_has_vanished_or_come_within_the_hour():
    rows = MESH.labels(REQUESTS)["app"] == "banner"
    up = ~np.isnan(MESH.read(REQUESTS, Part.COUNT, MIDNIGHT + 1800 + 3600.0 * np.arange(24)))[rows].all(
        axis=0
    )
    assert BANNER_LIFE.period_s == 2 * BANNER_LIFE.on_s == 7200
    assert (up[1:] != up[:-1]).all()


def test_recommendations_are_slow_for_a_while_each_hour():
    labels = MESH.labels("istio_request_duration_milliseconds")
    rows = np.flatnonzero(
        (labels["destination_workload"] == "recommendation-v7") & (labels["response_code"] == "200")
    )

    def mean(minute: int) -> float:
        times = AFTERNOON + 60.0 * np.array([minute, minute + 10])
        sums, counts = (
            np.diff(MESH.read("istio_request_duration_milliseconds", part, times, rows), axis=1).sum()
            for part in (Part.SUM, Part.COUNT)
        )
        return float(sums / counts)

    assert mean(21) > 5 * mean(2)


def test_large_bodies_go_beyond_the_last_edge():
    buckets = MESH.read("istio_response_bytes", Part.BUCKET, np.array([AFTERNOON]))[..., 0]
    assert (buckets[:, -1] > buckets[:, -2]).any()


def test_pods_have_names_addresses_and_jobs_of_their_own():
    pods = [target[1] for target in MESH.targets]
    addresses = [target[3] for target in MESH.targets]
    assert len(set(pods)) == len(set(addresses)) == len(MESH.pods)
    assert {target[4] for target in MESH.targets} == {"kubernetes-pods"}
