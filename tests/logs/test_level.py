"""How grave lines are, in the ways that loggers have of saying so."""

import json

import pytest

from mesh_graph.logs.level import goes_on, level_of, level_of_access, trace_id_in
from mesh_graph.logs.model import Access, Level

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('{"level":"error","msg":"x"}', Level.ERROR),
        ('{"severity":"WARNING","message":"x"}', Level.WARN),
        ('{"level":50,"msg":"pino"}', Level.ERROR),
        ('{"level":30,"msg":"pino"}', Level.INFO),
        ('{"level":true}', Level.UNKNOWN),
        ('{"msg":"an ERROR in the message"}', Level.UNKNOWN),
        ("time=2026 level=warn msg=x", Level.WARN),
        ("I1121 12:10:00.123456       1 main.go:3] starts", Level.INFO),
        ("F1121 12:10:00.123456       1 main.go:3] ends", Level.ERROR),
        ("2026-11-21 12:10:00,123 ERROR app: failed", Level.ERROR),
        ("[WARN ] slow", Level.WARN),
        ("2026-11-21T12:10:00.1Z\terror\tenvoy\tupstream", Level.ERROR),
        ("2026/11/21 12:10:00 [crit] 7#7: full", Level.ERROR),
        ("[error] nginx", Level.ERROR),
        ("DEBUG details", Level.DEBUG),
        ("Traceback (most recent call last):", Level.ERROR),
        ("panic: runtime error", Level.ERROR),
        ("java.lang.NullPointerException: Cannot invoke", Level.ERROR),
        ("no errors were found", Level.UNKNOWN),
        ("GET /errors/ERROR-7 200", Level.UNKNOWN),
        ("", Level.UNKNOWN),
        ("{", Level.UNKNOWN),
    ],
)
def test_level_that_a_line_names(text, level):
    assert level_of(text) is level


@pytest.mark.parametrize(
    ("access", "level"),
    [
        (Access(method="GET", code="200"), Level.INFO),
        (Access(method="GET", code="404"), Level.WARN),
        (Access(method="GET", code="503", flags="UF"), Level.ERROR),
        (Access(method="GET", code="0", flags="DC"), Level.WARN),
        (Access(method="GET", code="0"), Level.ERROR),
        (Access(method="POST", code="200", grpc_status="14"), Level.ERROR),
        (Access(method="POST", code="200", grpc_status="5"), Level.WARN),
        (Access(code="0", flags="UF"), Level.ERROR),
        (Access(code="0"), Level.INFO),
    ],
)
def test_request_is_as_grave_as_the_mesh_counts_it(access, level):
    """The rules are those of ``topology.outcome``."""
    assert level_of_access(access) is level


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("\tat a.B.c(B.java:1)", True),
        ("  indented", True),
        ("Caused by: x", True),
        ("next line", False),
        ("", False),
    ],
)
def test_stack_trace_goes_on(text, is_so):
    assert goes_on(text) is is_so


@pytest.mark.parametrize(
    ("text", "trace_id"),
    [
        (json.dumps({"trace_id": TRACE.upper()}), TRACE),
        (json.dumps({"traceId": TRACE[:16]}), TRACE[:16]),
        (json.dumps({"trace_id": "<script>"}), ""),
        (json.dumps({"trace_id": 7}), ""),
        (f"level=info trace_id={TRACE} done", TRACE),
        (f"a {TRACE} b", ""),
    ],
)
def test_trace_that_a_line_names(text, trace_id):
    assert trace_id_in(text) == trace_id


def test_gravity_goes_down_from_errors():
    assert [level.gravity for level in Level] == [4, 3, 2, 1, 0]
