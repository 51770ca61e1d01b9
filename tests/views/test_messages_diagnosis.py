import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from mesh_graph import diagnosis
from mesh_graph.diagnosis.ladder import LADDER
from mesh_graph.diagnosis.report import Evidence, Finding
from mesh_graph.views.messages_diagnosis import MESSAGES, RUNGS, evidence_words, finding_words

MESSAGE = re.compile(r"[a-z]+(?:-[a-z]+)+")
NOT_MESSAGES = {"not-reached", "tcp-ends"}


def texts_of_the_diagnosis():
    """Every string constant in the room that looks like a message id."""
    for path in Path(diagnosis.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and MESSAGE.fullmatch(node.value)
            ):
                yield node.value


def test_every_message_of_the_diagnosis_has_words_and_the_other_way_round():
    assert set(texts_of_the_diagnosis()) - NOT_MESSAGES == {m for m in MESSAGES if "-" in m}


def test_every_rung_has_its_question_in_order():
    assert list(RUNGS) == list(LADDER)
    assert all(question.endswith("?") for question in RUNGS.values())


@pytest.mark.parametrize("message", MESSAGES)
def test_words_are_sentences_and_name_what_mends(message):
    text, fix = MESSAGES[message]
    assert text.endswith((".", "}"))
    assert fix.endswith((".", "}"))


@pytest.mark.parametrize("message", MESSAGES)
def test_hostile_parameter_is_shown_as_it_is(message):
    hostile = "{fix} {0} %s \\ <b>"
    names = {field for words in MESSAGES[message] for _, field, _, _ in Formatter().parse(words) if field}
    words = finding_words(Finding(message, tuple((name, hostile) for name in names)))
    assert (words.text + words.fix).count(hostile) >= len(names)


def test_message_without_words_is_shown_by_its_id():
    assert finding_words(Finding("brand-new")).text == "brand-new"


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (Evidence("up", 0, 0.0), "nothing"),
        (Evidence("up", 1, 12.0), "1 row, 12 in all"),
        (Evidence("up", 1200, 34567.0), "1,200 rows, 34.6k in all"),
        (Evidence("up", error="No answer within 15 s."), "no answer: No answer within 15 s."),
    ],
)
def test_evidence_in_words(evidence, words):
    assert evidence_words(evidence) == words
