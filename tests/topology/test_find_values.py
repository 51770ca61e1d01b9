"""Numbers with units, classes of codes, and three-valued truth."""

from __future__ import annotations

from itertools import product
from math import inf

import pytest

from mesh_graph.topology.find_values import Quantity, all_of, any_of, compare, inverse, read_value


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("200", Quantity.DURATION, 200.0),
        ("200ms", Quantity.DURATION, 200.0),
        ("200 MS", Quantity.DURATION, 200.0),
        ("1.5s", Quantity.DURATION, 1500.0),
        ("2min", Quantity.DURATION, 120_000.0),
        ("500us", Quantity.DURATION, 0.5),
        ("5", Quantity.SHARE, 0.05),
        ("5%", Quantity.SHARE, 0.05),
        (".5%", Quantity.SHARE, 0.005),
        ("1e3", Quantity.RATE, 1000.0),
        ("2k", Quantity.RATE, 2000.0),
        ("60/min", Quantity.RATE, 1.0),
        ("3rps", Quantity.RATE, 3.0),
        ("1kB", Quantity.BYTES, 1000.0),
        ("1KiB/s", Quantity.BYTES, 1024.0),
        ("1.5MB/s", Quantity.BYTES, 1_500_000.0),
        ("-1", Quantity.COUNT, -1.0),
        ("Reviews", Quantity.TEXT, "reviews"),
    ],
)
def test_a_value_is_read_with_its_unit(text, quantity, value):
    assert read_value(text, quantity, "=") == pytest.approx(value) if text != "Reviews" else "reviews"


@pytest.mark.parametrize("text", ["", "x", "1 2", "5%", "1e", "1e9999", "٣", "0x10", "nan", "inf", "--1"])
def test_what_is_no_number_of_the_quantity_is_refused(text):
    with pytest.raises(ValueError, match="Write a number"):
        read_value(text, Quantity.DURATION, ">")


@pytest.mark.parametrize(
    ("value", "wanted", "truths"),
    [
        ((1.0, 1.0), 2.0, {"=": False, ">": False, ">=": False, "<": True, "<=": True}),
        ((2.0, 2.0), 2.0, {"=": True, ">": False, ">=": True, "<": False, "<=": True}),
        ((3.0, 3.0), 2.0, {"=": False, ">": True, ">=": True, "<": False, "<=": False}),
        ((0.1 + 0.2,) * 2, 0.3, {"=": True}),
        # above 10: more than anything up to 10, and more cannot be told
        ((10.0, inf), 10.0, {"=": False, ">": True, ">=": True, "<": False, "<=": False}),
        ((10.0, inf), 11.0, {"=": None, ">": None, ">=": None, "<": None, "<=": None}),
    ],
)
def test_numbers_compare_as_numbers(value, wanted, truths):
    assert {operator: compare(value, operator, wanted) for operator in truths} == truths


@pytest.mark.parametrize(
    ("value", "operator", "wanted", "truth"),
    [
        ("Reviews", "=", "reviews", True),
        ("reviews-v1", "=", "reviews", False),
        ("reviews-v1", "^=", "reviews", True),
        ("reviews-v1", "$=", "-v1", True),
        ("reviews-v1", "*=", "ws-v", True),
        ("reviews-v1", "*=", "", True),
        ("503", "=", "5xx", True),
        ("50", "=", "5xx", False),
        ("404", "=", "5xx", False),
        ("503", ">=", 500.0, True),
        ("16", ">=", 500.0, False),
        ("-", ">=", 500.0, None),
        ("-", "<", 500.0, None),
    ],
)
def test_texts_and_codes_compare(value, operator, wanted, truth):
    assert compare(value, operator, wanted) is truth


@pytest.mark.parametrize(("one", "other"), list(product([True, False, None], repeat=2)))
def test_and_or_not_obey_de_morgan_without_a_value_too(one, other):
    assert inverse(all_of((one, other))) is any_of((inverse(one), inverse(other)))


def test_what_cannot_be_told_decides_nothing():
    assert (all_of((False, None)), all_of((True, None)), any_of((True, None)), any_of((False, None))) == (
        False,
        None,
        True,
        None,
    )
