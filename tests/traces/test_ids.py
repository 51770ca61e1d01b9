import pytest

from mesh_graph.errors import InvalidRequest
from mesh_graph.traces.ids import is_short, trace_id_of


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1", "0" * 31 + "1"),
        ("ABCDEF", "0" * 26 + "abcdef"),
        (" 0af7651916cd43dd8448eb211c80319c\n", "0af7651916cd43dd8448eb211c80319c"),
    ],
)
def test_trace_id_gets_one_spelling(text, read):
    assert trace_id_of(text) == read


@pytest.mark.parametrize("text", ["", " ", "0", "0" * 32, "g", "1" * 33, "1-2", "1/2", "\u0661"])
def test_what_is_no_trace_id_is_refused(text):
    with pytest.raises(InvalidRequest):
        trace_id_of(text)


@pytest.mark.parametrize(("trace_id", "short"), [("0" * 16 + "1" * 16, True), ("0" * 15 + "1" * 17, False)])
def test_short_ids_have_64_bits(trace_id, short):
    assert is_short(trace_id) is short
