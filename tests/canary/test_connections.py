"""Splits by connections: who was chosen when they opened, what became of them when they closed."""

from __future__ import annotations

import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.canary.connections import CONNECTION_LABELS, closed_by, opened_by, unrouted_by
from mesh_graph.canary.counts import COUNT, INTERVAL
from mesh_graph.canary.naming import Naming
from tests.canary.request_rows import NO_CALLER, counts

DESTINATION = {fields.REPORTER: "destination"}
WAYPOINT = {fields.REPORTER: "waypoint"}


def connections(*rows: tuple[str, int, float, dict[str, str]]) -> pd.DataFrame:
    """As ``counts``, by the labels of connections; ``app`` tells ztunnel's rows."""
    apps = [labels.get(fields.APP, "") for *_, labels in rows]
    plain = [(*row, {name: v for name, v in labels.items() if name != fields.APP}) for *row, labels in rows]
    table = counts(*plain).assign(**{fields.APP: pd.Series(apps, dtype="str")})
    return table[[*CONNECTION_LABELS, INTERVAL, COUNT]]


def by_outcome(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    summed = table.groupby(["version", fields.OUTCOME])[COUNT].sum()
    return {key: float(value) for key, value in summed.items() if value}


def flags(text: str, **more: str) -> dict[str, str]:
    return {fields.RESPONSE_FLAGS: text, **more}


def both(version: str, interval: int, count: float) -> list[tuple]:
    return [(version, interval, count, {}), (version, interval, count, DESTINATION)]


def test_the_source_draws_and_the_waypoint_where_one_serves():
    table = connections(*both("v1", 0, 90), *both("v2", 0, 10))
    assert by_outcome(opened_by(table, Naming.of(table))) == {("v1", "ok"): 90, ("v2", "ok"): 10}
    served = connections(("v1", 0, 100, {}), ("v1", 0, 60, WAYPOINT), ("v2", 0, 40, WAYPOINT))
    assert by_outcome(opened_by(served, Naming.of(served))) == {("v1", "ok"): 60, ("v2", "ok"): 40}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("-", "ok"), ("DC", "ok"), ("UC", "error"), ("UR", "error"), ("LR", "error")],
)
def test_a_flag_says_whether_a_closed_connection_failed(text, outcome):
    table = connections(("v2", 0, 5, flags(text)), ("v2", 0, 5, flags(text, **DESTINATION)))
    assert by_outcome(closed_by(table, Naming.of(table), 1)) == {("v2", outcome): 5}


def test_a_refused_connection_is_added_to_what_the_server_counted():
    table = connections(*both("v2", 0, 20), ("v2", 0, 3, flags("UF,URX")))
    assert by_outcome(closed_by(table, Naming.of(table), 1)) == {("v2", "ok"): 20, ("v2", "error"): 3}


def test_connections_to_nobody_are_a_line_of_their_own():
    table = connections(*both("v1", 0, 20), ("", 0, 3, flags("UH")))
    naming = Naming.of(table)
    assert by_outcome(opened_by(table, naming)) == {("", "ok"): 3, ("v1", "ok"): 20}
    assert by_outcome(closed_by(table, naming, 1)) == {("", "error"): 3, ("v1", "ok"): 20}


def test_a_half_injected_version_is_counted_by_its_callers():
    """Rule 6: the servers' proxies report 10 of the 100 connections that arrived."""
    table = connections(("v2", 0, 100, {}), ("v2", 0, 10, DESTINATION), ("v2", 49, 1, DESTINATION))
    assert by_outcome(closed_by(table, Naming.of(table), 50)) == {("v2", "ok"): 100}


def test_ztunnel_counts_only_where_nobody_else_does():
    layer = {fields.APP: fields.ZTUNNEL}
    alone = connections(("v1", 0, 7, layer), ("v1", 0, 7, {**layer, **DESTINATION}))
    assert by_outcome(opened_by(alone, Naming.of(alone))) == {("v1", "ok"): 7}
    beside = connections(*both("v1", 0, 7), ("v1", 0, 7, layer))
    assert by_outcome(opened_by(beside, Naming.of(beside))) == {("v1", "ok"): 7}


def test_callers_without_a_proxy_were_not_split():
    table = connections(*both("v1", 0, 9), ("v2", 0, 5, {**DESTINATION, **NO_CALLER}))
    naming = Naming.of(table)
    assert by_outcome(unrouted_by(table, naming)) == {("v2", "ok"): 5}
    assert by_outcome(opened_by(table, naming)) == {("v1", "ok"): 9}


def test_intervals_are_kept_apart():
    table = connections(*both("v1", 0, 5), *both("v1", 2, 7))
    found = closed_by(table, Naming.of(table), 3)
    assert dict(zip(found[INTERVAL], found[COUNT], strict=True)) == {0: 5, 2: 7}


def test_nothing_gives_nothing():
    table = connections()
    naming = Naming.of(table)
    for found in (opened_by(table, naming), unrouted_by(table, naming), closed_by(table, naming, 0)):
        assert list(found.columns) == ["split", "version", "caller", "protocol", "outcome", INTERVAL, COUNT]
        assert found.empty
