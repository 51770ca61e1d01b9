"""Metric edges under the names that traces have."""

import pandas as pd
import pytest

from mesh_graph import fields
from mesh_graph.answers.trace_edges import metric_edges, traced_name
from mesh_graph.topology.traffic import FLOWS
from mesh_graph.traces.dependencies import MetricEdge

UNKNOWN = fields.UNKNOWN


def flows(*rows):
    """Flows of rows of (source, namespace), (destination, namespace), host, rate, outcome."""
    records = []
    for (source, source_namespace), (destination, namespace), host, rate, outcome in rows:
        record = dict.fromkeys(fields.BASE_LABELS, UNKNOWN) | {
            fields.SOURCE_CANONICAL_SERVICE: source,
            fields.SOURCE_WORKLOAD_NAMESPACE: source_namespace,
            fields.DESTINATION_CANONICAL_SERVICE: destination,
            fields.DESTINATION_WORKLOAD_NAMESPACE: namespace,
            fields.DESTINATION_SERVICE: host,
            fields.RATE: rate,
            fields.OUTCOME: outcome,
            fields.ARRIVED: destination != UNKNOWN,
        }
        records.append(record)
    return pd.DataFrame(records) if records else FLOWS.empty()


@pytest.mark.parametrize(
    ("end", "services", "name"),
    [
        (("web", "web-v1", "shop"), (), "web.shop"),
        (("web", "web-v1", UNKNOWN), (), "web"),
        ((UNKNOWN, "web-v1", "shop"), (), "web-v1.shop"),
        ((UNKNOWN, UNKNOWN, "shop"), (), ""),
        (("web", "web-v1", "shop"), {"web"}, "web"),
        (("web", "web-v1", "shop"), {"web", "web.shop"}, "web.shop"),
        (("", "", ""), {""}, ""),
    ],
)
def test_name_is_as_istio_s_tracer_says_it(end, services, name):
    assert traced_name(*end, services) == name


def test_no_flows_are_no_edges():
    assert metric_edges(flows()) == ()


def test_rates_of_one_edge_are_added_and_failures_told_apart():
    web, api = ("web", "shop"), ("api", "shop")
    found = metric_edges(
        flows(
            (web, api, UNKNOWN, 3.0, "ok"),
            (web, api, UNKNOWN, 1.0, "error"),
            (web, api, UNKNOWN, 0.5, "client_error"),
            ((UNKNOWN, UNKNOWN), web, UNKNOWN, 9.0, "ok"),
        )
    )
    assert found == (MetricEdge("", "web.shop", 9.0, 0.0), MetricEdge("web.shop", "api.shop", 4.5, 1.0))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("erp.legacy.svc.cluster.local", "erp.legacy"),
        ("api.example.com", "api.example.com"),
        (UNKNOWN, None),
    ],
)
def test_what_reached_no_workload_goes_to_who_was_called(host, name):
    found = metric_edges(flows((("web", "shop"), (UNKNOWN, UNKNOWN), host, 1.0, "ok")))
    assert [(edge.destination, edge.lost_rate) for edge in found] == ([(name, 1.0)] if name else [])
