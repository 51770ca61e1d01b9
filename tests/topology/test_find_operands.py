"""The table of words is sound, and the document shows exactly it."""

from __future__ import annotations

import re
from pathlib import Path

from mesh_graph.topology.find_language import MAX_DEPTH, MAX_LENGTH, parse
from mesh_graph.topology.find_operands import OPERANDS, known_words, operand_of
from mesh_graph.topology.find_values import UNITS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "find-and-hide.md").read_text()


def row_of(operand):
    words = ", ".join(f"`{word}`" for word in (operand.name, *operand.synonyms))
    return f"| {words} | {operand.applies_to} | {operand.quantity.value} | {operand.meaning} |"


def test_the_document_lists_every_word_as_it_is():
    table = DOCUMENT.split("## The words", 1)[1].strip().splitlines()[2:]
    assert table == [row_of(operand) for operand in OPERANDS]


def test_the_examples_of_the_document_are_understood():
    [examples] = re.findall(r"^```text\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert all(parse(line).term is not None for line in examples.splitlines())


def test_the_document_names_the_limits_and_all_units():
    assert f"{MAX_LENGTH} characters and {MAX_DEPTH} levels" in DOCUMENT
    named = {text.casefold() for text in re.findall(r"`([^`\s]+)`", DOCUMENT)}
    units = {unit for known in UNITS.values() for unit in known if unit and not unit.endswith("b/s")}
    assert units - named == {"µs"}


def test_no_two_words_are_the_same():
    words = [word for operand in OPERANDS for word in (operand.name, *operand.synonyms)]
    assert sorted(words) == sorted(set(words)) == sorted(known_words())


def test_every_word_is_understood_alone_in_any_case():
    assert {word for word in known_words() if parse(word).term != parse(word.upper()).term} == set()


def test_every_word_says_something_about_nodes_or_edges():
    assert {operand.applies_to for operand in OPERANDS} == {"node", "edge", "node, edge"}


def test_a_synonym_leads_to_its_operand():
    assert operand_of("RT") is operand_of("responsetime")
    assert operand_of("nothing") is None
