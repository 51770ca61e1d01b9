"""Who may read which logs, and the instants before lines."""

import pytest

from mesh_graph.errors import LogsOff
from mesh_graph.scope import Grant, Right, Scope
from mesh_graph.sources.cluster import Snapshot
from mesh_graph.sources.log_source import (
    LogAsk,
    LogReply,
    NoLogs,
    ScopedLogs,
    WhyOff,
    line_stamp,
    split_stamp,
    within,
)
from mesh_graph.sources.manifests import ManifestSource
from mesh_graph.sources.scoped_cluster import ScopedCluster

AT = 1_795_263_000.0


class Spoken:
    """Every container said one thing."""

    off = None

    def read(self, ask: LogAsk) -> LogReply:
        return LogReply((f"{line_stamp(AT)} of {ask.namespace}".encode(),))


def ask(namespace="shop", cluster="east"):
    return LogAsk(cluster, namespace, "pod-1", "app")


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (Scope.of(["shop"]), "of shop"),
        (Scope.of(["sh*"], ["east"], [Right.LOGS]), "of shop"),
        (Scope.of(["other"]), "logs.gone"),
        (Scope.of(["shop"], ["west"]), "logs.gone"),
        (Scope.of(["shop"], rights=[Right.CONFIG, Right.QUERIES]), LogsOff),
        (Scope(()), LogsOff),
        (Scope((Grant(("shop",), rights=frozenset()), Grant(("other",)))), "logs.no-right"),
        (Scope((Grant(("shop",), ("west",)), Grant(("shop",), ("east",), frozenset()))), "logs.no-right"),
    ],
)
def test_lines_are_for_those_who_hold_the_right_in_that_place(scope, told):
    source = ScopedLogs(Spoken(), scope)
    if told is LogsOff:
        assert source.off is WhyOff.NO_RIGHT
        with pytest.raises(LogsOff, match="no-right"):
            source.read(ask())
        return
    reply = source.read(ask())
    assert source.off is None
    assert told in (reply.trouble.message if reply.trouble else reply.lines[0].decode())
    assert bool(reply.lines) == (reply.trouble is None)


def test_source_that_is_off_stays_off_for_everybody():
    source = ScopedLogs(NoLogs(WhyOff.NO_SIGN_IN), Scope())
    assert source.off is WhyOff.NO_SIGN_IN
    with pytest.raises(LogsOff, match="no-sign-in"):
        source.read(ask())


def test_part_of_a_cluster_hands_out_narrowed_logs_and_manifests_none(tmp_path):
    class Cluster:
        logs = Spoken()

        def snapshot(self) -> Snapshot:
            return Snapshot(1, AT)

    part = ScopedCluster(Cluster(), Scope.of(["shop"], rights=[]))
    assert part.logs.off is WhyOff.NO_RIGHT
    assert ManifestSource(tmp_path).logs.off is WhyOff.NO_CLUSTER


@pytest.mark.parametrize(
    ("line", "at", "rest"),
    [
        (b"2026-11-21T12:10:00.123456789Z text here", AT + 0.123456, b"text here"),
        (b"2026-11-21T14:10:00.000000000+02:00 text", AT, b"text"),
        (b"2026-11-21T12:10:00Z", AT, b""),
        (b"2026-11-21T12:10:00Z ", AT, b""),
        (b"2026-11-21T12:10:00 no zone", None, b"2026-11-21T12:10:00 no zone"),
        (b"2026-13-41T99:10:00Z x", None, b"2026-13-41T99:10:00Z x"),
        (b"text alone", None, b"text alone"),
        (b"\xff\xfe", None, b"\xff\xfe"),
        (b"", None, b""),
        (b"2026-11-21T12:10:00Z " + b"x" * 200, AT, b"x" * 200),
    ],
)
def test_instant_is_taken_off_a_line(line, at, rest):
    found, told = split_stamp(line)
    assert (found, told) == (pytest.approx(at, abs=1e-6) if at else None, rest)


def test_instant_is_read_as_it_was_written():
    assert split_stamp(line_stamp(AT + 0.25).encode() + b" x") == (AT + 0.25, b"x")


def test_lines_before_an_instant_are_left_out_with_what_belongs_to_them():
    lines = [b"none yet", *(line_stamp(AT + n).encode() + b" x" for n in (0, 5)), b"goes on"]
    assert list(within(lines, AT + 5)) == lines[2:]
    assert list(within(lines, None)) == lines
