"""The codes and flags that two real proxies give one request, and what the canonical merge makes of them."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.frames.messages import MESSAGES
from mesh_graph.frames.requests import REQUESTS
from mesh_graph.frames.tcp import TCP
from mesh_graph.topology.merge import merge
from tests.envoy.pair import Pair, Row
from tests.envoy.scenarios import HUNG_UP, SCENARIOS, Flow, Scenario

pytestmark = pytest.mark.peer("envoy")

WELL = 100
"""Plain requests beside those of a scenario, per second."""
SCRAPES = 20
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
    merged = merged_flows(seen, scenario.protocol)
    assert settled(merged) == spelled(scenario.flows, hop)


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
        is_chance = row.code == "503" and row.flags in ("DC", "DR")
        counts[row._replace(flags="-" if isinstance(row, Row) else "") if is_chance else row] += count
    return counts


def merged_flows(seen, protocol):
    """Flows after the canonical merge, one request per second each, without those that went well all along.

    The edge carries plain requests beside the scenario's, as a real one does: both ends report it.
    """
    well = Row("200", grpc_status="0" if protocol == "grpc" else "")
    rows = [
        label(reporter, row, protocol) | {fields.REQUEST_RATE: float(count)}
        for reporter, seen_rows in (("source", seen.source), ("destination", seen.destination))
        for row, count in (seen_rows + Counter({well: WELL})).items()
    ]
    requests = pd.DataFrame(rows)[list(REQUESTS.names)].astype(dict(REQUESTS.dtypes))
    flows = merge(requests, TCP.empty(), MESSAGES.empty(), SCRAPES).flows
    found = Counter()
    for flow in flows.itertuples():
        found[Flow(flow.code, flow.flags, flow.outcome, flow.arrived)] += flow.rate
    found[Flow("0" if protocol == "grpc" else "200", "", "ok")] -= WELL
    return +Counter({flow: round(rate, 9) for flow, rate in found.items()})


def label(reporter, row, protocol):
    """Istio's labels of a row."""
    known = ("home", "store", "cart-v1", "cart", "v1")
    unknown = (fields.UNKNOWN,) * len(known)
    return {
        **dict(zip(fields.SOURCE_LABELS, ("home", "shop", "web-v1", "web", "v1"), strict=True)),
        **dict(zip(fields.DESTINATION_LABELS, known if row.workload else unknown, strict=True)),
        **dict(zip(fields.SERVICE_LABELS, ("store", "cart.store.svc.cluster.local", "cart"), strict=True)),
        fields.REPORTER: reporter,
        fields.REQUEST_PROTOCOL: protocol,
        fields.RESPONSE_CODE: row.code,
        fields.GRPC_RESPONSE_STATUS: row.grpc_status,
        fields.RESPONSE_FLAGS: row.flags,
        fields.CONNECTION_SECURITY_POLICY: "unknown" if reporter == "source" else "mutual_tls",
    }
