"""Replies about pods as values by their labels."""

import math

import pandas as pd
import pytest

from mesh_graph.errors import SourceReplyInvalid
from mesh_graph.frames.pods import parse_pods
from mesh_graph.sources.base import Reply

BY = ("pod", "reason")


def reply(*rows: tuple[str, str, float]) -> Reply:
    return Reply(pd.DataFrame(rows, columns=[*BY, "value"]), "max(m)")


def test_values_are_by_all_the_labels():
    assert parse_pods(reply(("a", "x", 1.0), ("a", "y", 0.0)), BY) == {("a", "x"): 1.0, ("a", "y"): 0.0}


def test_what_is_no_number_is_no_value():
    assert parse_pods(reply(("a", "", math.nan), ("b", "", math.inf), ("c", "", -1.0)), BY) == {
        ("c", ""): -1.0
    }


def test_nothing_is_no_values():
    assert parse_pods(reply(), BY) == {}


def test_a_reply_of_other_columns_is_refused():
    with pytest.raises(SourceReplyInvalid):
        parse_pods(reply(("a", "x", 1.0)), ("pod",))
