import pytest

from mesh_graph.sources.answer import AnswerInvalid
from mesh_graph.sources.json_text import decode_json


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'{"a":\n1}\n', {"a": 1}),
        (b'{"a": 1}\n{"b": 2}\n\n', [{"a": 1}, {"b": 2}]),
        (b"[]", []),
    ],
)
def test_one_document_or_one_a_line(body, document):
    assert decode_json(body) == document


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is not JSON"),
        (b"hello", "is not JSON"),
        (b"\n <html>", "is HTML, not JSON"),
        (b'{"a": 1', "is broken JSON"),
        (b'{"a": 1}\n{"b"', "is broken JSON"),
        (b"[" * 3000 + b"]" * 3000, "is nested too deeply"),
        (b"\xff\xfe{", "is not JSON"),
    ],
)
def test_what_is_none_says_what_it_is(body, words):
    with pytest.raises(AnswerInvalid, match=words):
        decode_json(body)
