"""Codes and flags in words."""

import pytest

from mesh_graph.views.flags import FLAGS, code_words, flag_words


@pytest.mark.parametrize(
    ("code", "protocol", "words"),
    [
        ("200", "http", "OK"),
        ("429", "http", "Too Many Requests"),
        ("0", "http", "no response"),
        ("-", "http", "no response"),
        ("", "tcp", ""),
        ("4", "grpc", "deadline exceeded"),
        ("0", "grpc", "OK"),
        ("503", "grpc", "Service Unavailable"),
        ("999", "http", ""),
        ("٣", "http", "no response"),
    ],
)
def test_code_in_words(code, protocol, words):
    assert code_words(code, protocol) == words


def test_a_list_of_flags_is_told_one_by_one():
    assert flag_words("URX,UT") == "all retries failed; the server took too long"


def test_an_unknown_flag_stands_for_itself():
    assert flag_words("XYZ") == "XYZ"
    assert flag_words("") == ""


def test_every_flag_of_the_merge_rules_has_words():
    """The flags that the canonical rule and the definition of error name."""
    named = [
        "UH",
        "UF",
        "UO",
        "NR",
        "NC",
        "FI",
        "RL",
        "RLSE",
        "UAEX",
        "UT",
        "UC",
        "UR",
        "UPE",
        "LR",
        "SI",
        "DC",
        "DR",
        "URX",
    ]
    assert set(named) <= set(FLAGS)
