"""Lines of containers in one order of time."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.logs.lines import in_time_order, lines_of
from mesh_graph.logs.model import Level, Line
from mesh_graph.sources.log_source import line_stamp
from tests.logs.test_access import FAILED

AT = 1_795_263_000.0


def line(at, text="", container="app"):
    return Line(at, "pod", container, False, text)


def stamped(seconds: float, text: bytes) -> bytes:
    return line_stamp(AT + seconds).encode() + b" " + text


def test_lines_have_instants_levels_and_requests():
    raw = [
        stamped(0, b"\x1b[31mERROR\x1b[0m x"),
        stamped(1, b"\tat y"),
        stamped(2, FAILED.encode()),
        b"no instant",
    ]
    app = list(lines_of(raw, "p", "app", is_proxy=False))
    assert [one.at for one in app] == [AT, AT + 1, AT + 2, AT + 2], "one without has that of the line before"
    assert [one.level for one in app[:2]] == [Level.ERROR, Level.ERROR], (
        "a stack trace is as grave as its head"
    )
    assert app[0].text == "ERROR x"
    assert app[2].access is None, "an application's line is what it says"
    proxy = list(lines_of(raw, "p", "istio-proxy", is_proxy=True))
    assert (proxy[2].access.flags, proxy[2].level) == ("UF,URX", Level.ERROR)
    assert proxy[3].level is Level.UNKNOWN


def test_app_and_proxy_are_joined_by_time():
    app = [line(1, "a1"), line(4, "a2")]
    proxy = [line(2, "p1"), line(4, "p2"), line(5, "p3")]
    assert [one.text for one in in_time_order([app, proxy])] == ["a1", "p1", "a2", "p2", "p3"]


def test_line_without_an_instant_stays_with_the_one_before():
    app = [line(None, "first"), line(3, "a"), line(None, "a goes on"), line(9, "b")]
    proxy = [line(1, "p"), line(4, "q")]
    assert [one.text for one in in_time_order([app, proxy])] == ["first", "p", "a", "a goes on", "q", "b"]


def test_clock_that_goes_back_moves_no_line_before_another_of_its_container():
    app = [line(5, "a"), line(3, "b"), line(7, "c")]
    proxy = [line(4, "p"), line(6, "q")]
    assert [one.text for one in in_time_order([app, proxy])] == ["p", "a", "b", "q", "c"]


STREAM = st.lists(st.none() | st.integers(0, 30).map(float), max_size=20)


@given(st.lists(STREAM, max_size=4))
def test_every_line_is_there_once_and_containers_keep_their_order(streams):
    own = [[line(at, f"{n}-{m}", str(n)) for m, at in enumerate(times)] for n, times in enumerate(streams)]
    merged = in_time_order(own)
    assert sorted(one.text for one in merged) == sorted(one.text for lines in own for one in lines)
    for lines in own:
        container = lines[0].container if lines else None
        assert [one for one in merged if one.container == container] == lines
    if all(at is not None for times in streams for at in times) and all(t == sorted(t) for t in streams):
        assert all(a.at <= b.at for a, b in pairwise(merged))
