"""The one table of errors."""

from __future__ import annotations

import pytest

from mesh_graph.topology.outcome import (
    TCP_FAILED,
    flags_text,
    had_begun,
    outcome,
    response_code,
    split_flags,
)


@pytest.mark.parametrize(
    ("protocol", "code", "flags", "expected"),
    [
        *(("http", code, "", "ok") for code in ("100", "200", "204", "304", "399", "600")),
        *(("http", code, "", "client_error") for code in ("400", "404", "429", "499")),
        *(("http", code, "", "error") for code in ("500", "503", "599")),
        # Flags do not change what a code says.
        ("http", "200", "UC", "ok"),
        ("http", "418", "FI", "client_error"),
        ("http", "503", "DC", "error"),
        # No response: gone clients hang up, everything else is an error.
        *(
            (protocol, "-", flag, "hung_up")
            for protocol in ("http", "grpc")
            for flag in ("DC", "DR", "DC,UT")
        ),
        *((protocol, "-", flag, "error") for protocol in ("http", "grpc") for flag in ("", "UT", "UC")),
        # A gRPC status, where there is one.
        ("grpc", "0", "", "ok"),
        ("grpc", "1", "", "hung_up"),
        *(("grpc", status, "", "error") for status in ("2", "4", "12", "13", "14", "15")),
        *(
            ("grpc", status, "", "client_error")
            for status in ("3", "5", "6", "7", "8", "9", "10", "11", "16")
        ),
        # Else the HTTP code.
        ("grpc", "200", "", "ok"),
        ("grpc", "404", "", "client_error"),
        ("grpc", "503", "", "error"),
        # A status is one of gRPC only.
        ("http", "14", "", "ok"),
        # A code that says nothing leaves it to the flags.
        *(("http", code, "", "ok") for code in ("", "unknown", "2xx", "²", "99999")),
        ("http", "", "UT", "error"),
        ("http", "", "UF", "error"),
        ("http", "", "DC", "hung_up"),
        # Connections have no code.
        *(
            ("tcp", "", flag, "error")
            for flag in ("UF", "UH", "UO", "UC", "UR", "NR", "LR", "UAEX", "UF,URX")
        ),
        *(("tcp", "", flag, "ok") for flag in ("", "DC", "DR", "UT", "FI")),
    ],
)
def test_outcome_is_the_table_s(protocol, code, flags, expected):
    assert outcome(protocol, code, split_flags(flags)) == expected


def test_failed_connections_are_those_of_the_design():
    assert sorted(TCP_FAILED) == ["LR", "NR", "UAEX", "UC", "UF", "UH", "UO", "UR"]


@pytest.mark.parametrize(
    ("label", "expected"),
    [("", ""), ("-", ""), ("UT", "UT"), ("URX,UT", "URX,UT"), ("UT , URX", "URX,UT"), (",,UT,-,", "UT")],
)
def test_flags_are_a_sorted_set(label, expected):
    assert flags_text(split_flags(label)) == expected


@pytest.mark.parametrize(
    ("protocol", "code", "status", "expected"),
    [
        ("http", "200", "", "200"),
        ("http", "0", "", "-"),
        ("grpc", "0", "", "-"),
        ("grpc", "0", "14", "-"),
        ("grpc", "200", "0", "0"),
        ("grpc", "503", "14", "14"),
        ("grpc", "503", "", "503"),
        ("http", "200", "14", "200"),
        ("http", "", "", ""),
    ],
)
def test_code_is_the_grpc_status_where_there_is_one(protocol, code, status, expected):
    assert response_code(protocol, code, status) == expected


@pytest.mark.parametrize(
    ("protocol", "code", "expected"),
    [
        ("http", "200", True),
        ("http", "404", True),
        ("http", "408", False),
        ("http", "504", False),
        ("http", "-", False),
        ("http", "", False),
        ("grpc", "0", True),
        ("grpc", "2", True),
        ("grpc", "4", False),
        ("grpc", "14", False),
        ("grpc", "504", False),
    ],
)
def test_answer_that_a_proxy_made_up_had_not_begun(protocol, code, expected):
    assert had_begun(protocol, code) is expected
