"""What the configuration does to a node, as a pill of glyphs and as sentences."""

from xml.etree import ElementTree

import pytest

from mesh_graph.topology.attributes import NodeAttr as N
from mesh_graph.topology.declared import Feature
from mesh_graph.views.config_badges import GLYPH_WORDS, GLYPHS, LETTERS, config_letters
from mesh_graph.views.icons import NodeLook, icon_svg
from mesh_graph.views.palette import PALETTES
from mesh_graph.views.words import MESSAGES


def drawn(look, scheme="light"):
    """Strokes of the image, by their paths."""
    root = ElementTree.fromstring(icon_svg(look, scheme))
    return [element.get("d") for element in root.iter() if element.get("d")]


@pytest.mark.parametrize(
    ("node", "letters"),
    [
        ({}, ""),
        ({N.FEATURES: ("virtual_service",)}, "v"),
        ({N.FEATURES: ("timeout", "virtual_service")}, "t"),
        ({N.FEATURES: ("circuit_breaker", "fault_injection", "traffic_shifting")}, "fcs"),
        ({N.IS_GATEWAY: True, N.FEATURES: ("mirroring",)}, "gm"),
    ],
)
def test_letters_are_of_what_is_declared_gravest_first(node, letters):
    assert config_letters(node) == letters


def test_every_feature_has_a_letter_a_glyph_and_words():
    assert set(LETTERS) == set(Feature)
    assert GLYPHS.keys() == GLYPH_WORDS.keys() >= set(LETTERS.values())
    assert {f"declared.{feature}" for feature in Feature} <= MESSAGES.keys()
    assert len(set(GLYPHS.values())) == len(GLYPHS)


@pytest.mark.parametrize("scheme", PALETTES)
def test_pill_shows_three_glyphs_at_most_and_says_that_there_are_more(scheme):
    three = drawn(NodeLook("service", "ok", config="fcs"), scheme)
    assert [GLYPHS[letter] in three for letter in "fcsz"] == [True, True, True, False]
    four = drawn(NodeLook("service", "ok", config="fcst"), scheme)
    assert [GLYPHS[letter] in four for letter in "fcstz"] == [True, True, False, False, True]


def test_pill_between_two_badges_shows_two():
    assert GLYPHS["s"] not in drawn(NodeLook("app", "ok", config="fcs", is_root=True))
    assert GLYPHS["c"] in drawn(NodeLook("app", "ok", config="fc", has_no_sidecar=True))


def test_what_is_dead_looks_otherwise_than_what_is_idle():
    alive, dead = NodeLook("app", "idle"), NodeLook("app", "idle", is_dead=True)
    assert drawn(alive) != drawn(dead)
    assert alive.key != dead.key


def test_looks_with_other_glyphs_have_other_keys():
    keys = {
        NodeLook("app", "ok", is_dead=dead, config=letters).key
        for dead in (0, 1)
        for letters in ("", "f", "fc")
    }
    assert len(keys) == 6
