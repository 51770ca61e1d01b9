"""Numbers → texts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.views import numbers


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 2, "0"),
        (0.000001234, 2, "0.0000012"),
        (1e-9, 2, "1e-09"),
        (0.0996, 2, "0.1"),
        (1.04, 2, "1"),
        (1.05, 3, "1.05"),
        (94.6, 2, "95"),
        (99.6, 2, "100"),
        (123.4, 2, "120"),
        (123.4, 3, "123"),
        (999.9, 2, "1k"),
        (1049, 2, "1k"),
        (1234567, 2, "1.2M"),
        (12345, 2, "12k"),
        (123456, 2, "120k"),
        (3.2e12, 2, "3.2T"),
        (-4.26, 2, "-4.3"),
        (math.inf, 2, "∞"),
        (math.nan, 2, "?"),
    ],
)
def test_significant_digits(value, digits, text):
    assert numbers.format_significant(value, digits) == text


@given(st.floats(1e-6, 1e14))
def test_two_digits_are_never_off_by_more_than_five_percent(value):
    text = numbers.format_significant(value)
    factor = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}.get(text[-1], 1.0)
    shown = float(text.rstrip("kMGT")) * factor
    assert abs(shown - value) <= 0.0501 * value


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0, "0%"),
        (0.00004, "<0.01%"),
        (0.0004, "0.04%"),
        (0.0213, "2.1%"),
        (0.5, "50%"),
        (0.9876, "99%"),
        (0.995, "99.5%"),
        (0.9996, ">99.9%"),
        (1, "100%"),
    ],
)
def test_percent(ratio, text):
    assert numbers.format_percent(ratio) == text


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_a_part_never_reads_as_none_or_all(ratio):
    assert numbers.format_percent(ratio) not in ("0%", "100%")


@pytest.mark.parametrize(
    ("milliseconds", "edge", "text"),
    [
        (0.84, None, "0.84 ms"),
        (994, None, "990 ms"),
        (999.4, None, "1 s"),
        (999.5, None, "1 s"),
        (1240, None, "1.2 s"),
        (math.inf, 10000.0, "> 10 s"),
        (math.inf, None, "> top bucket"),
    ],
)
def test_response_time_above_the_top_bucket_is_never_the_edge(milliseconds, edge, text):
    assert numbers.format_latency(milliseconds, edge) == text


@pytest.mark.parametrize(
    ("per_second", "text"), [(0, "0 B/s"), (512, "510 B/s"), (15300, "15 kB/s"), (2.5e9, "2.5 GB/s")]
)
def test_bytes_per_second(per_second, text):
    assert numbers.format_bytes_rate(per_second) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (300, "5 min"), (5400, "1 h 30 min"), (3601, "1 h"), (90000, "1 d 1 h")],
)
def test_lengths_of_time(seconds, text):
    assert numbers.format_seconds(seconds) == text


def test_clock_is_utc():
    assert numbers.format_clock(1795230000) == "2026-11-21 03:00:00 UTC"
