import pandas as pd
import pytest

from mesh_graph.sources.query import Family, Function, Matcher
from mesh_graph.sources.scrape import ScrapeInterval

SHOP = (Matcher("source_workload_namespace", "=", "shop"),)
WHOLE, LAST = 299, 59
"""Seconds over which samples are counted: five minutes, and the last one."""


def interval(counts: dict[Family, float], now: list[float], asked: list, lately=0.0) -> ScrapeInterval:
    def table(query, at):
        assert (query.function, query.by) == (Function.SAMPLES, ())
        asked.append((query.family, query.matchers, query.window_s, at))
        if query.window_s == LAST:
            return pd.DataFrame({"value": [lately] if lately else []})
        assert query.window_s == WHOLE
        return pd.DataFrame({"value": [counts[query.family]] if query.family in counts else []})

    return ScrapeInterval(table, lambda: now[0])


@pytest.mark.parametrize(
    ("counts", "seconds"),
    [
        ({Family.REQUESTS: 20.0}, 15.0),
        ({Family.REQUESTS: 5.0, Family.TCP_SENT: 20.0}, 60.0),
        ({Family.TCP_SENT: 30.0}, 10.0),
        ({Family.REQUESTS: 1.0}, 300.0),
        ({}, None),
    ],
)
def test_the_window_is_divided_by_the_most_samples(counts, seconds):
    assert interval(counts, [0.0], []).around((), 10_000.0) == seconds


@pytest.mark.parametrize(
    ("count", "lately", "seconds"),
    [
        (6.0, 6.0, 10.0),
        (6.0, 3.0, 20.0),
        (20.0, 4.0, 15.0),
        (12.0, 3.0, 25.0),
        (3.0, 2.0, 100.0),
        (5.0, 1.0, 60.0),
    ],
    ids=["new", "new and slow", "15 s", "25 s", "too few to tell", "60 s"],
)
def test_where_no_series_is_old_enough_the_last_minute_tells(count, lately, seconds):
    measured = interval({Family.REQUESTS: count}, [0.0], [], lately)
    assert measured.around((), 10_000.0) == pytest.approx(seconds)


def test_what_the_last_minute_told_is_soon_measured_again():
    now, counts = [0.0], {Family.REQUESTS: 6.0}
    measured = interval(counts, now, [], lately=6.0)
    assert measured.around((), 0.0) == 10.0
    counts[Family.REQUESTS] = 60.0
    now[0] = 60.0
    assert measured.around((), 0.0) == 5.0


def test_it_is_measured_once_for_matchers_and_hour_and_again_later():
    now, asked = [0.0], []
    measured = interval({Family.REQUESTS: 20.0}, now, asked)
    for now[0] in (0.0, 599.0, 600.0):
        measured.around(SHOP, 7201.0 + now[0])
    whole = [(family, matchers, at) for family, matchers, span, at in asked if span == WHOLE]
    assert whole == [(Family.REQUESTS, SHOP, 7201.0), (Family.REQUESTS, SHOP, 7801.0)]
    measured.around((), 7201.0)
    measured.around(SHOP, 100_000.0)
    assert sum(span == WHOLE for *_, span, _ in asked) == 4


def test_unknown_is_soon_measured_again():
    now, asked, counts = [0.0], [], {}
    measured = interval(counts, now, asked)
    assert measured.around((), 0.0) is None
    counts[Family.REQUESTS] = 10.0
    assert measured.around((), 0.0) is None
    now[0] = 60.0
    assert measured.around((), 0.0) == 30.0
