"""Who was chosen, and what became of it. Pairs of rows as two real proxies write them (``tests/envoy``)."""

from __future__ import annotations

import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.canary.counts import COUNT, INTERVAL
from mesh_graph.canary.merged import drawn, merged, unrouted
from mesh_graph.canary.naming import Naming
from tests.canary.request_rows import NO_CALLER, counts

DESTINATION = {fields.REPORTER: "destination"}
WAYPOINT = {fields.REPORTER: "waypoint"}


def by_outcome(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    summed = table.groupby(["version", fields.OUTCOME])[COUNT].sum()
    return {key: float(value) for key, value in summed.items() if value}


def by_interval(table: pd.DataFrame, version: str, outcome: str = "ok") -> dict[int, float]:
    rows = table[(table["version"] == version) & (table[fields.OUTCOME] == outcome)]
    return {int(i): float(c) for i, c in zip(rows[INTERVAL], rows[COUNT], strict=True)}


def code(number: str, flags: str = "-", **more: str) -> dict[str, str]:
    return {fields.RESPONSE_CODE: number, fields.RESPONSE_FLAGS: flags, **more}


def both(version: str, interval: int, count: float) -> list[tuple]:
    return [(version, interval, count, {}), (version, interval, count, DESTINATION)]


def test_the_source_draws_the_split_and_each_request_is_merged_once():
    table = counts(*both("v1", 0, 90), *both("v2", 0, 10))
    naming = Naming.of(table)
    assert by_outcome(drawn(table, naming)) == {("v1", "ok"): 90, ("v2", "ok"): 10}
    assert by_outcome(merged(table, naming, 1)) == {("v1", "ok"): 90, ("v2", "ok"): 10}


def test_a_dead_canary_is_a_line_of_its_own_and_does_not_just_lose_share():
    table = counts(*both("v1", 0, 90), ("", 0, 10, code("503", "UH")))
    naming = Naming.of(table)
    assert by_outcome(drawn(table, naming)) == {("", "error"): 10, ("v1", "ok"): 90}
    assert by_outcome(merged(table, naming, 1)) == {("", "error"): 10, ("v1", "ok"): 90}


def test_refused_connections_are_errors_of_the_version_that_was_chosen():
    table = counts(*both("v1", 0, 90), ("v2", 0, 10, code("503", "UF")))
    assert by_outcome(merged(table, Naming.of(table), 1)) == {("v1", "ok"): 90, ("v2", "error"): 10}


def test_errors_that_retries_mask_are_the_servers_not_the_callers():
    table = counts(
        ("v2", 0, 100, {}), ("v2", 0, 100, DESTINATION), ("v2", 0, 7, {**code("503"), **DESTINATION})
    )
    naming = Naming.of(table)
    assert by_outcome(drawn(table, naming)) == {("v2", "ok"): 100}
    assert by_outcome(merged(table, naming, 1)) == {("v2", "error"): 7, ("v2", "ok"): 100}


def test_a_time_out_is_one_error_though_its_proxies_are_scraped_in_different_intervals():
    """The server's proxy counts 0 DC; the client's 504 UT comes with the next scrape."""
    table = counts(
        *both("v2", 0, 50),
        *both("v2", 1, 50),
        ("v2", 0, 4, {**code("0", "DC"), **DESTINATION}),
        ("v2", 1, 4, code("504", "UT")),
    )
    found = merged(table, Naming.of(table), 2)
    assert by_outcome(found) == {("v2", "ok"): 100, ("v2", "error"): 4}
    assert by_interval(found, "v2", "error") == {1: 4}


def test_a_waypoint_draws_for_the_service_it_serves():
    table = counts(("v1", 0, 100, {}), ("v1", 0, 60, WAYPOINT), ("v2", 0, 40, WAYPOINT))
    assert by_outcome(drawn(table, Naming.of(table))) == {("v1", "ok"): 60, ("v2", "ok"): 40}


def test_callers_without_a_proxy_were_not_split_by_the_route():
    plain = {**DESTINATION, **NO_CALLER}
    table = counts(*both("v1", 0, 90), ("v2", 0, 5, plain))
    naming = Naming.of(table)
    assert by_outcome(unrouted(table, naming)) == {("v2", "ok"): 5}
    assert by_outcome(drawn(table, naming)) == {("v1", "ok"): 90}


def test_a_missing_sidecar_leaves_the_callers_own_report():
    table = counts(*both("v1", 0, 90), ("v2", 0, 10, {}), ("v2", 0, 1, code("500")))
    assert by_outcome(merged(table, Naming.of(table), 1)) == {
        ("v1", "ok"): 90,
        ("v2", "ok"): 10,
        ("v2", "error"): 1,
    }


@pytest.mark.parametrize(
    ("status", "outcome"), [("0", "ok"), ("14", "error"), ("5", "client_error"), ("1", "hung_up")]
)
def test_grpc_is_judged_by_its_status(status, outcome):
    grpc = {fields.REQUEST_PROTOCOL: "grpc", fields.GRPC_RESPONSE_STATUS: status}
    table = counts(("v1", 0, 9, grpc), ("v1", 0, 9, {**grpc, **DESTINATION}))
    assert by_outcome(merged(table, Naming.of(table), 1)) == {("v1", outcome): 9}


def test_intervals_are_kept_apart_and_add_up():
    table = counts(*both("v1", 0, 5), *both("v1", 2, 7), *both("v2", 1, 3))
    found = merged(table, Naming.of(table), 3)
    assert by_interval(found, "v1") == {0: 5, 2: 7}
    assert by_interval(found, "v2") == {1: 3}


def test_services_of_one_name_in_two_namespaces_stay_apart():
    other = {fields.DESTINATION_SERVICE_NAMESPACE: "blog", fields.DESTINATION_WORKLOAD_NAMESPACE: "blog"}
    table = counts(("v1", 0, 5, {}), ("v1", 0, 3, other))
    found = merged(table, Naming.of(table), 1)
    assert dict(zip(found["split"], found[COUNT], strict=True)) == {"blog/cart": 3, "shop/cart": 5}


def test_nothing_gives_nothing():
    table = counts()
    naming = Naming.of(table)
    for found in (drawn(table, naming), unrouted(table, naming), merged(table, naming, 0)):
        assert list(found.columns) == ["split", "version", "caller", "protocol", "outcome", INTERVAL, COUNT]
        assert found.empty
