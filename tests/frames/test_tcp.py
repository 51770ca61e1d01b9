"""The four TCP families side by side, and which way the bytes go."""

from __future__ import annotations

from mesh_graph import fields
from mesh_graph.frames.tcp import TCP, parse_tcp
from tests.frames.replies import reply


def tcp_reply(*rows):
    return reply(
        fields.TCP_LABELS,
        *(({"source_workload": name, "response_flags": flags}, rate) for name, flags, rate in rows),
    )


def rates(frame):
    return {
        (row["source_workload"], row["response_flags"]): tuple(row[rate] for rate in fields.TCP_RATES)
        for row in frame.to_dict("records")
    }


def test_families_without_a_row_are_zero_there():
    frame = parse_tcp(
        sent=tcp_reply(("a", "-", 100)),
        received=tcp_reply(("b", "-", 50), ("a", "-", 60)),
        opened=tcp_reply(),
        closed=tcp_reply(("a", "UF", 2)),
    )
    assert rates(TCP.check(frame)) == {
        ("a", "-"): (100, 60, 0, 0),
        ("a", "UF"): (0, 0, 0, 2),
        ("b", "-"): (0, 50, 0, 0),
    }


def test_rows_are_sorted_whatever_the_order_of_replies():
    names = ("c", "a", "b")
    frame = parse_tcp(
        *(tcp_reply(*((name, "-", 1) for name in order)) for order in (names, names[::-1], names, names))
    )
    assert frame["source_workload"].tolist() == ["a", "b", "c"]


def test_repeated_labels_of_one_family_add_up():
    frame = parse_tcp(tcp_reply(("a", "-", 1), ("a", "-", 2)), tcp_reply(), tcp_reply(), tcp_reply())
    assert rates(frame) == {("a", "-"): (3, 0, 0, 0)}
