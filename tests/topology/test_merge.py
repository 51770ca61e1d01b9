"""Laws of the canonical merge, over telemetry that any mesh might send."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesh_graph import fields
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS
from mesh_graph.frames.tcp import TCP
from mesh_graph.topology import traffic as schemas
from mesh_graph.topology.merge import merge
from mesh_graph.topology.traffic import Traffic
from tests.topology.telemetry import (
    SCRAPES,
    frame,
    merged,
    messages,
    notes,
    request_row,
    requests,
    tcp,
    tcp_lines,
    tcp_row,
)

NAMESPACES = ("n", "m", "k")
SOURCES = ("?", "a", "b@m", "c@k", "d@m")
DESTINATIONS = ("e", "f@m", "g@k", "e/s", "?e", "?f@m", "?s", "h@m/s@k", "?s@k", "f@m/g@k")
REPORTERS = ("source", "destination", "waypoint")
CODES = ("200", "404", "503", "504", "0", "grpc:0", "grpc:14")
FLAGS = ("-", "DC", "DR", "UT", "URX,UT", "UC", "UF", "UH", "URX", "UF,UT")
RATES = st.integers(0, 40).map(lambda quarters: quarters / 4)

ends = st.tuples(st.sampled_from(SOURCES), st.sampled_from(DESTINATIONS)).map(">".join)
known_ends = ends.filter(lambda text: ">?" not in text)
# A destination's proxy knows itself.
reporters_and_ends = st.one_of(
    st.tuples(st.sampled_from(("source", "waypoint", "ztunnel:source")), ends),
    st.tuples(st.sampled_from(("destination", "ztunnel:destination")), known_ends),
).map(" ".join)
request_lines = st.tuples(
    reporters_and_ends.map(lambda text: text.removeprefix("ztunnel:")),
    st.sampled_from(CODES),
    st.sampled_from(FLAGS),
    RATES.map(str),
).map(" ".join)
tcp_lines_said = st.tuples(
    reporters_and_ends,
    st.sampled_from(("-", "UF", "DC", "UC")),
    st.lists(RATES.map(str), min_size=4, max_size=4).map("/".join),
).map(" ".join)
request_rows = st.lists(request_lines.map(request_row), max_size=30)
tcp_rows = st.lists(tcp_lines_said.map(tcp_row), max_size=15)


def said(rows, connections=()):
    return frame(REQUESTS, list(rows)), frame(TCP, list(connections)), MESSAGES.empty()


def numbers(table, rates, keep=lambda row: True):
    """Rates by all other columns, of the rows to keep; rates of nothing left out."""
    counted = Counter()
    for row in table.to_dict("records"):
        if keep(row):
            key = tuple(value for name, value in row.items() if name not in rates)
            counted[key] = tuple(row[rate] for rate in rates)
    return counted


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for key, rates in expected.items():
        assert found[key] == pytest.approx(rates, nan_ok=True, abs=1e-7)


def all_numbers(traffic, keep=lambda row: True):
    yield numbers(traffic.flows, [fields.RATE], keep)
    yield numbers(traffic.tcp, fields.TCP_RATES, keep)
    reported = [fields.SOURCE_RATE, fields.DESTINATION_RATE, fields.MTLS_RATE, fields.MTLS_KNOWN_RATE]
    yield numbers(traffic.reports, reported, keep)


def is_asked_for(row, namespaces):
    """The three disjoint queries of a view's namespaces."""
    from_inside = row[fields.SOURCE_WORKLOAD_NAMESPACE] in namespaces
    to_inside = row[fields.DESTINATION_WORKLOAD_NAMESPACE] in namespaces
    names_no_workload = (
        row[fields.REPORTER] in ("source", "waypoint")
        and not from_inside
        and row[fields.DESTINATION_WORKLOAD] == "unknown"
        and row[fields.DESTINATION_SERVICE_NAMESPACE] in namespaces
    )
    return to_inside or from_inside or names_no_workload


def touches(row, namespaces):
    """Whether an edge has an end in the namespaces."""
    to = fields.DESTINATION_WORKLOAD_NAMESPACE
    if row[fields.DESTINATION_WORKLOAD] == "unknown":
        to = fields.DESTINATION_SERVICE_NAMESPACE
    return row[fields.SOURCE_WORKLOAD_NAMESPACE] in namespaces or row[to] in namespaces


@settings(max_examples=150, deadline=None)
@given(request_rows, tcp_rows, st.sets(st.sampled_from(NAMESPACES), min_size=1))
def test_edge_does_not_depend_on_which_other_namespaces_are_selected(rows, connections, namespaces):
    whole = merge(*said(rows, connections), SCRAPES)
    asked = (
        [row for row in rows if is_asked_for(row, namespaces)],
        [row for row in connections if is_asked_for(row, namespaces)],
    )
    part = merge(*said(*asked), SCRAPES)

    def inside(row):
        return touches(row, namespaces)

    for found, expected in zip(all_numbers(part, inside), all_numbers(whole, inside), strict=True):
        assert_same(found, expected)


@settings(max_examples=40, deadline=None)
@given(request_rows, tcp_rows, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, connections, random):
    expected = merge(*said(rows, connections), SCRAPES)
    random.shuffle(rows)
    random.shuffle(connections)
    found = merge(*said(rows, connections), SCRAPES)
    for name in ("flows", "tcp", "messages", "reports"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))


@settings(max_examples=40, deadline=None)
@given(request_rows, tcp_rows)
def test_input_is_not_modified(rows, connections):
    frames = said(rows, connections)
    copies = [table.copy(deep=True) for table in frames]
    merge(*frames, SCRAPES)
    for table, copy in zip(frames, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)


@settings(max_examples=40, deadline=None)
@given(request_rows, tcp_rows)
def test_frames_keep_their_schema_and_rates_are_finite_and_not_negative(rows, connections):
    traffic = merge(*said(rows, connections), SCRAPES)
    for name, schema in (
        ("flows", schemas.FLOWS),
        ("tcp", schemas.TCP),
        ("messages", schemas.MESSAGES),
        ("reports", schemas.REPORTS),
    ):
        table = schema.check(getattr(traffic, name))
        values = table[list(schema.rates)].to_numpy()
        allowed = np.isfinite(values) | (np.isnan(values) if name == "reports" else False)
        assert allowed.all()
        assert not (values < 0).any()
        assert not table[list(schema.labels)].isna().any(axis=None)
        assert not table.duplicated([name for name, dtype in schema.dtypes if dtype != "float64"]).any()


@settings(max_examples=40, deadline=None)
@given(request_rows)
def test_splitting_a_series_changes_nothing(rows):
    halves = [row | {fields.REQUEST_RATE: row[fields.REQUEST_RATE] / 2} for row in rows for _ in range(2)]
    found, expected = (merge(*said(which), SCRAPES) for which in (halves, rows))
    for left, right in zip(all_numbers(found), all_numbers(expected), strict=True):
        assert_same(left, right)


@settings(max_examples=40, deadline=None)
@given(request_rows, st.lists(request_lines.map(request_row), max_size=10))
def test_idle_series_change_no_edge_with_traffic(rows, others):
    busy = [row for row in rows if row[fields.REQUEST_RATE] > 0]
    idle = [row | {fields.REQUEST_RATE: 0.0} for row in others]

    def has_traffic(row):
        return row[fields.RATE] > 0

    found, expected = (
        numbers(merge(*said(which), SCRAPES).flows, [fields.RATE], has_traffic)
        for which in (busy + idle, busy)
    )
    assert_same(found, expected)


def end_key(row):
    """Source, destination (or service) and protocol of a row of the output."""
    known = row[fields.DESTINATION_WORKLOAD] != "unknown"
    called = (
        () if known else (row[fields.DESTINATION_SERVICE_NAMESPACE], row[fields.DESTINATION_SERVICE_NAME])
    )
    labels = [*fields.SOURCE_LABELS, *fields.DESTINATION_LABELS]
    return (*(row[label] for label in labels), *called, row[fields.PROTOCOL])


@settings(max_examples=80, deadline=None)
@given(request_rows)
def test_requests_are_conserved_on_every_edge_that_its_destination_reports(rows):
    """Naming lost answers moves requests between codes, never between edges: the server's total stays.

    Two edges are not so: a half-reported one shows its source's report, and an unknown source loses what
    known sources say of the same destination.
    """
    traffic = merge(*said(rows), SCRAPES)
    shown, reported, exempt = Counter(), Counter(), set()
    for row in traffic.flows.to_dict("records"):
        shown[end_key(row)] += row[fields.RATE] if row[fields.REPORTED_BY] == "destination" else 0
    for row in traffic.reports.to_dict("records"):
        reported[end_key(row)] += np.nan_to_num(row[fields.DESTINATION_RATE])
        if row[fields.NOTE]:
            exempt.add(end_key(row))
    for key, rate in reported.items():
        is_anonymous = key[2] == "unknown"
        if key not in exempt and not is_anonymous:
            assert shown[key] == pytest.approx(rate, abs=1e-7)
        else:
            assert shown[key] <= rate + 1e-7


@settings(max_examples=40, deadline=None)
@given(request_rows)
def test_total_is_no_more_than_everybody_counted(rows):
    traffic = merge(*said(rows), SCRAPES)
    total = traffic.flows[fields.RATE].sum()
    everything = sum(row[fields.REQUEST_RATE] for row in rows)
    assert total <= everything + 1e-7


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_label_value_breaks_the_merge(data):
    hostile = st.one_of(
        st.text(max_size=8), st.sampled_from(("unknown", "", "-", "|", "\x00", "🕸", "DC,,UT"))
    )
    rows = data.draw(
        st.lists(
            st.fixed_dictionaries(dict.fromkeys(REQUESTS.labels, hostile) | {fields.REQUEST_RATE: RATES}),
            max_size=8,
        )
    )
    good = request_row("destination good>b 200 - 1")
    for row in rows:
        row[fields.REPORTER] = data.draw(st.sampled_from((*REPORTERS, row[fields.REPORTER])))
    traffic = merge(*said([*rows, good]), SCRAPES)
    schemas.FLOWS.check(traffic.flows)
    kept = traffic.flows[traffic.flows[fields.SOURCE_WORKLOAD] == "good"]
    assert kept[fields.RATE].tolist() == [1.0]


def test_many_hostile_kinds_of_lost_answers_do_not_multiply():
    lost = [request_row(f"source a>?s 504 UT,X{number} 1") for number in range(300)]
    twins = [request_row(f"destination a>w{number}/s 0 DC 1") for number in range(300)]
    traffic = merge(*said([*lost, *twins]), SCRAPES)
    assert len(traffic.flows) <= 300 * 17
    assert traffic.flows[fields.RATE].sum() == pytest.approx(300)
    assert set(traffic.flows[fields.CODE]) == {"504"}


def test_no_telemetry_is_no_traffic():
    found, expected = merged(), Traffic.empty()
    for name in ("flows", "tcp", "messages", "reports"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))
    assert found.gaps == ()


def test_frame_of_another_schema_is_refused():
    with pytest.raises(ValueError, match="missing"):
        merge(REQUESTS.empty().drop(columns=fields.REPORTER), TCP.empty(), MESSAGES.empty(), SCRAPES)


def test_rows_that_cannot_be_drawn_are_told_of():
    rows = [
        request_row("source a>b 200 - 1", reporter="sidecar"),
        request_row("source a>b 200 - 1", source_workload="unknown", source_canonical_service=""),
    ]
    gaps = {gap.message: dict(gap.parameters) for gap in merge(*said(rows), SCRAPES).gaps}
    assert gaps == {"reporter-unknown": {"rows": "1"}, "source-without-identity": {"rows": "1"}}


def test_both_reports_stay_for_comparison():
    traffic = merged(requests("source a>b 200 - 10", "destination a>b 200 - 9.5", "source a>b 503 UF 1"))
    (row,) = traffic.reports.to_dict("records")
    assert (row["protocol"], row["source_rate"], row["destination_rate"]) == ("http", 11, 9.5)
    assert (row["mtls_rate"], row["mtls_known_rate"], row["note"]) == (9.5, 9.5, "")


def test_reporter_without_rows_reports_nothing_rather_than_zero():
    traffic = merged(requests("source a>b 200 - 10"))
    assert traffic.reports["destination_rate"].isna().all()
    assert traffic.reports["mtls_known_rate"].tolist() == [0]


def test_edge_that_lost_all_its_traffic_leaves_no_report():
    traffic = merged(requests("source a>b 200 - 10", "destination ?>b 200 - 10"))
    assert traffic.reports["source_workload"].tolist() == ["a"]


def test_ztunnel_s_layer_is_shown_where_no_other_proxy_covers_the_pair():
    said = tcp(
        "ztunnel:destination a>b - 5/6/1/1",
        "ztunnel:destination a>c - 7/8/1/1",
        "ztunnel:destination a>d - 9/9/1/1",
        "source a>d - 2/2/1/1",
    )
    traffic = merged(requests("waypoint a>b 200 - 3"), said)
    assert tcp_lines(traffic) == {"a>c - 7/8/1/1 destination", "a>d - 2/2/1/1 source"}


def test_idle_l7_edge_covers_nothing():
    traffic = merged(requests("waypoint a>b 200 - 0"), tcp("ztunnel:destination a>b - 5/6/1/1"))
    assert tcp_lines(traffic) == {"a>b - 5/6/1/1 destination"}


def test_idle_edge_stays_though_its_only_row_is_unanswered():
    said = requests("destination a>b 0 DC 0", "destination c>b 0 DC 1", "source c>b 504 UT 1")
    shown = merged(said).flows[[fields.SOURCE_WORKLOAD, fields.CODE, fields.RATE]].to_numpy().tolist()
    assert shown == [["a", "-", 0.0], ["c", "504", 1.0]]


def test_messages_follow_the_server_s_report():
    traffic = merged(messages=messages("source a>b 10/20", "destination a>b 9.5/19.5", "source a>?c 1/2"))
    shown = traffic.messages[[fields.DESTINATION_WORKLOAD, *fields.MESSAGE_RATES]].to_numpy().tolist()
    assert shown == [["b", 9.5, 19.5], ["unknown", 1, 2]]
    assert not notes(traffic)
