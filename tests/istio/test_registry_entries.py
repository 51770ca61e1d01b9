"""Which ServiceEntries register a host."""

import pytest

from mesh_graph.istio.hosts import Host
from mesh_graph.istio.subsets import Registry
from tests.istio.declare import snapshot

ENTRIES = """
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: wild}
spec: {hosts: ["*.Pay.example"]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: zexact}
spec: {hosts: [api.pay.example, API.pay.example, other.example]}
"""


@pytest.mark.parametrize(
    ("cluster", "host", "names"),
    [
        ("east", "api.pay.example", ["zexact", "wild"]),
        ("east", "cdn.pay.example", ["wild"]),
        ("east", "pay.example", []),
        ("west", "api.pay.example", []),
    ],
)
def test_entries_of_a_host_are_the_exact_ones_before_the_wildcards(cluster, host, names):
    found = Registry(snapshot(ENTRIES)).entries(cluster, Host(host))
    assert [one.name for one in found] == names
