import pandas as pd
import pytest

from mesh_graph.sources.query import Family, Function, Matcher
from mesh_graph.sources.scrape import ScrapeInterval

SHOP = (Matcher("source_workload_namespace", "=", "shop"),)


def interval(counts: dict[Family, float], now: list[float], asked: list) -> ScrapeInterval:
    def table(query, at):
        assert (query.function, query.window_s, query.by) == (Function.SAMPLES, 299, ())
        asked.append((query.family, query.matchers, at))
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


def test_it_is_measured_once_for_matchers_and_hour_and_again_later():
    now, asked = [0.0], []
    measured = interval({Family.REQUESTS: 20.0}, now, asked)
    for now[0] in (0.0, 599.0, 600.0):
        measured.around(SHOP, 7201.0 + now[0])
    assert asked == [(Family.REQUESTS, SHOP, 7201.0), (Family.REQUESTS, SHOP, 7801.0)]
    measured.around((), 7201.0)
    measured.around(SHOP, 100_000.0)
    assert len(asked) == 4


def test_unknown_is_soon_measured_again():
    now, asked, counts = [0.0], [], {}
    measured = interval(counts, now, asked)
    assert measured.around((), 0.0) is None
    counts[Family.REQUESTS] = 10.0
    assert measured.around((), 0.0) is None
    now[0] = 60.0
    assert measured.around((), 0.0) == 30.0
