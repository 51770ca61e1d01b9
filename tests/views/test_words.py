"""Messages → words."""

import re
from pathlib import Path

import mesh_graph
from mesh_graph.topology.attributes import Gap
from mesh_graph.views.words import MESSAGES, count_text, fill, gap_text, joined, say

HOSTILE = "{0.__class__} <b>&\u202e"


def test_parameters_are_filled_in():
    assert say("node.folded", count="12") == "12 inside"


def test_a_parameter_that_is_missing_shows_as_such():
    assert say("node.folded") == "… inside"


def test_nothing_in_a_parameter_is_interpreted():
    assert say("node.folded", count=HOSTILE) == f"{HOSTILE} inside"


def test_a_message_without_words_is_shown_by_its_id():
    assert say("merge.half-seen", reporter="source") == "merge: half seen (reporter source)"


def test_a_gap_is_told_with_its_parameters():
    assert "rows 3" in gap_text(Gap("no-such-message", (("rows", "3"),)))


def test_one_thing_is_not_many():
    assert count_text(1, "count.node.one", "count.nodes") == "1 node"
    assert count_text(1200, "count.node.one", "count.nodes") == "1,200 nodes"


def test_empty_texts_are_left_out():
    assert joined(("a", "", "b")) == "a · b"


def test_fill_leaves_words_without_parameters_alone():
    assert fill("as it is", {}) == "as it is"


def test_every_message_that_the_rooms_ask_for_has_words():
    asked = set()
    for room in ("views", "pages", "api"):
        for path in Path(mesh_graph.__file__).parent.joinpath(room).glob("*.py"):
            asked |= set(re.findall(r'\bsay\(\s*"([a-z.-]+)"', path.read_text(encoding="utf-8")))
    assert asked
    assert asked - set(MESSAGES) == set()
