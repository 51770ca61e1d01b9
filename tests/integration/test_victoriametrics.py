"""Where VictoriaMetrics' own rules of ``rate`` differ from Prometheus', on the same samples.

It starts from the last sample before the window, where there is one, and does not extrapolate to the window's
edges.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mesh_graph.sources.options import PrometheusOptions
from mesh_graph.sources.prometheus import PrometheusSource
from mesh_graph.sources.query import Family, Function, Matcher, MetricQuery

pytestmark = [pytest.mark.peer("prometheus"), pytest.mark.peer("victoriametrics")]

T = 1_700_000_010

STORIES: dict[str, Callable[[int], int | None]] = {
    # One request per second; the last sample is 7 s before T.
    "steady": lambda second: second,
    # 60 requests between two samples.
    "burst": lambda second: 60 if second >= 1700 else 0,
    # A pod that is born 100 s before T and counts one request per second from then on.
    "birth": lambda second: second - 1700 if second >= 1700 else None,
    # One request per second; a restart 100 s before T.
    "reset": lambda second: second if second < 1700 else second - 1700,
    # Born just before its only sample.
    "single": lambda second: 9 if second >= 1793 else None,
}
"""Counter by the second, of which 1800 is T; None while the series does not exist."""


def samples() -> str:
    lines = ["# TYPE istio_requests counter\n"]
    for story, counter in STORIES.items():
        for second in range(8, 1800, 15):
            value = counter(second)
            if value is not None:
                lines.append(f'istio_requests_total{{app="{story}"}} {value} {T - 1800 + second}\n')
    return "".join((*lines, "# EOF\n"))


@pytest.fixture(scope="module")
def rates(prometheus_factory, victoriametrics_factory) -> Callable[[str], tuple[float | None, float | None]]:
    """Requests per second of a story in the 5 minutes before T, of Prometheus and of VictoriaMetrics."""
    servers = [factory(openmetrics=samples()) for factory in (prometheus_factory, victoriametrics_factory)]
    sources = [PrometheusSource(PrometheusOptions(url=server.url)) for server in servers]

    def of(story: str) -> tuple[float | None, float | None]:
        only = (Matcher("app", "=", story),)
        query = MetricQuery(Family.REQUESTS, Function.RATE, (), only, idle=True)
        tables = [source.instant(query, T).table for source in sources]
        first, second = (float(table["value"].iloc[0]) if len(table) else None for table in tables)
        return first, second

    return of


def test_a_steady_counter_has_one_rate(rates):
    # Equal but for one scrape of the 20 in the window.
    assert rates("steady") == (pytest.approx(1.0, rel=1e-9), pytest.approx(1.0, rel=1 / 20))


def test_a_burst_is_not_extrapolated(rates):
    # Its samples in the window span 285 s. Prometheus carries their increase on to the window's end, 7 s
    # later, but not to its begin: a counter of 0 was never less. VictoriaMetrics divides by the 300 s since
    # the sample before.
    assert rates("burst") == (pytest.approx(60 * (285 + 7) / 285 / 300), pytest.approx(60 / 300))


def test_a_birth_is_rated_over_its_life_alone(rates):
    # 90 requests in 90 s. Prometheus adds the 7 s to the window's end and the 3 s back to where the counter
    # was 0, and divides by the window; VictoriaMetrics divides by the 90 s.
    assert rates("birth") == (pytest.approx(90 * (90 + 7 + 3) / 90 / 300), pytest.approx(90 / 90))


def test_a_reset_loses_what_was_not_sampled(rates):
    # Last sample before the restart 1688, last of all 93; first in the window 1508, the one before it 1493.
    assert rates("reset") == (
        pytest.approx((1688 - 1508 + 93) / 285),
        pytest.approx((1688 - 1493 + 93) / 300),
    )


def test_a_single_sample_has_no_rate(rates):
    assert rates("single") == (None, None)
