"""The codes and flags that two real proxies give one request, and what the canonical merge makes of them."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.envoy.pair import Pair
from tests.envoy.scenarios import HUNG_UP, SCENARIOS, Scenario

pytestmark = pytest.mark.peer("envoy")

HANG_UP_FLAGS = {"h1": "DC", "h2": "DR"}
PROTOCOLS = {"h1": "HTTP/1.1", "h2": "HTTP/2"}
CONTENT_TYPES = {"http": "text/plain", "grpc": "application/grpc"}


@pytest.mark.parametrize(
    ("hop", "scenario"),
    [
        pytest.param(hop, scenario, id=f"{hop}-{scenario.protocol}-{scenario.path}")
        for scenario in SCENARIOS
        for hop in scenario.hops
    ],
)
def test_each_proxy_counts_what_the_design_says(pair: Pair, hop: str, scenario: Scenario):
    seen = play(pair, hop, scenario)
    assert seen.source == spelled(scenario.source, hop)
    assert settled(seen.destination) == spelled(scenario.destination, hop)
    assert seen.protocols <= {PROTOCOLS[hop]}


def play(pair, hop, scenario):
    path, content_type = f"/{hop}/{scenario.path}", CONTENT_TYPES[scenario.protocol]
    if scenario.how == "ask":
        return pair.ask(path, content_type, scenario.times)
    return getattr(pair, scenario.how)(path, content_type)


def spelled(rows, hop):
    """The rows with the hop's own flag for a client that is gone."""
    flag = HANG_UP_FLAGS[hop]
    return Counter({row._replace(flags=flag) if row.flags == HUNG_UP else row: n for row, n in rows.items()})


def settled(rows):
    """The rows without the hang-up of attempts that had been answered.

    A proxy that retries drops the answer it has begun to read; whether that was whole by then is chance.
    """
    counts = Counter()
    for row, count in rows.items():
        counts[row._replace(flags="-") if row.code == "503" and row.flags in ("DC", "DR") else row] += count
    return counts
