"""Expectations computed by hand: ``increase`` would give other numbers for most of these."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesh_graph.canary.counts import COMBINATION, COUNT, INTERVAL, Grid, count_samples, encode_rows
from mesh_graph.canary.sample import MOST_INTERVALS, RESET, UNKNOWN_BIRTH

START = 1000.0
GRID = Grid(START, 15.0, 4)
"""Ends at 1060."""
NAN = math.nan


def samples(*series: tuple[str, str, dict[float, float]]) -> pd.DataFrame:
    """Samples of (code, pod, {seconds since the start: value}), a number for each series."""
    rows = [
        (code, "mesh", "i", pod, value, START + at, number)
        for number, (code, pod, values) in enumerate(series)
        for at, value in values.items()
    ]
    columns = ["code", "job", "instance", "pod", "value", "time", "series"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"value": "float64", "time": "float64", "series": "int64"})


def counted(*series: tuple[str, str, dict[float, float]], grid: Grid = GRID) -> dict[tuple[str, int], float]:
    table = count_samples(samples(*series), ["code"], grid)
    return dict(zip(zip(table["code"], table[INTERVAL], strict=True), table[COUNT], strict=True))


def marked(mark: str, *series: tuple[str, str, dict[float, float]]) -> list[tuple[str, int]]:
    table = count_samples(samples(*series), ["code"], GRID)
    kept = table[table[mark]]
    return list(zip(kept["code"], kept[INTERVAL], strict=True))


STEADY = ("200", "a", {0: 10, 15: 12, 30: 12, 45: 17, 60: 18})


def test_an_interval_counts_what_was_scraped_in_it():
    assert counted(STEADY) == {("200", 0): 2, ("200", 2): 5, ("200", 3): 1}


def test_what_came_before_the_start_is_not_counted():
    early = ("200", "a", {-15: 3, **STEADY[2]})
    assert counted(early) == counted(STEADY)


def test_a_scrape_off_the_grid_belongs_to_the_interval_it_lies_in():
    assert counted(("200", "a", {4: 10, 19: 12, 34: 15, 49: 16})) == {
        ("200", 1): 2,
        ("200", 2): 3,
        ("200", 3): 1,
    }


def test_a_fall_is_a_reset_and_what_is_there_since_counts():
    series = ("200", "a", {0: 8, 15: 11, 30: 1, 45: 4})
    assert counted(series) == {("200", 0): 3, ("200", 1): 1, ("200", 2): 3}
    assert marked(RESET, series) == [("200", 1)]


def test_a_series_that_its_target_did_not_have_before_counts_from_zero():
    """The first error of a new version: ``increase`` gives 0 for a series that is born at 1."""
    born = ("503", "a", {30: 1, 45: 1})
    assert counted(STEADY, born)["503", 1] == 1
    assert marked(UNKNOWN_BIRTH, STEADY, born) == []


def test_a_series_that_begins_with_its_target_is_an_unknown_birth():
    late = ("200", "b", {30: 500, 45: 503})
    assert counted(STEADY, late) == {("200", 0): 2, ("200", 1): 0, ("200", 2): 8, ("200", 3): 1}
    assert marked(UNKNOWN_BIRTH, STEADY, late) == [("200", 1)]


def test_a_target_first_scraped_within_the_first_interval_is_no_birth():
    assert marked(UNKNOWN_BIRTH, ("200", "b", {14: 500, 29: 501})) == []
    assert counted(("200", "b", {14: 500, 29: 501})) == {("200", 1): 1}


def test_a_series_that_was_gone_for_a_scrape_began_again():
    """Its pod restarted, and counted beyond the old value before it was scraped: no fall shows it."""
    other = ("200", "a", {0: 10, 15: 12, 30: 1, 45: 2, 60: 3})
    gone = ("503", "a", {0: 2, 15: 2, 45: 5, 60: 6})
    assert counted(other, gone)["503", 2] == 5
    assert ("503", 2) in marked(RESET, other, gone)


def test_a_missed_scrape_moves_events_and_loses_none():
    """The whole target was not scraped: the counter went on, and tells at the next scrape."""
    assert counted(("200", "a", {0: 10, 15: 12, 45: 19, 60: 20})) == {
        ("200", 0): 2,
        ("200", 2): 7,
        ("200", 3): 1,
    }


def test_samples_of_one_push_are_no_births():
    """Series of one target that are written a moment apart, as by a collector that pushes."""
    one, other = ("200", "a", {0: 10, 15: 12}), ("503", "a", {0.2: 700, 15.2: 701})
    assert counted(one, other) == {("200", 0): 2, ("503", 1): 1}
    assert marked(UNKNOWN_BIRTH, one, other) == []


def test_pods_of_equal_labels_add_up():
    assert counted(STEADY, ("200", "b", {0: 5, 15: 6})) == {("200", 0): 3, ("200", 2): 5, ("200", 3): 1}


def test_a_counter_that_is_no_number_is_not_zero():
    found = counted(("200", "a", {0: 10, 15: NAN, 30: 14, 45: 15}))
    assert math.isnan(found["200", 0])
    assert math.isnan(found["200", 1])
    assert found["200", 2] == 1


def test_counts_are_whole_numbers():
    table = count_samples(samples(STEADY), ["code"], GRID)
    assert str(table[COUNT].dtype) == "int64"


def test_no_samples_keep_their_columns():
    table = count_samples(samples(STEADY).iloc[:0], ["code"], GRID)
    assert list(table.columns) == ["code", INTERVAL, COUNT, RESET, UNKNOWN_BIRTH, COMBINATION]
    assert table.empty


def test_longer_intervals_are_counted_from_the_counters_at_their_ends():
    grid = Grid(START, 3600.0, 3)
    series = ("200", "a", {0: 100, 3600: 700, 7200: 50, 10800: 60})
    assert counted(series, grid=grid) == {("200", 0): 600, ("200", 1): 50, ("200", 2): 10}


def test_input_is_not_modified():
    table = samples(STEADY)
    before = table.copy(deep=True)
    count_samples(table, ["code"], GRID)
    pd.testing.assert_frame_equal(table, before)


@given(
    st.lists(st.integers(0, 50), min_size=5, max_size=5),
    st.sets(st.integers(1, 3), max_size=3),
    st.randoms(use_true_random=False),
)
def test_whatever_scrapes_are_missed_and_in_whatever_order_the_total_stands(increases, missed, random):
    values, total = {}, 100
    for place, increase in enumerate(increases):
        total += increase if place else 0
        values[15.0 * place] = total
    kept = {at: value for place, (at, value) in enumerate(values.items()) if place not in missed}
    table = samples(("200", "a", kept))
    table = table.sample(frac=1, random_state=random.randrange(2**32))
    assert count_samples(table, ["code"], GRID)[COUNT].sum() == sum(increases[1:])


@pytest.mark.parametrize(
    ("age", "step", "count"),
    [(600, 15.0, 40), (610, 15.0, 40), (30_000, 15.0, 2000), (30_030, 30.0, 1000), (10, 15.0, 0)],
)
def test_a_grid_is_as_fine_as_scrapes_and_bounded(age, step, count):
    anchor = 1_700_000_010.0
    grid = Grid.over(anchor, anchor + age, scrape_s=15.0)
    assert (grid.step_s, grid.count) == (step, pytest.approx(count, abs=1))
    assert grid.count <= MOST_INTERVALS
    assert anchor <= grid.start
    assert grid.end <= anchor + age + 1e-6


def test_longer_intervals_stay_where_they_are_while_time_goes_on():
    anchor = 1_700_000_007.0
    early, late = (Grid.over(anchor, anchor + age, scrape_s=15.0) for age in (40_000, 41_000))
    assert early.starts().tolist() == late.starts()[: early.count].tolist()


def test_the_settling_time_is_cut():
    assert Grid.over(990.0, 1290.0, scrape_s=15.0, settle_s=60.0) == Grid(1050.0, 15.0, 16)


def test_labels_are_the_same_by_combination_as_row_by_row():
    table = count_samples(samples(STEADY, ("500", "b", {0: 1, 15: 2, 30: 4})), ["code", "pod"], GRID)
    labels = ["pod", "code"]
    found, plain = encode_rows(table, labels), encode_rows(table.drop(columns=COMBINATION), labels)
    assert found[0] == plain[0] == ["", "200", "500", "a", "b"]
    assert [codes.tolist() for codes in found[1]] == [codes.tolist() for codes in plain[1]]


def test_intervals_begin_at_multiples_of_their_length():
    assert Grid.over(1000.0, 1100.0, scrape_s=15.0) == Grid(1005.0, 15.0, 6)


def test_series_are_counted_since_their_own_beginning():
    """Of two series of one proxy, the second since 1030 only: the scrape there is what it is counted from."""
    table = samples(STEADY, ("500", "a", {0: 1, 15: 2, 30: 4, 45: 7, 60: 7}))
    begins = table["code"].map({"200": START, "500": START + 30}).to_numpy(dtype="float64")
    found = count_samples(table, ["code"], GRID, begins)
    counts = dict(zip(zip(found["code"], found[INTERVAL], strict=True), found[COUNT], strict=True))
    assert counts == {("200", 0): 2, ("200", 2): 5, ("200", 3): 1, ("500", 2): 3}
    assert not found[UNKNOWN_BIRTH].any()
