"""Which protocol Istio takes a service's port for, and what tells it so.

Source: istio.io, "Protocol Selection": the port's ``appProtocol``, else its name up to the first ``-``, else
what the first bytes look like.
"""

from __future__ import annotations

from dataclasses import dataclass

from mesh_graph.istio.place import spec_of
from mesh_graph.sources.cluster import KubeObject

__all__ = ["ServicePort", "ports_of"]

PROTOCOLS = frozenset(
    {"http", "http2", "https", "grpc", "grpc-web", "mongo", "mysql", "redis", "tcp", "tls", "udp"}
)
KUBERNETES = {"kubernetes.io/h2c": "http2", "kubernetes.io/ws": "http", "kubernetes.io/wss": "https"}


@dataclass(frozen=True, slots=True)
class ServicePort:
    """One port.

    Attributes
    ----------
    number : int or None
    name : str
    protocol : str
        As Istio takes it; ``auto`` is told from the first bytes.
    told_by : {"appProtocol", "name", ""}
    """

    number: int | None
    name: str
    protocol: str
    told_by: str


def ports_of(service: KubeObject) -> tuple[ServicePort, ...]:
    """Ports of a Service."""
    return tuple(
        ServicePort(
            port["port"].number, port["name"].text, *_protocol(port["appProtocol"].text, port["name"].text)
        )
        if port["protocol"].text != "UDP"
        else ServicePort(port["port"].number, port["name"].text, "udp", "")
        for port in spec_of(service)["ports"]
    )


def _protocol(declared: str, name: str) -> tuple[str, str]:
    declared = KUBERNETES.get(declared, declared.lower())
    if declared in PROTOCOLS:
        return declared, "appProtocol"
    name = name.lower()
    start = "grpc-web" if name.startswith("grpc-web") else name.partition("-")[0]
    return (start, "name") if start in PROTOCOLS else ("auto", "")
