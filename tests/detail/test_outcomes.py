"""How many requests there were and which share ended badly, on literals."""

import numpy as np
import pandas as pd
import pytest

from mesh_graph.detail.choice import Choice, Group
from mesh_graph.detail.lines import LINE
from mesh_graph.detail.outcomes import raw_outcomes, request_lines

TIMES = [0.0, 60.0, 120.0]
KNOWN = np.array([True, True, False])


def lines(*rows, group=Group.NONE):
    columns = (LINE, "time", "outcome", "value")
    frame = pd.DataFrame({name: [row[at] for row in rows] for at, name in enumerate(columns)})
    volume, ratios = request_lines(frame, KNOWN, Choice(group=group), TIMES)
    return tuple(
        {line[0]: table.iloc[:, at].tolist() for at, line in enumerate(table.columns)}
        for table in (volume, ratios)
    )


def same(found, expected):
    assert set(found) == set(expected)
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, nan_ok=True), name


A, B = ("a", ""), ("b", "")
NAN = float("nan")


def test_plain_charts_have_a_line_for_each_outcome_that_occurs():
    """Where proxies spoke and said nothing of errors there were none; where none spoke nothing is known."""
    volume, ratios = lines((A, 0.0, "ok", 3.0), (A, 0.0, "error", 1.0), (B, 60.0, "ok", 2.0))
    same(volume, {"ok": [3.0, 2.0, NAN], "error": [1.0, 0.0, NAN]})
    same(ratios, {"error": [0.25, 0.0, NAN]})


def test_an_error_ratio_is_there_although_nothing_failed():
    _, ratios = lines((A, 0.0, "ok", 3.0))
    same(ratios, {"error": [0.0, NAN, NAN]})


def test_client_errors_and_hang_ups_are_told_apart_from_errors():
    _, ratios = lines((A, 0.0, "ok", 6.0), (A, 0.0, "client_error", 3.0), (A, 0.0, "hung_up", 1.0))
    same(ratios, {"error": [0.0, NAN, NAN], "client_error": [0.3, NAN, NAN], "hung_up": [0.1, NAN, NAN]})


def test_each_line_of_a_group_fails_by_itself():
    volume, ratios = lines(
        (A, 0.0, "ok", 3.0), (A, 0.0, "error", 1.0), (B, 0.0, "ok", 4.0), group=Group.PEER_APP
    )
    same(volume, {"a": [4.0, 0.0, NAN], "b": [4.0, 0.0, NAN]})
    same(ratios, {"a": [0.25, NAN, NAN], "b": [0.0, NAN, NAN]})


def test_ratios_of_codes_are_of_all_requests_and_add_up():
    _, ratios = lines((A, 0.0, "ok", 6.0), (B, 0.0, "error", 2.0), group=Group.CODE)
    same(ratios, {"b": [0.25, NAN, NAN]})


def test_a_pod_that_is_gone_is_no_zero():
    volume, _ = lines((A, 0.0, "ok", 3.0), (B, 60.0, "ok", 1.0), group=Group.POD)
    same(volume, {"a": [3.0, NAN, NAN], "b": [NAN, 1.0, NAN]})


@pytest.mark.parametrize(
    ("protocol", "code", "status", "flags", "expected"),
    [
        ("http", "200", "", "-", ("200", "ok")),
        ("http", "0", "", "DC", ("-", "hung_up")),
        ("http", "503", "", "UF", ("503", "error")),
        ("grpc", "200", "14", "-", ("14", "error")),
        ("grpc", "200", "5", "-", ("5", "client_error")),
    ],
)
def test_raw_rows_end_as_their_proxy_says(protocol, code, status, flags, expected):
    frame = pd.DataFrame(
        [
            {
                "request_protocol": protocol,
                "response_code": code,
                "grpc_response_status": status,
                "response_flags": flags,
            }
        ]
    )
    (row,) = raw_outcomes(frame).to_dict("records")
    assert (row["code"], row["outcome"]) == expected
