"""Traffic between a caller and a server in short lines, so that a table of cases can be read.

A line is ``code rate`` or ``code:FLAG rate``; ``grpc:14`` is a gRPC status, ``tcp:UF`` closed connections.
``never`` at its end means that the requests never arrived.
"""

from __future__ import annotations

from mesh_graph.model import NodeKey, NodeKind
from mesh_graph.topology.outcome import outcome, split_flags
from mesh_graph.topology.traffic import Traffic
from tests.topology.traffic_table import call, destination, lost, source, stream, traffic

PAGE = source("page-v1", "page")
SHOP = destination("shop-v1", "shop")


def app(name: str, namespace: str = "shop", cluster: str = "east") -> NodeKey:
    return NodeKey(NodeKind.APP, cluster, namespace, app=name)


def workload(name: str, namespace: str = "shop") -> NodeKey:
    return NodeKey(NodeKind.WORKLOAD, "east", namespace, name)


def service(name: str, namespace: str = "shop", cluster: str = "east") -> NodeKey:
    return NodeKey(NodeKind.SERVICE, cluster, namespace, service=name)


def namespace(name: str = "shop", cluster: str = "east") -> NodeKey:
    return NodeKey(NodeKind.NAMESPACE, cluster, name)


def line_row(line: str, caller: dict[str, str] = PAGE, server: dict[str, str] = SHOP) -> dict[str, object]:
    """Row of flows or tcp of a line."""
    ending, rate, *never = line.split()
    protocol = "grpc" if ending.startswith("grpc:") else "http"
    code, _, flags = ending.removeprefix("grpc:").partition(":")
    if code == "tcp":
        how = outcome("tcp", "", split_flags(flags))
        return stream(caller, server, flags=flags, outcome=how, closed_rate=float(rate))
    how = outcome(protocol, code, split_flags(flags))
    if never:
        server = lost(server["destination_service_name"], namespace=server["destination_service_namespace"])
    return call(
        caller,
        server,
        float(rate),
        protocol=protocol,
        code=code,
        flags=flags,
        outcome=how,
        arrived=not never,
    )


def lines(*texts: str, caller: dict[str, str] = PAGE, server: dict[str, str] = SHOP) -> Traffic:
    """Traffic of one caller with one server."""
    rows = [line_row(text, caller, server) for text in texts]
    return traffic(
        *(row for row in rows if "protocol" in row), tcp=[row for row in rows if "protocol" not in row]
    )
