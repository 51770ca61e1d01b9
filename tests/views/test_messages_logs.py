"""Every reason that a source of logs gives has words, and every parameter of the words is given."""

import re
from pathlib import Path
from string import Formatter

import pytest

from mesh_graph.logs.model import Level
from mesh_graph.sources.log_source import WhyOff
from mesh_graph.views.messages_logs import LEVELS, MESSAGES
from mesh_graph.views.words import MESSAGES as WORDS

SOURCES = Path(__file__).parents[2] / "mesh_graph/sources"
GIVEN = {"where", "pod", "container", "cluster", "reason", "size"}


def test_every_message_of_a_source_has_words():
    texts = (SOURCES / name for name in ("kube_logs.py", "demo_logs.py", "log_source.py"))
    named = {name for path in texts for name in re.findall(r'"(logs\.[a-z-]+)"', path.read_text())}
    assert len(named) > 8
    assert named <= MESSAGES.keys()
    for name in named:
        assert {field for _, field, _, _ in Formatter().parse(MESSAGES[name]) if field} <= GIVEN, name


@pytest.mark.parametrize("why", WhyOff)
def test_why_logs_are_off_has_words_and_advice(why):
    assert WORDS[f"logs-off.{why}"]
    assert WORDS[f"logs-off.{why}.advice"]


def test_every_level_has_words():
    assert set(LEVELS) == set(Level)
