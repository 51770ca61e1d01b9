"""How Kiali writes numbers."""

import pytest

from mesh_graph.kiali.numbers import percent, rate_text, whole


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (12.0, "12.00"),
        (1.005, "1.00"),
        (0.5, "0.50"),
        (0.05, "0.05"),
        (0.004, "0.004"),
        (0.00031, "0.0003"),
        (0.000042, "0.00004"),
        (0.0000001, "0.00000"),
    ],
)
def test_rate_shows_one_digit_at_least(rate, text):
    assert rate_text(rate) == text


@pytest.mark.parametrize(("part", "all_of", "text"), [(1, 3, "33.3"), (2, 3, "66.7"), (3, 3, "100.0")])
def test_percent_has_one_decimal(part, all_of, text):
    assert percent(part, all_of) == text


@pytest.mark.parametrize(("value", "text"), [(12.4, "12"), (99.6, "100"), (0.2, "0")])
def test_whole_is_the_nearest(value, text):
    assert whole(value) == text
