"""Hostile bytes: whatever is written, what is shown is text without colours, and no longer than it may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.logs.text import MOST_CHARACTERS, clean_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"plain", "plain"),
        ("größer ✓".encode(), "größer ✓"),
        (b"\x1b[1;31mERROR\x1b[0m broken", "ERROR broken"),
        (b"\x1b]0;a title\x07text", "text"),
        (b"\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b(Btext\x1b7", "text"),
        (b"ends inside \x1b[3", "ends inside 3"),
        (b"tab\tstays", "tab\tstays"),
        (b"bell\x07 null\x00 back\x08", "bell␇ null␀ back␈"),
        (b"progress 10%\rprogress 90%\r\n", "progress 10%␍progress 90%"),
        (b"bad \xff\xfe utf-8", "bad \ufffd\ufffd utf-8"),
        ("turned \u202e round".encode(), "turned \ufffd round"),
        ("zero\u200bwidth\ufeff".encode(), "zero\ufffdwidth\ufffd"),
        (b"", ""),
    ],
)
def test_what_is_shown_of_bytes(raw, shown):
    assert clean_text(raw) == (shown, 0)


def test_long_line_is_cut_and_says_by_how_much():
    text, left_out = clean_text(b"x" * (MOST_CHARACTERS + 123))
    assert (len(text), left_out) == (MOST_CHARACTERS, 123)
    text, left_out = clean_text(b"x" * 3_000_000)
    assert (len(text), left_out) == (MOST_CHARACTERS, 3_000_000 - MOST_CHARACTERS)


@given(st.binary(max_size=300))
def test_nothing_unseen_is_left_of_any_bytes(raw):
    text, left_out = clean_text(raw)
    assert left_out == 0
    assert all(sign == "\t" or sign >= " " for sign in text)
    assert not set(text) & set("\x7f\x9b\u202e\u2066\u200b\u2028")
    text.encode("utf-8")
